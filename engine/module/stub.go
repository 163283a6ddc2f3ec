package module

import (
	"fmt"
	"reflect"
	"strconv"
	"strings"
	"unicode"

	"github.com/gscript-lang/gscript/engine/internal/value"
)

// Stub writes the definition file of a module for lua-language-server, from
// which editors complete and check scripts. What all stubs share, such as the
// alias duration, is in GlobalsStub.
func Stub(m *Module) string {
	s := &stub{m: m, table: identifier(m.Name)}
	s.line("---@meta %s", m.Name)
	s.line("")
	s.doc(m.Doc)
	s.line("---@class %s", m.Name)
	if f := m.Func(m.Call); f != nil {
		s.line("---@overload %s", s.overload(f))
	}
	for _, v := range m.Values {
		s.field(v.Name, valueType(v, m), v.Doc)
	}
	s.line("local %s = {}", s.table)
	for _, r := range records(m) {
		s.record(r)
	}
	for _, v := range m.Values {
		if literal := literal(v.Value); literal != "" && m.TypeOf(reflect.TypeOf(v.Value)) == nil {
			s.line("")
			s.line("%s.%s = %s", s.table, v.Name, literal)
		}
	}
	for _, t := range m.Types {
		s.typ(t)
	}
	for _, f := range m.Funcs {
		s.function(callee{m: m, fn: f}, s.table)
	}
	s.line("")
	s.line("return %s", s.table)
	return s.String()
}

type stub struct {
	strings.Builder
	m     *Module
	table string // the local variable that holds the module
}

func (s *stub) line(format string, args ...any) {
	s.WriteString(fmt.Sprintf(format, args...) + "\n")
}

// doc writes text as a comment; LuaLS reads it as Markdown.
func (s *stub) doc(text string) {
	for i, b := range blocks(text) {
		if i > 0 && !b.bullet {
			s.line("---")
		}
		switch {
		case b.code:
			s.code(b.text)
		case b.bullet:
			s.line("---* %s", b.text)
		default:
			s.line("---%s", b.text)
		}
	}
}

func (s *stub) code(code string) {
	s.line("---```lua")
	for l := range strings.SplitSeq(code, "\n") {
		s.line("---%s", l)
	}
	s.line("---```")
}

func (s *stub) field(name, typ, doc string) {
	s.line("---@field %s %s%s", name, typ, tail(doc))
}

// tail is the text after a type. The "#" keeps one that does not begin with a
// letter from being read as more of the type.
func tail(doc string) string {
	doc = strings.Join(strings.Fields(doc), " ")
	switch {
	case doc == "":
		return ""
	case !unicode.IsLetter([]rune(doc)[0]):
		return " # " + doc
	}
	return " " + doc
}

func (s *stub) record(r record) {
	s.line("")
	s.line("---@class %s", r.name)
	for _, p := range r.fields {
		s.field(p.Name+optionalMark(p, r.out), r.typeOf(p, s.m), noteWithDefault(p))
	}
}

func (s *stub) typ(t *Type) {
	s.line("")
	s.doc(t.Doc)
	s.line("---@class %s", t.Name)
	for _, p := range t.Props {
		s.field(p.Name, PropType(p, s.m), p.Doc)
	}
	if t.Index != nil {
		s.field("[string]", "any", "")
	}
	for _, o := range t.Operators {
		if o.Event == "__index" {
			s.field("["+o.operand(t)+"]", goType(o.Out, s.m, true), o.Doc)
		}
		if line := o.annotation(t, s.m); line != "" {
			s.line("%s", line)
		}
	}
	local := identifier(s.m.short(t.Name))
	if local == s.table {
		local += "_"
	}
	s.line("local %s = {}", local)
	for _, f := range t.Methods {
		s.function(callee{s.m, t, f}, local)
	}
}

// optionsTable writes the class of a function's options. The arguments that can
// be given by position are in it as well, for the call with one table.
func (s *stub) optionsTable(c callee) {
	s.line("")
	s.line("---Options of %s.", c.name())
	s.line("---@class %s", c.optionsClass())
	if c.tableForm() {
		for i, p := range c.leading() {
			s.field(fmt.Sprintf("[%d]?", i+1), LuaType(p, s.m), "the same as "+p.Name)
		}
		for _, p := range c.leading() {
			s.field(p.Name+"?", LuaType(p, s.m), noteWithDefault(p))
		}
	}
	for _, p := range c.options() {
		if p.Place == List {
			s.field("[integer]", itemType(LuaType(p, s.m)), note(p))
		}
		s.field(p.Name+optionalMark(p, false), LuaType(p, s.m), noteWithDefault(p))
	}
}

// itemType is the type of one item of a list type.
func itemType(list string) string {
	item := strings.TrimSuffix(list, "[]")
	return strings.TrimSuffix(strings.TrimPrefix(item, "("), ")")
}

