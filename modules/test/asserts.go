package test

import (
	"fmt"
	"math"
	"regexp"
	"strings"

	"github.com/gscript-lang/gscript/engine"
	"github.com/gscript-lang/gscript/engine/inspect"
	"github.com/gscript-lang/gscript/modules/test/report"
)

type twoIn struct {
	Got     engine.Value `lua:"got,arg" doc:"what came out"`
	Want    engine.Value `lua:"want,arg" doc:"what it is compared with"`
	Message string       `lua:"message,arg" doc:"what to say first if they are not so"`
}

type oneIn struct {
	Got     engine.Value `lua:"got,arg" doc:"what came out"`
	Message string       `lua:"message,arg" doc:"what to say first if it is not so"`
}

type nearIn struct {
	Got     engine.Value `lua:"got,arg" doc:"a number, or a table of numbers"`
	Want    engine.Value `lua:"want,arg" doc:"what it is compared with"`
	Delta   *float64     `lua:"delta,opt" doc:"how far apart they may be"`
	Places  *int         `lua:"places,opt" doc:"how many decimal places must be the same; 7 where nothing is said"`
	Rel     *float64     `lua:"rel,opt" doc:"how far apart they may be, as a part of the greater one: 1e-6"`
	Message string       `lua:"message,opt" doc:"what to say first if they are not so"`
}

type matchesIn struct {
	Got     engine.Value `lua:"got,arg" doc:"a text"`
	Pattern string       `lua:"pattern,arg" doc:"a regular expression of RE2, which is looked for anywhere in the text"`
	Message string       `lua:"message,arg" doc:"what to say first if it is not so"`
}

// comparer is what test.comparer has given.
type comparer struct{ is, equal *engine.Func }

func show(v engine.Value) string {
	return inspect.Sprint(v, inspect.Options{Depth: 6, Items: 50, Text: 2000})
}

// failed is the error of an assert whose values are told.
func (t *T) failed(c *engine.Call, message, text string, diff string, values ...report.Value) error {
	if message != "" {
		text = message + "\n" + text
	}
	fields := map[string]any{}
	if diff != "" {
		fields["diff"] = diff
	}
	if len(values) > 0 {
		fields["values"] = values
	}
	if frames := c.Spot().Frames(8); t.Config().Locals {
		for _, f := range frames {
			if !f.Native && f.Source != "" {
				var locals []report.Value
				for _, v := range f.Locals() {
					locals = append(locals, report.Value{Name: v.Name, Value: inspect.Sprint(v.Value, inspect.Options{Depth: 2, Items: 10, Width: -1, Text: 100})})
				}
				fields["locals"] = locals
				break
			}
		}
	}
	return Failure(text, fields)
}

// equality is how the test compares values.
func (t *T) equality(c *engine.Call) inspect.Compare {
	o := inspect.Compare{}
	if list := t.suite.comparers; len(list) > 0 {
		o.Eq = func(a, b engine.Value) (equal, decided bool) {
			for _, each := range list {
				if truth(c, each.is, a) && truth(c, each.is, b) {
					return truth(c, each.equal, a, b), true
				}
			}
			return false, false
		}
	}
	return o
}

// truth calls a function and says whether it gives something true.
func truth(c *engine.Call, fn *engine.Func, args ...engine.Value) bool {
	list := make([]any, len(args))
	for i, a := range args {
		list[i] = a
	}
	out, err := fn.CallRaw(c.Context(), list...)
	return err == nil && len(out) > 0 && isTrue(out[0])
}

func isTrue(v engine.Value) bool {
	b, ok := v.Bool()
	return v.Type() != "nil" && (!ok || b)
}

// mostDifferences are counted; fewer are shown.
const mostDifferences = 10_000

func difference(want, got engine.Value, o inspect.Compare) string {
	o.Limit = mostDifferences
	found := inspect.Diff(want, got, o)
	text := strings.TrimRight(inspect.Render(found, inspect.Style{A: "wanted", B: "got"}), "\n")
	if len(found) >= mostDifferences {
		text += " at least"
	}
	return text
}

