package engine

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"

	lua "github.com/yuin/gopher-lua"
	luar "layeh.com/gopher-luar"

	"github.com/gscript-lang/gscript/engine/host"
	"github.com/gscript-lang/gscript/engine/internal/base"
	"github.com/gscript-lang/gscript/engine/internal/bind"
	"github.com/gscript-lang/gscript/engine/internal/fault"
	"github.com/gscript-lang/gscript/engine/internal/loader"
	"github.com/gscript-lang/gscript/engine/internal/vm"
	"github.com/gscript-lang/gscript/engine/module"
)

// State is one Lua world: globals, loaded modules, open handles, tasks. One
// method runs in it at a time; Cancel and Interrupt may be called from anywhere.
type State struct {
	engine *Engine
	host   *host.Host  // staged
	stage  *host.Stage // of the host
	world  *vm.World
	binder *bind.Binder
	loader *loader.Loader
	names  *names
	locals locals
	native map[*lua.LFunction]*module.Func // of the modules in use
	crew   Crew                            // its workers

	ctx     context.Context // until Close
	cancel  context.CancelFunc
	script  string
	args    []string
	owned   bool // the host is ours to close
	process ProcessInfo
	global  bool // UseModules was called
	// unwatch ends what looks for slow tasks; nil when nothing does.
	unwatch chan struct{}
	closed  bool

	reflects bool    // Set was called
	probes   *probes // nil when nothing looks into it
	last     *run    // that was on a goroutine of its own; nil without one
}

// NewState makes a state. It lives until Close, or until ctx ends.
func (e *Engine) NewState(ctx context.Context) *State {
	h := e.opts.Host
	if h == nil {
		h = host.New(e.opts.Permissions, host.Config{
			Dir: e.opts.Dir, Env: e.opts.Env, Log: e.opts.Log,
			Stdin: e.opts.Stdin, Stdout: e.opts.Stdout, Stderr: e.opts.Stderr,
		})
	}
	if n := e.opts.Limits.Output; n > 0 {
		h = meter(h, n)
	}
	s := e.newState(ctx, h)
	s.owned = e.opts.Host == nil
	s.crew = newCrew(e.opts.Limits.Workers)
	s.process = ProcessInfo{Name: "main", PID: os.Getpid()}
	return s
}

func (e *Engine) newState(ctx context.Context, h *host.Host) *State {
	s := &State{engine: e, native: map[*lua.LFunction]*module.Func{}}
	s.host, s.stage = h.Staged()
	s.ctx, s.cancel = context.WithCancel(ctx)
	s.world = vm.New(h.Clock, e.opts.Grace) // no fake time delays the end of a canceled task
	s.world.Limits = e.opts.Limits.vm()
	s.world.Trace = e.opts.Trace
	s.binder = bind.New(s.world)
	s.binder.Iterate = s.iterator
	lib := &base.Library{
		World:   s.world,
		Host:    s.host,
		Limits:  e.chunks.limits,
		Compile: e.compileLoaded,
		Guarded: !e.opts.Trusted,
	}
	lib.Open()
	s.newLoader()
	s.binder.Snapshots = s.codec()
	s.attachProbes()
	return s
}

// Run compiles source and runs it as the script called name, with args as its
// "...". It returns what the script returns, once the tasks that the script
// started have ended too. The end of ctx stops the script wherever it is. Run
// does not wait for an instruction that then takes long, such as one that
// lengthens a huge array: it ends behind, and the next Run, or Close, waits for
// it. Go code that the script has called is always waited for.
func (s *State) Run(ctx context.Context, name, source string, args ...any) ([]any, error) {
	return s.runScript(ctx, loader.Script{Name: name, Dir: s.loader.Script().Dir}, source, args)
}

func (s *State) runScript(ctx context.Context, script loader.Script, source string, args []any) ([]any, error) {
	name := script.Name
	c, err := s.engine.chunks.compile(name, source)
	if err != nil {
		return nil, err
	}
	s.script = name
	s.loader.SetScript(script)
	return s.main(ctx, func() (lua.LValue, []lua.LValue) {
		fn := s.world.Root.NewFunctionFromProto(c.Proto)
		s.setArgs(name, args)
		return fn, s.encodeAll(args)
	})
}

