package engine

import (
	"strings"

	lua "github.com/yuin/gopher-lua"

	"github.com/gscript-lang/gscript/engine/internal/bind"
)

// FrameScope is what names mean in a function that runs. It is valid as long as
// its frame.
type FrameScope struct {
	Known
	frame StackFrame
}

// Scope is what names mean in the frame.
func (f StackFrame) Scope() FrameScope { return FrameScope{Known{f.at.state}, f} }

// Hold runs f: who has a frame may look at values.
func (x FrameScope) Hold(f func()) { f() }

func (x FrameScope) globals() *lua.LTable {
	if env := x.frame.level.Env(); env != nil {
		return env
	}
	return x.state.world.Root.G.Global
}

// Vars lists the names of the local variables, the upvalues and the globals,
// without those of modules that are not loaded.
func (x FrameScope) Vars() []string {
	var names []string
	for _, v := range append(x.frame.Locals(), x.frame.Upvalues()...) {
		names = append(names, v.Name)
	}
	return append(names, x.Fields(bind.ValueOf(x.globals()))...)
}

// Lookup reads what stands behind a dotted path such as "app.servers", as far as
// nothing of the script's has to run for it.
func (x FrameScope) Lookup(path string) (v Value, ok bool) {
	first, rest, dotted := strings.Cut(path, ".")
	at, ok := x.frame.get(first)
	if !ok {
		if at, ok = x.state.peek(x.globals(), first); !ok {
			return Value{}, false
		}
	}
	for dotted {
		first, rest, dotted = strings.Cut(rest, ".")
		if at, ok = x.state.peek(at, first); !ok {
			return Value{}, false
		}
	}
	return bind.ValueOf(at), true
}