func (t *T) eq(c *engine.Call, in twoIn) (engine.None, error) {
	o := t.equality(c)
	if in.Got.Same(in.Want) || inspect.Equal(in.Want, in.Got, o) {
		return engine.None{}, nil
	}
	if in.Got.IsTable() || in.Want.IsTable() || isText(in.Got) && isText(in.Want) {
		return engine.None{}, t.failed(c, in.Message, "the values differ", difference(in.Want, in.Got, o))
	}
	return engine.None{}, t.failed(c, in.Message, fmt.Sprintf("got %s, want %s", show(in.Got), show(in.Want)), "")
}

// isText says that a value is a text of several lines.
func isText(v engine.Value) bool {
	text, ok := v.Text()
	return ok && v.Type() == "string" && strings.Contains(text, "\n")
}

func (t *T) ne(c *engine.Call, in twoIn) (engine.None, error) {
	if !inspect.Equal(in.Want, in.Got, t.equality(c)) {
		return engine.None{}, nil
	}
	return engine.None{}, t.failed(c, in.Message, "got "+show(in.Got)+", want anything else", "")
}

func (t *T) same(c *engine.Call, in twoIn) (engine.None, error) {
	if in.Got.Same(in.Want) {
		return engine.None{}, nil
	}
	text := fmt.Sprintf("got %s, want %s itself", show(in.Got), show(in.Want))
	if inspect.Equal(in.Got, in.Want, inspect.Compare{}) {
		text = "these are equal, but two values: " + show(in.Got)
	}
	return engine.None{}, t.failed(c, in.Message, text, "")
}

// holds declares the handler of an assert about one value.
func holds(want string, is func(v engine.Value) bool) func(t *T, c *engine.Call, in oneIn) (engine.None, error) {
	return func(t *T, c *engine.Call, in oneIn) (engine.None, error) {
		if is(in.Got) {
			return engine.None{}, nil
		}
		return engine.None{}, t.failed(c, in.Message, "got "+show(in.Got)+", want "+want, "")
	}
}

// ordered declares the handler of an assert about the order of two values.
func ordered(sign string, is func(order int) bool) func(t *T, c *engine.Call, in twoIn) (engine.None, error) {
	return func(t *T, c *engine.Call, in twoIn) (engine.None, error) {
		order, ok := compare(in.Got, in.Want)
		if !ok {
			return engine.None{}, t.failed(c, in.Message, fmt.Sprintf("%s and %s have no order: want two numbers or two strings", show(in.Got), show(in.Want)), "")
		}
		if is(order) {
			return engine.None{}, nil
		}
		return engine.None{}, t.failed(c, in.Message, fmt.Sprintf("got %s, want %s %s", show(in.Got), sign, show(in.Want)), "")
	}
}

func compare(a, b engine.Value) (order int, ok bool) {
	if a.Type() != b.Type() {
		return 0, false
	}
	switch a.Type() {
	case "number":
		x, _ := a.Number()
		y, _ := b.Number()
		switch {
		case x < y:
			return -1, true
		case x > y:
			return 1, true
		}
		return 0, x == y
	case "string":
		x, _ := a.Text()
		y, _ := b.Text()
		return strings.Compare(x, y), true
	}
	return 0, false
}

func (t *T) near(c *engine.Call, in nearIn) (engine.None, error) {
	o := inspect.Compare{Tolerance: 0.5e-7}
	switch {
	case in.Delta != nil:
		o.Tolerance = *in.Delta
	case in.Places != nil:
		o.Tolerance = 0.5 * math.Pow(10, -float64(*in.Places))
	case in.Rel != nil:
		o.Tolerance = 0
	}
	if in.Rel != nil {
		o.Relative = *in.Rel
	}
	if inspect.Equal(in.Want, in.Got, o) {
		return engine.None{}, nil
	}
	allowed := "within " + engine.FormatNumber(o.Tolerance)
	if in.Rel != nil {
		allowed = "within " + engine.FormatNumber(o.Relative) + " of its size"
	}
	if in.Got.IsTable() || in.Want.IsTable() {
		return engine.None{}, t.failed(c, in.Message, "the values differ, "+allowed, difference(in.Want, in.Got, o))
	}
	return engine.None{}, t.failed(c, in.Message, fmt.Sprintf("got %s, want %s %s", show(in.Got), show(in.Want), allowed), "")
}

