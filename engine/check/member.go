package check

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/gscript-lang/gscript/engine/module"
)

// member is the field of a value, which token names. tested says that the field
// may be missing.
func (f *file) member(owner value, name string, token int, tested bool) value {
	switch owner.kind {
	case moduleValue:
		if v, ok := f.moduleMember(owner, name); ok {
			return v
		}
		if owner.file == nil {
			f.noMember(token, Error, "the module "+owner.mod.Name+" has no", name, owner.mod.Names())
		} else if !tested && !f.fields[name] {
			f.noMember(token, Warning, "the module "+owner.mod.Name+" has no", name, append(owner.mod.Names(), owner.file.names()...))
		}
	case exportsValue:
		if v, ok := owner.file.member(name); ok || tested || f.fields[name] {
			return v
		}
		f.noMember(token, Warning, "the file "+owner.file.path+" returns no", name, owner.file.names())
	case libraryValue:
		return f.libraryMember(owner.text, name, token, tested)
	case textValue:
		return f.libraryMember("string", name, token, tested)
	case handleValue:
		for _, m := range owner.typ.Methods {
			if m.Name == name {
				return value{kind: nativeValue, mod: owner.mod, typ: owner.typ, fn: m}
			}
		}
		for _, p := range owner.typ.Props {
			if p.Name == name {
				if p.Lua != "" {
					return f.c.ofName(p.Lua, owner.mod)
				}
				return ofGo(p.Go, owner.mod)
			}
		}
		if owner.typ.Index == nil {
			f.noMember(token, Error, owner.typ.Name+" has no", name, owner.typ.Members())
		}
	case recordValue:
		var names []string
		for _, p := range owner.fields {
			if p.Name == name {
				if p.Lua != "" {
					return f.c.ofName(p.Lua, owner.mod)
				}
				return ofGo(p.Go, owner.mod)
			}
			names = append(names, p.Name)
		}
		if !tested && !f.fields[name] {
			f.noMember(token, Warning, cmp.Or(owner.name, "this table of "+owner.mod.Name)+" has no", name, names)
		}
	}
	return value{}
}

func (f *file) noMember(token int, severity Severity, what, name string, names []string) {
	f.find(token, severity, ruleMember, fmt.Sprintf("%s '%s'", what, shorten(name)), hintOf(name, names))
}

// hintOf names what was probably meant, or what there is.
func hintOf(name string, names []string) string {
	const few = 12
	if near := similar(name, names); near != "" {
		return fmt.Sprintf("did you mean '%s'?", near)
	}
	if len(names) > 0 && len(names) <= few {
		return "there are: " + strings.Join(names, ", ")
	}
	return ""
}

func (f *file) moduleMember(owner value, name string) (value, bool) {
	m := owner.mod
	if fn := m.Func(name); fn != nil {
		return value{kind: nativeValue, mod: m, fn: fn}, true
	}
	if slices.Contains(m.Names(), name) {
		return value{}, true
	}
	if owner.file != nil { // written in Lua: the comments need not tell all
		return owner.file.member(name)
	}
	return value{}, false
}

func (f *file) libraryMember(library, name string, token int, tested bool) value {
	members := f.c.opts.Standard[library]
	switch {
	case slices.Contains(members, name):
		return value{kind: standardValue, text: library + "." + name}
	case library == "_G" || library == "package" && name == "path":
		return value{}
	case len(members) > 0 && !tested && !f.fields[name] && !f.extended():
		f.noMember(token, Error, "the library "+library+" has no", name, members)
	}
	return value{}
}

// written checks the assignment to a field of a value.
func (f *file) written(owner value, name string, token int) {
	switch {
	case owner.kind == moduleValue && owner.file == nil:
		f.find(token, Error, ruleReadOnly, fmt.Sprintf("the module %s is read-only: '%s' cannot be set", owner.mod.Name, shorten(name)), "")
	case owner.kind == handleValue:
		hint := ""
		if slices.ContainsFunc(owner.typ.Methods, func(m *module.Func) bool { return m.Name == "set" }) {
			hint = "call its method: value:set(…)"
		}
		f.find(token, Error, ruleReadOnly, fmt.Sprintf("%s is read-only: '%s' cannot be set", owner.typ.Name, shorten(name)), hint)
	}
}

func quote(s string) string {
	if len(s) > 30 {
		s = s[:27] + "..."
	}
	return strconv.Quote(s)
}
