// Package iolib is the io library of Lua on the host: files, the standard
// streams and the pipes of popen, with permissions, limits and calls that end
// when their task does.
package iolib

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"os"
	"slices"
	"sync"

	lua "github.com/yuin/gopher-lua"

	"github.com/gscript-lang/gscript/engine/host"
	"github.com/gscript-lang/gscript/engine/internal/base/arg"
	"github.com/gscript-lang/gscript/engine/internal/base/hostcall"
	"github.com/gscript-lang/gscript/engine/internal/vm"
)

// Library is the io library of one state.
type Library struct {
	world *vm.World
	host  *host.Host
	meta  *lua.LTable

	stdin, stdout, stderr *lua.LUserData
	input, output         *lua.LUserData // what io.read and io.write use

	mu      sync.Mutex
	unsaved map[*handle]struct{} // those with something in their buffer
}

// New makes the library of a world on a host.
func New(w *vm.World, h *host.Host) *Library {
	l := &Library{world: w, host: h, meta: w.Root.NewTable(), unsaved: map[*handle]struct{}{}}
	methods := w.Root.NewTable()
	for name, fn := range map[string]lua.LGFunction{
		"close": l.closeMethod, "flush": l.flush, "lines": l.linesMethod, "read": l.readMethod,
		"seek": l.position, "setvbuf": l.setvbuf, "write": l.writeMethod,
	} {
		methods.RawSetString(name, w.Root.NewFunction(fn))
	}
	l.meta.RawSetString("__index", methods)
	l.meta.RawSetString("__name", lua.LString("FILE*"))
	l.meta.RawSetString("__tostring", w.Root.NewFunction(l.tostring))

	standard := func(name string) *handle {
		s := l.handle(name)
		s.in, s.out = nil, nil
		return s
	}
	in, out, err := standard("stdin"), standard("stdout"), standard("stderr")
	in.in = &input{r: h.Terminal.Stdin(), before: l.showOutput}
	out.out = &output{w: h.Terminal.Stdout(), quick: true, held: true, mode: none, size: bufferSize}
	err.out = &output{w: h.Terminal.Stderr(), quick: true, held: true, mode: none, size: bufferSize}
	l.stdin, l.stdout, l.stderr = l.wrap(&File{in}), l.wrap(&File{out}), l.wrap(&File{err})
	l.input, l.output = l.stdin, l.stdout
	w.OnRest(l.save)
	return l
}

// Functions returns the functions of the library.
func (l *Library) Functions() map[string]lua.LGFunction {
	return map[string]lua.LGFunction{
		"close": l.closeDefault, "flush": l.flushDefault, "input": l.redirect(&l.input, "r"), "lines": l.lines,
		"open": l.openFile, "output": l.redirect(&l.output, "w"), "popen": l.popen, "read": l.read,
		"tmpfile": l.tmpfile, "type": l.typeOf, "write": l.write,
	}
}

// Streams returns the standard streams by their names.
func (l *Library) Streams() map[string]*lua.LUserData {
	return map[string]*lua.LUserData{"stdin": l.stdin, "stdout": l.stdout, "stderr": l.stderr}
}

// Print writes text to the standard output, behind what io.write has written.
func (l *Library) Print(L *lua.LState, text string) {
	l.put(L, fileOf(l.stdout), text)
}

func (l *Library) handle(name string) *handle {
	return &handle{lib: l, name: name, turn: make(chan struct{}, 1)}
}

func (l *Library) wrap(f *File) *lua.LUserData {
	return &lua.LUserData{Value: f, Metatable: l.meta, Env: l.world.Root.Env}
}

// noted remembers that a file has something to write.
func (l *Library) noted(h *handle) {
	if h.dirty || len(h.out.buf) == 0 {
		return
	}
	h.dirty = true
	l.mu.Lock()
	defer l.mu.Unlock()
	l.unsaved[h] = struct{}{}
}

// written forgets a file.
func (l *Library) written(h *handle) {
	h.dirty = false
	l.mu.Lock()
	defer l.mu.Unlock()
	delete(l.unsaved, h)
}

// save writes what is in the buffers of open files, so that the end of a run
// shows everything that it has written. It needs no baton.
func (l *Library) save() error {
	l.mu.Lock()
	list := slices.Collect(maps.Keys(l.unsaved))
	l.mu.Unlock()
	var errs []error
	for _, h := range list {
		h.turn <- struct{}{}
		if !h.closed && h.out.quick { // what a pipe has room for is not ours to wait for
			if err := h.out.drain(context.Background()); err != nil {
				errs = append(errs, h.lost("write", err))
			}
			l.written(h)
		}
		h.release()
	}
	return errors.Join(errs...)
}

