package module

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/gscript-lang/gscript/engine/host"
)

// ParseLua reads the declaration of a module written in Lua from its comments:
// the block of "---" lines at the top is the module's doc, the block above
// `function M.name(a, b)`, `M.name = function(` or `function M:name(` is that
// function's. The tags @param, @return, @class, @field and @type are those of
// LuaLS, and so is @operator, with a doc behind the result; @raises names a kind
// of error with its meaning, @needs permissions; @call marks the function that a
// call of the module stands for. Examples stand between lines of three backticks;
// those of a class are its operators'. Names that start with "_"
// and blocks with @private are left out.
//
// The module is never nil: the error lists comments that do not fit the code.
func ParseLua(name, source string) (*Module, error) {
	items, table := scanLua(source)
	r := &luaReader{m: &Module{Name: name}, table: table, types: map[string]*Type{}}
	leading := true // until the first comment
	for _, item := range items {
		r.item(item, leading)
		leading = leading && len(item.comment) == 0
	}
	return r.m, errors.Join(r.errs...)
}

type luaReader struct {
	m     *Module
	table string
	types map[string]*Type // by the variable that holds the class
	errs  []error
}

func (r *luaReader) fail(line int, format string, args ...any) {
	r.errs = append(r.errs, fmt.Errorf("%s:%d: %s", r.m.Name, line, fmt.Sprintf(format, args...)))
}

func (r *luaReader) item(item luaItem, leading bool) {
	tags := readTags(item.comment)
	if tags.private {
		return
	}
	if tags.class != "" {
		r.class(item, tags)
	} else if leading && item.kind != "function" && r.m.Doc == "" {
		r.m.Doc = tags.text()
	}
	holder, member := split(item.path)
	switch {
	case strings.HasPrefix(member, "_"):
	case item.kind == "function":
		r.function(item, tags)
	case item.kind == "value" && holder == r.table && len(item.comment) > 0 && tags.class == "":
		r.m.Values = append(r.m.Values, Value{Name: member, Doc: tags.doc, Lua: tags.typ})
	}
}

// class declares a type; the class of the module itself is not one.
func (r *luaReader) class(item luaItem, tags luaTags) {
	if item.kind == "local" && item.path == r.table || tags.class == r.m.Name {
		if r.m.Doc == "" {
			r.m.Doc = tags.text()
		}
		for _, f := range tags.fields {
			r.m.Values = append(r.m.Values, Value{Name: f.name, Doc: f.doc, Lua: f.nilable()})
		}
		return
	}
	t := &Type{Name: tags.class, Doc: tags.doc, Operators: tags.operators}
	if len(t.Operators) > 0 {
		t.Operators[0].Examples = tags.examples
	} else {
		t.Doc = tags.text()
	}
	for _, f := range tags.fields {
		t.Props = append(t.Props, &Prop{Name: f.name, Doc: f.doc, Lua: f.nilable()})
	}
	r.m.Types = append(r.m.Types, t)
	if item.path != "" {
		r.types[item.path] = t
	}
}

func (r *luaReader) function(item luaItem, tags luaTags) {
	holder, name := split(item.path)
	f := &Func{Name: name, Doc: tags.doc, Examples: tags.examples, Method: strings.Contains(item.path, ":")}
	for _, arg := range item.params {
		p := Param{Name: arg, Lua: "any"}
		if arg == "..." {
			p.Place = Rest
		}
		if i := slices.IndexFunc(tags.params, func(t luaTag) bool { return t.name == arg }); i >= 0 {
			t := tags.params[i]
			p.Doc, p.Lua = t.doc, t.typ
			if t.optional && p.Place != Rest {
				p.Place = Optional
			}
		}
		f.Params = append(f.Params, p)
	}
	for _, t := range tags.params {
		if !slices.Contains(item.params, t.name) {
			r.fail(t.line, "@param %s: the function %s has no such parameter", t.name, item.path)
		}
	}
	var types []string
	for _, t := range tags.returns {
		types = append(types, t.typ)
		if f.Result.Doc == "" {
			f.Result.Doc = t.doc
		}
	}
	f.Result.Lua = strings.Join(types, ", ")
	for _, t := range tags.raises {
		f.Kinds = append(f.Kinds, r.kind(t))
	}
	for _, c := range tags.needs {
		if !slices.Contains(host.Capabilities(), c) {
			r.fail(item.line, "@needs %s: there is no such permission", c)
			continue
		}
		f.Caps = append(f.Caps, c)
	}
	if t := r.types[holder]; t != nil {
		t.Methods = append(t.Methods, f)
	} else if holder == r.table {
		r.m.Funcs = append(r.m.Funcs, f)
		if tags.call {
			r.m.Call = name
		}
	}
}

// kind returns the kind of error of a tag; the first tag that says what it
// means declares it for all.
func (r *luaReader) kind(t luaTag) *Kind {
	for _, k := range r.m.Kinds {
		if k.Name == t.name {
			if k.Doc == "" {
				k.Doc = t.doc
			}
			return k
		}
	}
	k := &Kind{Name: t.name, Doc: t.doc}
	r.m.Kinds = append(r.m.Kinds, k)
	return k
}

// split parts "M.name" or "M:name" at the last mark.
func split(path string) (holder, name string) {
	i := strings.LastIndexAny(path, ".:")
	if i < 0 {
		return "", path
	}
	return path[:i], path[i+1:]
}
