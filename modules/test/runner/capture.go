package runner

import (
	"io"
	"log/slog"
	"strings"
	"sync"

	"github.com/gscript-lang/gscript/engine/host"
	"github.com/gscript-lang/gscript/modules/test"
)

// captured is the terminal of a state whose output is kept: what a test writes
// belongs to it, what comes outside of tests to the file.
type captured struct {
	host.Terminal
	suite *test.Suite
	tee   bool           // what is kept goes to the terminal, too
	wrote func(p []byte) // is told of what a test writes, nil for nobody

	mu      sync.Mutex
	outside strings.Builder
}

func (c *captured) Stdin() io.Reader           { return strings.NewReader("") }
func (c *captured) Stdout() io.Writer          { return c.kept(c.Terminal.Stdout()) }
func (c *captured) Stderr() io.Writer          { return c.kept(c.Terminal.Stderr()) }
func (c *captured) IsTerminal(stream int) bool { return false }
func (c *captured) Color(stream int) bool      { return false }

// kept keeps what is written; through gets it, too, where it is let through.
func (c *captured) kept(through io.Writer) io.Writer {
	if c.tee {
		return io.MultiWriter(through, output{c})
	}
	return output{c}
}

// text is what was written outside of tests.
func (c *captured) text() string {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.outside.String()
}

const mostOutside = 1 << 20

type output struct{ c *captured }

func (o output) Write(p []byte) (int, error) {
	if t := o.c.suite.Now(); t != nil {
		t.WriteOutput(p)
		if o.c.wrote != nil {
			o.c.wrote(p)
		}
		return len(p), nil
	}
	o.c.mu.Lock()
	defer o.c.mu.Unlock()
	if o.c.outside.Len() < mostOutside {
		o.c.outside.Write(p)
	}
	return len(p), nil
}

// logged is where the host's log goes.
type logged struct{ c *captured }

func (l logged) Write(p []byte) (int, error) {
	if t := l.c.suite.Now(); t != nil {
		t.WriteLog(p)
		return len(p), nil
	}
	return output(l).Write(p)
}

// capture gives a host whose output is kept.
func capture(base *host.Host, suite *test.Suite, tee bool) (*host.Host, *captured) {
	c := &captured{Terminal: base.Terminal, suite: suite, tee: tee}
	h := *base
	h.Terminal = c
	h.Log = slog.New(slog.NewTextHandler(logged{c}, &slog.HandlerOptions{Level: slog.LevelInfo, ReplaceAttr: untimed}))
	return &h, c
}

// untimed leaves out the time, which differs from run to run.
func untimed(groups []string, a slog.Attr) slog.Attr {
	if a.Key == slog.TimeKey && len(groups) == 0 {
		return slog.Attr{}
	}
	return a
}
