package repl

import (
	"context"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/gscript-lang/gscript/engine"
	"github.com/gscript-lang/gscript/engine/inspect"
	"github.com/gscript-lang/gscript/engine/module"
	"github.com/gscript-lang/gscript/engine/repl/manual"
)

type helpIn struct {
	Topic engine.Value `lua:"topic,arg" doc:"a module, a function, a handle, or the name of something as text; without it the help of the prompt"`
}

// helpFunction is what help(x) calls.
func (r *REPL) helpFunction() *engine.Function {
	return engine.Fn("help", "Show the help of a value or a name.", func(c *engine.Call, in helpIn) (engine.None, error) {
		if in.Topic.IsNil() {
			return engine.None{}, r.help(c.Context(), "")
		}
		if name, ok := in.Topic.Text(); ok {
			return engine.None{}, r.doc(c.Context(), name)
		}
		return engine.None{}, r.describe("", in.Topic)
	})
}

func (r *REPL) style() module.Style {
	return module.Style{Color: r.color, Width: min(r.width(), 100)}
}

// doc shows the help of a name.
func (r *REPL) doc(_ context.Context, name string) error {
	name = strings.TrimSuffix(strings.TrimSpace(name), "()")
	if name == "" {
		return module.Index(r.console.out, r.Modules, r.style())
	}
	var v engine.Value
	known, subject := false, ""
	r.look(func() {
		if v, known = r.session.Lookup(strings.ReplaceAll(name, ":", ".")); known {
			subject = r.session.Subject(v)
		}
	})
	// What the person has given the name of a module is meant, and not the module.
	if known && subject == "" && !r.names().IsModule(name) {
		return r.describe(name, v)
	}
	done, err := r.topic(name)
	switch {
	case done:
		return err
	case known:
		return r.describe(name, v)
	}
	if base, method, ok := cutMember(name); ok {
		if t := r.typeOf(base); t != nil {
			return r.member(t, method)
		}
	}
	return r.unknown(name)
}

// cutMember parts "client:run" into the value and its member.
func cutMember(name string) (base, member string, ok bool) {
	if i := strings.LastIndexAny(name, ".:"); i > 0 {
		return name[:i], name[i+1:], true
	}
	return "", "", false
}

// topic shows what the declarations and the manual have of a name.
func (r *REPL) topic(name string) (done bool, err error) {
	first, _, _ := strings.Cut(name, ".")
	first, _, _ = strings.Cut(first, ":")
	for _, m := range r.Modules {
		if m.Name != first {
			continue
		}
		return true, module.Help(r.console.out, m, strings.TrimPrefix(strings.TrimPrefix(name, first), "."), r.style())
	}
	if text, ok := manual.All()[name]; ok {
		_, err := fmt.Fprintf(r.console.out, "%s\n\n  %s\n", text.Signature, text.Doc)
		return true, err
	}
	if list := manual.Chapter(name); len(list) > 0 {
		var b strings.Builder
		for _, text := range list {
			fmt.Fprintf(&b, "%s\n      %s\n", text.Signature, text.Doc)
		}
		_, err := io.WriteString(r.console.out, b.String())
		return true, err
	}
	return false, nil
}

// typeOf is the type of the handle that a name stands for, nil for other values.
func (r *REPL) typeOf(name string) (t *engine.Type) {
	r.look(func() {
		if v, ok := r.session.Lookup(name); ok {
			t = r.session.TypeOf(v)
		}
	})
	return t
}

// member shows the help of a type, or of one of its members.
func (r *REPL) member(t *engine.Type, name string) error {
	for _, m := range r.Modules {
		for _, declared := range m.Types {
			if declared.Name == t.Name {
				topic := strings.TrimPrefix(t.Name, m.Name+".")
				if name != "" {
					topic += ":" + name
				}
				return module.Help(r.console.out, m, topic, r.style())
			}
		}
	}
	_, err := fmt.Fprintf(r.console.out, "%s\n\n  %s\n", t.Name, t.Doc)
	return err
}

// describe shows the help of a value, which goes by the name.
func (r *REPL) describe(name string, v engine.Value) error {
	var (
		t                     *engine.Type
		subject, text, source string
		file                  string
		line                  int
	)
	r.look(func() {
		t, subject = r.session.TypeOf(v), r.session.Subject(v)
		file, line, source = r.session.Definition(v)
		text = inspect.Sprint(v, inspect.Options{Width: r.width(), Color: r.color, Depth: 2, Items: 20})
	})
	switch {
	case t != nil:
		return r.member(t, "")
	case line > 0:
		return r.definition(name, file, line, source)
	case subject != "":
		if done, err := r.topic(subject); done {
			return err
		}
		name = subject
	}
	if name != "" {
		name += " is "
	}
	_, err := fmt.Fprintf(r.console.out, "%s%s\n\n%s\n", name, article(v.Type()), text)
	return err
}

func article(kind string) string {
	if kind == "nil" {
		return "nil"
	}
	return "a " + kind
}

// definition shows the line in which a function begins, and the comment above.
func (r *REPL) definition(name, file string, line int, source string) error {
	w, lines := r.console.out, strings.Split(source, "\n")
	if line > len(lines) {
		_, err := fmt.Fprintf(w, "function, defined at %s:%d\n", file, line)
		return err
	}
	first := line - 1
	for first > 0 && strings.HasPrefix(strings.TrimSpace(lines[first-1]), "--") {
		first--
	}
	if comment := lines[first : line-1]; len(comment) > 0 && describes(comment[0]) {
		if done, err := module.HelpLua(w, name, comment, strings.Join(lines[line-1:], "\n"), r.style()); done || err != nil {
			fmt.Fprintf(w, "\ndefined at %s:%d\n", file, line)
			return err
		}
	}
	var b strings.Builder
	fmt.Fprintf(&b, "%s\n", strings.TrimSpace(lines[line-1]))
	if first < line-1 {
		b.WriteByte('\n')
	}
	for _, comment := range lines[first : line-1] {
		fmt.Fprintf(&b, "  %s\n", strings.TrimSpace(strings.TrimLeft(strings.TrimSpace(comment), "-")))
	}
	fmt.Fprintf(&b, "\ndefined at %s:%d\n", file, line)
	_, err := io.WriteString(w, b.String())
	return err
}

// unknown is the error for a name that nothing has.
func (r *REPL) unknown(name string) error {
	var names []string
	for _, m := range r.Modules {
		names = append(names, m.Name)
	}
	for word := range manual.All() {
		names = append(names, word)
	}
	r.look(func() { names = append(names, r.session.Vars()...) })
	slices.Sort(names)
	e := engine.Invalid("there is no help for '%s'", name)
	if near := engine.Suggest(name, names); near != "" {
		return e.WithHint("did you mean '%s'?", near)
	}
	return e.WithHint(":doc without a name lists the modules")
}
