// Package base is the base library of gscript: the functions of Lua 5.1 that
// stock gopher-lua gets wrong or that must not reach the host unasked, and the
// few that gscript adds (try, with, finally).
package base

import (
	"fmt"
	"strings"

	lua "github.com/yuin/gopher-lua"

	"github.com/gscript-lang/gscript/engine/host"
	"github.com/gscript-lang/gscript/engine/internal/base/arg"
	"github.com/gscript-lang/gscript/engine/internal/base/dblib"
	"github.com/gscript-lang/gscript/engine/internal/base/mathlib"
	"github.com/gscript-lang/gscript/engine/internal/base/strlib"
	"github.com/gscript-lang/gscript/engine/internal/base/tablib"
	"github.com/gscript-lang/gscript/engine/internal/chunk"
	"github.com/gscript-lang/gscript/engine/internal/fault"
	"github.com/gscript-lang/gscript/engine/internal/vm"
)

// Library is the base library of one state.
type Library struct {
	World  *vm.World
	Host   *host.Host
	Limits chunk.Limits
	// Compile is the engine's way from source to a chunk.
	Compile func(name, source string) (*chunk.Chunk, error)
	// Guarded leaves out what reaches around the script's own globals.
	Guarded bool
	Args    []string
}

// Open puts the library into the globals of the world.
func (l *Library) Open() {
	root := l.World.Root
	for _, open := range []lua.LGFunction{lua.OpenBase, lua.OpenString, lua.OpenTable, lua.OpenMath} {
		root.Push(root.NewFunction(open))
		root.Call(0, 0)
	}
	g := root.G.Global
	for _, name := range []string{"_printregs", "_GOPHER_LUA_VERSION", "module", "newproxy", "require"} {
		g.RawSetString(name, lua.LNil)
	}
	if l.Guarded {
		g.RawSetString("getfenv", lua.LNil)
		g.RawSetString("setfenv", lua.LNil)
	}
	l.set(g, map[string]lua.LGFunction{
		"print":          l.print,
		"tostring":       tostring,
		"tonumber":       tonumber,
		"pcall":          l.pcall,
		"xpcall":         l.xpcall,
		"try":            l.try,
		"with":           l.with,
		"finally":        l.finally,
		"error":          l.error,
		"assert":         l.assert,
		"pairs":          l.pairs,
		"load":           l.load,
		"loadstring":     l.load,
		"loadfile":       l.loadfile,
		"dofile":         l.dofile,
		"collectgarbage": l.collectgarbage,
	})
	l.library("coroutine", l.World.Coroutine())
	l.library("debug", map[string]lua.LGFunction{"traceback": l.traceback})
	l.set(g.RawGetString("string").(*lua.LTable), strlib.Functions(l.World))
	l.set(g.RawGetString("table").(*lua.LTable), map[string]lua.LGFunction{"concat": l.concat})
	l.set(g.RawGetString("table").(*lua.LTable), tablib.Functions(l.World))
	l.set(g.RawGetString("math").(*lua.LTable), mathlib.Functions(l.World))
	l.set(g.RawGetString("debug").(*lua.LTable), dblib.Functions(l.World))
	l.openOS()
	l.openIO()
	l.protectStrings()
}

func (l *Library) set(t *lua.LTable, funcs map[string]lua.LGFunction) {
	for name, fn := range funcs {
		t.RawSetString(name, l.World.Root.NewFunction(fn))
	}
}

func (l *Library) library(name string, funcs map[string]lua.LGFunction) *lua.LTable {
	t := l.World.Root.NewTable()
	l.set(t, funcs)
	l.World.Root.G.Global.RawSetString(name, t)
	return t
}

