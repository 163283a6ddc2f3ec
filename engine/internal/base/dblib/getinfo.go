package dblib

import (
	"strconv"
	"strings"

	lua "github.com/yuin/gopher-lua"

	"github.com/gscript-lang/gscript/engine/internal/base/arg"
	"github.com/gscript-lang/gscript/engine/internal/vm"
)

// getinfo([thread,] function or level [, what])
func getinfo(L *lua.LState) int {
	th, off := threadArg(L)
	what := arg.OptString(L, off+2, "flnSu")
	var fn *lua.LFunction
	var level *vm.Level
	if f, ok := L.Get(off + 1).(*lua.LFunction); ok {
		fn = f
	} else if _, ok := arg.ToNumber(L.Get(off + 1)); ok {
		l, ok := vm.LevelAt(th, arg.Int(L, off+1))
		if !ok {
			L.Push(lua.LNil)
			return 1
		}
		level, fn = &l, l.Func()
	} else {
		arg.Error(L, off+1, "function or level expected")
	}
	t := L.NewTable()
	for _, option := range []byte(what) {
		switch option {
		case 'S':
			source(t, fn, level != nil && level.Tail)
		case 'l':
			t.RawSetString("currentline", lua.LNumber(currentLine(level)))
		case 'u':
			upvalues(t, fn)
		case 'n':
			name, kind := "", ""
			if level != nil {
				name, kind = level.Name()
			}
			t.RawSetString("namewhat", lua.LString(kind))
			if kind != "" {
				t.RawSetString("name", lua.LString(name))
			} else if level != nil && level.Tail {
				t.RawSetString("name", lua.LString(""))
			}
		case 'f':
			if fn != nil {
				t.RawSetString("func", fn)
			}
		case 'L':
			if fn != nil && !fn.IsG {
				t.RawSetString("activelines", activeLines(L, fn.Proto))
			}
		default:
			arg.Error(L, off+2, "invalid option")
		}
	}
	L.Push(t)
	return 1
}

func currentLine(level *vm.Level) int {
	if level == nil {
		return -1
	}
	return level.Line()
}

func source(t *lua.LTable, fn *lua.LFunction, tail bool) {
	name, short, what, first, last := "=[C]", "[C]", "C", -1, -1
	switch {
	case tail:
		name, short, what = "=(tail call)", "(tail call)", "tail"
	case fn != nil && !fn.IsG:
		p := fn.Proto
		name, short, what, first, last = "@"+p.SourceName, shorten(p.SourceName), "Lua", p.LineDefined, p.LastLineDefined
		if first == 0 {
			what = "main"
		}
		if text, ok := strings.CutPrefix(p.SourceName, "[string "); ok {
			name = p.SourceName // a long source is not kept
			if whole, err := strconv.Unquote(strings.TrimSuffix(text, "]")); err == nil && !strings.HasSuffix(whole, "...") {
				name = whole
			}
		}
	}
	t.RawSetString("source", lua.LString(name))
	t.RawSetString("short_src", lua.LString(short))
	t.RawSetString("what", lua.LString(what))
	t.RawSetString("linedefined", lua.LNumber(first))
	t.RawSetString("lastlinedefined", lua.LNumber(last))
}

// shorten keeps the end of a long file name, as C Lua does.
func shorten(name string) string {
	const room = 52
	if len(name) > room && !strings.HasPrefix(name, "[string ") {
		return "..." + name[len(name)-room:]
	}
	return name
}

func upvalues(t *lua.LTable, fn *lua.LFunction) {
	nups, nparams, vararg := 0, 0, true
	if fn != nil && !fn.IsG {
		nups, nparams = len(fn.Upvalues), int(fn.Proto.NumParameters)
		vararg = fn.Proto.IsVarArg&lua.VarArgIsVarArg != 0
	}
	t.RawSetString("nups", lua.LNumber(nups))
	t.RawSetString("nparams", lua.LNumber(nparams))
	t.RawSetString("isvararg", lua.LBool(vararg))
}

// activeLines has the lines that have code. The instruction that closes a main
// chunk has the line after the last and is left out.
func activeLines(L *lua.LState, p *lua.FunctionProto) *lua.LTable {
	lines := p.DbgSourcePositions
	if p.LineDefined == 0 && len(lines) > 0 {
		lines = lines[:len(lines)-1]
	}
	t := L.NewTable()
	for _, line := range lines {
		t.RawSetInt(line, lua.LTrue)
	}
	return t
}
