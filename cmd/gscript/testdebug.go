package main

import (
	"os"

	"github.com/spf13/pflag"

	"github.com/gscript-lang/gscript/engine"
	"github.com/gscript-lang/gscript/engine/debug"
	"github.com/gscript-lang/gscript/engine/debug/terminal"
	"github.com/gscript-lang/gscript/engine/host"
)

// testDebug are the flags by which tests run under the debugger.
type testDebug struct {
	on     bool
	places []string
}

func (d *testDebug) flags(f *pflag.FlagSet) {
	f.BoolVar(&d.on, "debug", false, "stop in the debugger where a test fails, and at debugger.stop()")
	f.StringArrayVar(&d.places, "break", nil, "stop in the debugger at this `place`: a_test.lua:12 or a function; may be given several times")
}

// start starts the debugger on the terminal, nil without the flags. quit ends
// the run.
func (d *testDebug) start(world *host.Host, quit func()) (*terminal.Terminal, error) {
	if !d.on && len(d.places) == 0 {
		return nil, nil
	}
	o := onTerminal(world)
	o.Debug.Dir, _ = os.Getwd()
	if d.on {
		o.Debug.Catch = debug.Uncaught
	}
	o.Commands, o.Quit, o.GoOn = ownCommands(), quit, true
	t := terminal.Start(o)
	for _, place := range d.places {
		b, err := breakpointAt(place)
		if err == nil {
			_, err = t.Debugger().Break(b)
		}
		if err != nil {
			t.Close()
			return nil, err
		}
	}
	return t, nil
}

// surroundings are those of tests that an editor debugs.
type surroundings struct {
	config   host.Config
	debugger *debug.Debugger // nil to run them without
}

// or is the configuration of the world, otherwise without an editor.
func (s *surroundings) or(otherwise host.Config) host.Config {
	if s == nil {
		return otherwise
	}
	return s.config
}

func (s *surroundings) probes() []engine.Probe {
	if s == nil || s.debugger == nil {
		return nil
	}
	return []engine.Probe{s.debugger}
}

// breakpointAt reads "file.lua:12", or the name of a function.
func breakpointAt(place string) (debug.Breakpoint, error) {
	b, err := debug.Place(place)
	if err != nil || b.Function == "" && b.File == "" {
		return b, engine.Invalid("--break takes file.lua:12 or a function, not %q", place)
	}
	return b, nil
}
