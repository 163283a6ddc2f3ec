package repl

import (
	"errors"
	"strings"
	"testing"

	"go.uber.org/goleak"

	"github.com/gscript-lang/gscript/engine"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func newCompiler(t *testing.T) compiler {
	t.Helper()
	s := engine.New(engine.Options{Trusted: true}).NewState(t.Context())
	t.Cleanup(func() { s.Close() })
	return compiler{check: s.NewSession("").Check, name: "test"}
}

func TestReady(t *testing.T) {
	t.Parallel()
	c := newCompiler(t)
	for text, want := range map[string]bool{
		"":                        true,
		"x":                       true,
		"x = 1":                   true,
		"1 +":                     false,
		"x =":                     false,
		"f(":                      false,
		"{":                       false,
		"if x then":               false,
		"if x then y() else":      false,
		"function f()":            false,
		"function f() end":        true,
		"repeat":                  false,
		"[[long":                  false,
		"x = [==[ ]] ":            false,
		"--[[ note":               false,
		"-- note":                 true,
		`x = "a\`:                 false,
		`"open`:                   true, // wrong, and no more text makes it right
		"foo bar":                 true,
		"foo bar(":                true,
		":load x":                 true,
		"?x":                      true,
		"::again:: goto":          false,
		"return":                  true,
		"x = 1\nx +":              false,
		"for i=1,2 do\nx()\nend":  true,
		"print(1))":               true,
		"local function f(a, b":   false,
		"a.b.c:d{x=1, y={":        false,
		"x = function() return 1": false,
	} {
		if got := c.ready(text); got != want {
			t.Errorf("ready(%q) is %v", text, got)
		}
	}
}

func TestUnits(t *testing.T) {
	t.Parallel()
	c := newCompiler(t)
	for _, tt := range []struct {
		text string
		want []string // the sources, commands as they are
	}{
		{"1 + 1", []string{"return 1 + 1"}},
		{"x = 1", []string{"x = 1"}},
		{"f()", []string{"return f()"}},
		{"x = 1\nx", []string{"x = 1", "\nreturn x"}},
		{"local s = 'a'\n  .. 'b'\ns", []string{"      s = 'a'\n  .. 'b'", "\n\nreturn s"}},
		{"do\nx = 1\n\nend\n\nx", []string{"do\nx = 1\n\nend", "\n\n\n\n\nreturn x"}},
		{"?x\n:time 1\n2", []string{"?x", ":time 1", "\n\nreturn 2"}},
		{"1\nfoo bar\n2", nil},
		{"1\nf(", nil},
	} {
		list, err := c.units(tt.text)
		var got []string
		for _, u := range list {
			got = append(got, u.command+u.piece.Source)
		}
		if strings.Join(got, "|") != strings.Join(tt.want, "|") || (err != nil) != (tt.want == nil) {
			t.Errorf("units(%q): %q, %v", tt.text, got, err)
		}
	}
}

func TestExpose(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ text, source, vars string }{
		{"local x = 1", "      x = 1", "x"},
		{"local x", "      x = nil", "x"},
		{"local a, b\nlocal c", "      a, b = nil\n      c = nil", "a b c"},
		{"local a, b = f()", "      a, b = f()", "a b"},
		{"local function f() local y = 1 end", "      function f() local y = 1 end", "f"},
		{"do local x = 1 end", "do local x = 1 end", ""},
		{"for i = 1, 2 do local x = i end local z = 2", "for i = 1, 2 do local x = i end       z = 2", "z"},
		{"if a then local b elseif c then local d else local e end", "if a then local b elseif c then local d else local e end", ""},
		{"repeat local x until x local y", "repeat local x until x       y = nil", "y"},
		{"while a do local b end local c = function() local d end", "while a do local b end       c = function() local d end", "c"},
		{"x = 'local y' -- local z", "x = 'local y' -- local z", ""},
		{"x = [[local y]] --[[ local z ]] local w", "x = [[local y]] --[[ local z ]]       w = nil", "w"},
		{"local", "local", ""},
		{"local x,", "local x,", ""},
		{"local ä", "local ä", ""},
	} {
		source, vars := expose(tt.text)
		if source != tt.source || strings.Join(vars, " ") != tt.vars {
			t.Errorf("expose(%q): %q, %q", tt.text, source, vars)
		}
	}
}

// TestSyntaxPlace checks that of the two ways to read a text the error is told
// that is further in it.
func TestSyntaxPlace(t *testing.T) {
	t.Parallel()
	c := newCompiler(t)
	for text, want := range map[string]int{"1 + * 2": 5, "x = = 3": 5, "foo bar": 7, "f(1, )": 6} {
		_, err := c.units(text)
		var e *engine.Error
		if !errors.As(err, &e) {
			t.Errorf("%q: %v", text, err)
		} else if e.Fields["column"] != want {
			t.Errorf("%q: column %v, want %d", text, e.Fields["column"], want)
		}
	}
}

// FuzzTyped checks that every half-typed text is coloured and read.
func FuzzTyped(f *testing.F) {
	for _, text := range []string{"x = 'a\\", "[==[", "--[[", "1e+5 .. ...", "::a::", "local x, y"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		runes := []rune(text)
		if n := len(style(runes)); n != len(runes) {
			t.Fatalf("%d styles for %d runes", n, len(runes))
		}
		expose(text)
	})
}
