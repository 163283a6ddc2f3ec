package engine

import (
	"fmt"

	lua "github.com/yuin/gopher-lua"

	"github.com/gscript-lang/gscript/engine/internal/bind"
	"github.com/gscript-lang/gscript/engine/internal/chunk"
	"github.com/gscript-lang/gscript/engine/internal/fault"
	"github.com/gscript-lang/gscript/engine/internal/vm"
)

// StackFrame is a function that runs, while a probe is told of a place in its
// task. It is not valid afterwards.
type StackFrame struct {
	Source string // of the function, "" for native code
	Line   int    // that runs, 0 for native code
	Name   string // for people: "main chunk", "function 'f'", "http.get"
	Native bool
	// Tail is how many functions this one has replaced by tail calls: they are gone.
	Tail int

	at    Spot
	level vm.Level
}

// Variable is a local variable, an upvalue or an extra argument.
type Variable struct {
	Name  string // "..." has "...[1]" and so on
	Value Value
}

// Frames are the functions that run, the innermost first, through protected
// calls and from coroutines to what resumed them. At most max are listed.
func (at Spot) Frames(max int) (frames []StackFrame) {
	for L := at.thread; L != nil && len(frames) < max; L = vm.Resumer(L) {
		vm.Levels(L, func(l vm.Level) bool {
			if f, ok := at.frame(l); ok {
				frames = append(frames, f)
			}
			return len(frames) < max
		})
	}
	return frames
}

func (at Spot) frame(l vm.Level) (f StackFrame, ok bool) {
	if described, ok := l.Describe(); ok {
		return StackFrame{Source: described.Source, Line: described.Line, Name: described.What, Tail: l.TailCalls(), at: at, level: l}, true
	}
	if l.Func() == nil {
		return StackFrame{}, false
	}
	name, _ := l.Name()
	if name == "" {
		name = "native code"
	}
	return StackFrame{Name: name, Native: true, at: at, level: l}, true
}

// Of is the place where another task of the state waits; ok says that it has
// one.
func (at Spot) Of(id int) (spot Spot, ok bool) {
	for _, t := range at.state.world.Tasks() {
		if t.ID != id {
			continue
		}
		if t == at.task {
			return at, true
		}
		return Spot{at.state, t, t.Waiting()}, t.Waiting() != nil
	}
	return Spot{}, false
}

// Function is the function itself, and its prototype, nil for native code.
func (f StackFrame) Function() (Value, *lua.FunctionProto) {
	return bind.ValueOf(f.level.Func()), f.level.Code()
}

// Depth is Spot.Depth for the function of the frame.
func (f StackFrame) Depth() int { return f.level.Depth() }

// Returning are the values that the function is about to return; ok says that
// its next instruction is the return.
func (f StackFrame) Returning() (values []Value, ok bool) {
	list, ok := f.level.Returning()
	for _, v := range list {
		values = append(values, bind.ValueOf(v))
	}
	return values, ok
}

// Globals is the table of the function's globals.
func (f StackFrame) Globals() Value {
	if env := f.level.Env(); env != nil {
		return bind.ValueOf(env)
	}
	return bind.ValueOf(f.at.state.world.Root.G.Global)
}

// Locals are the local variables of the frame as the line sees them, in the order of
// their declaration; one that a later one of its name hides is left out, and so
// is the arg that Lua 5.1 makes of "...".
func (f StackFrame) Locals() []Variable {
	var all []Variable
	place := map[string]int{}
	f.eachLocal(func(n int, name string, v lua.LValue) {
		if name == "arg" && f.level.Code().IsVarArg != 0 && n == int(f.level.Code().NumParameters)+1 {
			return
		}
		if i, hidden := place[name]; hidden {
			all[i].Value = bind.ValueOf(v)
			return
		}
		place[name] = len(all)
		all = append(all, Variable{name, bind.ValueOf(v)})
	})
	return all
}

// Varargs are what "..." stands for.
func (f StackFrame) Varargs() []Variable {
	var all []Variable
	for i := 1; i <= f.level.Extra(); i++ {
		_, v := f.level.Local(-i)
		all = append(all, Variable{fmt.Sprintf("...[%d]", i), bind.ValueOf(v)})
	}
	return all
}

// Upvalues are the variables of enclosing functions that the function uses.
func (f StackFrame) Upvalues() []Variable {
	var all []Variable
	p := f.level.Code()
	if p == nil {
		return nil
	}
	for i, u := range f.level.Func().Upvalues {
		if i < len(p.DbgUpvalues) {
			all = append(all, Variable{p.DbgUpvalues[i], bind.ValueOf(u.Value())})
		}
	}
	return all
}