// RunFile runs the script in the file at path. Reading it needs no permission:
// the caller chose it. Modules beside it are found by require.
func (s *State) RunFile(ctx context.Context, path string, args ...any) ([]any, error) {
	source, err := ReadScript(path)
	if err != nil {
		return nil, err
	}
	file := path
	if info, err := os.Lstat(path); err == nil && info.Mode()&os.ModeSymlink != 0 {
		if to, err := filepath.EvalSymlinks(path); err == nil {
			file = to // a link to a script stands for it, with its modules
		}
	}
	if cwd, err := os.Getwd(); err == nil && s.host.Files.WorkDir() != cwd && !filepath.IsAbs(file) {
		// The path is ours, the files that require reads are the host's.
		file = filepath.Join(cwd, file)
	}
	return s.runScript(ctx, loader.Script{Name: path, File: file, Dir: filepath.Dir(file)}, source, args)
}

// ReadScript reads a script, with errors that say what is wrong with the path.
// It needs no permission: the caller chose the path.
func ReadScript(path string) (string, error) {
	info, err := os.Stat(path)
	if err == nil && info.IsDir() {
		e := fault.New(fault.Unreadable, "%s is a directory, not a script", path)
		if _, err := os.Stat(filepath.Join(path, "main.lua")); err == nil {
			e.Hint = "did you mean " + filepath.Join(path, "main.lua") + "?"
		}
		return "", e
	}
	if err != nil {
		e := fault.New(fault.Unreadable, "cannot read the script %s: %s", path, fault.Classify(err).Message)
		if near := nearScript(path); near != "" {
			e.Hint = fmt.Sprintf("did you mean %s?", near)
		}
		e.Cause = err
		return "", e
	}
	data, err := os.ReadFile(path)
	if err != nil {
		e := fault.New(fault.Unreadable, "cannot read the script %s: %s", path, fault.Classify(err).Message)
		e.Cause = err
		return "", e
	}
	return string(data), nil
}

// nearScript looks for the script that a mistyped path means.
func nearScript(path string) string {
	entries, err := os.ReadDir(filepath.Dir(path))
	if err != nil {
		return ""
	}
	var names []string
	for _, entry := range entries {
		if strings.HasSuffix(entry.Name(), ".lua") {
			names = append(names, entry.Name())
		}
	}
	name := filepath.Base(path)
	for _, n := range names {
		if n == name+".lua" {
			return path + ".lua"
		}
	}
	if near := fault.Suggest(name, names); near != "" {
		return filepath.Join(filepath.Dir(path), near)
	}
	return ""
}

// Call calls a global function, named as in "handle" or "app.handle", or a
// *Func that the script handed out.
func (s *State) Call(ctx context.Context, fn any, args ...any) ([]any, error) {
	return s.main(ctx, func() (lua.LValue, []lua.LValue) {
		switch fn := fn.(type) {
		case *Func:
			return fn.Lua(), s.encodeAll(args)
		case string:
			return s.lookup(fn), s.encodeAll(args)
		}
		panic(fault.New(fault.ArgsInvalid, "Call takes a name or a *Func, not a %T", fn))
	})
}

// lookup finds a global by a dotted name.
func (s *State) lookup(name string) lua.LValue {
	var v lua.LValue = s.world.Root.G.Global
	for _, part := range strings.Split(name, ".") {
		t, ok := v.(*lua.LTable)
		if !ok || t.RawGetString(part) == lua.LNil {
			panic(fault.New(fault.ArgsInvalid, "there is no global '%s'", name))
		}
		v = t.RawGetString(part)
	}
	return v
}

// Set makes a Go value a global of the script. Functions, structs, maps and
// slices work by reflection, as github.com/layeh/gopher-luar documents;
// functions set so run with the baton held, so they should not block. All that
// the value's type exports is in the script's reach: with an *os.File it may
// close or chmod the file, a channel blocks the state past its deadline, and a
// method that panics makes an end of the state. A module declares instead what
// scripts may do.
func (s *State) Set(name string, value any) {
	s.world.Lock(nil)
	defer s.world.Unlock()
	s.reflects = true
	root := s.world.Root
	root.G.Global.RawSetString(name, luar.New(root, value))
}

