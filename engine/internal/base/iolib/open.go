package iolib

import (
	"context"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"

	lua "github.com/yuin/gopher-lua"

	"github.com/gscript-lang/gscript/engine/host"
	"github.com/gscript-lang/gscript/engine/internal/base/arg"
	"github.com/gscript-lang/gscript/engine/internal/base/hostcall"
)

// flags reads the mode of io.open: r, w or a, with + and b in either order.
func flags(mode string) (flag int, ok bool) {
	if mode == "" {
		return 0, false
	}
	update := false
	switch mode[1:] {
	case "", "b":
	case "+", "+b", "b+":
		update = true
	default:
		return 0, false
	}
	switch mode[0] {
	case 'r':
		flag = os.O_RDONLY
	case 'w':
		flag = os.O_WRONLY | os.O_CREATE | os.O_TRUNC
	case 'a':
		flag = os.O_WRONLY | os.O_CREATE | os.O_APPEND
	default:
		return 0, false
	}
	if update {
		flag = flag&^os.O_WRONLY | os.O_RDWR
	}
	return flag, true
}

// open opens a file of the host. Opening may wait, as that of a FIFO does, and
// then leaves its goroutine behind when the task ends.
func (l *Library) open(L *lua.LState, name string, flag int, perm fs.FileMode) (*File, error) {
	var file host.File
	err := hostcall.Released(L, func(ctx context.Context) (err error) {
		file, err = hostcall.Await(ctx, func() (host.File, error) {
			return l.host.Files.OpenFile(name, flag, perm)
		}, func(late host.File) { late.Close() })
		return err
	})
	if err != nil {
		return nil, err
	}
	h := l.handle(name)
	h.end = file.Close
	info, err := file.Stat()
	regular := err == nil && info.Mode().IsRegular()
	if regular {
		h.seek = file
		h.size = func() int64 {
			if info, err := file.Stat(); err == nil {
				return info.Size()
			}
			return 0
		}
	}
	if flag&os.O_WRONLY == 0 {
		h.in = &input{r: file, quick: regular}
	}
	if flag&(os.O_WRONLY|os.O_RDWR) != 0 {
		h.out = &output{w: file, quick: regular, size: bufferSize}
	}
	l.world.Track(h)
	f := &File{h}
	f.forgotten()
	return f, nil
}

func (l *Library) openFile(L *lua.LState) int {
	name := arg.String(L, 1)
	flag, ok := flags(arg.OptString(L, 2, "r"))
	if !ok {
		arg.Error(L, 2, "invalid mode")
	}
	f, err := l.open(L, name, flag, 0o666)
	if err != nil {
		return hostcall.Failed(L, name, err)
	}
	L.Push(l.wrap(f))
	return 1
}

// openOr opens a file whose absence is an error in the first argument.
func (l *Library) openOr(L *lua.LState, name string, flag int) *lua.LUserData {
	f, err := l.open(L, name, flag, 0o666)
	if err != nil {
		arg.Error(L, 1, name+": "+hostcall.Text(L, err))
	}
	return l.wrap(f)
}

// tmpfile opens a file that is gone when it is closed.
func (l *Library) tmpfile(L *lua.LState) int {
	var dir string
	err := hostcall.Released(L, func(context.Context) (err error) {
		dir, err = l.host.Files.MkdirTemp("lua_*")
		return err
	})
	if err != nil {
		return hostcall.Failed(L, "", err)
	}
	name := filepath.Join(dir, "tmpfile")
	f, err := l.open(L, name, os.O_RDWR|os.O_CREATE|os.O_EXCL, 0o600)
	remove := func() { _ = l.host.Files.RemoveAll(dir) } // a file that is there no more is the aim
	if err != nil {
		remove()
		return hostcall.Failed(L, "", err)
	}
	if runtime.GOOS == "windows" { // where an open file keeps its name
		end := f.end
		f.end = func() error { defer remove(); return end() }
	} else {
		remove()
	}
	L.Push(l.wrap(f))
	return 1
}

// position moves in a file, as C's fseek and ftell.
func (l *Library) position(L *lua.LState) int {
	f := l.self(L)
	whence := map[string]int{"set": io.SeekStart, "cur": io.SeekCurrent, "end": io.SeekEnd}[arg.Option(L, 2, "cur", "set", "cur", "end")]
	offset := int64(arg.OptInt(L, 3, 0))
	f.use(L)
	defer f.release()
	if f.seek == nil {
		return hostcall.Failed(L, "", hostcall.ErrNoSeek)
	}
	if err := f.reading(L); err != nil { // what was written is in front of the new position
		return hostcall.Failed(L, "", err)
	}
	ahead := int64(0)
	if f.in != nil {
		ahead = int64(len(f.in.data))
	}
	tell := whence == io.SeekCurrent && offset == 0
	if whence == io.SeekCurrent && !tell {
		offset -= ahead
	}
	pos, err := f.seek.Seek(offset, whence)
	if err != nil {
		return hostcall.Failed(L, "", err)
	}
	switch {
	case f.in == nil:
	case tell: // and keep what was read ahead
		pos -= ahead
	default:
		f.in.data, f.in.err = nil, nil
	}
	L.Push(lua.LNumber(pos))
	return 1
}
