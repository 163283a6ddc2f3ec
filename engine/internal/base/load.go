package base

import (
	"fmt"
	"io"
	"os"
	"runtime/metrics"
	"strings"

	lua "github.com/yuin/gopher-lua"

	"github.com/gscript-lang/gscript/engine/host"
	"github.com/gscript-lang/gscript/engine/internal/base/arg"
	"github.com/gscript-lang/gscript/engine/internal/base/hostcall"
	"github.com/gscript-lang/gscript/engine/internal/chunk"
	"github.com/gscript-lang/gscript/engine/internal/vm"
)

// load takes source text or a function that returns it piece by piece, and as
// later Lua does a mode and an environment: load(source, name, mode, env).
func (l *Library) load(L *lua.LState) int {
	var source string
	switch v := arg.Any(L, 1).(type) {
	case lua.LString:
		source = string(v)
	case *lua.LFunction:
		var err error
		if source, err = l.pieces(L, v); err != nil {
			L.Push(lua.LNil)
			L.Push(lua.LString(err.Error()))
			return 2
		}
	default:
		L.TypeError(1, lua.LTString)
	}
	if mode := arg.OptString(L, 3, "t"); !strings.Contains(mode, "t") {
		L.Push(lua.LNil)
		L.Push(lua.LString("only text chunks are loaded"))
		return 2
	}
	return l.push(L, ChunkName(arg.OptString(L, 2, source)), source, 4)
}

// maxName bounds the name of a chunk in messages, as C Lua's LUA_IDSIZE does.
const maxName = 59

// ChunkName gives a chunk name the shape that messages show: "=x" and "@x" are
// x, anything else is source text, of which the first line is shown. Of a long
// file name the end is kept.
func ChunkName(name string) string {
	if rest, ok := strings.CutPrefix(name, "="); ok {
		return rest[:min(len(rest), maxName)]
	}
	if rest, ok := strings.CutPrefix(name, "@"); ok {
		if len(rest) > maxName {
			rest = "..." + rest[len(rest)-maxName+3:]
		}
		return rest
	}
	line, _, more := strings.Cut(name, "\n")
	if len(line) > 40 {
		line, more = line[:40], true
	}
	if more {
		line += "..."
	}
	return fmt.Sprintf("[string %q]", line)
}

func (l *Library) pieces(L *lua.LState, reader *lua.LFunction) (string, error) {
	var b strings.Builder
	for {
		vm.Spend(L, 1)
		L.Push(reader)
		L.Call(0, 1)
		piece := L.Get(-1)
		L.Pop(1)
		switch p := piece.(type) {
		case *lua.LNilType:
			return b.String(), nil
		case lua.LString:
			if p == "" {
				return b.String(), nil
			}
			b.WriteString(string(p))
		default:
			return "", fmt.Errorf("the reader function must return a string, got a %s", piece.Type())
		}
		if b.Len() > l.Limits.Size {
			return "", fmt.Errorf("the source is too large: the limit is %d bytes", l.Limits.Size)
		}
	}
}

// push compiles and pushes the function, or nil and the message. env is the
// index of an environment table, if there is one.
func (l *Library) push(L *lua.LState, name, source string, env int) int {
	c, err := l.compile(L, name, source)
	if err != nil {
		L.Push(lua.LNil)
		L.Push(lua.LString(err.Error()))
		return 2
	}
	fn := l.function(c)
	if env > 0 && L.GetTop() >= env {
		fn.Env = arg.Table(L, env)
	}
	L.Push(fn)
	return 1
}

func (l *Library) compile(L *lua.LState, name, source string) (*chunk.Chunk, error) {
	return Compiled(L, source, func() (*chunk.Chunk, error) { return l.Compile(name, source) })
}

// quickSource is the size of sources that take no more than a few milliseconds
// to compile, whatever is in them.
const quickSource = 4 << 10

// Compiled compiles a source. A large one can take a second, so it is left
// behind when the task is stopped.
func Compiled(L *lua.LState, source string, compile func() (*chunk.Chunk, error)) (*chunk.Chunk, error) {
	if len(source) <= quickSource {
		return compile()
	}
	return hostcall.Held(L, compile, func(*chunk.Chunk) {})
}

func (l *Library) function(c *chunk.Chunk) *lua.LFunction {
	fn := l.World.Root.NewFunctionFromProto(c.Proto)
	fn.Env = l.World.Root.G.Global
	return fn
}

// ReadSource reads a file of source, and of one that is too large no more than
// shows that.
func ReadSource(L *lua.LState, files host.Files, path string, limits chunk.Limits) (string, error) {
	return hostcall.Held(L, func() (string, error) {
		f, err := files.OpenFile(path, os.O_RDONLY, 0)
		if err != nil {
			return "", err
		}
		defer f.Close()
		data, err := io.ReadAll(io.LimitReader(f, int64(limits.Size)+1))
		return string(data), err
	}, func(string) {})
}

func (l *Library) readSource(L *lua.LState, path string) (string, error) {
	return ReadSource(L, l.Host.Files, path, l.Limits)
}

func (l *Library) loadfile(L *lua.LState) int {
	path := arg.String(L, 1)
	source, err := l.readSource(L, path)
	if err != nil {
		L.Push(lua.LNil)
		L.Push(lua.LString(fmt.Sprintf("cannot read %s: %v", path, err)))
		return 2
	}
	return l.push(L, path, source, 3)
}

func (l *Library) dofile(L *lua.LState) int {
	path := arg.String(L, 1)
	source, err := l.readSource(L, path)
	if err != nil {
		l.World.Throw(L, err)
	}
	c, err := l.compile(L, path, source)
	if err != nil {
		l.World.Throw(L, err)
	}
	top := L.GetTop()
	L.Push(l.function(c))
	L.Call(0, lua.MultRet)
	return L.GetTop() - top
}

func heapKiB() float64 {
	sample := []metrics.Sample{{Name: "/memory/classes/heap/objects:bytes"}}
	metrics.Read(sample)
	return float64(sample[0].Value.Uint64()) / 1024
}