func (s *stub) function(c callee, local string) {
	options := c.options()
	if len(options) > 0 {
		s.optionsTable(c)
	}
	s.line("")
	s.functionDoc(c)
	if c.tableForm() {
		self := ""
		if c.fn.Method {
			self = "self: " + c.holder() + ", "
		}
		overload := fmt.Sprintf("---@overload fun(%soptions: %s)", self, c.optionsClass())
		if r := ResultType(c.fn.Result, s.m); r != "" {
			overload += ": " + r
		}
		s.line("%s", overload)
	}
	var names []string
	for _, p := range c.leading() {
		s.param(argument(p.Name)+optionalMark(p, false), LuaType(p, s.m), noteWithDefault(p))
		names = append(names, argument(p.Name))
	}
	rest := ""
	for _, p := range c.fn.Params {
		if p.Place == Rest {
			s.param("...", LuaType(p, s.m), note(p))
			rest = "..."
		}
	}
	if len(options) > 0 && rest == "" {
		mark := "?"
		for _, p := range options {
			if p.Required() || p.Place == List {
				mark = ""
			}
		}
		s.param("options"+mark, c.optionsClass(), "")
		names = append(names, "options")
	}
	if rest != "" {
		names = append(names, rest)
	}
	s.returns(c.fn.Result)
	s.line("function %s%s%s(%s) end", local, c.mark(), c.fn.Name, strings.Join(names, ", "))
}

// overload is the type of a function of the module.
func (s *stub) overload(f *Func) string {
	var params []string
	c := callee{m: s.m, fn: f}
	for _, p := range c.leading() {
		params = append(params, argument(p.Name)+optionalMark(p, false)+": "+LuaType(p, s.m))
	}
	if len(c.options()) > 0 {
		params = append(params, "options?: "+c.optionsClass())
	}
	typ := "fun(" + strings.Join(params, ", ") + ")"
	if r := ResultType(f.Result, s.m); r != "" {
		typ += ": " + r
	}
	return typ
}

func (s *stub) param(name, typ, doc string) {
	s.line("---@param %s %s%s", name, typ, tail(doc))
}

func (s *stub) returns(r Result) {
	typ := ResultType(r, s.m)
	if typ == "" {
		return
	}
	doc := strings.Join(strings.Fields(r.Doc), " ")
	for _, part := range splitTop(typ) {
		if item, many := strings.CutPrefix(part, "..."); many {
			part = strings.TrimSpace(item)
			if part == "" {
				part = "any"
			}
			part += " ..."
		}
		line := "---@return " + part
		if doc != "" {
			line, doc = line+" # "+doc, ""
		}
		s.line("%s", line)
	}
}

// functionDoc is the text of a function: what it does, what it needs, how it
// fails, how it is used.
func (s *stub) functionDoc(c callee) {
	s.doc(c.fn.Doc)
	empty := c.fn.Doc == ""
	section := func() {
		if !empty {
			s.line("---")
		}
		empty = false
	}
	if len(c.fn.Caps) > 0 {
		var flags []string
		for _, need := range c.fn.Caps {
			flags = append(flags, "`"+flag(need)+"`")
		}
		section()
		s.line("---Needs %s.", strings.Join(flags, ", "))
	}
	if len(c.fn.Kinds) > 0 {
		section()
		s.line("---Raises:")
		for _, k := range c.fn.Kinds {
			s.line("---* `%s`: %s", k.Name, strings.Join(strings.Fields(k.Doc), " "))
		}
	}
	for _, code := range c.fn.Examples {
		section()
		s.code(code)
	}
}

func noteWithDefault(p Param) string {
	if d := defaultText(p); d != "" {
		return strings.TrimSpace(note(p) + " (default " + d + ")")
	}
	return note(p)
}

// identifier makes a name that a Lua variable can have.
func identifier(name string) string { return argument(strings.ReplaceAll(name, ".", "_")) }

// argument keeps parameters such as "end" and "repeat" from ending the program.
func argument(name string) string {
	if isKeyword(name) {
		return name + "_"
	}
	return name
}

func isKeyword(name string) bool {
	switch name {
	case "and", "break", "do", "else", "elseif", "end", "false", "for", "function", "goto", "if", "in",
		"local", "nil", "not", "or", "repeat", "return", "then", "true", "until", "while":
		return true
	}
	return false
}

// literal writes a constant that Lua has a notation for, so that editors show
// it; "" for others.
func literal(v any) string {
	if v == nil || v == any(value.Null) {
		return ""
	}
	switch r := reflect.ValueOf(v); r.Kind() {
	case reflect.String:
		return strconv.Quote(r.String())
	case reflect.Bool, reflect.Int, reflect.Int64, reflect.Float64:
		return fmt.Sprint(v)
	}
	return ""
}
