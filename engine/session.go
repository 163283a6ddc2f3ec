package engine

import (
	"context"
	"errors"
	"sync"

	lua "github.com/yuin/gopher-lua"
	"github.com/yuin/gopher-lua/parse"

	"github.com/gscript-lang/gscript/engine/internal/bind"
	"github.com/gscript-lang/gscript/engine/internal/chunk"
	"github.com/gscript-lang/gscript/engine/internal/fault"
	"github.com/gscript-lang/gscript/engine/internal/loader"
	"github.com/gscript-lang/gscript/engine/internal/vm"
)

// Session runs one piece of source after another in a state, as a prompt does.
// The tasks that a piece starts go on when it has ended, and what it opens stays
// open until the state is closed. Its methods are called by one goroutine, but
// for Interrupt and Failed. A state with a session has no other runs.
type Session struct {
	Known
	series *vm.Series
	// vars holds the session's own variables; what is not among them is a global.
	vars     *lua.LTable
	declared map[string]bool

	mu      sync.Mutex
	running *vm.Task // nil between two pieces
}

// Piece is what a session runs.
type Piece struct {
	Name   string   // in messages
	Source string   // that is compiled
	Shown  string   // what error reports show for the name; "" means Source
	Vars   []string // variables that belong to the session and not to all of the state
	Begun  func()   // called when Interrupt can reach the piece; may be nil
}

// NewSession makes the session of a state. dir is where require looks first, ""
// for nowhere.
func (s *State) NewSession(dir string) *Session {
	s.world.Lock(nil)
	defer s.world.Unlock()
	root := s.world.Root
	x := &Session{Known: Known{s}, series: s.world.NewSeries("the session"), vars: root.NewTable(), declared: map[string]bool{}}
	meta := root.NewTable()
	meta.RawSetString("__index", root.G.Global)
	meta.RawSetString("__newindex", root.NewFunction(func(L *lua.LState) int {
		if name, ok := L.Get(2).(lua.LString); ok && x.declared[string(name)] {
			x.vars.RawSet(name, L.Get(3))
		} else {
			L.SetTable(root.G.Global, L.Get(2), L.Get(3))
		}
		return 0
	}))
	x.vars.Metatable = meta
	s.setArgs("", nil)
	s.loader.SetScript(loader.Script{Name: "session", Dir: dir})
	return x
}

// Define makes a declared function a variable of the session.
func (x *Session) Define(f *Function) {
	x.state.world.Lock(nil)
	defer x.state.world.Unlock()
	x.vars.RawSetString(f.Name, x.state.world.Root.NewFunction(x.state.invoke(f.Name, f, nil)))
}

// Set gives a variable of the session a value.
func (x *Session) Set(name string, v Value) {
	x.state.world.Lock(nil)
	defer x.state.world.Unlock()
	x.vars.RawSetString(name, v.Lua())
}

// Check compiles a piece and runs nothing.
func (x *Session) Check(p Piece) error {
	_, err := x.compile(p)
	return err
}

// Incomplete says that more text may make a source right that does not compile.
func Incomplete(err error) bool {
	var syntax *parse.Error
	return errors.As(err, &syntax) && syntax.Pos.Line == parse.EOF
}

func (x *Session) compile(p Piece) (*chunk.Chunk, error) {
	c, err := x.state.engine.chunks.compile(p.Name, p.Source)
	if p.Shown != "" {
		x.state.engine.chunks.show(p.Name, p.Shown)
	}
	return c, err
}

// Run compiles a piece, runs it and returns its results, which stay in the state.
// It does not wait for tasks that the piece has started. The end of ctx stops the
// piece.
func (x *Session) Run(ctx context.Context, p Piece) ([]Value, error) {
	c, err := x.compile(p)
	if err != nil {
		return nil, err
	}
	return x.perform(ctx, p.Begun, func() (lua.LValue, []lua.LValue) {
		for _, name := range p.Vars {
			x.declared[name] = true
		}
		fn := x.state.world.Root.NewFunctionFromProto(c.Proto)
		fn.Env = x.vars
		return fn, nil
	})
}

