package terminal

import (
	"context"
	"errors"
	"fmt"

	"github.com/gscript-lang/gscript/engine/host"
	"github.com/gscript-lang/gscript/engine/repl/history"
	"github.com/gscript-lang/gscript/engine/repl/lex"
	"github.com/gscript-lang/gscript/engine/repl/lineedit"
)

// Editing edits commands on a terminal as they are typed. What is written to the
// terminal meanwhile goes through it, so that the two do not mix.
type Editing struct {
	editor  *lineedit.Editor
	history *history.History
	come    chan inputLine
	giveUp  context.CancelFunc // ends the read that is under way
	over    chan struct{}      // closed when it has ended

	// Of the Terminal that uses it.
	style    func(text []rune) []string
	ready    func(text string) bool
	complete func(text []rune, at int) (start int, list []lineedit.Candidate)
}

// Edit edits lines on standard input and standard error, and adds them to a
// history; it is nil where one of them is no terminal that can do it.
func Edit(t host.Terminal, dumb bool, h *history.History) *Editing {
	in, screen := host.FileOf(t, 0), host.FileOf(t, 2)
	if dumb || in == nil || screen == nil {
		return nil
	}
	e := &Editing{history: h, come: make(chan inputLine, 1)}
	config := lineedit.Terminal(in, screen, t.Stderr())
	config.Color, config.Indent = t.Color(2), lex.Indent
	config.Style = func(text []rune) []string { return e.style(text) }
	config.Ready = func(text string) bool { return e.ready(text) }
	config.Complete = func(text []rune, at int) (int, []lineedit.Candidate) { return e.complete(text, at) }
	e.editor = lineedit.New(config, h)
	return e
}

// Through is the terminal as scripts are to see it.
func (e *Editing) Through(t host.Terminal) host.Terminal {
	out := t.Stdout()
	if t.IsTerminal(1) {
		out = e.editor
	}
	return host.Through(t, out, e.editor)
}

func (e *Editing) ask(prompt, more string) {
	ctx, cancel := context.WithCancel(context.Background())
	e.giveUp, e.over = cancel, make(chan struct{})
	e.editor.Prompt(prompt, more)
	go e.read(ctx, e.over)
}

// read reads a line. The terminal is as it was when the line comes.
func (e *Editing) read(ctx context.Context, over chan struct{}) {
	defer close(over)
	text, err := e.editor.ReadLine(ctx)
	switch {
	case ctx.Err() != nil:
		return
	case errors.Is(err, lineedit.ErrInterrupt):
		e.come <- inputLine{empty: true}
		return
	case err != nil:
		e.come <- inputLine{end: true}
		return
	}
	if err := e.history.Add(text); err != nil {
		fmt.Fprintln(e.editor, "the history is not kept:", err)
	}
	e.come <- inputLine{text: text}
}

func (e *Editing) lines() <-chan inputLine { return e.come }

func (e *Editing) taken() { e.giveUp() }

// leave ends the read; a line that has just been entered is dropped.
func (e *Editing) leave() {
	e.giveUp()
	<-e.over
	select {
	case <-e.come:
	default:
	}
}

func (e *Editing) close() {}
