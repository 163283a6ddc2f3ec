package module

import (
	"fmt"
	"slices"
	"strings"
	"unicode"
)

// Check reports where a declaration breaks the rules that all modules keep, so
// that help, stubs and reference say everything there is to say.
func Check(m *Module) []error {
	c := &checker{m: m}
	for part := range strings.SplitSeq(m.Name, ".") {
		c.snake(m.Name, "the module's name", part)
	}
	c.doc(m.Name, m.Doc)
	c.unique(m.Name, m.Names())
	if m.Call != "" && m.Func(m.Call) == nil {
		c.fail(m.Name, "a call of it stands for the function %q, which it does not have", m.Call)
	}
	for _, v := range m.Values {
		c.snake(m.Name+"."+v.Name, "the value's name", v.Name)
		c.doc(m.Name+"."+v.Name, v.Doc)
	}
	c.kinds()
	c.types()
	eachFunc(m, c.function)
	c.classes()
	return c.errs
}

type checker struct {
	m    *Module
	errs []error
}

func (c *checker) fail(where, format string, args ...any) {
	err := fmt.Errorf("%s: %s", where, fmt.Sprintf(format, args...))
	for _, e := range c.errs {
		if e.Error() == err.Error() { // a table that many functions share
			return
		}
	}
	c.errs = append(c.errs, err)
}

func (c *checker) snake(where, what, name string) {
	if !isSnake(name) {
		c.fail(where, "%s %q is not snake_case", what, name)
	}
	if isKeyword(name) {
		c.fail(where, "%s %q is a word of Lua's own", what, name)
	}
}

func isSnake(name string) bool {
	for i, r := range name {
		if !(r >= 'a' && r <= 'z' || i > 0 && (r >= '0' && r <= '9' || r == '_')) {
			return false
		}
	}
	return name != ""
}

// doc wants whole sentences.
func (c *checker) doc(where, doc string) {
	all := blocks(doc)
	switch {
	case strings.TrimSpace(doc) == "":
		c.fail(where, "has no doc")
		return
	case unicode.IsLower([]rune(strings.TrimSpace(doc))[0]):
		c.fail(where, "the doc does not start with a capital letter: %q", Summary(doc))
	}
	if last := all[len(all)-1]; !last.code && !last.bullet && !strings.HasSuffix(last.text, ".") {
		c.fail(where, "the doc does not end with a full stop: %q", last.text)
	}
}

func (c *checker) unique(where string, names []string) {
	seen := map[string]bool{}
	for _, n := range names {
		if seen[n] {
			c.fail(where, "has two members named %q", n)
		}
		seen[n] = true
	}
}

// sharedPrefixes begin the kinds that the engine and its host raise, and those
// of what modules share; a module may refine them.
func sharedPrefixes() []string {
	return []string{"args", "copy", "fs", "handle", "json", "limit", "module", "name", "net", "permission", "run", "state", "tls", "transfer", "worker"}
}

func (c *checker) kinds() {
	var names []string
	for _, k := range c.m.Kinds {
		names = append(names, k.Name)
		c.doc("kind "+k.Name, k.Doc)
		first, rest, dotted := strings.Cut(k.Name, ".")
		if !dotted || first != c.m.Name && !slices.Contains(sharedPrefixes(), first) {
			c.fail("kind "+k.Name, "the name does not begin with %q", c.m.Name+".")
		}
		for part := range strings.SplitSeq(rest, ".") {
			if dotted && !isSnake(part) {
				c.fail("kind "+k.Name, "the name is not snake_case")
			}
		}
	}
	c.unique(c.m.Name, names)
}

func (c *checker) types() {
	var names []string
	for _, t := range c.m.Types {
		names = append(names, t.Name)
		short, ok := strings.CutPrefix(t.Name, c.m.Name+".")
		if !ok || !isCamel(short) {
			c.fail(t.Name, "a type is named %s.CamelCase", c.m.Name)
		}
		c.doc(t.Name, t.Doc)
		c.unique(t.Name, t.Members())
		c.operators(t)
		for _, p := range t.Props {
			where := t.Name + "." + p.Name
			c.snake(where, "the property's name", p.Name)
			if strings.TrimSpace(p.Doc) == "" {
				c.fail(where, "has no doc")
			}
		}
	}
	c.unique(c.m.Name, names)
}

func isCamel(name string) bool {
	for i, r := range name {
		if !(r >= 'A' && r <= 'Z' || i > 0 && (r >= 'a' && r <= 'z' || r >= '0' && r <= '9')) {
			return false
		}
	}
	return name != ""
}

func (c *checker) function(f callee) {
	where := f.name()
	c.snake(where, "the function's name", f.fn.Name)
	c.doc(where, f.fn.Doc)
	if len(f.fn.Examples) == 0 && f.fn.Name != "close" {
		c.fail(where, "has no example")
	}
	c.declared(where, f.fn.Kinds)
	if typ := ResultType(f.fn.Result, c.m); vague(typ) && strings.TrimSpace(f.fn.Result.Doc) == "" {
		c.fail(where, "the result %s does not explain itself: say what it is with Returning or ReturningType", typ)
	}
	c.order(where, f.fn.Params)
	c.params(where, f.fn.Params, false, nil)
}

// declared wants the module to list the kinds that one of its parts raises.
func (c *checker) declared(where string, kinds []*Kind) {
	for _, k := range kinds {
		if !slices.ContainsFunc(c.m.Kinds, func(d *Kind) bool { return d.Name == k.Name }) {
			c.fail(where, "raises %s, which the module does not declare in its Kinds", k.Name)
		}
	}
}

// vague says that a type tells too little about a result.
func vague(typ string) bool {
	return typ == "table" || strings.Contains(typ, "any") || strings.HasPrefix(typ, "...")
}

// classes reports two different tables that would get the same name.
func (c *checker) classes() {
	seen := map[string]string{}
	add := func(name, what string) {
		if before, twice := seen[name]; twice {
			c.fail(name, "names both %s and %s", before, what)
		}
		seen[name] = what
	}
	for _, t := range c.m.Types {
		add(t.Name, "a type")
	}
	eachFunc(c.m, func(f callee) {
		if len(f.options()) > 0 {
			add(f.optionsClass(), "the options of "+f.name())
		}
	})
	for _, r := range records(c.m) {
		add(r.name, "a table")
		if r.out {
			c.params(r.name, r.fields, true, nil)
		}
	}
}
