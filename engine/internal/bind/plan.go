package bind

import (
	"errors"
	"fmt"
	"reflect"
	"strings"

	lua "github.com/yuin/gopher-lua"

	"github.com/gscript-lang/gscript/engine/internal/fault"
	"github.com/gscript-lang/gscript/engine/module"
)

// Plan decodes the arguments of one function. It is built once and used by all
// states.
type Plan struct {
	fields     []field
	positional []*field // in order, the optional ones last
	list       *field
	rest       *field
	options    bool
	byName     map[string]*field
	names      []string
	tableFirst bool // the first positional parameter may itself be a table
}

type field struct {
	module.Param
	decode  decoder
	item    decoder                 // of a list parameter's items
	whole   decoder                 // of further arguments that come as a list, in the table form
	initial func(dst reflect.Value) // sets the default
}

// NewPlan builds the plan for a parameter struct.
func NewPlan(t reflect.Type) *Plan {
	p := &Plan{byName: map[string]*field{}}
	for _, param := range module.Params(t) {
		elem := param.Go
		if param.Place == module.Rest {
			elem = param.Go.Elem()
		}
		f := field{Param: param, decode: newDecoder(param, elem), initial: initial(param)}
		if param.Place == module.List {
			f.item = newDecoder(param, param.Go.Elem())
		}
		p.fields = append(p.fields, f)
	}
	for i := range p.fields {
		f := &p.fields[i]
		switch f.Place {
		case module.Positional, module.Optional:
			p.positional = append(p.positional, f)
		case module.List:
			p.list = f
		case module.Rest:
			p.rest = f
			f.whole = newDecoder(f.Param, f.Go)
		case module.Option:
			p.options = true
		}
		p.byName[f.Name] = f
		p.names = append(p.names, f.Name)
	}
	if len(p.positional) > 0 {
		p.tableFirst = TakesTable(p.positional[0].Go)
	}
	return p
}

// optionHint says what a table of options may have.
func (p *Plan) optionHint() string {
	if p.byName["args"] != nil {
		return "arguments for the function go into args={…}"
	}
	var names []string
	for _, f := range p.fields {
		if f.Place == module.Option {
			names = append(names, f.Name+"=")
		}
	}
	return "write {…} with any of " + strings.Join(names, ", ")
}

// TakesTable says whether a plain table may be a value of the type.
func TakesTable(t reflect.Type) bool {
	switch t {
	case valueType, snapshotType:
		return true
	case bytesType, durationType, sizeType, funcType:
		return false
	}
	if ReadsItself(t) || t.Kind() == reflect.Pointer && ReadsItself(t.Elem()) {
		return true
	}
	switch t.Kind() {
	case reflect.Slice, reflect.Map, reflect.Struct, reflect.Interface:
		return true
	case reflect.Pointer:
		return t.Elem().Kind() == reflect.Struct && len(module.Params(t.Elem())) > 0
	}
	return false
}

// initial decodes the default tag once.
func initial(p module.Param) func(reflect.Value) {
	if p.Default == "" || p.Place == module.Rest {
		return nil
	}
	v := reflect.New(p.Go).Elem()
	var lv lua.LValue = lua.LString(p.Default)
	switch p.Default {
	case "true", "false":
		lv = lua.LBool(p.Default == "true")
	}
	p.Wire = false
	if err := newDecoder(p, p.Go)(nil, lv, v); err != nil {
		panic(fmt.Sprintf("bind: the default %q of %s: %v", p.Default, p.Name, err))
	}
	return func(dst reflect.Value) { dst.Set(v) }
}

// Decode reads the arguments of L from index base+1 on into dst.
func (p *Plan) Decode(b *Binder, L *lua.LState, base int, dst reflect.Value) error {
	for i := range p.fields {
		if f := &p.fields[i]; f.initial != nil {
			f.initial(dst.FieldByIndex(f.Index))
		}
	}
	nargs := L.GetTop() - base
	if t, ok := p.tableForm(L, base, nargs); ok {
		if err := p.fromTable(b, t, dst, true); err != nil {
			return err
		}
		if nargs == 1 {
			return p.missing(true, t)
		}
		more, ok := L.Get(base + 2).(*lua.LTable)
		if !ok {
			return fault.New(fault.ArgsInvalid, "argument 2 must be a table of options, got %s", Describe(L.Get(base+2)))
		}
		if err := p.fromTable(b, more, dst, false); err != nil {
			return err
		}
		return p.missing(true, t, more)
	}
	return p.fromArgs(b, L, base, nargs, dst)
}

// tableForm says whether the call is written f{…}: one table that is not itself
// the first parameter, or a list followed by options.
func (p *Plan) tableForm(L *lua.LState, base, nargs int) (*lua.LTable, bool) {
	if nargs < 1 || nargs > 2 || nargs == 2 && p.list == nil || p.rest != nil && p.list == nil && !p.options {
		return nil, false
	}
	t, ok := L.Get(base + 1).(*lua.LTable)
	if !ok {
		return nil, false
	}
	if p.list != nil {
		return t, true
	}
	if p.tableFirst || len(p.positional) == 0 && !p.options {
		return nil, false
	}
	if len(p.positional) > 0 && p.positional[0].Place == module.Optional && nargs == 1 {
		return t, true
	}
	return t, p.options || len(p.positional) > 0
}

