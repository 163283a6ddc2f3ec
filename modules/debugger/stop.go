package debugger

import (
	"fmt"

	"github.com/gscript-lang/gscript/engine"
	"github.com/gscript-lang/gscript/engine/debug"
	"github.com/gscript-lang/gscript/engine/debug/terminal"
	"github.com/gscript-lang/gscript/engine/repl/history"
	"github.com/gscript-lang/gscript/modules/test"
)

// session is the session of the state, that of the debugger that runs the script
// or else one on the terminal; nil says that there can be none.
func (m *debuggers) session(c *engine.Call) *debug.Session {
	for _, p := range c.Probes() {
		if s, ok := p.(*debug.Session); ok {
			return s
		}
	}
	if why := m.unfit(c); why != "" {
		if t := test.Current(c); t != nil { // whose log is only seen when it fails
			t.Warn("the debugger is asked for at " + c.Where() + " and does not stop: run the test with --debug")
			return nil
		}
		m.warned.Do(func() { c.Host().Log.Warn("the script goes on without the debugger: "+why, "at", c.Where()) })
		return nil
	}
	s := m.terminalFor(c).Debugger().Attach(c.Spot().State()).(*debug.Session)
	c.Probe(s)
	return s
}

// terminalFor is the debugger on the terminal. It serves all states of the engine,
// for the terminal is one, and ends with the last.
func (m *debuggers) terminalFor(c *engine.Call) *terminal.Terminal {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.own != nil {
		select {
		case <-m.own.Over():
		default:
			return m.own
		}
	}
	m.own = start(c)
	return m.own
}

// unfit says why no debugger can start on the terminal, "" when it can.
func (m *debuggers) unfit(c *engine.Call) string {
	h := c.Host()
	if v, set, err := h.Environment.Lookup("GSCRIPT_DEBUG"); err == nil && set && v == "0" {
		return "GSCRIPT_DEBUG is 0"
	}
	if c.Process().Depth > 0 {
		return "a worker process has no terminal"
	}
	if !h.Terminal.IsTerminal(0) || !h.Terminal.IsTerminal(2) {
		return "standard input and standard error are no terminal; use 'gscript debug' or an editor"
	}
	return ""
}

func start(c *engine.Call) *terminal.Terminal {
	h := c.Host()
	kind, _, _ := h.Environment.Lookup("TERM")
	return terminal.Start(terminal.Options{
		In: h.Terminal.Stdin(), Out: h.Terminal.Stderr(),
		Color: h.Terminal.Color(2), Width: h.Terminal.Width(),
		Editing: terminal.Edit(h.Terminal, kind == "dumb", &history.History{}),
		ReadDir: h.Files.ReadDir,
		GoOn:    true, WithLast: true,
		Debug: debug.Options{Dir: h.Files.WorkDir(), Catch: debug.Uncaught},
	})
}

func (m *debuggers) stop(c *engine.Call, _ engine.None) (engine.None, error) {
	if s := m.session(c); s != nil {
		s.StopHere(c.Spot(), debug.Called, "", engine.Value{})
	}
	return engine.None{}, nil
}

func (m *debuggers) postMortem(c *engine.Call, in postMortemIn) (engine.Value, error) {
	if s := m.session(c); s != nil {
		s.StopHere(c.Spot(), debug.PostFact, debug.ErrorText(in.Err), in.Err)
	}
	return in.Err, nil
}

// call arms the debugger, and the call is what it stops in first.
func (m *debuggers) call(c *engine.Call, in callIn) ([]engine.Value, error) {
	args := make([]any, len(in.Args))
	for i, a := range in.Args {
		args[i] = a
	}
	err := c.Holding(func() error {
		if s := m.session(c); s != nil {
			s.StepInto(c.Spot())
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("debugger.call: %w", err)
	}
	return in.Fn.CallRaw(c.Context(), args...)
}
