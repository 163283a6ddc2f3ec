package dap

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/google/go-dap"
	lua "github.com/yuin/gopher-lua"

	"github.com/gscript-lang/gscript/engine"
	"github.com/gscript-lang/gscript/engine/debug"
	"github.com/gscript-lang/gscript/engine/inspect"
)

// variableRef is something that has variables: a scope of a frame, or a table.
type variableRef struct {
	frame frameRef
	scope string // "" for a table
	table engine.Value
	expr  string // that gives the table, "" when none does
}

// The scopes of a frame.
const (
	locals   = "Locals"
	upvalues = "Upvalues"
	varargs  = "Varargs"
	globals  = "Globals"
)

// most bounds the variables of one answer whose client names no count.
const most = 1000

// at calls f with a frame.
func (ref frameRef) at(f func(f engine.StackFrame)) error {
	gone := true
	err := ref.stop.Do(func(at engine.Spot) {
		if frames, _ := debug.Frames(at, ref.task, mostFrames); ref.index < len(frames) {
			gone = false
			f(frames[ref.index])
		}
	})
	if err == nil && gone {
		err = debug.ErrRunning
	}
	return err
}

func (s *server) frameOf(id int) (frameRef, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	ref, ok := s.frames[id]
	if !ok {
		return ref, s.missing(fmt.Errorf("there is no frame %d any more", id))
	}
	return ref, nil
}

func (s *server) refer(v variableRef) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.next++
	s.variables[s.next] = v
	return s.next
}

func (s *server) scopes(r *dap.ScopesRequest) {
	ref, err := s.frameOf(r.Arguments.FrameId)
	list := []dap.Scope{}
	if err == nil {
		err = ref.at(func(f engine.StackFrame) {
			add := func(name, hint string, size int) {
				scope := dap.Scope{Name: name, PresentationHint: hint, NamedVariables: size, Expensive: name == globals}
				scope.VariablesReference = s.refer(variableRef{frame: ref, scope: name})
				list = append(list, scope)
			}
			if !f.Native {
				add(locals, "locals", len(f.Locals()))
				if n := len(f.Upvalues()); n > 0 {
					add(upvalues, "", n)
				}
				if n := len(f.Varargs()); n > 0 {
					add(varargs, "arguments", n)
				}
			}
			add(globals, "", 0)
		})
	}
	if err != nil {
		s.refuse(r, err)
		return
	}
	s.reply(r, &dap.ScopesResponse{Body: dap.ScopesResponseBody{Scopes: list}})
}

func (s *server) variableOf(id int) (variableRef, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	ref, ok := s.variables[id]
	if !ok {
		return ref, s.missing(fmt.Errorf("there are no variables %d any more", id))
	}
	return ref, nil
}

func (s *server) listVariables(r *dap.VariablesRequest) {
	a := r.Arguments
	ref, err := s.variableOf(a.VariablesReference)
	list := []dap.Variable{}
	if err == nil {
		err = ref.frame.at(func(f engine.StackFrame) {
			list = s.entries(ref, ref.children(f), a.Filter, max(a.Start, 0), a.Count)
		})
	}
	if err != nil {
		s.refuse(r, err)
		return
	}
	s.reply(r, &dap.VariablesResponse{Body: dap.VariablesResponseBody{Variables: list}})
}

// child is a variable before it is shown.
type child struct {
	name, expr string
	value      engine.Value
	key        engine.Value // in a table
	indexed    bool
}

// children are the variables of ref.
func (ref variableRef) children(f engine.StackFrame) []child {
	var list []engine.Variable
	switch ref.scope {
	case locals:
		list = f.Locals()
	case upvalues:
		list = f.Upvalues()
	case varargs:
		list = f.Varargs()
	case globals:
		return tableChildren(f.Globals(), "_G")
	default:
		return tableChildren(ref.table, ref.expr)
	}
	all := make([]child, len(list))
	for i, v := range list {
		all[i] = child{name: v.Name, expr: v.Name, value: v.Value}
		if ref.scope == varargs {
			all[i].expr = fmt.Sprintf("(select(%d, ...))", i+1)
		}
	}
	return all
}

var identifier = regexp.MustCompile(`^[A-Za-z_]\w*$`)

// tableChildren are the items of the list of a table, then its other entries by
// their names.
func tableChildren(t engine.Value, expr string) []child {
	n := t.Len()
	all := make([]child, 0, n)
	for i := 1; i <= n; i++ {
		all = append(all, child{name: fmt.Sprintf("[%d]", i), value: t.Index(i), indexed: true})
	}
	var rest []child
	for k, v := range t.Entries() {
		if x, ok := k.Number(); ok && x >= 1 && x <= float64(n) && x == float64(int(x)) {
			continue
		}
		c := child{name: "[" + inspect.Sprint(k, inspect.Options{Depth: 1, Items: 3, Width: -1, Text: 100}) + "]", value: v, key: k}
		if name, ok := k.Text(); ok && identifier.MatchString(name) {
			c.name = name
		}
		rest = append(rest, c)
	}
	slices.SortStableFunc(rest, func(a, b child) int { return strings.Compare(a.name, b.name) })
	if mt := t.Metatable(); mt.IsTable() {
		rest = append(rest, child{name: "[metatable]", value: mt})
	}
	for i, c := range rest {
		switch {
		case expr == "" || c.name == "[metatable]":
		case identifier.MatchString(c.name):
			rest[i].expr = expr + "." + c.name
		default:
			if _, text := c.key.Text(); text {
				rest[i].expr = expr + c.name
			}
		}
	}
	if expr != "" {
		for i := range all {
			all[i].expr = expr + all[i].name
		}
	}
	return append(all, rest...)
}

