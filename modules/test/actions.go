package test

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/gscript-lang/gscript/engine"
	"github.com/gscript-lang/gscript/engine/host"
	"github.com/gscript-lang/gscript/engine/inspect"
)

type raisesIn struct {
	What engine.Value   `lua:"what,arg" doc:"a part of the message, the kind of the error, a table of fields that it has, or the function"`
	Args []engine.Value `lua:"args,rest" doc:"the function, and what it is called with"`
}

func (t *T) raises(c *engine.Call, in raisesIn) (engine.Value, error) {
	var (
		fn   *engine.Func
		args = in.Args
		want = in.What
		got  engine.Value
	)
	_ = c.Holding(func() error {
		if fn = c.Function(in.What); fn != nil {
			want = engine.Value{}
		} else if len(in.Args) > 0 {
			fn, args = c.Function(in.Args[0]), in.Args[1:]
		}
		return nil
	})
	if fn == nil {
		return got, engine.Invalid("raises takes what is raised and the function that raises it, or the function alone")
	}
	list := make([]any, len(args))
	for i, a := range args {
		list[i] = a
	}
	_, err := fn.CallRaw(c.Context(), list...)
	if _, exit := engine.ExitCode(err); exit {
		return got, err
	}
	if err == nil {
		text := "the function raised nothing"
		if fn.Value().Same(in.What) {
			return got, Failure(text, nil)
		}
		_ = c.Holding(func() error {
			text += ", want " + show(want)
			return nil
		})
		return got, Failure(text, nil)
	}
	err = c.Holding(func() error {
		got = c.Caught(err)
		return raisedAs(got, want, c.Engine().Report(err))
	})
	return got, err
}

// raisedAs fails unless an error is as it was wanted. It needs the baton.
func raisedAs(got, want engine.Value, r *engine.Report) error {
	switch {
	case want.Type() == "nil":
		return nil
	case want.IsTable():
		for k, item := range want.Entries() {
			name, _ := k.Text()
			have := got.Get(k)
			switch name { // an error object has no entries to look at
			case "kind":
				if have.Type() == "nil" {
					if text, _ := item.Text(); text == r.Kind {
						continue
					}
				}
			case "message":
				if have.Type() == "nil" {
					if text, _ := item.Text(); strings.Contains(r.Message, text) {
						continue
					}
				}
			}
			if !inspect.Equal(item, have, inspect.Compare{}) {
				return Failure(fmt.Sprintf("it raised %s [%s], whose field %s is not %s", r.Message, r.Kind, name, show(item)), nil)
			}
		}
		return nil
	}
	text, ok := want.Text()
	if !ok {
		return engine.Invalid("raises takes a text, a table or a function, not %s", want.Describe())
	}
	if r.Kind == text || strings.Contains(r.Message, text) {
		return nil
	}
	return Failure(fmt.Sprintf("it raised %q [%s], want %q", r.Message, r.Kind, text), nil)
}

type subIn struct {
	What engine.Value `lua:"what" doc:"a name, or a table of values that tell this part from others"`
	Fn   *engine.Func `lua:"fn" doc:"the part" type:"fun()"`
}

func (t *T) sub(c *engine.Call, in subIn) (bool, error) {
	title := ""
	_ = c.Holding(func() error {
		if title, _ = in.What.Text(); title == "" || in.What.IsTable() {
			title = inspect.Sprint(in.What, inspect.Options{Width: -1, Depth: 2, Items: 10})
		}
		return nil
	})
	t.titles = append(t.titles, title)
	defer func() { t.titles = t.titles[:len(t.titles)-1] }()
	_, err := c.Invoke(in.Fn)
	if err == nil {
		return true, nil
	}
	if passesThrough(t, err) {
		return false, err
	}
	t.FailedWith(c, "", err)
	return false, nil
}

// passesThrough says that an error ends the whole test.
func passesThrough(t *T, err error) bool {
	_, exit := engine.ExitCode(err)
	kind := engine.KindOf(err)
	return exit || t.skipped != nil || kind == engine.KindCanceled || kind == engine.KindDeadline || errors.Is(err, context.Canceled)
}

type reasonIn struct {
	Reason string `lua:"reason" doc:"why"`
}

func (t *T) skip(_ *engine.Call, in reasonIn) (engine.None, error) {
	t.skipped = &in.Reason
	return engine.None{}, &engine.Error{Kind: errSkipped.Name, Message: in.Reason}
}

func (t *T) failNow(_ *engine.Call, in reasonIn) (engine.None, error) {
	return engine.None{}, Failure(cmp.Or(in.Reason, "the test fails"), nil)
}

type argsIn struct {
	Args []engine.Value `lua:"fn,rest" doc:"the function, and what it is called with" type:"any"`
}

