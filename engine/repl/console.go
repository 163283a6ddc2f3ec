package repl

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/gscript-lang/gscript/engine/host"
	"github.com/gscript-lang/gscript/engine/repl/history"
	"github.com/gscript-lang/gscript/engine/repl/lex"
	"github.com/gscript-lang/gscript/engine/repl/lineedit"
)

const (
	prompt     = "> "
	morePrompt = ">> "
)

// Console is the terminal that a person sits at. All that is written to it goes
// through it, so that output and what is being typed do not mix.
type Console struct {
	terminal host.Terminal
	editor   *lineedit.Editor // nil where lines cannot be edited
	plain    *plainReader
	out, err io.Writer

	ready    func(text string) bool
	complete func(text []rune, at int) (start int, list []lineedit.Candidate)
	history  *history.History
}

// NewConsole makes the console of a terminal whose input and output are the two
// files. Lines are edited where both are a terminal that can do it.
func NewConsole(terminal host.Terminal, in, out *os.File, h *history.History, dumb bool) *Console {
	c := &Console{terminal: terminal, out: terminal.Stdout(), err: terminal.Stderr(), history: h}
	if dumb || !terminal.IsTerminal(0) || !terminal.IsTerminal(1) {
		c.plain = &plainReader{in: bufio.NewReader(in), prompt: terminal.Stderr(), reads: make(chan lineRead, 1)}
		return c
	}
	config := lineedit.Terminal(in, out, terminal.Stdout())
	config.Prompt, config.More = prompt, morePrompt
	config.Color, config.Style, config.Indent = terminal.Color(1), style, lex.Indent
	config.Ready = func(text string) bool { return c.ready(text) }
	config.Complete = func(text []rune, at int) (int, []lineedit.Candidate) { return c.complete(text, at) }
	c.editor = lineedit.New(config, h)
	c.out = c.editor
	if terminal.IsTerminal(2) {
		c.err = c.editor
	}
	return c
}

// Terminal is the terminal as scripts see it.
func (c *Console) Terminal() host.Terminal { return host.Through(c.terminal, c.out, c.err) }

// Stderr is where messages for the person go.
func (c *Console) Stderr() io.Writer { return c.err }

func (c *Console) readLine(ctx context.Context) (string, error) {
	if c.editor != nil {
		return c.editor.ReadLine(ctx)
	}
	return c.plain.readLine(ctx, c.ready)
}

// plainReader reads lines from what is no terminal that could edit them.
type plainReader struct {
	in      *bufio.Reader
	prompt  io.Writer
	reads   chan lineRead
	reading bool
}

type lineRead struct {
	text string
	err  error
}

// readLine reads lines until they are ready together, or one is empty.
func (p *plainReader) readLine(ctx context.Context, ready func(string) bool) (string, error) {
	text, mark := "", prompt
	for {
		fmt.Fprint(p.prompt, mark)
		line, err := p.next(ctx)
		if err != nil && (err != io.EOF || text+line == "") {
			return "", err
		}
		text += strings.TrimRight(line, "\r\n")
		if err == io.EOF || ready(text) || strings.TrimSpace(line) == "" {
			return text, nil
		}
		text += "\n"
		mark = morePrompt
	}
}

func (p *plainReader) next(ctx context.Context) (string, error) {
	if !p.reading {
		p.reading = true
		go func() {
			line, err := p.in.ReadString('\n')
			p.reads <- lineRead{line, err}
		}()
	}
	select {
	case r := <-p.reads:
		p.reading = false
		return r.text, r.err
	case <-ctx.Done():
		return "", context.Cause(ctx)
	}
}
