package repl

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"os"
	"strings"

	"golang.org/x/term"

	"github.com/gscript-lang/gscript/engine/host"
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
	history  lineedit.History
}

// NewConsole makes the console of a terminal whose input and output are the two
// files. Lines are edited where both are a terminal that can do it.
func NewConsole(terminal host.Terminal, in, out *os.File, h lineedit.History, dumb bool) *Console {
	c := &Console{terminal: terminal, out: terminal.Stdout(), err: terminal.Stderr(), history: h}
	if dumb || !terminal.IsTerminal(0) || !terminal.IsTerminal(1) {
		c.plain = &plainReader{in: bufio.NewReader(in), prompt: terminal.Stderr(), reads: make(chan lineRead, 1)}
		return c
	}
	c.editor = lineedit.New(lineedit.Config{
		In:      in,
		Out:     terminal.Stdout(),
		Raw:     func() (func() error, error) { return raw(in) },
		Size:    func() (int, int) { return size(out) },
		Resized: resized(),
		Prompt:  prompt, More: morePrompt,
		Color:    terminal.Color(1),
		Style:    style,
		Ready:    func(text string) bool { return c.ready(text) },
		Complete: func(text []rune, at int) (int, []lineedit.Candidate) { return c.complete(text, at) },
	}, h)
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

func raw(in *os.File) (restore func() error, err error) {
	before, err := term.MakeRaw(int(in.Fd()))
	if err != nil {
		return nil, err
	}
	return func() error { return term.Restore(int(in.Fd()), before) }, nil
}

func size(out *os.File) (columns, rows int) {
	columns, rows, err := term.GetSize(int(out.Fd()))
	if err != nil || columns <= 0 || rows <= 0 {
		return 80, 24
	}
	return columns, rows
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
