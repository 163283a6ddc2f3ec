package base

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"

	lua "github.com/yuin/gopher-lua"

	"github.com/gscript-lang/gscript/engine/internal/fault"
	"github.com/gscript-lang/gscript/engine/internal/vm"
)

// maxRead bounds what one read call may return.
const maxRead = 256 << 20

// stream is a Lua file: a host file or one of the standard streams.
type stream struct {
	name   string
	r      *bufio.Reader
	w      io.Writer
	seek   io.Seeker
	close  func() error // nil for standard streams, which scripts cannot close
	closed bool
}

func (s *stream) Close() error {
	if s.closed || s.close == nil {
		return nil
	}
	s.closed = true
	return s.close()
}

// Read lets modules send what is in the file.
func (s *stream) Read(p []byte) (int, error) {
	switch {
	case s.closed:
		return 0, fault.New(fault.HandleClosed, "the file %s is closed", s.name)
	case s.r == nil:
		return 0, fault.New(fault.ArgsInvalid, "the file %s is not open for reading", s.name)
	}
	return s.r.Read(p)
}

type fileLib struct {
	*Library
	meta          *lua.LTable
	input, output *lua.LUserData
}

// openIO opens io on the host. A blocking read gives the baton up.
func (l *Library) openIO() {
	root := l.World.Root
	f := &fileLib{Library: l, meta: root.NewTable()}
	methods := root.NewTable()
	l.set(methods, map[string]lua.LGFunction{
		"read": f.readMethod, "write": f.writeMethod, "lines": f.linesMethod, "close": f.closeMethod,
		"seek": f.seekMethod, "flush": f.flush, "setvbuf": f.flush,
	})
	f.meta.RawSetString("__index", methods)
	f.meta.RawSetString("__name", lua.LString("file"))
	f.meta.RawSetString("__metatable", lua.LFalse)
	f.meta.RawSetString("__tostring", root.NewFunction(func(L *lua.LState) int {
		s := f.check(L)
		if s.closed {
			L.Push(lua.LString("file (closed)"))
		} else {
			L.Push(lua.LString("file (" + s.name + ")"))
		}
		return 1
	}))
	term := l.Host.Terminal
	f.input = f.wrap(&stream{name: "stdin", r: bufio.NewReader(term.Stdin())})
	f.output = f.wrap(&stream{name: "stdout", w: term.Stdout()})
	t := l.library("io", map[string]lua.LGFunction{
		"open": f.open, "read": f.read, "write": f.write, "lines": f.lines, "close": f.closeDefault,
		"input": f.redirect(&f.input, "r"), "output": f.redirect(&f.output, "w"), "type": f.typeOf,
	})
	t.RawSetString("stdin", f.input)
	t.RawSetString("stdout", f.output)
	t.RawSetString("stderr", f.wrap(&stream{name: "stderr", w: term.Stderr()}))
}

func (f *fileLib) wrap(s *stream) *lua.LUserData {
	return &lua.LUserData{Value: s, Metatable: f.meta, Env: f.World.Root.Env}
}

func streamOf(v lua.LValue) *stream {
	if ud, ok := v.(*lua.LUserData); ok {
		if s, ok := ud.Value.(*stream); ok {
			return s
		}
	}
	return nil
}

func (f *fileLib) check(L *lua.LState) *stream {
	s := streamOf(L.Get(1))
	if s == nil {
		f.World.Throw(L, fault.New(fault.ArgsInvalid, "a file is expected; call it as file:method(…)"))
	}
	return s
}

func (f *fileLib) live(L *lua.LState, s *stream) *stream {
	if s.closed {
		f.World.Throw(L, fault.New(fault.HandleClosed, "the file %s is closed", s.name))
	}
	return s
}

// released runs blocking work without the baton.
func (f *fileLib) released(L *lua.LState, work func() error) error {
	if e := vm.TaskOf(L).Check(); e != nil {
		return e
	}
	f.World.Unlock()
	defer f.World.Lock(L)
	return work()
}

