package module

import (
	"fmt"
	"strings"

	"github.com/gscript-lang/gscript/engine/host"
)

// Markdown writes the reference page of a module.
func Markdown(m *Module) string {
	d := &markdown{m: m}
	d.line("# %s", m.Name)
	d.prose(m.Doc)
	if m.Call != "" {
		d.line("\n%s", callNote(m, "`"))
	}
	d.contents()
	for _, f := range m.Funcs {
		d.function(callee{m: m, fn: f}, "##")
	}
	d.values()
	for _, t := range m.Types {
		d.typ(t)
	}
	d.records()
	d.kinds("## Errors", m.Kinds)
	d.permissions()
	return d.String()
}

type markdown struct {
	strings.Builder
	m *Module
}

func (d *markdown) line(format string, args ...any) {
	d.WriteString(fmt.Sprintf(format, args...) + "\n")
}

// heading begins a section; a table or a paragraph follows.
func (d *markdown) heading(text string) { d.line("\n%s\n", text) }

func (d *markdown) prose(doc string) {
	for _, b := range blocks(doc) {
		switch {
		case b.code:
			d.code(b.text)
		case b.bullet:
			d.line("- %s", escape(b.text))
		default:
			d.line("\n%s", escape(b.text))
		}
	}
}

func (d *markdown) code(code string) { d.line("\n```lua\n%s\n```", code) }

// table leaves out the columns in which no row has anything.
func (d *markdown) table(head []string, rows [][]string) {
	if len(rows) == 0 {
		return
	}
	var kept []int
	for c := range head {
		for _, row := range rows {
			if row[c] != "" || c == len(head)-1 {
				kept = append(kept, c)
				break
			}
		}
	}
	pick := func(row []string) string {
		var b strings.Builder
		for _, c := range kept {
			b.WriteString("| " + strings.ReplaceAll(strings.Join(strings.Fields(row[c]), " "), "|", `\|`) + " ")
		}
		return b.String() + "|"
	}
	d.line("%s", pick(head))
	d.line("%s", strings.Repeat("|---", len(kept))+"|")
	for _, row := range rows {
		d.line("%s", pick(row))
	}
}

// contents lists the functions and methods.
func (d *markdown) contents() {
	var rows [][]string
	eachFunc(d.m, func(c callee) {
		rows = append(rows, []string{link(c.name()), escape(Summary(c.fn.Doc))})
	})
	if len(rows) > 0 {
		d.line("")
	}
	d.table([]string{"Function", ""}, rows)
}

func (d *markdown) function(c callee, level string) {
	d.heading(level + " " + c.name())
	signature := strings.Join(breakCode(c.signature(full)+c.arrow(), 90), "\n    ")
	if c.tableForm() {
		signature += "\n" + strings.Join(breakCode(c.name()+c.table(full, true), 90), "\n    ")
	}
	d.line("```\n%s\n```", signature)
	d.prose(c.fn.Doc)
	var rows [][]string
	for _, p := range append(c.positionals(), c.options()...) {
		rows = append(rows, d.row(p, LuaType(p, d.m), false))
	}
	if len(rows) > 0 {
		d.line("")
		d.table([]string{"Parameter", "Type", "Default", ""}, rows)
	}
	d.result(c.fn.Result)
	if len(c.fn.Caps) > 0 {
		var flags []string
		for _, need := range c.fn.Caps {
			flags = append(flags, code(flag(need)))
		}
		d.line("\nNeeds %s.", strings.Join(flags, ", "))
	}
	d.kinds("", c.fn.Kinds)
	for _, example := range c.fn.Examples {
		d.code(example)
	}
}

func (d *markdown) row(p Param, typ string, out bool) []string {
	value := given(p, out)
	if value != "" && value != "required" {
		value = code(value)
	}
	return []string{code(label(p)), d.typeText(typ, p), value, escape(note(p))}
}

// typeText is a type with a link to the tables that are described on the page.
func (d *markdown) typeText(typ string, p Param) string {
	text := code(typ)
	if s := structOf(p.Go); s != nil && !declares(d.m, s) {
		if name := recordName(s, d.m); name != "" && strings.Contains(typ, name) {
			if typ == name {
				return link(name)
			}
			return text + ", see " + link(name)
		}
	}
	return text
}

