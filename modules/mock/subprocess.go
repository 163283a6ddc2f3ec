package mock

import (
	"context"

	"strings"
	"sync"

	"github.com/gscript-lang/gscript/engine"
	"github.com/gscript-lang/gscript/engine/host"
	"github.com/gscript-lang/gscript/engine/host/fake"
)

// Processes answers for the programs that a state starts.
type Processes struct {
	engine.Identity
	*Patch
	routes *routes

	mu       sync.Mutex
	commands []command
}

func (*Processes) String() string { return "mock.Subprocess" }

// command is a program that was started.
type command struct {
	Command string        `lua:"command" doc:"the program and its arguments with spaces between"`
	Argv    []string      `lua:"argv" doc:"the program and its arguments"`
	Cwd     string        `lua:"cwd" doc:"its working directory, empty for the script's"`
	Env     engine.Object `lua:"env" doc:"the variables that were set for it" type:"table<string, string>"`
	Stdin   string        `lua:"stdin" doc:"its input, where it was given as a whole"`
}

func newProcesses(c *engine.Call, in routesIn) (*Processes, error) {
	r, err := newRoutes(in.Routes)
	if err != nil {
		return nil, err
	}
	p := &Processes{routes: r}
	restore := c.Stage().Replace(host.Host{Processes: &fake.Processes{Host: base(c), Answer: p.answer}})
	p.Patch = replaced(c, "subprocess", func() error { restore(); return nil })
	return p, nil
}

func (p *Processes) add(_ *engine.Call, in routeIn) (engine.None, error) {
	p.routes.add(in.Pattern, in.Answer)
	return engine.None{}, nil
}

// lineOf is the command as routes have it: a line for the shell is the line.
func lineOf(argv []string) string {
	if len(argv) >= 3 && argv[0] == "sh" && argv[1] == "-c" {
		rest := argv[3:]
		if len(rest) > 0 {
			rest = rest[1:] // $0
		}
		argv = append([]string{argv[2]}, rest...)
	}
	return strings.Join(strings.Fields(strings.Join(argv, " ")), " ")
}

func (p *Processes) answer(ctx context.Context, c host.Command, stdin []byte) fake.Answer {
	made := command{Command: lineOf(c.Argv), Argv: c.Argv, Cwd: c.Dir, Env: engine.Object{}, Stdin: string(stdin)}
	for name, value := range c.EnvSet {
		made.Env = append(made.Env, engine.Pair{Key: name, Value: value})
	}
	p.mu.Lock()
	p.commands = append(p.commands, made)
	p.mu.Unlock()
	v, ok := p.routes.find(made.Command)
	if !ok {
		return fake.Answer{Err: p.routes.unexpected("program", made.Command, "mock.subprocess starts no programs")}
	}
	if fn, isFunc := v.(*engine.Func); isFunc {
		results, err := fn.Call(ctx, made)
		if err != nil {
			return fake.Answer{Err: err}
		}
		v = nil
		if len(results) > 0 {
			v = results[0]
		}
	}
	a, err := answerOf(v)
	if err != nil {
		return fake.Answer{Err: err}
	}
	return a
}

// outcomeFields are what the table of an outcome may have.
var outcomeFields = [...]string{"stdout", "stderr", "code", "signal", "delay", "missing"}

func answerOf(v any) (a fake.Answer, err error) {
	switch v := v.(type) {
	case nil:
		return a, nil
	case string:
		return fake.Answer{Stdout: []byte(v)}, nil
	case float64:
		return fake.Answer{Code: int(v)}, nil
	case engine.Object:
		for _, p := range v {
			if err := outcome(&a, p.Key, p.Value); err != nil {
				return a, err
			}
		}
		return a, nil
	case engine.List:
		if len(v) == 0 {
			return a, nil
		}
	}
	return a, badAnswer("an outcome is a table, the text of the output, a code or a function")
}

func outcome(a *fake.Answer, key string, v any) error {
	text, isText := v.(string)
	ok := isText
	switch key {
	case "stdout":
		a.Stdout = []byte(text)
	case "stderr":
		a.Stderr = []byte(text)
	case "signal":
		a.Signal = text
	case "code":
		var n float64
		n, ok = v.(float64)
		a.Code = int(n)
	case "delay":
		var d engine.Duration
		d, ok = duration(v)
		a.After = d.Std()
	case "missing":
		var missing bool
		if missing, ok = v.(bool); missing {
			a.Err = fake.ErrMissing
		}
	default:
		return unknownField("an outcome", key, outcomeFields[:])
	}
	if !ok {
		return badAnswer("the field '%s' of an outcome has a value of the wrong type", key)
	}
	return nil
}

func (p *Processes) made() []command {
	p.mu.Lock()
	defer p.mu.Unlock()
	return append([]command{}, p.commands...)
}
