package base

import (
	"os"
	"path/filepath"
	"strings"

	lua "github.com/yuin/gopher-lua"

	"github.com/gscript-lang/gscript/engine/internal/fault"
	"github.com/gscript-lang/gscript/engine/internal/stock"
	"github.com/gscript-lang/gscript/engine/internal/vm"
)

// openOS opens os on the host. Failures are nil, message, as in Lua 5.1; a
// denied permission raises, because no fallback of a script should hide it.
func (l *Library) openOS() {
	start := l.Host.Clock.Now()
	l.library("os", map[string]lua.LGFunction{
		"exit":   l.exit,
		"getenv": l.getenv,
		"remove": func(L *lua.LState) int { return l.done(L, L.CheckString(1), l.Host.Files.Remove(L.CheckString(1))) },
		"rename": func(L *lua.LState) int {
			return l.done(L, L.CheckString(1), l.Host.Files.Rename(L.CheckString(1), L.CheckString(2)))
		},
		"tmpname": l.tmpname,
		"clock": func(L *lua.LState) int {
			L.Push(lua.LNumber(l.Host.Clock.Now().Sub(start).Seconds()))
			return 1
		},
		"difftime": func(L *lua.LState) int {
			L.Push(L.CheckNumber(1) - lua.LNumber(L.OptNumber(2, 0)))
			return 1
		},
		"time": l.time,
		"date": stock.OS()["date"],
	})
}

func (l *Library) done(L *lua.LState, target string, err error) int {
	if err == nil {
		L.Push(lua.LTrue)
		return 1
	}
	e := fault.Classify(err)
	if e.Kind == fault.Denied {
		l.World.Throw(L, err)
	}
	L.Push(lua.LNil)
	L.Push(lua.LString(target + ": " + e.Message))
	L.Push(lua.LNumber(1))
	return 3
}

// exit unwinds the script, so that with and finally clean up, and ends it with
// the code.
func (l *Library) exit(L *lua.LState) int {
	code := 0
	switch v := L.Get(1).(type) {
	case lua.LBool:
		if !bool(v) {
			code = 1
		}
	case lua.LNumber:
		code = int(v)
	}
	l.World.Throw(L, &vm.ErrUnwound{Code: code})
	return 0
}

func (l *Library) getenv(L *lua.LState) int {
	v, ok, err := l.Host.Environment.Lookup(L.CheckString(1))
	if err != nil {
		l.World.Throw(L, err)
	}
	if ok {
		L.Push(lua.LString(v))
	} else {
		L.Push(lua.LNil)
	}
	return 1
}

func (l *Library) tmpname(L *lua.LState) int {
	dir, err := l.Host.Files.MkdirTemp("lua-*")
	if err != nil {
		l.World.Throw(L, err)
	}
	L.Push(lua.LString(filepath.Join(dir, "tmp")))
	return 1
}

func (l *Library) time(L *lua.LState) int {
	if L.GetTop() == 0 || L.Get(1) == lua.LNil {
		L.Push(lua.LNumber(l.Host.Clock.Now().Unix()))
		return 1
	}
	return stock.OS()["time"](L)
}

// mode reads the mode string of io.open.
func mode(s string) (flag int, ok bool) {
	switch strings.ReplaceAll(s, "b", "") {
	case "r":
		return os.O_RDONLY, true
	case "w":
		return os.O_WRONLY | os.O_CREATE | os.O_TRUNC, true
	case "a":
		return os.O_WRONLY | os.O_CREATE | os.O_APPEND, true
	case "r+":
		return os.O_RDWR, true
	case "w+":
		return os.O_RDWR | os.O_CREATE | os.O_TRUNC, true
	case "a+":
		return os.O_RDWR | os.O_CREATE | os.O_APPEND, true
	}
	return 0, false
}
