// Package module is the declaration of a Lua module: its functions, types,
// error kinds and permissions, as data. Argument checking, help, editor stubs,
// the reference pages and completion are all derived from it.
//
// Declarations are made with the generic functions of package engine (Fn,
// Method, TypeOf, Prop, Kind); this package holds what they produce and what is
// rendered from it.
package module

import (
	"reflect"
	"strings"

	"github.com/gscript-lang/gscript/engine/host"
	"github.com/gscript-lang/gscript/engine/shared"
)

// Module is a Lua module written in Go.
type Module struct {
	Name   string
	Doc    string // the first sentence is the summary
	Funcs  []*Func
	Types  []*Type
	Kinds  []*Kind
	Values []Value

	// Call names the function that a call of the module itself stands for, as
	// int64(1) does for int64.new(1).
	Call string
	// Uses are types of other modules whose values this one hands out.
	Uses []*Type
}

// Kind is a kind of error that a module raises.
type Kind struct {
	Name string // dotted: "ssh.auth"
	Doc  string // when it is raised and what the error's fields hold
}

// Value is a constant of a module, such as json.null.
type Value struct {
	Name  string
	Doc   string
	Value any
	Lua   string // overrides the type derived from Value
}

// Func is a function of a module or a method of a type.
type Func struct {
	Name     string
	Doc      string
	Params   []Param
	Result   Result
	Caps     []host.Capability
	Kinds    []*Kind
	Examples []string
	Method   bool
	Inline   bool // keeps the baton: for handlers that only compute for microseconds

	// Adapter is the engine's: it decodes, calls and encodes.
	Adapter any
}

// Result describes what a function returns.
type Result struct {
	Doc string
	Go  reflect.Type
	Lua string // overrides the type derived from Go
}

// Needs names the permissions that the function asks for.
func (f *Func) Needs(caps ...host.Capability) *Func {
	f.Caps = append(f.Caps, caps...)
	return f
}

// Raises names error kinds beyond those of the engine that the function raises.
func (f *Func) Raises(kinds ...*Kind) *Func {
	f.Kinds = append(f.Kinds, kinds...)
	return f
}

// Example adds a piece of Lua that shows the function; several parts are one
// piece, each with its indentation taken off. Examples are run by the
// conformance test with all modules at hand.
func (f *Func) Example(parts ...string) *Func {
	for i, part := range parts {
		parts[i] = strings.TrimSpace(dedent(part))
	}
	f.Examples = append(f.Examples, strings.Join(parts, "\n"))
	return f
}

// Returning documents the result.
func (f *Func) Returning(doc string) *Func {
	f.Result.Doc = doc
	return f
}

// ReturningType documents the result and names its Lua type, for results whose
// Go type does not tell.
func (f *Func) ReturningType(lua, doc string) *Func {
	f.Result.Lua, f.Result.Doc = lua, doc
	return f
}

// AsInline declares that the function only computes for microseconds, so that
// it keeps the baton. It must not block.
func (f *Func) AsInline() *Func {
	f.Inline = true
	return f
}

// Type is a type of values that a module hands out, such as ssh.Client.
type Type struct {
	Name    string // with the module: "ssh.Client"
	Doc     string
	Go      reflect.Type
	Methods []*Func
	Props   []*Prop
	// Operators say what +, < and the like do with a value of the type.
	Operators []*Operator

	// Index answers keys that are neither method nor property; nil for types
	// without such keys.
	Index func(self any, key string) (any, bool)
	// AnyKey gives names that are no members to the operators __index and
	// __newindex, too.
	AnyKey bool
	// Pairs lists the entries for pairs(value); nil where that makes no sense.
	Pairs func(self any) []Entry
	// Shared values cross between states by reference. Values that cannot change
	// are marked so too: sharing them is copying them.
	Shared bool
	// Stub makes the value that stands for one of another process; nil for
	// shared types that do not cross between processes. See package shared.
	Stub func(*shared.Remote) any
	// Load makes a value of a shared type that cannot change of what its
	// MarshalBinary wrote.
	Load func(data []byte) (any, error)
	// Implied finds the value that a method means which is called without one, as
	// t.eq(1, 2) for t:eq(1, 2); call is the *engine.Call, and taken says that the
	// first argument, an engine.Value, stands for it. Nil for most types.
	Implied func(call, first any) (self any, taken bool)
	// Stays is why other values do not cross, where the general reason does
	// not fit.
	Stays string
}

// Entry is a key and its value.
type Entry struct {
	Key   string
	Value any
}

// Member is a method or a property.
type Member interface{ memberOf(t *Type) }

func (f *Func) memberOf(t *Type) { f.Method = true; t.Methods = append(t.Methods, f) }
func (p *Prop) memberOf(t *Type) { t.Props = append(t.Props, p) }

// Add puts members into the type and returns it.
func (t *Type) Add(members ...Member) *Type {
	for _, m := range members {
		m.memberOf(t)
	}
	return t
}

// Prop is a property that scripts read without a call.
type Prop struct {
	Name string
	Doc  string
	Go   reflect.Type
	Lua  string // overrides the type derived from Go
	Get  func(self any) any
}

// As names the property's Lua type, where its Go type does not tell.
func (p *Prop) As(lua string) *Prop {
	p.Lua = lua
	return p
}

// Func returns the function of that name, or nil.
func (m *Module) Func(name string) *Func {
	for _, f := range m.Funcs {
		if f.Name == name {
			return f
		}
	}
	return nil
}

// TypeOf returns the declared type of a Go type, or nil.
func (m *Module) TypeOf(t reflect.Type) *Type {
	for _, types := range [][]*Type{m.Types, m.Uses} {
		for _, d := range types {
			if d.Go == t {
				return d
			}
		}
	}
	return nil
}

// Names lists everything that can stand behind the module's name and a dot.
func (m *Module) Names() []string {
	var names []string
	for _, f := range m.Funcs {
		names = append(names, f.Name)
	}
	for _, v := range m.Values {
		names = append(names, v.Name)
	}
	return names
}

// Members lists the names of the type's methods and properties.
func (t *Type) Members() []string {
	var names []string
	for _, f := range t.Methods {
		names = append(names, f.Name)
	}
	for _, p := range t.Props {
		names = append(names, p.Name)
	}
	return names
}

// Summary returns the first sentence of a doc text.
func Summary(doc string) string {
	doc = strings.TrimSpace(doc)
	if i := strings.Index(doc, ". "); i >= 0 {
		doc = doc[:i+1]
	}
	if i := strings.Index(doc, "\n"); i >= 0 && strings.HasPrefix(strings.TrimLeft(doc[i+1:], " \t"), "\n") {
		doc = doc[:i]
	}
	return strings.Join(strings.Fields(doc), " ")
}

// dedent takes off the indentation that all lines share.
func dedent(s string) string {
	lines := strings.Split(strings.Trim(s, "\n"), "\n")
	indent := -1
	for _, l := range lines {
		if strings.TrimSpace(l) == "" {
			continue
		}
		n := len(l) - len(strings.TrimLeft(l, "\t "))
		if indent < 0 || n < indent {
			indent = n
		}
	}
	for i, l := range lines {
		if len(l) >= indent && indent > 0 {
			lines[i] = l[indent:]
		}
	}
	return strings.Join(lines, "\n")
}
