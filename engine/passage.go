package engine

import (
	"reflect"
	"strings"

	lua "github.com/yuin/gopher-lua"

	"github.com/gscript-lang/gscript/engine/internal/fault"
)

// Passage takes the values of an engine's states to other processes and back.
// Package isolate uses it.
type Passage struct{ engine *Engine }

// Passage makes the passage.
func (e *Engine) Passage() Passage { return Passage{e} }

// Options are those of the engine.
func (p Passage) Options() Options { return p.engine.opts }

// Locate finds the chunk of a function, by name and source, and the way to the
// function in the tree of its prototypes. Compiling is deterministic, so that
// another process finds the same function there.
func (p Passage) Locate(proto *lua.FunctionProto) (name, source string, path []int, err error) {
	c, path, ok := p.engine.chunks.locate(proto)
	if !ok {
		return "", "", nil, fault.New(fault.CopyRefused, "the source of the function at %s:%d is not kept, so that it cannot go to another process", proto.SourceName, proto.LineDefined).
			WithHint("define it in the script or in a module, not by load")
	}
	return c.Name, c.Source, path, nil
}

// Compile compiles a chunk as the process did that located a function in it.
func (p Passage) Compile(name, source string) (*lua.FunctionProto, error) {
	c, err := p.engine.chunks.compile(name, source)
	if err != nil {
		return nil, err
	}
	return c.Proto, nil
}

// TypeOf returns the declared type of a value, nil when no module that was
// required so far declares one.
func (p Passage) TypeOf(v any) *Type {
	return p.engine.declaredType(reflect.TypeOf(v))
}

// Type finds a declared type by its name, such as queue.Queue.
func (p Passage) Type(name string) *Type {
	module, _, _ := strings.Cut(name, ".")
	m := p.engine.Module(module)
	if m == nil {
		return nil
	}
	for _, t := range m.Types {
		if t.Name == name {
			return t
		}
	}
	return nil
}