// fromTable takes named parameters, and with items the keys 1..n, from t.
func (p *Plan) fromTable(b *Binder, t *lua.LTable, dst reflect.Value, items bool) error {
	var extra int
	for k, v := t.Next(lua.LNil); k != lua.LNil; k, v = t.Next(k) {
		switch key := k.(type) {
		case lua.LString:
			f := p.byName[string(key)]
			if f == nil {
				return Unknown("unknown option", string(key), p.names)
			}
			if err := p.set(b, f, v, dst); err != nil {
				return err
			}
		case lua.LNumber:
			switch {
			case !items:
				return fault.New(fault.ArgsUnknown, "unknown option %s", key.String())
			case p.list != nil: // taken below, in order
			case int(key) >= 1 && int(key) <= len(p.positional):
				if err := p.set(b, p.positional[int(key)-1], v, dst); err != nil {
					return err
				}
			default:
				extra++
			}
		default:
			return fault.New(fault.ArgsUnknown, "an option's name is %s", Describe(k))
		}
	}
	if extra > 0 {
		return fault.New(fault.ArgsInvalid, "too many arguments: %d more than the function takes", extra)
	}
	if items && p.list != nil && t.Len() > 0 {
		return p.setList(b, t, dst)
	}
	return nil
}

func (p *Plan) setList(b *Binder, t *lua.LTable, dst reflect.Value) error {
	n := t.Len()
	slot := dst.FieldByIndex(p.list.Index)
	item := p.list.item
	list := reflect.MakeSlice(p.list.Go, n, n)
	for i := range n {
		v := t.RawGetInt(i + 1)
		if v == lua.LNil {
			return argument(p.list, at(fmt.Sprintf("[%d]", i+1), errors.New("is nil")))
		}
		if err := item(b, v, list.Index(i)); err != nil {
			return argument(p.list, at(fmt.Sprintf("[%d]", i+1), err))
		}
	}
	slot.Set(list)
	return nil
}

func (p *Plan) set(b *Binder, f *field, v lua.LValue, dst reflect.Value) error {
	if v == lua.LNil {
		return nil
	}
	decode := f.decode
	if f.whole != nil {
		decode = f.whole
	}
	if err := decode(b, v, dst.FieldByIndex(f.Index)); err != nil {
		return argument(f, err)
	}
	return nil
}

func (p *Plan) fromArgs(b *Binder, L *lua.LState, base, nargs int, dst reflect.Value) error {
	next := 1
	for _, f := range p.positional {
		v := lua.LValue(lua.LNil)
		if next <= nargs {
			v = L.Get(base + next)
		}
		if f.Place == module.Optional && p.options && next == nargs && isTable(v) && !TakesTable(f.Go) {
			break // the options table
		}
		next++
		if v == lua.LNil {
			if f.Place == module.Positional {
				return argument(f, fmt.Errorf("is missing: it must be %s", module.LuaType(f.Param, nil)))
			}
			continue
		}
		if err := f.decode(b, v, dst.FieldByIndex(f.Index)); err != nil {
			return argument(f, err)
		}
	}
	if p.rest != nil {
		return p.takeRest(b, L, base, next, nargs, dst)
	}
	var options *lua.LTable
	if next <= nargs && p.options {
		switch v := L.Get(base + next).(type) {
		case *lua.LTable:
			options = v
			if err := p.fromTable(b, v, dst, false); err != nil {
				return err
			}
		case *lua.LNilType:
		default:
			return fault.New(fault.ArgsInvalid, "argument %d must be a table of options, got %s", next, Describe(v)).WithHint("%s", p.optionHint())
		}
		next++
	}
	for ; next <= nargs; next++ {
		if L.Get(base+next) != lua.LNil {
			return fault.New(fault.ArgsInvalid, "too many arguments: %d given, at most %d taken", nargs, next-1)
		}
	}
	return p.missing(false, options)
}

func (p *Plan) takeRest(b *Binder, L *lua.LState, base, next, nargs int, dst reflect.Value) error {
	if numbers, ok := dst.FieldByIndex(p.rest.Index).Addr().Interface().(*[]float64); ok {
		return p.takeNumbers(L, base, next, nargs, numbers)
	}
	rest := reflect.MakeSlice(p.rest.Go, 0, max(nargs-next+1, 0))
	for ; next <= nargs; next++ {
		item := reflect.New(p.rest.Go.Elem()).Elem()
		if v := L.Get(base + next); v != lua.LNil || p.rest.Go.Elem() == snapshotType || p.rest.Go.Elem() == valueType {
			if err := p.rest.decode(b, v, item); err != nil {
				return argument(p.rest, at(fmt.Sprintf("[%d]", rest.Len()+1), err))
			}
		}
		rest = reflect.Append(rest, item)
	}
	dst.FieldByIndex(p.rest.Index).Set(rest)
	return nil
}