// entries shows a page of the variables of ref.
func (s *server) entries(ref variableRef, all []child, filter string, start, count int) []dap.Variable {
	if filter != "" {
		all = slices.DeleteFunc(all, func(c child) bool { return c.indexed != (filter == "indexed") })
	}
	size := len(all)
	all = all[min(start, size):]
	limit := count
	if limit <= 0 {
		limit = most
	}
	more := len(all) - limit
	all = all[:min(limit, len(all))]
	list := make([]dap.Variable, 0, len(all)+1)
	for _, c := range all {
		list = append(list, s.variable(ref.frame, c))
	}
	if count <= 0 && more > 0 {
		list = append(list, dap.Variable{Name: "…", Value: fmt.Sprintf("%d more", more)})
	}
	return list
}

func (s *server) variable(frame frameRef, c child) dap.Variable {
	v := dap.Variable{Name: c.name, EvaluateName: c.expr}
	v.Value, v.Type, v.VariablesReference, v.NamedVariables, v.IndexedVariables = s.shown(frame, c.value, c.expr)
	return v
}

// shown is a value for a client, with a reference to what is in it.
func (s *server) shown(frame frameRef, v engine.Value, expr string) (text, kind string, ref, named, indexed int) {
	text, kind = inspect.Sprint(v, inspect.Options{Depth: 1, Items: 10, Width: -1, Text: 500}), v.Type()
	if v.IsTable() {
		indexed = v.Len()
		ref = s.refer(variableRef{frame: frame, table: v, expr: expr})
		if indexed > 0 && !v.OnlyList() {
			named = 1 // that there are some is what clients go by
		}
		if indexed < 100 {
			indexed, named = 0, 0 // no pages
		}
	}
	return text, kind, ref, named, indexed
}

func (s *server) setVariable(r *dap.SetVariableRequest) {
	a := r.Arguments
	ref, err := s.variableOf(a.VariablesReference)
	var body dap.SetVariableResponseBody
	if err == nil {
		var serr error
		err = ref.frame.at(func(f engine.StackFrame) {
			var v engine.Value
			if v, serr = one(ref.frame.stop, f, a.Value); serr != nil {
				return
			}
			if serr = ref.set(f, a.Name, v); serr != nil {
				return
			}
			body.Value, body.Type, body.VariablesReference, body.NamedVariables, body.IndexedVariables = s.shown(ref.frame, v, "")
		})
		err = errors.Join(err, serr)
	}
	if err != nil {
		s.refuse(r, err)
		return
	}
	s.reply(r, &dap.SetVariableResponse{Body: body})
}

// one evaluates an expression to its first value.
func one(st *debug.Stop, f engine.StackFrame, expr string) (v engine.Value, err error) {
	values, err := st.Session.Eval(f, expr)
	if err == nil && len(values) > 0 {
		v = values[0]
	}
	return v, err
}

// set sets a variable of ref by its name. A table is written past its metatable.
func (ref variableRef) set(f engine.StackFrame, name string, v engine.Value) error {
	if ref.scope == locals || ref.scope == upvalues {
		return f.Set(name, v)
	}
	if ref.scope == varargs {
		return errors.New("what ... stands for cannot be set")
	}
	t := ref.table
	if ref.scope == globals {
		t = f.Globals()
	}
	for i, c := range tableChildren(t, "") {
		if c.name != name {
			continue
		}
		if name == "[metatable]" {
			break
		}
		table := t.Lua().(*lua.LTable)
		if c.indexed {
			table.RawSetInt(i+1, v.Lua())
		} else {
			table.RawSet(c.key.Lua(), v.Lua())
		}
		return nil
	}
	return fmt.Errorf("there is no variable %s here that can be set", name)
}

func (s *server) setExpression(r *dap.SetExpressionRequest) {
	a := r.Arguments
	ref, err := s.frameOf(a.FrameId)
	var body dap.SetExpressionResponseBody
	if err == nil {
		var serr error
		err = ref.at(func(f engine.StackFrame) {
			if _, serr = ref.stop.Session.Eval(f, a.Expression+" = "+a.Value); serr != nil {
				return
			}
			var v engine.Value
			if v, serr = one(ref.stop, f, a.Expression); serr == nil {
				body.Value, body.Type, body.VariablesReference, body.NamedVariables, body.IndexedVariables = s.shown(ref, v, a.Expression)
			}
		})
		err = errors.Join(err, serr)
	}
	if err != nil {
		s.refuse(r, err)
		return
	}
	s.reply(r, &dap.SetExpressionResponse{Body: body})
}
