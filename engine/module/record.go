package module

import "reflect"

// record is a table with known fields that functions take or return: a class
// in stubs, a section in the reference.
type record struct {
	name   string
	fields []Param
	out    bool // only ever returned
}

// records lists the named records of a module in the order in which they are
// first used.
func records(m *Module) []record {
	var list []record
	at := map[reflect.Type]int{}
	var visit func(t reflect.Type, out bool)
	visit = func(t reflect.Type, out bool) {
		t = structOf(t)
		if t == nil || declares(m, t) {
			return
		}
		if i, seen := at[t]; seen {
			if !list[i].out || out {
				return
			}
			list[i].out = false
		} else if name := recordName(t, m); name != "" {
			at[t] = len(list)
			list = append(list, record{name: name, fields: Params(t), out: out})
		}
		for _, p := range Params(t) {
			visit(p.Go, out)
		}
	}
	eachFunc(m, func(c callee) {
		for _, p := range c.fn.Params {
			visit(p.Go, false)
		}
		visit(c.fn.Result.Go, true)
	})
	for _, t := range m.Types {
		for _, p := range t.Props {
			visit(p.Go, true)
		}
	}
	return list
}

// declares says that t, or a pointer to it, is a declared type of m.
func declares(m *Module, t reflect.Type) bool {
	return m.TypeOf(t) != nil || m.TypeOf(reflect.PointerTo(t)) != nil
}

// typeOf names the type of one of the record's fields.
func (r record) typeOf(p Param, m *Module) string {
	if r.out {
		return fieldType(p, m)
	}
	return LuaType(p, m)
}

// eachFunc calls f for the functions of m and then the methods of its types.
func eachFunc(m *Module, f func(callee)) {
	for _, fn := range m.Funcs {
		f(callee{m, nil, fn})
	}
	for _, t := range m.Types {
		for _, fn := range t.Methods {
			f(callee{m, t, fn})
		}
	}
}

// Records lists the fields of the tables with a name that functions of the
// module take or return, such as ftp.Entry.
func Records(m *Module) map[string][]Param {
	fields := map[string][]Param{}
	for _, r := range records(m) {
		fields[r.name] = r.fields
	}
	return fields
}
