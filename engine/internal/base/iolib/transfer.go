package iolib

import (
	lua "github.com/yuin/gopher-lua"

	"github.com/gscript-lang/gscript/engine/internal/base/arg"
	"github.com/gscript-lang/gscript/engine/internal/base/hostcall"
)

func (l *Library) read(L *lua.LState) int {
	return l.readFrom(L, l.current(L, &l.input, "input"), 1)
}

func (l *Library) readMethod(L *lua.LState) int {
	return l.readFrom(L, l.self(L), 2)
}

func (l *Library) readFrom(L *lua.LState, f *File, first int) int {
	n, err := l.get(L, f, first)
	if err != nil {
		return hostcall.Failed(L, "", err)
	}
	return n
}

// get pushes what the formats from argument first on name, up to the first that
// fails, for which it pushes nil.
func (l *Library) get(L *lua.LState, f *File, first int) (n int, err error) {
	f.use(L)
	defer f.release()
	if f.in == nil {
		return 0, hostcall.ErrBadFile
	}
	if err := f.reading(L); err != nil {
		return 0, err
	}
	last := L.GetTop()
	if last < first {
		v, err := f.one(L, "l")
		L.Push(v)
		return 1, err
	}
	for i := first; i <= last; i++ {
		v, err := f.byFormat(L, i)
		if err != nil {
			return 0, err
		}
		L.Push(v)
		n++
		if v == lua.LNil {
			break
		}
	}
	return n, nil
}

// byFormat reads by the format in argument i: a number of bytes, or n, l, L, a
// with the star of Lua 5.1 or without.
func (f *File) byFormat(L *lua.LState, i int) (lua.LValue, error) {
	if n, ok := L.Get(i).(lua.LNumber); ok {
		return f.count(L, arg.ToInt(float64(n)))
	}
	word, ok := L.Get(i).(lua.LString)
	if !ok || word == "" {
		arg.Error(L, i, "invalid option")
	}
	if word[0] == '*' {
		word = word[1:]
	}
	if word == "" {
		arg.Error(L, i, "invalid format")
	}
	switch word[0] {
	case 'n', 'l', 'L', 'a':
	default:
		arg.Error(L, i, "invalid format")
	}
	return f.one(L, word[:1])
}

// count reads n bytes; 0 asks whether there are any. As in C Lua, a negative
// number is a very large one.
func (f *File) count(L *lua.LState, n int) (lua.LValue, error) {
	if n == 0 {
		_, ok, err := f.in.peek(L)
		if !ok {
			return lua.LNil, err
		}
		return lua.LString(""), nil
	}
	hint := 0
	if n < 0 || n > bufferSize {
		hint = f.left()
	}
	s, err := f.in.bytes(L, n, hint)
	if err != nil || s == "" {
		return lua.LNil, err
	}
	return lua.LString(s), nil
}

// one reads by a format of one letter.
func (f *File) one(L *lua.LState, format lua.LString) (lua.LValue, error) {
	switch format {
	case "n":
		x, ok, err := f.in.number(L)
		if !ok {
			return lua.LNil, err
		}
		return lua.LNumber(x), nil
	case "a":
		s, err := f.in.bytes(L, -1, f.left())
		return lua.LString(s), err
	}
	s, ok, err := f.in.line(L, format == "L")
	if !ok || err != nil {
		return lua.LNil, err
	}
	return lua.LString(s), nil
}

func (l *Library) write(L *lua.LState) int {
	return l.writeTo(L, l.current(L, &l.output, "output"), l.output, 1)
}

func (l *Library) writeMethod(L *lua.LState) int {
	return l.writeTo(L, l.self(L), L.Get(1), 2)
}

func (l *Library) writeTo(L *lua.LState, f *File, self lua.LValue, first int) int {
	last := L.GetTop()
	texts := make([]string, 0, 8)
	for i := first; i <= last; i++ {
		texts = append(texts, arg.String(L, i))
	}
	if err := l.put(L, f, texts...); err != nil {
		return hostcall.Failed(L, "", err)
	}
	L.Push(self)
	return 1
}

// put writes texts to a file. The loss of a standard stream is raised.
func (l *Library) put(L *lua.LState, f *File, texts ...string) error {
	f.use(L)
	defer f.release()
	if f.out == nil {
		return hostcall.ErrBadFile
	}
	err := f.writing()
	for _, text := range texts {
		if err != nil {
			break
		}
		err = f.out.write(L, text)
	}
	if err == nil {
		err = f.out.settle(L)
	}
	if err != nil && f.end == nil {
		hostcall.OutputLost(L, err)
	}
	l.noted(f.handle)
	return err
}

func (l *Library) flush(L *lua.LState) int { return l.flushFile(L, l.self(L)) }

func (l *Library) flushDefault(L *lua.LState) int {
	return l.flushFile(L, l.current(L, &l.output, "output"))
}

func (l *Library) flushFile(L *lua.LState, f *File) int {
	f.use(L)
	defer f.release()
	if f.out == nil {
		return hostcall.Done(L, "", nil)
	}
	err := f.out.flush(L)
	l.written(f.handle)
	if err != nil && f.end == nil {
		hostcall.OutputLost(L, err)
	}
	return hostcall.Done(L, "", err)
}

// maxBuffer bounds the buffer that a script may ask for.
const maxBuffer = 1 << 20

func (l *Library) setvbuf(L *lua.LState) int {
	f := l.self(L)
	mode := map[string]buffering{"no": none, "full": full, "line": lines}[arg.Option(L, 2, "", "no", "full", "line")]
	size := arg.OptInt(L, 3, bufferSize)
	f.use(L)
	defer f.release()
	if f.out == nil {
		L.Push(lua.LTrue) // how much is read ahead is not seen
		return 1
	}
	f.out.mode = mode
	f.out.size = min(max(size, 1), maxBuffer)
	err := f.out.settle(L)
	if err != nil && f.end == nil {
		hostcall.OutputLost(L, err)
	}
	return hostcall.Done(L, "", err)
}