func (f *fileLib) openStream(path, modeText string) (*stream, error) {
	flag, ok := mode(modeText)
	if !ok {
		return nil, fault.New(fault.ArgsInvalid, `invalid mode %q: use "r", "w", "a", "r+", "w+" or "a+", with "b" if you like`, modeText)
	}
	file, err := f.Host.Files.OpenFile(path, flag, 0o666)
	if err != nil {
		return nil, err
	}
	s := &stream{name: path, r: bufio.NewReader(file), w: file, seek: file}
	s.close = func() error {
		f.World.Untrack(s)
		return file.Close()
	}
	f.World.Track(s)
	return s, nil
}

func (f *fileLib) open(L *lua.LState) int {
	path := L.CheckString(1)
	s, err := f.openStream(path, L.OptString(2, "r"))
	if err != nil {
		if fault.KindOf(err) == fault.ArgsInvalid {
			f.World.Throw(L, err)
		}
		return f.done(L, path, err)
	}
	L.Push(f.wrap(s))
	return 1
}

func (f *fileLib) closeMethod(L *lua.LState) int {
	s := f.live(L, f.check(L))
	if s.close == nil {
		L.Push(lua.LNil)
		L.Push(lua.LString("the standard streams stay open"))
		return 2
	}
	return f.done(L, s.name, s.Close())
}

func (f *fileLib) closeDefault(L *lua.LState) int {
	if L.GetTop() == 0 {
		L.Push(f.output)
	}
	return f.closeMethod(L)
}

func (f *fileLib) redirect(slot **lua.LUserData, modeText string) lua.LGFunction {
	return func(L *lua.LState) int {
		switch v := L.Get(1).(type) {
		case *lua.LNilType:
		case lua.LString:
			s, err := f.openStream(string(v), modeText)
			if err != nil {
				f.World.Throw(L, err)
			}
			*slot = f.wrap(s)
		default:
			f.check(L)
			*slot = L.Get(1).(*lua.LUserData)
		}
		L.Push(*slot)
		return 1
	}
}

func (f *fileLib) typeOf(L *lua.LState) int {
	switch s := streamOf(L.CheckAny(1)); {
	case s == nil:
		L.Push(lua.LNil)
	case s.closed:
		L.Push(lua.LString("closed file"))
	default:
		L.Push(lua.LString("file"))
	}
	return 1
}

func (f *fileLib) write(L *lua.LState) int {
	L.Insert(f.output, 1)
	return f.writeMethod(L)
}

func (f *fileLib) writeMethod(L *lua.LState) int {
	s := f.live(L, f.check(L))
	if s.w == nil {
		return f.done(L, s.name, errors.New("the file is not open for writing"))
	}
	for i := 2; i <= L.GetTop(); i++ {
		if _, err := io.WriteString(s.w, L.CheckString(i)); err != nil {
			if s.close == nil {
				f.outputLost(L, err)
			}
			return f.done(L, s.name, err)
		}
	}
	L.Push(L.Get(1))
	return 1
}

func (f *fileLib) flush(L *lua.LState) int {
	L.Push(lua.LTrue)
	return 1
}

func (f *fileLib) seekMethod(L *lua.LState) int {
	s := f.live(L, f.check(L))
	if s.seek == nil {
		return f.done(L, s.name, errors.New("a standard stream cannot be positioned"))
	}
	whence, ok := map[string]int{"set": io.SeekStart, "cur": io.SeekCurrent, "end": io.SeekEnd}[L.OptString(2, "cur")]
	if !ok {
		L.ArgError(2, `"set", "cur" or "end" expected`)
	}
	offset := int64(L.OptNumber(3, 0))
	if whence == io.SeekCurrent {
		offset -= int64(s.r.Buffered())
	}
	pos, err := s.seek.Seek(offset, whence)
	if err != nil {
		return f.done(L, s.name, err)
	}
	s.r.Reset(s.seek.(io.Reader))
	L.Push(lua.LNumber(pos))
	return 1
}