// concat builds the string outside the registry: gopher-lua's pushes every item
// and fails with some thousands.
func (l *Library) concat(L *lua.LState) int {
	t := L.CheckTable(1)
	sep := L.OptString(2, "")
	first, last := L.OptInt(3, 1), L.OptInt(4, t.Len())
	var b strings.Builder
	for i := first; i <= last; i++ {
		v := t.RawGetInt(i)
		if !lua.LVCanConvToString(v) {
			L.RaiseError("invalid value (%s) at index %d in table for 'concat'", v.Type(), i)
		}
		b.WriteString(v.String())
		if i < last {
			b.WriteString(sep)
		}
	}
	L.Push(lua.LString(b.String()))
	return 1
}

// protectStrings keeps a script from changing what methods of strings mean.
func (l *Library) protectStrings() {
	if mt, ok := l.World.Root.GetMetatable(lua.LString("")).(*lua.LTable); ok {
		mt.RawSetString("__metatable", lua.LFalse)
	}
}

func (l *Library) print(L *lua.LState) int {
	var b strings.Builder
	for i := 1; i <= L.GetTop(); i++ {
		if i > 1 {
			b.WriteByte('\t')
		}
		b.WriteString(arg.ToString(L, L.Get(i)))
	}
	b.WriteByte('\n')
	l.write(L, b.String())
	return 0
}

// write puts text on the script's standard output. A failure raises: a script
// that goes on without its output would hide the loss.
func (l *Library) write(L *lua.LState, text string) {
	if _, err := l.Host.Terminal.Stdout().Write([]byte(text)); err != nil {
		l.outputLost(L, err)
	}
}

func (l *Library) outputLost(L *lua.LState, err error) {
	if fault.KindOf(err) == fault.Output {
		l.World.Throw(L, err)
	}
	l.World.Throw(L, &fault.Error{Kind: fault.OutputClosed, Message: "the output cannot be written: " + fault.Classify(err).Message, Cause: err})
}

func (l *Library) pairs(L *lua.LState) int {
	v := L.CheckAny(1)
	if mm := L.GetMetaField(v, "__pairs"); mm != lua.LNil {
		L.SetTop(1)
		L.Push(mm)
		L.Push(v)
		L.Call(1, 3)
		return 3
	}
	L.CheckTable(1)
	L.SetTop(1)
	L.Push(L.GetGlobal("next"))
	L.Push(v)
	L.Push(lua.LNil)
	return 3
}

func (l *Library) collectgarbage(L *lua.LState) int {
	// Go's collector serves the whole process and needs no help; "count" is
	// what scripts read for curiosity.
	if L.OptString(1, "collect") == "count" {
		L.Push(lua.LNumber(heapKiB()))
		return 1
	}
	L.Push(lua.LNumber(0))
	return 1
}

func (l *Library) traceback(L *lua.LState) int {
	i := 1
	of := L
	if th, ok := L.Get(1).(*lua.LState); ok {
		of, i = th, 2
	}
	msg := L.Get(i)
	if _, isString := msg.(lua.LString); !isString && msg != lua.LNil && msg.Type() != lua.LTNumber {
		L.Push(msg)
		return 1
	}
	text := "stack traceback:\n\t" + strings.ReplaceAll(vm.Traceback(of), "\n", "\n\t")
	if msg != lua.LNil {
		text = msg.String() + "\n" + text
	}
	L.Push(lua.LString(text))
	return 1
}

// error raises its argument; a string gets the position of the caller at level.
func (l *Library) error(L *lua.LState) int {
	v := L.Get(1)
	level := arg.OptInt(L, 2, 1)
	if s, ok := v.(lua.LString); ok && level > 0 {
		if frames := vm.Frames(L, level); len(frames) >= level {
			f := frames[level-1]
			v = lua.LString(fmt.Sprintf("%s:%d: %s", f.Source, f.Line, s))
		}
	}
	L.Error(v, 0)
	return 0
}

func (l *Library) assert(L *lua.LState) int {
	if L.CheckAny(1); L.ToBool(1) {
		return L.GetTop()
	}
	var v lua.LValue = lua.LString("assertion failed!")
	if L.GetTop() >= 2 {
		v = L.Get(2)
	}
	L.Error(v, 0)
	return 0
}