// eachLocal visits the named local variables, the later of one name too.
func (f StackFrame) eachLocal(visit func(n int, name string, v lua.LValue)) {
	if f.level.Code() == nil {
		return
	}
	for n := 1; ; n++ {
		name, v := f.level.Local(n)
		if name == "" {
			return
		}
		if name[0] != '(' {
			visit(n, name, v)
		}
	}
}

// get finds a variable of the frame: a local, or else an upvalue.
func (f StackFrame) get(name string) (v lua.LValue, ok bool) {
	f.eachLocal(func(_ int, local string, value lua.LValue) {
		if local == name {
			v, ok = value, true
		}
	})
	if ok {
		return v, true
	}
	if u := f.upvalue(name); u != nil {
		return u.Value(), true
	}
	return nil, false
}

func (f StackFrame) upvalue(name string) *lua.Upvalue {
	p := f.level.Code()
	if p == nil {
		return nil
	}
	for i, u := range f.level.Func().Upvalues {
		if i < len(p.DbgUpvalues) && p.DbgUpvalues[i] == name {
			return u
		}
	}
	return nil
}

// set is get for assignment.
func (f StackFrame) set(name string, v lua.LValue) (ok bool) {
	last := 0
	f.eachLocal(func(n int, local string, _ lua.LValue) {
		if local == name {
			last = n
		}
	})
	if last > 0 {
		f.level.SetLocal(last, v)
		return true
	}
	if u := f.upvalue(name); u != nil {
		u.SetValue(v)
		return true
	}
	return false
}

// Set assigns a variable of the frame.
func (f StackFrame) Set(name string, v Value) error {
	if !f.set(name, v.Lua()) {
		return fault.New(fault.ArgsInvalid, "there is no variable '%s' here", name)
	}
	return nil
}

// Eval runs a chunk as if it stood at the line of the frame: it reads and
// assigns the frame's variables, then globals, and "..." is what it is there. An
// expression gives its values. More variables hide those of the frame. Probes are
// told of what it runs, too.
func (f StackFrame) Eval(code string, more ...Variable) ([]Value, error) {
	s := f.at.state
	c, err := compileEval(code, s.engine.chunks.limits)
	if err != nil {
		return nil, err
	}
	root := s.world.Root
	globals := f.level.Env()
	if globals == nil {
		globals = root.G.Global
	}
	mt := root.NewTable()
	mt.RawSetString("__index", root.NewFunction(func(L *lua.LState) int {
		if name, ok := L.Get(2).(lua.LString); ok {
			for _, each := range more {
				if each.Name == string(name) {
					L.Push(each.Value.Lua())
					return 1
				}
			}
			if v, ok := f.get(string(name)); ok {
				L.Push(v)
				return 1
			}
		}
		L.Push(L.GetTable(globals, L.Get(2)))
		return 1
	}))
	mt.RawSetString("__newindex", root.NewFunction(func(L *lua.LState) int {
		name, ok := L.Get(2).(lua.LString)
		if !ok || !f.set(string(name), L.Get(3)) {
			L.SetTable(globals, L.Get(2), L.Get(3))
		}
		return 0
	}))
	env := root.NewTable()
	env.Metatable = mt
	fn := root.NewFunctionFromProto(c.Proto)
	fn.Env = env
	var args []lua.LValue
	for _, v := range f.Varargs() {
		args = append(args, v.Value.Lua())
	}
	results, err := s.world.CallOn(f.at.task, f.at.thread, fn, args...)
	values := make([]Value, len(results))
	for i, v := range results {
		values[i] = bind.ValueOf(v)
	}
	return values, err
}

// compileEval compiles an expression, or else statements.
func compileEval(code string, limits chunk.Limits) (*chunk.Chunk, error) {
	c, err := chunk.Compile("eval", "return "+code, limits)
	if fault.KindOf(err) == fault.Syntax {
		statements, wrong := chunk.Compile("eval", code, limits)
		if wrong == nil || !Incomplete(err) { // of an expression that ends too soon that is what is wrong
			return statements, wrong
		}
	}
	return c, err
}

// CheckEval says what keeps code for StackFrame.Eval from compiling, nil for
// nothing.
func CheckEval(code string) error {
	_, err := compileEval(code, chunk.Guarded)
	return err
}

// CheckExpression says what keeps an expression for StackFrame.Eval from
// compiling, nil for nothing.
func CheckExpression(code string) error {
	_, err := chunk.Compile("eval", "return "+code, chunk.Guarded)
	return err
}