// takeNumbers is takeRest for numbers, without reflection: what takes any number
// of them is called often.
func (p *Plan) takeNumbers(L *lua.LState, base, next, nargs int, dst *[]float64) error {
	if next > nargs {
		return nil
	}
	list := make([]float64, 0, nargs-next+1)
	for ; next <= nargs; next++ {
		v := L.Get(base + next)
		n, ok := number(v)
		if !ok {
			return argument(p.rest, at(fmt.Sprintf("[%d]", len(list)+1), &mismatch{"a number", v}))
		}
		list = append(list, n)
	}
	*dst = list
	return nil
}

// missing reports a required parameter that no table gives; the positional ones
// count only where the call is in table form.
func (p *Plan) missing(positional bool, tables ...*lua.LTable) error {
	for i := range p.fields {
		f := &p.fields[i]
		if !f.Required() || f.Place == module.Positional && !positional {
			continue
		}
		given := false
		for _, t := range tables {
			given = given || t != nil && (t.RawGetString(f.Name) != lua.LNil || positional && p.tableGave(f, t))
		}
		if !given {
			return argument(f, fmt.Errorf("is missing: it must be %s", module.LuaType(f.Param, nil)))
		}
	}
	return nil
}

func (p *Plan) tableGave(f *field, t *lua.LTable) bool {
	for i, q := range p.positional {
		if q == f {
			return t.RawGetInt(i+1) != lua.LNil
		}
	}
	return false
}

func isTable(v lua.LValue) bool {
	_, ok := v.(*lua.LTable)
	return ok
}

// argument names the parameter in an error.
func argument(f *field, err error) error {
	path := f.Name
	var p *pathError
	if errors.As(err, &p) {
		path, err = f.Name+p.path, p.err
	}
	var e *fault.Error
	if errors.As(err, &e) {
		if e.Kind == fault.ArgsInvalid {
			named := *e
			named.Message = fmt.Sprintf("argument '%s' %s", path, e.Message)
			return &named
		}
		if e.Kind == fault.ArgsUnknown {
			named := *e
			named.Message = fmt.Sprintf("%s in '%s'", e.Message, path)
			return &named
		}
		named := *e
		if named.Target == "" {
			named.Target = path
		}
		return &named
	}
	named := fault.New(fault.ArgsInvalid, "argument '%s' %s", path, err)
	var m *mismatch
	if errors.As(err, &m) && m.want == aFunction {
		named.Hint = "pass the function itself, f, and not what it returns, f()"
	}
	return named
}

// structDecoder decodes an options table inside another, such as tls={…}.
func structDecoder(t reflect.Type) decoder {
	plan, short := nested(t)
	return func(b *Binder, v lua.LValue, dst reflect.Value) error {
		for i := range plan.fields {
			if f := &plan.fields[i]; f.initial != nil {
				f.initial(dst.FieldByIndex(f.Index))
			}
		}
		table, ok := v.(*lua.LTable)
		if !ok {
			if short == nil {
				return &mismatch{"a table", v}
			}
			return short.decode(b, v, dst.FieldByIndex(short.Index))
		}
		for k, item := table.Next(lua.LNil); k != lua.LNil; k, item = table.Next(k) {
			f := plan.lookup(k)
			if f == nil {
				return Unknown("unknown option", k.String(), plan.names)
			}
			if err := f.decode(b, item, dst.FieldByIndex(f.Index)); err != nil {
				var e *fault.Error
				if errors.As(err, &e) {
					return err
				}
				return at("."+f.Name, err)
			}
		}
		for i := range plan.fields {
			if f := &plan.fields[i]; f.Required() && table.RawGetString(f.Name) == lua.LNil && !plan.tableGave(f, table) {
				return at("."+f.Name, errors.New("is missing"))
			}
		}
		return nil
	}
}

// lookup finds the field for a key of a nested table; 1..n are the positional
// fields in order, as in auth={"user", "password"}.
func (p *Plan) lookup(k lua.LValue) *field {
	switch k := k.(type) {
	case lua.LString:
		return p.byName[string(k)]
	case lua.LNumber:
		if i := int(k); i >= 1 && i <= len(p.positional) {
			return p.positional[i-1]
		}
	}
	return nil
}

func nested(t reflect.Type) (*Plan, *field) {
	plan := NewPlan(t)
	for i := range plan.fields {
		if plan.fields[i].Short {
			return plan, &plan.fields[i]
		}
	}
	return plan, nil
}

// DecodeInto is Decode into the struct that in points to.
func (p *Plan) DecodeInto(b *Binder, L *lua.LState, base int, in any) error {
	return p.Decode(b, L, base, reflect.ValueOf(in).Elem())
}
