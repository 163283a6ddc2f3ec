package args

import (
	"errors"
	"io"
	"path/filepath"
	"strings"

	"github.com/gscript-lang/gscript/engine"
)

// usageCode is the exit code for wrong arguments, the same as the command's.
const usageCode = 2

func parse(c *engine.Call, in parseIn) (engine.Object, error) {
	s, err := newSpec(in.Spec)
	if err != nil {
		return nil, err
	}
	s.version = in.Version
	if s.name = in.Name; s.name == "" {
		s.name = scriptName(c)
	}
	argv := in.Argv
	if argv == nil {
		argv = c.ScriptArgs()
	}
	p := &parser{spec: s, convert: func(a *arg, text string) (any, error) { return convert(c, a, text) }}
	err = p.run(argv)
	var m *mistake
	term := c.Host().Terminal
	switch {
	case errors.As(err, &m):
		return nil, refuse(c, s, m, in.Exit)
	case err != nil:
		return nil, err
	case p.help:
		return nil, leave(term.Stdout(), s.helpText(term.Width()), 0)
	case p.version:
		return nil, leave(term.Stdout(), s.version+"\n", 0)
	}
	return p.result()
}

// leave prints a text and ends the script.
func leave(w io.Writer, text string, code int) error {
	if _, err := io.WriteString(w, text); err != nil {
		return err
	}
	return engine.Exit(code)
}

func refuse(c *engine.Call, s *spec, m *mistake, exit bool) error {
	if !exit {
		e := engine.Errorf(errUsage, "%s", m.text).WithHint("%s", s.usage())
		e.Fields = map[string]any{"usage": s.usage()}
		return e
	}
	text := s.name + ": " + m.text + "\n" + s.usage() + "\ntry " + s.name + " --help\n"
	return leave(c.Host().Terminal.Stderr(), text, usageCode)
}

func scriptName(c *engine.Call) string {
	name := filepath.Base(c.ScriptName())
	if name == "." || strings.HasPrefix(name, "=") || strings.HasPrefix(name, "-") {
		return "script"
	}
	return name
}
