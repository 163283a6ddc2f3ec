package module

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/gscript-lang/gscript/engine/host"
	"github.com/gscript-lang/gscript/engine/internal/fault"
)

// Help writes what a terminal shows about a module: all of it for the name "",
// else one function ("get"), value, type ("Client"), member ("Client:run" or
// "Client.run"), kind of error ("http.status") or table ("TLSOptions"). The
// module's name and a dot may stand in front.
func Help(w io.Writer, m *Module, name string, style Style) error {
	p := &page{style: style}
	if !p.topic(m, strings.TrimSpace(name)) {
		return unknownTopic(m, name)
	}
	_, err := io.WriteString(w, p.String())
	return err
}

// Index writes one line a module: its name and its summary.
func Index(w io.Writer, modules []*Module, style Style) error {
	p := &page{style: style}
	var rows [][]string
	for _, m := range modules {
		rows = append(rows, []string{m.Name, Summary(m.Doc)})
	}
	p.columns(2, rows)
	_, err := io.WriteString(w, p.String())
	return err
}

func unknownTopic(m *Module, name string) error {
	short := strings.TrimPrefix(name, m.Name+".")
	candidates := m.Names()
	for _, t := range m.Types {
		candidates = append(candidates, m.short(t.Name))
		for _, member := range t.Members() {
			candidates = append(candidates, m.short(t.Name)+":"+member)
		}
	}
	err := fault.New(fault.ArgsUnknown, "the module %s has no '%s'", m.Name, short)
	if near := fault.Suggest(short, candidates); near != "" {
		return err.WithHint("did you mean '%s'?", near)
	}
	return err
}

// short is a name without the module's in front.
func (m *Module) short(name string) string { return strings.TrimPrefix(name, m.Name+".") }

// typeNamed returns the type of that short name, or nil.
func (m *Module) typeNamed(name string) *Type {
	for _, t := range m.Types {
		if m.short(t.Name) == name {
			return t
		}
	}
	return nil
}

// topic finds what name stands for and writes it.
func (p *page) topic(m *Module, name string) bool {
	if name == "" || name == m.Name {
		p.overview(m)
		return true
	}
	short := m.short(name)
	if f := m.Func(short); f != nil {
		p.function(callee{m: m, fn: f})
		return true
	}
	for _, v := range m.Values {
		if v.Name == short {
			p.signature(0, bold, m.Name+"."+v.Name+": "+valueType(v, m))
			p.about(v.Doc)
			return true
		}
	}
	if t := m.typeNamed(short); t != nil {
		p.typ(m, t)
		return true
	}
	if i := strings.LastIndexAny(short, ":."); i > 0 {
		if t := m.typeNamed(short[:i]); t != nil && p.member(m, t, short[i+1:]) {
			return true
		}
	}
	for _, k := range m.Kinds {
		if k.Name == name || m.short(k.Name) == short {
			p.line(0, bold, k.Name)
			p.about(k.Doc)
			return true
		}
	}
	for _, r := range records(m) {
		if m.short(r.name) == short {
			p.line(0, bold, r.name)
			p.heading("Fields")
			p.columns(2, p.paramRows(m, r.fields, "", r.out, nil))
			return true
		}
	}
	return false
}

func (p *page) member(m *Module, t *Type, name string) bool {
	for _, f := range t.Methods {
		if f.Name == name {
			p.function(callee{m, t, f})
			return true
		}
	}
	for _, prop := range t.Props {
		if prop.Name == name {
			p.signature(0, bold, t.Name+"."+prop.Name+": "+PropType(prop, m))
			p.about(prop.Doc)
			return true
		}
	}
	return false
}

// callNote says which function a call of the module is; quote encloses code.
func callNote(m *Module, quote string) string {
	return fmt.Sprintf("%[3]s%[1]s(…)%[3]s is the same as %[3]s%[1]s.%[2]s(…)%[3]s.", m.Name, m.Call, quote)
}

// about is the doc beneath a title.
func (p *page) about(doc string) {
	if doc != "" {
		p.line(0, plain, "")
		p.prose(2, doc)
	}
}

func (p *page) overview(m *Module) {
	p.line(0, bold, m.Name)
	p.about(m.Doc)
	if m.Call != "" {
		p.about(callNote(m, ""))
	}
	if len(m.Funcs) > 0 {
		p.heading("Functions")
		for _, f := range m.Funcs {
			p.summary(callee{m: m, fn: f})
		}
	}
	if len(m.Values) > 0 {
		p.heading("Values")
		var rows [][]string
		for _, v := range m.Values {
			rows = append(rows, []string{m.Name + "." + v.Name, valueType(v, m), Summary(v.Doc)})
		}
		p.columns(2, rows)
	}
	if len(m.Types) > 0 {
		p.heading("Types")
		var rows [][]string
		for _, t := range m.Types {
			rows = append(rows, []string{t.Name, Summary(t.Doc)})
		}
		p.columns(2, rows)
	}
	p.kinds("Errors", m.Kinds)
	p.permissions(m)
}

// summary is a function in a list: its signature, and beneath it a sentence.
func (p *page) summary(c callee) {
	p.signature(2, cyan, c.signature(brief)+c.arrow())
	for _, l := range wrap(Summary(c.fn.Doc), p.style.width()-6) {
		p.line(6, plain, l)
	}
}

func (p *page) typ(m *Module, t *Type) {
	p.line(0, bold, t.Name)
	p.about(t.Doc)
	if len(t.Props) > 0 {
		p.heading("Properties")
		var rows [][]string
		for _, prop := range t.Props {
			rows = append(rows, []string{prop.Name, PropType(prop, m), strings.Join(strings.Fields(prop.Doc), " ")})
		}
		p.columns(2, rows)
	}
	if len(t.Operators) > 0 {
		p.heading("Operators")
		p.columns(2, operatorRows(t, m))
	}
	if len(t.Methods) > 0 {
		p.heading("Methods")
		for _, f := range t.Methods {
			p.summary(callee{m, t, f})
		}
	}
}

func (p *page) kinds(title string, kinds []*Kind) {
	if len(kinds) == 0 {
		return
	}
	p.heading(title)
	var rows [][]string
	for _, k := range kinds {
		rows = append(rows, []string{k.Name, strings.Join(strings.Fields(k.Doc), " ")})
	}
	p.columns(2, rows)
}

// permissions lists what the functions of the module ask for.
func (p *page) permissions(m *Module) {
	users := users(m)
	var rows [][]string
	for _, c := range host.Capabilities() {
		if names := users[c]; len(names) > 0 {
			rows = append(rows, []string{string(c), flag(c), "for " + strings.Join(names, ", ")})
		}
	}
	if len(rows) > 0 {
		p.heading("Permissions")
		p.columns(2, rows)
	}
}

// users tells which functions need a permission.
func users(m *Module) map[host.Capability][]string {
	users := map[host.Capability][]string{}
	eachFunc(m, func(c callee) {
		for _, need := range c.fn.Caps {
			if name := m.short(c.name()); !slices.Contains(users[need], name) {
				users[need] = append(users[need], name)
			}
		}
	})
	return users
}

// flag is the option of the command line that grants a permission.
func flag(c host.Capability) string {
	return fmt.Sprintf("--allow-%s[=%s]", c, capabilityScope(string(c)))
}
