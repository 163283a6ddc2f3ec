package module

import (
	"fmt"
	"reflect"
	"strings"
)

// Place says where a parameter stands in a call.
type Place int

const (
	// Positional parameters stand in order before the options: `lua:"host"`.
	Positional Place = iota
	// Optional positional parameters may be left out: `lua:"dir,arg"`.
	Optional
	// Option parameters stand by name in the options table: `lua:"timeout,opt"`.
	Option
	// List takes the items 1..n of the table form: `lua:"argv,list"`.
	List
	// Rest takes all further arguments: `lua:"args,rest"`.
	Rest
)

// Param is one field of a parameter struct, read from its tags:
//
//	lua:"name[,place][,flag…]"  doc:"…"  default:"…"  enum:"a|b"  type:"fun(n: number)"
//
// Flags: wire (the string reaches a protocol line, so CR, LF and NUL are
// refused), secret (never shown), short (in a nested struct: a value that is
// not a table is decoded into this field), need (an option that must be given).
type Param struct {
	Name    string
	Doc     string
	Place   Place
	Default string
	Enum    []string
	Lua     string // the Lua type, when the tag names it
	Wire    bool
	Secret  bool
	Short   bool
	Needed  bool

	Index []int
	Go    reflect.Type
}

// Required says that a call without the parameter is refused.
func (p Param) Required() bool {
	return p.Place == Positional || p.Needed
}

// Params reads the parameters of a struct type. It panics on a tag that it does
// not understand: a declaration is code.
func Params(t reflect.Type) []Param {
	if t == nil {
		return nil
	}
	if t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	if t.Kind() != reflect.Struct {
		panic(fmt.Sprintf("module: parameters must be a struct, not %s", t))
	}
	var params []Param
	for i := range t.NumField() {
		f := t.Field(i)
		if f.Anonymous {
			if k := f.Type.Kind(); k != reflect.Struct && k != reflect.Pointer {
				continue // an embedded interface: a handle, which has no parameters
			}
			for _, p := range Params(f.Type) {
				p.Index = append([]int{i}, p.Index...)
				params = append(params, p)
			}
			continue
		}
		tag, ok := f.Tag.Lookup("lua")
		if !ok {
			continue
		}
		params = append(params, parseTag(t, f, i, tag))
	}
	return params
}

func parseTag(t reflect.Type, f reflect.StructField, i int, tag string) Param {
	words := strings.Split(tag, ",")
	p := Param{
		Name:    words[0],
		Doc:     f.Tag.Get("doc"),
		Default: f.Tag.Get("default"),
		Lua:     f.Tag.Get("type"),
		Index:   []int{i},
		Go:      f.Type,
	}
	if e := f.Tag.Get("enum"); e != "" {
		p.Enum = strings.Split(e, "|")
	}
	for _, w := range words[1:] {
		switch w {
		case "arg":
			p.Place = Optional
		case "opt":
			p.Place = Option
		case "list":
			p.Place = List
		case "rest":
			p.Place = Rest
		case "wire":
			p.Wire = true
		case "secret":
			p.Secret = true
		case "short":
			p.Short = true
		case "need":
			p.Needed = true
		default:
			panic(fmt.Sprintf("module: unknown word %q in the lua tag of %s.%s", w, t, f.Name))
		}
	}
	return p
}
