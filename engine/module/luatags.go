package module

import (
	"strings"

	"github.com/gscript-lang/gscript/engine/host"
)

// luaTags is a doc comment taken apart.
type luaTags struct {
	doc      string
	examples []string
	params   []luaTag
	returns  []luaTag
	fields   []luaTag
	raises   []luaTag
	needs    []host.Capability
	class    string
	typ      string
	private  bool
	call     bool

	operators []*Operator
}

type luaTag struct {
	line     int
	name     string
	typ      string
	doc      string
	optional bool
}

// readTags reads a doc comment. A line that follows a tag and is indented by
// more than one blank goes on with the tag's text.
func readTags(comment []luaComment) luaTags {
	var (
		t      luaTags
		doc    []string
		code   []string
		fenced bool
		last   *luaTag
	)
	for _, c := range comment {
		text := strings.TrimSpace(c.text)
		switch {
		case strings.HasPrefix(text, "```"):
			if fenced {
				t.examples = append(t.examples, strings.TrimSpace(dedent(strings.Join(code, "\n"))))
				code = nil
			}
			fenced, last = !fenced, nil
		case fenced:
			code = append(code, c.text)
		case strings.HasPrefix(text, "@"):
			last = t.tag(c.line, text)
		case last != nil && strings.HasPrefix(c.text, "  "):
			last.doc = strings.TrimSpace(last.doc + " " + text)
		default:
			last = nil
			doc = append(doc, strings.TrimPrefix(c.text, " "))
		}
	}
	t.doc = strings.TrimSpace(strings.Join(doc, "\n"))
	return t
}

// text is the doc with the examples behind it, for what keeps no examples of
// its own.
func (t *luaTags) text() string {
	doc := t.doc
	for _, example := range t.examples {
		doc += "\n\n```lua\n" + example + "\n```"
	}
	return strings.TrimSpace(doc)
}

// tag reads one line that starts with "@" and returns what a further line may
// go on with.
func (t *luaTags) tag(line int, text string) *luaTag {
	word, rest, _ := strings.Cut(text[1:], " ")
	rest = strings.TrimSpace(rest)
	switch word {
	case "param":
		return add(&t.params, named(line, rest))
	case "field":
		for _, visibility := range []string{"private ", "protected ", "package "} {
			if strings.HasPrefix(rest, visibility) {
				return nil
			}
		}
		return add(&t.fields, named(line, strings.TrimPrefix(rest, "public ")))
	case "return":
		typ, doc := cutType(rest)
		return add(&t.returns, luaTag{line: line, typ: typ, doc: resultDoc(doc)})
	case "raises":
		name, doc, _ := strings.Cut(rest, " ")
		return add(&t.raises, luaTag{line: line, name: name, doc: strings.TrimSpace(doc)})
	case "needs":
		for _, c := range names(rest) {
			t.needs = append(t.needs, host.Capability(c))
		}
	case "class":
		rest = strings.TrimSpace(strings.TrimPrefix(rest, "(exact)"))
		name, _, _ := strings.Cut(rest, ":")
		t.class, _, _ = strings.Cut(strings.TrimSpace(name), " ")
	case "type":
		t.typ, _ = cutType(rest)
	case "operator":
		t.operators = append(t.operators, luaOperator(rest))
	case "call":
		t.call = true
	case "private", "local", "package", "protected":
		t.private = true
	}
	return nil
}

func add(list *[]luaTag, t luaTag) *luaTag {
	*list = append(*list, t)
	return &(*list)[len(*list)-1]
}

// luaOperator reads "add(set.Set): set.Set doc".
func luaOperator(text string) *Operator {
	head, rest, _ := strings.Cut(text, ":")
	event, operand, _ := strings.Cut(strings.TrimSpace(head), "(")
	result, doc := cutType(strings.TrimSpace(rest))
	return &Operator{Event: "__" + event, Operand: strings.TrimSuffix(operand, ")"), Lua: result, Doc: strings.TrimPrefix(doc, "# ")}
}

// named reads "name? type doc".
func named(line int, text string) luaTag {
	name, rest, _ := strings.Cut(text, " ")
	typ, doc := cutType(strings.TrimSpace(rest))
	name, optional := strings.CutSuffix(name, "?")
	for _, suffix := range []string{"?", "|nil"} {
		if base, nilable := strings.CutSuffix(typ, suffix); nilable {
			typ, optional = base, true
		}
	}
	return luaTag{line: line, name: name, typ: typ, doc: strings.TrimPrefix(doc, "# "), optional: optional}
}

// nilable is the type of a field that may be absent.
func (t luaTag) nilable() string {
	if t.optional {
		return t.typ + "|nil"
	}
	return t.typ
}

// resultDoc leaves out the name that LuaLS allows before "#".
func resultDoc(doc string) string {
	if name, rest, ok := strings.Cut(doc, "#"); ok && !strings.Contains(strings.TrimSpace(name), " ") {
		return strings.TrimSpace(rest)
	}
	return doc
}

// cutType takes the type off the front of text: it ends at a blank outside of
// brackets and quotes that no operator of the notation stands beside.
func cutType(text string) (typ, rest string) {
	depth := 0
	var quote byte
	for i := range len(text) {
		switch c := text[i]; {
		case quote != 0:
			if c == quote {
				quote = 0
			}
		case c == '"' || c == '\'':
			quote = c
		case strings.IndexByte("([{<", c) >= 0:
			depth++
		case strings.IndexByte(")]}>", c) >= 0:
			depth--
		case c == ' ' && depth == 0:
			before, after := text[i-1], strings.TrimLeft(text[i:], " ")
			if before == '|' || before == ':' || before == ',' || strings.HasPrefix(after, "|") || strings.HasPrefix(after, ": ") {
				continue
			}
			return text[:i], after
		}
	}
	return text, ""
}