// showOutput writes what the standard output holds back, before the script
// waits for somebody who is to read it.
func (l *Library) showOutput(L *lua.LState) {
	out := fileOf(l.stdout)
	if len(out.out.buf) > 0 {
		out.use(L)
		err := out.out.flush(L)
		out.release()
		if err != nil {
			hostcall.OutputLost(L, err)
		}
	}
}

func fileOf(v lua.LValue) *File {
	if ud, ok := v.(*lua.LUserData); ok {
		if f, ok := ud.Value.(*File); ok {
			return f
		}
	}
	return nil
}

// fileArg returns the first argument, a file that may be closed.
func fileArg(L *lua.LState) *File {
	f := fileOf(L.Get(1))
	if f == nil {
		arg.TypeError(L, 1, "FILE*")
	}
	return f
}

// self returns the first argument, an open file.
func (l *Library) self(L *lua.LState) *File {
	f := fileArg(L)
	if f.closed {
		arg.Raise(L, "attempt to use a closed file")
	}
	return f
}

// current returns the default file of reading or writing. One that was closed
// at the end of an earlier run has made way for the standard stream.
func (l *Library) current(L *lua.LState, slot **lua.LUserData, what string) *File {
	f := fileOf(*slot)
	if f.closed && f.over {
		*slot = l.stdin
		if slot == &l.output {
			*slot = l.stdout
		}
		f = fileOf(*slot)
	}
	if f.closed {
		arg.Raise(L, "standard %s file is closed", what)
	}
	return f
}

func (l *Library) tostring(L *lua.LState) int {
	f := fileArg(L)
	if f.closed {
		L.Push(lua.LString("file (closed)"))
	} else {
		L.Push(lua.LString(fmt.Sprintf("file (%p)", f)))
	}
	return 1
}

func (l *Library) typeOf(L *lua.LState) int {
	switch f := fileOf(arg.Any(L, 1)); {
	case f == nil:
		L.Push(lua.LNil)
	case f.closed:
		L.Push(lua.LString("closed file"))
	default:
		L.Push(lua.LString("file"))
	}
	return 1
}

func (l *Library) redirect(slot **lua.LUserData, mode string) lua.LGFunction {
	return func(L *lua.LState) int {
		if L.Get(1) != lua.LNil {
			if name, ok := arg.ToText(L.Get(1)); ok {
				flag, _ := flags(mode)
				*slot = l.openOr(L, name, flag)
			} else {
				l.self(L)
				*slot = L.Get(1).(*lua.LUserData)
			}
		}
		L.Push(*slot)
		return 1
	}
}

func (l *Library) closeMethod(L *lua.LState) int { return l.close(L, l.self(L)) }

func (l *Library) closeDefault(L *lua.LState) int {
	if L.GetTop() > 0 {
		return l.closeMethod(L)
	}
	return l.close(L, l.current(L, &l.output, "output"))
}

func (l *Library) close(L *lua.LState, f *File) int {
	if f.end == nil {
		L.Push(lua.LNil)
		L.Push(lua.LString("the standard streams stay open"))
		return 2
	}
	f.use(L)
	defer f.release()
	f.closed = true
	f.forgets.Stop()
	l.world.Untrack(f.handle)
	var err error
	if f.out != nil {
		err = f.out.flush(L)
		l.written(f.handle)
	}
	if f.child != nil {
		if vm.TaskOf(L).Check() != nil {
			f.child.kill()
		}
		return f.child.close(L, err)
	}
	return hostcall.Done(L, "", errors.Join(err, f.end()))
}

func (l *Library) lines(L *lua.LState) int {
	if L.Get(1) == lua.LNil {
		l.current(L, &l.input, "input")
		return l.iterate(L, l.input, false)
	}
	return l.iterate(L, l.openOr(L, arg.String(L, 1), os.O_RDONLY), true)
}

func (l *Library) linesMethod(L *lua.LState) int {
	l.self(L)
	return l.iterate(L, L.Get(1).(*lua.LUserData), false)
}

// iterate pushes a function that reads by the formats behind the first argument.
func (l *Library) iterate(L *lua.LState, ud *lua.LUserData, closeAtEnd bool) int {
	var formats []lua.LValue
	for i := 2; i <= L.GetTop(); i++ {
		formats = append(formats, L.Get(i))
	}
	// The closure holds the userdata, so that the file lives as long as it.
	L.Push(L.NewFunction(func(L *lua.LState) int {
		f := fileOf(ud)
		if f.closed {
			arg.Raise(L, "file is already closed")
		}
		L.SetTop(0)
		for _, format := range formats {
			L.Push(format)
		}
		n, err := l.get(L, f, 1)
		if err != nil {
			arg.Raise(L, "%s", hostcall.Text(L, err))
		}
		if closeAtEnd && L.Get(-n) == lua.LNil {
			top := L.GetTop()
			l.close(L, f)
			L.SetTop(top)
		}
		return n
	}))
	return 1
}