// Get returns a global as plain Go data; functions come as *Func.
func (s *State) Get(name string) (v any, err error) {
	s.world.Lock(nil)
	defer s.world.Unlock()
	return s.binder.Detach(s.world.Root.G.Global.RawGetString(name))
}

// Cancel asks the script to end: blocking calls raise, clean-up code runs. When
// the grace time is over the script is stopped.
func (s *State) Cancel(why string) {
	s.world.Cancel(fault.New(fault.Canceled, "%s", why))
}

// Interrupt is Cancel for somebody who waits, such as at a terminal: what goes on
// to compute raises within some 50 ms, too. It may be caught, but whatever goes on to compute outside
// of a clean-up for a quarter of a second raises again until it ends. errors.As
// finds why in what the script ends with.
func (s *State) Interrupt(why error) { s.world.Cancel(vm.Interrupted(why)) }

// Close closes what the script left open, last opened first, and ends the
// state. It must not be called while a script runs.
func (s *State) Close() error {
	if s.closed {
		return nil
	}
	s.closed = true
	s.cancel()
	s.world.Stop(fault.New(fault.StateClosed, "the state is closed"))
	s.last.wait()
	s.world.ReleaseHandles()
	err := s.world.CloseHandles()
	s.world.Drain(nil)
	s.detachProbes()
	if s.owned {
		err = errors.Join(err, s.stage.Base().Close())
	}
	return err
}

func (s *State) encodeAll(args []any) []lua.LValue {
	values := make([]lua.LValue, len(args))
	for i, a := range args {
		values[i] = s.binder.Encode(a)
	}
	return values
}

// setArgs sets the global arg as the stand-alone lua does: arg[0] is the script.
func (s *State) setArgs(name string, args []any) {
	s.args = s.args[:0]
	t := s.world.Root.NewTable()
	t.RawSetInt(0, lua.LString(name))
	for i, a := range args {
		v := s.binder.Encode(a)
		t.RawSetInt(i+1, v)
		s.args = append(s.args, v.String())
	}
	s.world.Root.G.Global.RawSetString("arg", t)
}

// play runs a function as the main task and waits for the tasks that it
// started. prepare is called with the baton.
func (s *State) play(ctx context.Context, prepare prepare) (results []any, err error) {
	defer s.stopWith(ctx)()
	t := s.world.NewTask(ctx, "main")
	t.Claim()
	t.Traced("")

	var (
		fn   lua.LValue
		args []lua.LValue
	)
	err = s.locked(func() error {
		fn, args = prepare()
		if s.engine.opts.DebugTasks && s.unwatch == nil {
			s.watchTasks(slowTask, nil)
		}
		return nil
	})
	var values []lua.LValue
	if err == nil {
		values, err = t.Run(fn, args...)
	}
	var forgotten []*vm.Task
	if s.world.Noting() {
		forgotten = s.reportRunning(t)
		defer func() { s.reportLoose(forgotten) }()
	}
	if err != nil {
		s.world.Cancel(fault.New(fault.Canceled, "the script has failed"))
	}
	if orphan := s.world.Settle(context.Background(), t); orphan != nil {
		_, exit := vm.Exit(orphan)
		if err == nil || exit {
			err = orphan
		}
		s.world.Cancel(fault.New(fault.Canceled, "a task has failed"))
		s.world.Drain(t)
	}
	if err == nil && !s.engine.opts.NoResults {
		err = s.locked(func() error {
			for _, v := range values {
				d, derr := s.binder.Detach(v)
				var own *fault.Error
				if errors.As(derr, &own) {
					return own
				}
				if derr != nil {
					return fault.New(fault.ArgsInvalid, "the script's result %v", derr)
				}
				results = append(results, d)
			}
			return nil
		})
	}
	if rerr := s.world.Rest(); err == nil {
		err = rerr
	}
	t.End(nil, err)
	s.describe(err)
	s.reportOrphans(err)
	if stopped := s.world.Stopped(); stopped != nil && err != nil {
		if _, exit := vm.Exit(err); !exit {
			err = stoppedAt(stopped, err)
		}
	}
	return results, err
}