// Do is Run for a declared function.
func (x *Session) Do(ctx context.Context, f *Function, args ...any) ([]Value, error) {
	return x.perform(ctx, nil, func() (lua.LValue, []lua.LValue) {
		return x.state.world.Root.NewFunction(x.state.invoke(f.Name, f, nil)), x.state.encodeAll(args)
	})
}

func (x *Session) perform(ctx context.Context, begun func(), prepare prepare) ([]Value, error) {
	s := x.state
	if s.closed {
		return nil, fault.New(fault.StateClosed, "the state is closed")
	}
	ctx, done := s.limited(ctx)
	defer done()
	var (
		fn   lua.LValue
		args []lua.LValue
	)
	err := s.locked(func() error {
		if err := s.world.Revive(); err != nil {
			return err
		}
		fn, args = prepare()
		if s.engine.opts.DebugTasks && s.unwatch == nil {
			s.watchTasks(slowTask, nil)
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	t := x.series.Next(s.ctx, "main")
	t.Claim()
	t.Traced("")
	x.begin(t)
	if begun != nil {
		begun()
	}
	undo := t.StopWith(ctx, vm.StopCause)
	values, err := t.Run(fn, args...)
	undo()
	x.begin(nil)
	t.End(nil, err)
	s.describe(err)
	if stopped := s.world.Stopped(); stopped != nil && err != nil {
		if _, exit := vm.Exit(err); !exit {
			err = stoppedAt(stopped, err)
		}
	}
	results := make([]Value, len(values))
	for i, v := range values {
		results[i] = bind.ValueOf(v)
	}
	return results, err
}

func (x *Session) begin(t *vm.Task) {
	x.mu.Lock()
	defer x.mu.Unlock()
	x.running = t
}

// Interrupt ends the piece that runs, and the tasks that it has started. They
// may clean up; one that computes raises soon, as State.Interrupt has it, and
// with now all are stopped. It says no when nothing runs. It may be called from any goroutine.
func (x *Session) Interrupt(why error, now bool) bool {
	x.mu.Lock()
	t := x.running
	x.mu.Unlock()
	if t == nil {
		return false
	}
	reason := vm.Interrupted(why)
	for _, each := range t.Started() {
		if now {
			each.Stop(reason)
			continue
		}
		each.Cancel(reason)
	}
	return true
}

// InterruptBusy ends the task that computes and has the session wait, as Interrupt
// ends a piece, and returns its name for people, "" when none does. It may be
// called from any goroutine.
func (x *Session) InterruptBusy(why error) (task string) {
	t := x.state.world.Busy()
	if t == nil {
		return ""
	}
	t.Cancel(vm.Interrupted(why))
	return t.String()
}

// Failure is a task that failed and that nobody has awaited.
type Failure struct {
	Task string // for people: "the task of repl[1]:1"
	Err  error
}

// Failed waits for the next task that fails and that nobody awaits. It returns
// false at the end of ctx. It may be called from any goroutine, but not while a
// piece runs, which may still be about to await its tasks.
func (x *Session) Failed(ctx context.Context) (Failure, bool) {
	t := x.state.world.TakeOrphan(ctx)
	if t == nil {
		return Failure{}, false
	}
	_, err := t.Result()
	x.state.describe(err)
	return Failure{t.String(), err}, true
}

// Settle waits until the tasks of the session have ended, or one has failed that
// nobody awaits.
func (x *Session) Settle(ctx context.Context) error { return x.state.world.Settle(ctx, nil) }

// Tasks lists the tasks that go on, in the order of their start.
func (x *Session) Tasks() []TaskInfo {
	var list []TaskInfo
	for _, t := range x.state.world.Tasks() {
		list = append(list, infoOf(t))
	}
	return list
}

var errEnded = errors.New("the session has ended")

// End asks the tasks to end and waits for them. They have the grace time to
// clean up. The state is to be closed afterwards.
func (x *Session) End() error {
	w := x.state.world
	w.Cancel(vm.Interrupted(errEnded))
	w.Drain(nil)
	x.series.End()
	return w.Rest()
}

// Stop ends everything at once. It may be called from any goroutine.
func (x *Session) Stop(why error) {
	x.state.world.Stop(&fault.Error{Kind: fault.Canceled, Message: why.Error(), Cause: why})
}
