package host

import (
	"io"
	"os"
	"strconv"
	"sync"

	"golang.org/x/term"
)

// Terminal is the three standard streams and what is behind them. Streams are
// numbered as usual: 0 stdin, 1 stdout, 2 stderr.
type Terminal interface {
	// Stdin returns the standard input. It cannot be closed.
	Stdin() io.Reader
	// Stdout returns the standard output. It cannot be closed, and is safe
	// for concurrent use: one Write is never broken by another.
	Stdout() io.Writer
	// Stderr returns the standard error output, likewise.
	Stderr() io.Writer
	// IsTerminal reports whether a stream is a terminal.
	IsTerminal(stream int) bool
	// Width returns the number of columns: the terminal's, else what COLUMNS
	// says, else 80.
	Width() int
	// Color reports whether colors should be written to a stream: the
	// stream is a terminal other than "dumb". NO_COLOR forbids them;
	// FORCE_COLOR and CLICOLOR_FORCE, unless "0", ask for them anyway.
	Color(stream int) bool
}

type terminal struct {
	in       stdin
	out, err *stream
	env      *environment
}

func newTerminal(in io.Reader, out, err io.Writer, env *environment) *terminal {
	t := &terminal{in: stdin{in}, out: &stream{mu: new(sync.Mutex), w: out}, env: env}
	// One lock for both, so that a line of an error does not land inside a
	// line of output on a shared terminal, and so that a caller may pass one
	// buffer as both.
	t.err = &stream{mu: t.out.mu, w: err}
	return t
}

func (t *terminal) Stdin() io.Reader  { return t.in }
func (t *terminal) Stdout() io.Writer { return t.out }
func (t *terminal) Stderr() io.Writer { return t.err }

func (t *terminal) stream(n int) *os.File {
	switch n {
	case 0:
		return t.in.file()
	case 1:
		return t.out.file()
	case 2:
		return t.err.file()
	}
	return nil
}

func (t *terminal) IsTerminal(n int) bool {
	f := t.stream(n)
	return f != nil && term.IsTerminal(int(f.Fd()))
}

func (t *terminal) Width() int {
	for n := 1; n <= 2; n++ {
		if f := t.stream(n); f != nil {
			if width, _, err := term.GetSize(int(f.Fd())); err == nil && width > 0 {
				return width
			}
		}
	}
	columns, _ := t.env.get("COLUMNS")
	if width, err := strconv.Atoi(columns); err == nil && width > 0 {
		return width
	}
	return 80
}

func (t *terminal) Color(n int) bool {
	if no, _ := t.env.get("NO_COLOR"); no != "" {
		return false
	}
	for _, name := range []string{"FORCE_COLOR", "CLICOLOR_FORCE"} {
		if force, _ := t.env.get(name); force != "" && force != "0" {
			return true
		}
	}
	if kind, _ := t.env.get("TERM"); kind == "dumb" {
		return false
	}
	return t.IsTerminal(n)
}

// inherited is a standard stream: a child process given one gets the file
// behind it and not a pipe, so that it sees the terminal.
type inherited interface{ file() *os.File }

type stdin struct{ r io.Reader }

func (s stdin) Read(p []byte) (int, error) { return s.r.Read(p) }

func (s stdin) file() *os.File {
	f, _ := s.r.(*os.File)
	return f
}

type stream struct {
	mu *sync.Mutex
	w  io.Writer
}

func (s *stream) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.w.Write(p)
}

func (s *stream) file() *os.File {
	f, _ := s.w.(*os.File)
	return f
}

// FileOf is the file behind a stream that is a terminal, for who edits lines there;
// nil for any other stream.
func FileOf(t Terminal, stream int) *os.File {
	if !t.IsTerminal(stream) {
		return nil
	}
	var of any
	switch stream {
	case 0:
		of = t.Stdin()
	case 1:
		of = t.Stdout()
	case 2:
		of = t.Stderr()
	}
	if f, ok := of.(inherited); ok {
		return f.file()
	}
	return nil
}

// Through returns t with its output passing through two writers. Child processes
// that are given a stream still get the file behind it, if there is one.
func Through(t Terminal, out, err io.Writer) Terminal {
	return &through{Terminal: t, out: passed{out, t.Stdout()}, err: passed{err, t.Stderr()}}
}

type through struct {
	Terminal
	out, err passed
}

func (t *through) Stdout() io.Writer { return t.out }
func (t *through) Stderr() io.Writer { return t.err }

type passed struct {
	io.Writer
	to io.Writer
}

func (p passed) file() *os.File {
	if f, ok := p.to.(inherited); ok {
		return f.file()
	}
	return nil
}