// stoppedAt is what stopped a state, with the place where a task felt it, if err
// is what that raised.
func stoppedAt(stopped *fault.Error, err error) error {
	own := *stopped
	var felt *fault.Error
	if errors.As(err, &felt) && felt.Kind == own.Kind {
		own.Traceback = felt.Traceback
	}
	return &own
}

// stopWith makes the end of ctx stop the state.
func (s *State) stopWith(ctx context.Context) (undo func()) {
	return atEnd(ctx, func(cause error) { s.world.Stop(vm.StopCause(cause)) })
}

// atEnd calls f when ctx ends. When undo has returned f has too, or is not
// called any more.
func atEnd(ctx context.Context, f func(cause error)) (undo func()) {
	after, ok := ctx.(afterFuncer)
	if !ok && ctx.Done() == nil {
		return func() {}
	}
	var ran sync.WaitGroup
	ran.Add(1)
	call := func() {
		defer ran.Done()
		f(context.Cause(ctx))
	}
	var stop func() bool
	if ok {
		stop = after.AfterFunc(call)
	} else {
		stop = context.AfterFunc(ctx, call)
	}
	return func() {
		if !stop() {
			ran.Wait()
		}
	}
}

// afterFuncer is a context that takes functions for its end itself, as
// context.AfterFunc knows them; asked directly it need not make a channel.
type afterFuncer interface{ AfterFunc(f func()) func() bool }

// locked runs f with the baton; a *fault.Error that it panics with is returned.
func (s *State) locked(f func() error) (err error) {
	s.world.Lock(nil)
	defer s.world.Unlock()
	defer func() {
		if r := recover(); r != nil {
			e, ok := r.(*fault.Error)
			if !ok {
				panic(r)
			}
			err = e
		}
	}()
	return f()
}

// ExitCode returns the code that a script gave to os.exit, if err says that it
// called it.
func ExitCode(err error) (code int, ok bool) { return vm.Exit(err) }

// ExitPlace gives the line that called os.exit, "main.lua:3"; "" when err is no
// exit, or the line is not known.
func ExitPlace(err error) string {
	var e *vm.ErrUnwound
	if errors.As(err, &e) {
		return e.At
	}
	return ""
}

// Exit returns the error by which a handler ends the script with a code, as
// os.exit does: with and finally clean up, pcall does not catch it.
func Exit(code int) error { return &vm.ErrUnwound{Code: code} }

// iterator makes the Lua function behind an Iterator.
func (s *State) iterator(it *Iterator) *lua.LFunction {
	var busy bool
	return s.world.Root.NewFunction(func(L *lua.LState) int {
		c := &Call{state: s, task: vm.TaskOf(L), name: "iterator"}
		c.frame = bind.Frame{Task: c.task, L: L, Held: it.Inline}
		if busy {
			s.raise(c, L, fault.New(fault.ArgsInvalid, "the iterator is in use by another task"))
		}
		busy = true
		v, err := s.next(c, L, it)
		busy = false
		if err != nil {
			s.raise(c, L, err)
		}
		n, err := s.push(c.name, L, v)
		if err != nil {
			s.raise(c, L, err)
		}
		return n
	})
}

func (s *State) next(c *Call, L *lua.LState, it *Iterator) (v any, err error) {
	if e := c.task.Check(); e != nil {
		return nil, e
	}
	if it.Walk != nil {
		c.Context() // made here, with the baton
	}
	if !it.Inline {
		lane := c.task.Lane()
		lane.Begin(tracedCall, c.name)
		s.world.Unlock()
		defer s.retake(lane, L)
		if lane != nil {
			defer func() { lane.End(tracedKind(err)) }()
		}
	}
	s.world.Native.Add(1)
	defer s.left(c.name, &err)
	if it.Walk != nil {
		return it.Walk(c.ctx)
	}
	return it.Next()
}
