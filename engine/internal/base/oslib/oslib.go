// Package oslib is the os library of Lua on the host. Failures are nil, message
// and number, as in C Lua; a denied permission raises.
package oslib

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	lua "github.com/yuin/gopher-lua"

	"github.com/gscript-lang/gscript/engine/host"
	"github.com/gscript-lang/gscript/engine/internal/base/arg"
	"github.com/gscript-lang/gscript/engine/internal/base/hostcall"
	"github.com/gscript-lang/gscript/engine/internal/vm"
)

type library struct {
	world *vm.World
	host  *host.Host
	start time.Time
	zone  zone
}

// Functions returns the os library of a world on a host.
func Functions(w *vm.World, h *host.Host) map[string]lua.LGFunction {
	l := &library{world: w, host: h, start: h.Clock.Now()}
	return map[string]lua.LGFunction{
		"clock": l.clock, "date": l.date, "difftime": difftime, "execute": l.execute, "exit": l.exit,
		"getenv": l.getenv, "remove": l.remove, "rename": l.rename, "setlocale": setlocale,
		"time": l.time, "tmpname": l.tmpname,
	}
}

// clock is the time since the state was made: Go does not tell how much of the
// processor one script has used.
func (l *library) clock(L *lua.LState) int {
	L.Push(lua.LNumber(l.host.Clock.Now().Sub(l.start).Seconds()))
	return 1
}

// exit unwinds the script, so that with and finally clean up, and ends it with
// the code.
func (l *library) exit(L *lua.LState) int {
	code := 0
	if ok, isBool := L.Get(1).(lua.LBool); isBool {
		if !bool(ok) {
			code = 1
		}
	} else {
		code = arg.OptInt(L, 1, 0)
	}
	l.world.Throw(L, &vm.ErrUnwound{Code: code, At: vm.Caller(L).String()})
	return 0
}

func (l *library) getenv(L *lua.LState) int {
	v, ok, err := l.host.Environment.Lookup(arg.String(L, 1))
	if err != nil {
		l.world.Throw(L, err)
	}
	if ok {
		L.Push(lua.LString(v))
	} else {
		L.Push(lua.LNil)
	}
	return 1
}

func (l *library) remove(L *lua.LState) int {
	name := arg.String(L, 1)
	return hostcall.Done(L, name, hostcall.Released(L, func(context.Context) error {
		return l.host.Files.Remove(name)
	}))
}

func (l *library) rename(L *lua.LState) int {
	from, to := arg.String(L, 1), arg.String(L, 2)
	return hostcall.Done(L, from, hostcall.Released(L, func(context.Context) error {
		return l.host.Files.Rename(from, to)
	}))
}

// tmpname makes an empty file for the script to use. It has a directory of its
// own, because that is what a script may be granted.
func (l *library) tmpname(L *lua.LState) int {
	t := &unused{files: l.host.Files}
	err := hostcall.Released(L, t.create)
	if err != nil {
		l.world.Throw(L, err)
	}
	l.world.Track(t)
	L.Push(lua.LString(t.name))
	return 1
}

// unused is a file of tmpname. At the end of the script it is removed if nothing
// was written to it; its directory is if nothing is in it.
type unused struct {
	files host.Files
	dir   string
	name  string
	made  time.Time
}

func (t *unused) create(context.Context) (err error) {
	if t.dir, err = t.files.MkdirTemp("lua_*"); err != nil {
		return err
	}
	t.name = filepath.Join(t.dir, "tmpname")
	f, err := t.files.OpenFile(t.name, os.O_RDWR|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return errors.Join(err, t.files.Remove(t.dir))
	}
	info, err := f.Stat()
	if err == nil {
		t.made = info.ModTime()
	}
	return errors.Join(err, f.Close())
}

// Close removes what was not used.
func (t *unused) Close() error {
	info, err := t.files.Lstat(t.name)
	if err == nil && info.Mode().IsRegular() && info.Size() == 0 && info.ModTime().Equal(t.made) {
		err = t.files.Remove(t.name)
	}
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	if list, err := t.files.ReadDir(t.dir); err == nil && len(list) == 0 {
		return t.files.Remove(t.dir)
	}
	return nil
}

// setlocale knows the C locale, which is the only one there is.
func setlocale(L *lua.LState) int {
	locale := arg.OptString(L, 1, "C")
	arg.Option(L, 2, "all", "all", "collate", "ctype", "monetary", "numeric", "time")
	switch locale {
	case "C", "POSIX", "":
		L.Push(lua.LString("C"))
	default:
		L.Push(lua.LNil)
	}
	return 1
}