func (d *markdown) result(r Result) {
	typ := ResultType(r, d.m)
	if typ == "" && r.Doc == "" {
		return
	}
	text := d.typeText(typ, Param{Go: r.Go})
	if typ == "" {
		text = ""
	}
	if r.Doc != "" {
		text = strings.TrimPrefix(text+": "+escape(strings.Join(strings.Fields(r.Doc), " ")), ": ")
	}
	d.line("\nReturns %s", text)
}

func (d *markdown) values() {
	if len(d.m.Values) == 0 {
		return
	}
	d.heading("## Values")
	var rows [][]string
	for _, v := range d.m.Values {
		rows = append(rows, []string{code(d.m.Name + "." + v.Name), code(valueType(v, d.m)), escape(v.Doc)})
	}
	d.table([]string{"Value", "Type", ""}, rows)
}

func (d *markdown) typ(t *Type) {
	d.line("\n## %s", t.Name)
	d.prose(t.Doc)
	var rows [][]string
	for _, p := range t.Props {
		rows = append(rows, []string{code(p.Name), d.typeText(PropType(p, d.m), Param{Go: p.Go}), escape(p.Doc)})
	}
	if len(rows) > 0 {
		d.line("")
		d.table([]string{"Property", "Type", ""}, rows)
	}
	d.operators(t)
	for _, f := range t.Methods {
		d.function(callee{d.m, t, f}, "###")
	}
}

func (d *markdown) operators(t *Type) {
	if len(t.Operators) == 0 {
		return
	}
	rows := operatorRows(t, d.m)
	for _, row := range rows {
		for i, cell := range row[:3] {
			if cell != "" {
				row[i] = code(cell)
			}
		}
		row[3] = escape(row[3])
	}
	d.line("")
	d.table([]string{"Operator", "b", "Result", ""}, rows)
	d.code(operatorExamples(t))
}

// records are the tables inside parameters and results.
func (d *markdown) records() {
	for i, r := range records(d.m) {
		if i == 0 {
			d.line("\n## Tables")
		}
		d.heading("### " + r.name)
		var rows [][]string
		for _, p := range r.fields {
			rows = append(rows, d.row(p, r.typeOf(p, d.m), r.out))
		}
		d.table([]string{"Field", "Type", "Default", ""}, rows)
	}
}

func (d *markdown) kinds(title string, kinds []*Kind) {
	if len(kinds) == 0 {
		return
	}
	if title != "" {
		d.heading(title)
	} else {
		d.line("")
	}
	var rows [][]string
	for _, k := range kinds {
		rows = append(rows, []string{code(k.Name), escape(k.Doc)})
	}
	d.table([]string{"Error", "When"}, rows)
}

func (d *markdown) permissions() {
	users := users(d.m)
	var rows [][]string
	for _, c := range host.Capabilities() {
		if names := users[c]; len(names) > 0 {
			rows = append(rows, []string{code(flag(c)), code(strings.Join(names, "`, `"))})
		}
	}
	if len(rows) > 0 {
		d.heading("## Permissions")
		d.table([]string{"Flag", "Needed by"}, rows)
	}
}

func code(text string) string { return "`" + text + "`" }

// link leads to the heading of that text on the same page.
func link(heading string) string {
	anchor := strings.Map(func(r rune) rune {
		if strings.ContainsRune(".:()", r) {
			return -1
		}
		return r
	}, strings.ToLower(heading))
	return "[" + code(heading) + "](#" + anchor + ")"
}

// escape keeps plain text from being taken for HTML or emphasis; code between
// backticks stays as it is.
func escape(text string) string {
	parts := strings.Split(text, "`")
	for i := range parts {
		if i%2 == 0 || i == len(parts)-1 {
			parts[i] = strings.NewReplacer("<", "&lt;", "*", `\*`).Replace(parts[i])
		}
	}
	return strings.Join(parts, "`")
}