func (t *T) matches(c *engine.Call, in matchesIn) (engine.None, error) {
	re, err := regexp.Compile(in.Pattern)
	if err != nil {
		return engine.None{}, engine.Invalid("the pattern is no regular expression: %v", err)
	}
	text, ok := in.Got.Text()
	if ok && re.MatchString(text) {
		return engine.None{}, nil
	}
	return engine.None{}, t.failed(c, in.Message, fmt.Sprintf("got %s, want a text that matches %q", show(in.Got), in.Pattern), "")
}

func (t *T) contains(c *engine.Call, in twoIn) (engine.None, error) {
	want := show(in.Want)
	switch {
	case in.Got.Type() == "string":
		text, _ := in.Got.Text()
		if part, ok := in.Want.Text(); ok && strings.Contains(text, part) {
			return engine.None{}, nil
		}
		return engine.None{}, t.failed(c, in.Message, fmt.Sprintf("%s is not part of the text %s", want, show(in.Got)), "")
	case in.Got.IsTable():
		o := t.equality(c)
		for k, item := range in.Got.Entries() {
			if inspect.Equal(in.Want, item, o) || !in.Got.OnlyList() && in.Want.Same(k) {
				return engine.None{}, nil
			}
		}
		return engine.None{}, t.failed(c, in.Message, fmt.Sprintf("%s is neither a value nor a key of %s", want, show(in.Got)), "")
	}
	return engine.None{}, t.failed(c, in.Message, "got "+show(in.Got)+", want a table or a text that contains "+want, "")
}

func (t *T) isA(c *engine.Call, in twoIn) (engine.None, error) {
	if name, ok := in.Want.Text(); ok && in.Want.Type() == "string" {
		if got := in.Got.Type(); got == name || in.Got.Describe() == name || strings.HasSuffix(in.Got.Describe(), " "+name) {
			return engine.None{}, nil
		}
		return engine.None{}, t.failed(c, in.Message, fmt.Sprintf("got %s, which is %s, want a %s", show(in.Got), in.Got.Describe(), name), "")
	}
	if !in.Want.IsTable() {
		return engine.None{}, engine.Invalid("is_a takes the name of a type or a class, not %s", in.Want.Describe())
	}
	at := in.Got.Metatable()
	for range 100 {
		if !at.IsTable() {
			break
		}
		if at.Same(in.Want) || at.Field("__index").Same(in.Want) {
			return engine.None{}, nil
		}
		if next := at.Field("__index"); next.IsTable() && next.Metatable().IsTable() {
			at = next.Metatable()
		} else {
			at = at.Metatable()
		}
	}
	return engine.None{}, t.failed(c, in.Message, "got "+show(in.Got)+", which is no instance of the class", "")
}

func (t *T) sameItems(c *engine.Call, in twoIn) (engine.None, error) {
	if !in.Got.IsTable() || !in.Want.IsTable() {
		return engine.None{}, t.failed(c, in.Message, fmt.Sprintf("got %s and %s, want two lists", show(in.Got), show(in.Want)), "")
	}
	o := t.equality(c)
	var extra []string
	missing := map[int]bool{}
	for i := 1; i <= in.Want.Len(); i++ {
		missing[i] = true
	}
next:
	for i := 1; i <= in.Got.Len(); i++ {
		item := in.Got.Index(i)
		for j := 1; j <= in.Want.Len(); j++ {
			if missing[j] && inspect.Equal(in.Want.Index(j), item, o) {
				delete(missing, j)
				continue next
			}
		}
		extra = append(extra, "+ "+show(item))
	}
	if len(extra) == 0 && len(missing) == 0 {
		return engine.None{}, nil
	}
	var lines []string
	for j := 1; j <= in.Want.Len(); j++ {
		if missing[j] {
			lines = append(lines, "- "+show(in.Want.Index(j)))
		}
	}
	return engine.None{}, t.failed(c, in.Message, "the lists do not hold the same items", strings.Join(append(lines, extra...), "\n"))
}

func (t *T) linesEqual(c *engine.Call, in twoIn) (engine.None, error) {
	got, ok1 := in.Got.Text()
	want, ok2 := in.Want.Text()
	if !ok1 || !ok2 {
		return engine.None{}, t.failed(c, in.Message, fmt.Sprintf("got %s and %s, want two texts", show(in.Got), show(in.Want)), "")
	}
	if got == want {
		return engine.None{}, nil
	}
	return engine.None{}, t.failed(c, in.Message, "the texts differ", strings.TrimRight(inspect.Unified(want, got), "\n"))
}
