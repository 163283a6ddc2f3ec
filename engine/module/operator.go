package module

import (
	"reflect"
	"slices"
	"strings"
)

// Operator is what an operator does with the values of a type. Either operand
// of one that takes two may be the value.
type Operator struct {
	Event    string // the metamethod: "__add"
	Doc      string
	Out      reflect.Type
	Lua      string // the result's type, of an operator that comments declare
	Operand  string // the Lua type of the other operand; "" where it is the type itself
	Kinds    []*Kind
	Examples []string

	// Adapter is the engine's: it decodes and calls.
	Adapter any
}

func (o *Operator) memberOf(t *Type) { t.Operators = append(t.Operators, o) }

// With names the Lua type of the other operand.
func (o *Operator) With(operand string) *Operator {
	o.Operand = operand
	return o
}

// Raises names the error kinds that the operator raises.
func (o *Operator) Raises(kinds ...*Kind) *Operator {
	o.Kinds = append(o.Kinds, kinds...)
	return o
}

// Example adds a piece of Lua that shows the operator. The conformance test runs
// it.
func (o *Operator) Example(code string) *Operator {
	o.Examples = append(o.Examples, strings.TrimSpace(dedent(code)))
	return o
}

// notations are the operators that Lua asks a userdata for.
var notations = []struct{ event, written, stub string }{
	{"__add", "a + b", "add"},
	{"__sub", "a - b", "sub"},
	{"__mul", "a * b", "mul"},
	{"__div", "a / b", "div"},
	{"__mod", "a % b", "mod"},
	{"__pow", "a ^ b", "pow"},
	{"__unm", "-a", "unm"},
	{"__len", "#a", "len"},
	{"__concat", "a .. b", "concat"},
	{"__eq", "a == b", ""}, // editors take comparisons for granted
	{"__lt", "a < b", ""},
	{"__le", "a <= b", ""},
	{"__index", "a[i]", ""},
	{"__newindex", "a[i] = b", ""},
	{"__call", "a(…)", ""},
}

// Notation is the operator as scripts write it, "" for an event that Lua does
// not know.
func (o *Operator) Notation() string {
	for _, n := range notations {
		if n.event == o.Event {
			return n.written
		}
	}
	return ""
}

// Unary says that the operator takes one operand.
func (o *Operator) Unary() bool { return o.Event == "__unm" || o.Event == "__len" }

// operand is the Lua type of the other operand.
func (o *Operator) operand(t *Type) string {
	switch {
	case o.Unary():
		return ""
	case o.Operand != "":
		return o.Operand
	}
	return t.Name
}

// result is the Lua type of what the operator makes.
func (o *Operator) result(m *Module) string {
	if o.Lua != "" || o.Out == nil {
		return o.Lua
	}
	return goType(o.Out, m, true)
}

// rows are the operators of a type for a table: notation, type of b, result, doc.
func operatorRows(t *Type, m *Module) [][]string {
	var rows [][]string
	for _, o := range t.Operators {
		rows = append(rows, []string{o.Notation(), o.operand(t), o.result(m), strings.Join(strings.Fields(o.Doc), " ")})
	}
	return rows
}

// operatorExamples joins the examples of a type's operators; what each of them
// requires is said once.
func operatorExamples(t *Type) string {
	var lines []string
	for _, o := range t.Operators {
		for _, example := range o.Examples {
			for line := range strings.SplitSeq(example, "\n") {
				if !strings.Contains(line, "require") || !slices.Contains(lines, line) {
					lines = append(lines, line)
				}
			}
		}
	}
	return strings.Join(lines, "\n")
}

// annotation is the operator in a stub, "" where stubs have no word for it.
func (o *Operator) annotation(t *Type, m *Module) string {
	for _, n := range notations {
		if n.event != o.Event || n.stub == "" {
			continue
		}
		operand := o.operand(t)
		if operand != "" {
			operand = "(" + operand + ")"
		}
		return "---@operator " + n.stub + operand + ": " + o.result(m)
	}
	return ""
}

// operators checks the declarations of a type's operators.
func (c *checker) operators(t *Type) {
	var events []string
	for _, o := range t.Operators {
		where := t.Name + " " + o.Event
		events = append(events, o.Event)
		if o.Notation() == "" {
			c.fail(where, "Lua has no such operator")
		}
		c.doc(where, o.Doc)
		if len(o.Examples) == 0 && (o.Lua == "" || operatorExamples(t) == "") {
			c.fail(where, "has no example")
		}
		c.declared(where, o.Kinds)
	}
	c.unique(t.Name, events)
}