func (t *T) scriptCleanup(c *engine.Call, in argsIn) (engine.None, error) {
	clean, err := closingOf(c, "cleanup", in.Args)
	if err == nil {
		t.cleanup(clean.title, clean.run)
	}
	return engine.None{}, err
}

type enterIn struct {
	Resource engine.Value `lua:"resource" doc:"a value with a method close"`
}

func (t *T) enter(c *engine.Call, in enterIn) (engine.Value, error) {
	calls := t.suite.Calls
	if calls == nil || calls.Close == nil {
		return in.Resource, errOutside
	}
	resource := in.Resource
	t.cleanup("close", func(c *engine.Call) error {
		return t.suite.call(c, "clean-up", calls.Close, resource)
	})
	return in.Resource, nil
}

func (t *T) tempDir(c *engine.Call, _ engine.None) (string, error) { return t.TempDir(c) }

type setenvIn struct {
	Name  string  `lua:"name" doc:"the variable"`
	Value *string `lua:"value,arg" doc:"its value; nil takes it away"`
}

func (t *T) setenv(c *engine.Call, in setenvIn) (engine.None, error) {
	env := c.Host().Environment // of the test: see Isolate
	if in.Value == nil {
		return engine.None{}, env.Unset(in.Name)
	}
	return engine.None{}, env.Set(in.Name, *in.Value)
}

type chdirIn struct {
	Dir string `lua:"dir" doc:"the directory"`
}

func (t *T) chdir(c *engine.Call, in chdirIn) (engine.None, error) {
	dir := c.Host().Files.Abs(in.Dir)
	info, err := c.Host().Files.Stat(dir)
	if err != nil {
		return engine.None{}, err
	}
	if !info.IsDir() {
		return engine.None{}, engine.Invalid("%s is not a directory", in.Dir)
	}
	base := c.Stage().Base()
	there := host.New(base.Permissions, host.Config{Dir: dir, Env: base.Environment.Environ()})
	restore := c.Stage().Replace(host.Host{Files: there.Files, Network: there.Network})
	var before *string
	if t.processes != nil {
		before = t.processes.dir.Swap(&dir)
	}
	t.Cleanup("chdir", func(context.Context) error {
		restore()
		if t.processes != nil {
			t.processes.dir.Store(before)
		}
		return there.Close()
	})
	return engine.None{}, nil
}

type patchIn struct {
	Table engine.Value `lua:"table" doc:"the table"`
	Name  string       `lua:"name" doc:"the field"`
	Value engine.Value `lua:"value,arg" doc:"what the field is until the test has ended"`
}

func (t *T) patch(c *engine.Call, in patchIn) (engine.Value, error) {
	if !in.Table.IsTable() {
		return engine.Value{}, engine.Invalid("patch takes a table, not %s; the functions of a module cannot be replaced: use mock.patch, or a fake of the host", in.Table.Describe())
	}
	old := in.Table.Field(in.Name)
	in.Table.SetField(in.Name, in.Value)
	t.cleanup("patch", func(c *engine.Call) error {
		return c.Holding(func() error {
			in.Table.SetField(in.Name, old)
			return nil
		})
	})
	return old, nil
}

type logsIn struct {
	What string       `lua:"what" doc:"a part of the line"`
	Fn   *engine.Func `lua:"fn" doc:"the function that writes it" type:"fun()"`
}

// logged calls a function and gives what it has written to the log and to the
// streams.
func (t *T) logged(c *engine.Call, fn *engine.Func) (string, error) {
	if err := t.suite.flush(c); err != nil {
		return "", err
	}
	t.mu.Lock()
	out, logs := t.out.Len(), t.logs.Len()
	t.mu.Unlock()
	if _, err := c.Invoke(fn); err != nil {
		return "", err
	}
	if err := t.suite.flush(c); err != nil {
		return "", err
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	return string(t.logs.Bytes()[logs:]) + string(t.out.Bytes()[out:]), nil
}

func (t *T) logsIt(c *engine.Call, in logsIn) (string, error) {
	text, err := t.logged(c, in.Fn)
	if err != nil {
		return "", err
	}
	for line := range strings.Lines(text) {
		if strings.Contains(strings.ToLower(line), strings.ToLower(in.What)) {
			return strings.TrimRight(line, "\n"), nil
		}
	}
	return "", Failure(fmt.Sprintf("no line with %q was written; what was written:\n%s", in.What, text), nil)
}

func (t *T) noLogs(c *engine.Call, in hookIn) (engine.None, error) {
	text, err := t.logged(c, in.Fn)
	if err == nil && text != "" {
		err = Failure("lines were written:\n"+text, nil)
	}
	return engine.None{}, err
}

func (s *Suite) flush(c *engine.Call) error {
	if s.Calls == nil || s.Calls.Flush == nil {
		return nil
	}
	_, err := c.Invoke(s.Calls.Flush)
	return err
}
