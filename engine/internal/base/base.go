// Package base is the base library of gscript: the global functions of Lua 5.1
// and the few that gscript adds (try, with, finally). The libraries of Lua are the
// packages beneath it. gopher-lua's own are not opened.
package base

import (
	"strings"

	lua "github.com/yuin/gopher-lua"

	"github.com/gscript-lang/gscript/engine/host"
	"github.com/gscript-lang/gscript/engine/internal/base/arg"
	"github.com/gscript-lang/gscript/engine/internal/base/dblib"
	"github.com/gscript-lang/gscript/engine/internal/base/iolib"
	"github.com/gscript-lang/gscript/engine/internal/base/mathlib"
	"github.com/gscript-lang/gscript/engine/internal/base/oslib"
	"github.com/gscript-lang/gscript/engine/internal/base/strlib"
	"github.com/gscript-lang/gscript/engine/internal/base/tablib"
	"github.com/gscript-lang/gscript/engine/internal/chunk"
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

	files *iolib.Library
}

// Open puts the library into the globals of the world.
func (l *Library) Open() {
	g := l.World.Root.G.Global
	g.RawSetString("_G", g)
	g.RawSetString("_VERSION", lua.LString("Lua 5.1"))
	if !l.Guarded {
		l.set(g, map[string]lua.LGFunction{"getfenv": getfenv, "setfenv": setfenv})
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
		"load":           l.load,
		"loadstring":     l.load,
		"loadfile":       l.loadfile,
		"dofile":         l.dofile,
		"collectgarbage": l.collectgarbage,
	})
	l.openTables()
	l.library("coroutine", l.World.Coroutine())
	debug := dblib.Functions(l.World)
	if l.Guarded {
		debug = dblib.Guarded()
	}
	l.library("debug", debug)
	l.protectStrings(l.library("string", strlib.Functions(l.World)))
	l.library("table", tablib.Functions(l.World))
	maths := l.library("math", mathlib.Functions(l.World))
	for name, n := range mathlib.Constants() {
		maths.RawSetString(name, n)
	}
	l.library("os", oslib.Functions(l.World, l.Host))
	l.files = iolib.New(l.World, l.Host)
	files := l.library("io", l.files.Functions())
	for name, stream := range l.files.Streams() {
		files.RawSetString(name, stream)
	}
}

func (l *Library) set(t *lua.LTable, funcs map[string]lua.LGFunction) {
	for name, fn := range funcs {
		t.RawSetString(name, l.World.Root.NewFunction(fn))
	}
}

func (l *Library) library(name string, funcs map[string]lua.LGFunction) *lua.LTable {
	t := l.World.Root.CreateTable(0, len(funcs))
	l.set(t, funcs)
	l.World.Root.G.Global.RawSetString(name, t)
	return t
}

// protectStrings gives strings their methods and arithmetic, by a metatable that
// scripts cannot reach.
func (l *Library) protectStrings(methods *lua.LTable) {
	root := l.World.Root
	meta := root.CreateTable(0, 16)
	l.set(meta, strlib.Arithmetic())
	meta.RawSetString("__index", methods)
	meta.RawSetString("__metatable", lua.LFalse)
	root.SetMetatable(lua.LString(""), meta)
}

func (l *Library) print(L *lua.LState) int {
	var b strings.Builder
	for i := 1; i <= L.GetTop(); i++ {
		if i > 1 {
			b.WriteByte('\t')
		}
		text := arg.ToString(L, L.Get(i))
		vm.FitString(L, b.Len()+len(text))
		b.WriteString(text)
		vm.Spend(L, 1)
	}
	b.WriteByte('\n')
	l.files.Print(L, b.String())
	return 0
}

func (l *Library) collectgarbage(L *lua.LState) int {
	// Go's collector serves the whole process and needs no help; "count" is
	// what scripts read for curiosity.
	if arg.Option(L, 1, "collect", "collect", "count", "stop", "restart", "step", "setpause", "setstepmul") == "count" {
		L.Push(lua.LNumber(heapKiB()))
		return 1
	}
	L.Push(lua.LNumber(0))
	return 1
}

// error raises its argument; a string or a number gets the position of the caller at level.
func (l *Library) error(L *lua.LState) int {
	v := L.Get(1)
	level := arg.OptInt(L, 2, 1)
	if s, ok := arg.ToText(v); ok && level > 0 {
		v = lua.LString(vm.Where(L, level) + s)
	}
	L.Error(v, 0)
	return 0
}

func (l *Library) assert(L *lua.LState) int {
	if arg.Any(L, 1); L.ToBool(1) {
		return L.GetTop()
	}
	var v lua.LValue = lua.LString("assertion failed!")
	if L.GetTop() >= 2 {
		v = L.Get(2)
	}
	L.Error(v, 0)
	return 0
}