func (f *fileLib) read(L *lua.LState) int {
	L.Insert(f.input, 1)
	return f.readMethod(L)
}

func (f *fileLib) readMethod(L *lua.LState) int {
	s := f.live(L, f.check(L))
	if s.r == nil {
		return f.done(L, s.name, errors.New("the file is not open for reading"))
	}
	if L.GetTop() == 1 {
		L.Push(lua.LString("*l"))
	}
	n := 0
	for i := 2; i <= L.GetTop()-n; i++ {
		v, err := f.readOne(L, s, L.Get(i))
		if err != nil {
			f.World.Throw(L, err)
		}
		L.Push(v)
		n++
		if v == lua.LNil {
			break
		}
	}
	return n
}

// readOne reads by one format of Lua 5.1: "*l", "*n", "*a" or a number of bytes.
// The end of the file is nil.
func (f *fileLib) readOne(L *lua.LState, s *stream, format lua.LValue) (v lua.LValue, err error) {
	v = lua.LNil
	if n, ok := format.(lua.LNumber); ok {
		if n < 0 || n > maxRead {
			return v, fault.New(fault.ArgsInvalid, "a read takes 0 to %d bytes, got %v", maxRead, n)
		}
		err = f.released(L, func() error {
			var b strings.Builder
			_, err := io.CopyN(&b, s.r, int64(n))
			if b.Len() > 0 || n == 0 && err == nil {
				v, err = lua.LString(b.String()), nil
			}
			return err
		})
		return v, ignoreEOF(err)
	}
	switch kind := strings.TrimPrefix(format.String(), "*"); {
	case strings.HasPrefix(kind, "l"), strings.HasPrefix(kind, "L"):
		err = f.released(L, func() error {
			line, err := s.r.ReadString('\n')
			if line != "" {
				if kind[0] == 'l' {
					line = strings.TrimSuffix(line, "\n")
				}
				v, err = lua.LString(line), nil
			}
			return err
		})
	case strings.HasPrefix(kind, "a"):
		err = f.released(L, func() error {
			data, err := io.ReadAll(io.LimitReader(s.r, maxRead+1))
			if len(data) > maxRead {
				return fault.New(fault.ArgsInvalid, "%s is larger than a read may return (%d bytes); read it in parts", s.name, maxRead)
			}
			v = lua.LString(data)
			return err
		})
	case strings.HasPrefix(kind, "n"):
		err = f.released(L, func() error {
			var x float64
			if _, err := fmt.Fscan(s.r, &x); err != nil {
				var num *strconv.NumError
				if errors.As(err, &num) || err.Error() == "expected integer" {
					return nil
				}
				return err
			}
			v = lua.LNumber(x)
			return nil
		})
	default:
		return v, fault.New(fault.ArgsInvalid, `unknown read format %q: use "*l", "*n", "*a" or a number of bytes`, format.String())
	}
	return v, ignoreEOF(err)
}

func ignoreEOF(err error) error {
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return nil
	}
	return err
}

func (f *fileLib) lines(L *lua.LState) int {
	if L.GetTop() == 0 || L.Get(1) == lua.LNil {
		return f.iterate(L, f.input, false)
	}
	s, err := f.openStream(L.CheckString(1), "r")
	if err != nil {
		f.World.Throw(L, err)
	}
	return f.iterate(L, f.wrap(s), true)
}

func (f *fileLib) linesMethod(L *lua.LState) int {
	f.check(L)
	return f.iterate(L, L.Get(1).(*lua.LUserData), false)
}

func (f *fileLib) iterate(L *lua.LState, ud *lua.LUserData, closeAtEnd bool) int {
	s := streamOf(ud)
	L.Push(L.NewFunction(func(L *lua.LState) int {
		v, err := f.readOne(L, f.live(L, s), lua.LString("*l"))
		if err != nil {
			f.World.Throw(L, err)
		}
		if v == lua.LNil && closeAtEnd {
			_ = s.Close()
		}
		L.Push(v)
		return 1
	}))
	return 1
}
