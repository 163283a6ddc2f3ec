package inspect_test

import (
	"strings"
	"testing"

	"github.com/gscript-lang/gscript/engine"
	"github.com/gscript-lang/gscript/engine/inspect"
)

func TestDiff(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name, source string
		o            inspect.Compare
		want         string
	}{
		{"equal", "given({1, {a='x'}, k={}}, {1, {a='x'}, k={}})", inspect.Compare{}, ""},
		{"top", "given(1, '1')", inspect.Compare{}, "1 (a number) → \"1\" (a string)\n"},
		{"nil", "given(nil, {})", inspect.Compare{}, "nil → {}\n"},
		{"nested", "given({users={{name='ann'}, {name='bob', age=3}}}, {users={{name='ann'}, {name='bo', age=3}}})", inspect.Compare{},
			".users[2].name: \"bob\" → \"bo\"\n"},
		{"missing and extra", "given({a=1, b=2}, {a=1, ['b c']={x=1}})", inspect.Compare{}, ".b: only in a: 2\n[\"b c\"]: only in b: {x = 1}\n"},
		{"lists", "given({1, 2}, {1, 3, 4})", inspect.Compare{}, "[2]: 2 → 3\n[3]: only in b: 4\n"},
		{"list and far index", "given({1}, {1, [50]=2})", inspect.Compare{}, "[50]: only in b: 2\n"},
		{"order", "given({z=1, [2.5]=1, a={1, {c=1}}, [true]=1}, {})", inspect.Compare{}, "[2.5]: only in a: 1\n.a: only in a: {1, {c = 1}}\n.z: only in a: 1\n[true]: only in a: 1\n"},
		{"deep first", "given({a={x=1,y=1}, b=1}, {a={x=2,y=2}, b=2})", inspect.Compare{}, ".a.x: 1 → 2\n.a.y: 1 → 2\n.b: 1 → 2\n"},
		{"types", "given({a={}}, {a=1})", inspect.Compare{}, ".a: {} → 1 (a number)\n"},
		{"exact", "given(0.1+0.2, 0.3)", inspect.Compare{}, "0.30000000000000004 → 0.29999999999999999\n"},
		{"tolerance", "given({0.1+0.2}, {0.3})", inspect.Compare{Tolerance: 1e-9}, ""},
		{"relative", "given({1e20}, {1e20+1e10})", inspect.Compare{Relative: 1e-9}, ""},
		{"infinity", "given({1/0, -1/0}, {1/0, 1/0})", inspect.Compare{Tolerance: 1, Relative: 1}, "[2]: -inf → inf\n"},
		{"not a number", "given({0/0}, {0/0})", inspect.Compare{}, "[1]: nan → nan\n"},
		{"not a number equals itself", "given({0/0}, {0/0})", inspect.Compare{NaN: true}, ""},
		{"cycles", "local a, b = {}, {} a.x, b.x = a, b given(a, b)", inspect.Compare{}, ""},
		{"cycle of another length", "local a, b, c = {}, {}, {} a.x = a b.x = c c.x = b given(a, b)", inspect.Compare{}, ""},
		{"cycle and none", "local a, b = {}, {x={}} a.x = a given(a, b)", inspect.Compare{}, ".x.x: only in a: {x = <cycle to the top>}\n"},
		{"metatables", "given(setmetatable({1}, {}), {1})", inspect.Compare{}, ""},
		{"metatables count", "given(setmetatable({1}, {}), {1})", inspect.Compare{Metatables: true}, "the metatables differ\n"},
		{"__eq is not called", "local m = {__eq=error} given(setmetatable({1}, m), setmetatable({2}, m))", inspect.Compare{}, "[1]: 1 → 2\n"},
		{"functions", "local f = function() end given({f, f}, {f, print})", inspect.Compare{}, "[2]: function <test.lua:3> → function <native>\n"},
		{"tables as keys", "local k = {} given({[k]=1, [{}]=2}, {[k]=1})", inspect.Compare{}, "[<table>]: only in a: 2\n"},
		{"keys without order", "local k, l = {}, {} given({[k]=1, [l]=2}, {[l]=2, [k]=1})", inspect.Compare{}, ""},
		{"booleans as keys", "given({[true]=1, [false]=2}, {[false]=2, [true]=1})", inspect.Compare{}, ""},
		{"null", "given({probe.null()}, {probe.null()})", inspect.Compare{}, ""},
		{"errors", "local _, a = pcall(probe.fail) local _, b = pcall(probe.fail) given(a, b)", inspect.Compare{}, ""},
		{"sets", "local m = {__members='m'} given(setmetatable({m={a=true}}, m), setmetatable({m={a=true, b=true}}, m))", inspect.Compare{}, ".b: only in b: true\n"},
		{"a set and a table", "given(setmetatable({m={a=true}}, {__members='m'}), {a=true})", inspect.Compare{}, "{\"a\"} → {a = true}\n"},
		{"limit", "given({1,2,3}, {2,3,4})", inspect.Compare{Limit: 2}, "[1]: 1 → 2\n[2]: 2 → 3\n"},
		{"long", "given({a=('x'):rep(50)}, {a=('y'):rep(50)})", inspect.Compare{}, ".a:\n  a: \"" + strings.Repeat("x", 50) + "\"\n  b: \"" + strings.Repeat("y", 50) + "\"\n"},
		{"lines", `given({t="a\nb\nc"}, {t="a\nB\nc"})`, inspect.Compare{}, ".t: the lines differ (- a, + b)\n  @@ -1,3 +1,3 @@\n   a\n  -b\n  +B\n   c\n  \\ no line break at the end\n"},
	} {
		given(t, tt.source, func(_ *engine.Call, v []engine.Value) {
			var a, b engine.Value
			if len(v) > 0 {
				a = v[0]
			}
			if len(v) > 1 {
				b = v[1]
			}
			if got := inspect.Render(inspect.Diff(a, b, tt.o), inspect.Style{}); got != tt.want {
				t.Errorf("%s:\n%s\nwant\n%s", tt.name, got, tt.want)
			}
			if got := inspect.Equal(a, b, tt.o); got != (tt.want == "") {
				t.Errorf("%s: Equal is %v", tt.name, got)
			}
			if back := inspect.Equal(b, a, tt.o); back != (tt.want == "") {
				t.Errorf("%s: Equal the other way round is %v", tt.name, back)
			}
		})
	}
}

func TestCompareAsksEq(t *testing.T) {
	t.Parallel()
	given(t, "local m = {__eq=function(a, b) return a.id == b.id end} given({setmetatable({id=1, n=1}, m)}, {setmetatable({id=1, n=2}, m)})", func(c *engine.Call, v []engine.Value) {
		o := inspect.Compare{Eq: func(a, b engine.Value) (equal, decided bool) {
			fn := c.Callable(a.Metatable().Field("__eq"))
			if fn == nil {
				return false, false
			}
			r, err := c.Invoke(fn, a, b)
			return r == true, err == nil
		}}
		if !inspect.Equal(v[0], v[1], o) || len(inspect.Diff(v[0], v[1], o)) > 0 {
			t.Error("__eq was not asked")
		}
		if inspect.Equal(v[0], v[1], inspect.Compare{}) {
			t.Error("without it they are equal")
		}
	})
}

// Comparing values that are large, deep or have more paths than can be walked
// comes to an end.
func TestCompareIsBounded(t *testing.T) {
	t.Parallel()
	for _, source := range []string{
		"local function make() local t = {} for i = 1, 5e4 do t[i] = {i} t['k'..i] = i end return t end given(make(), make())",
		"local function make() local t = {} for i = 1, 1e5 do t = {t} end return t end given(make(), make())",
		"local function make() local t = {} for i = 1, 200 do t = {t, t, t} end return t end given(make(), make())",
	} {
		given(t, source, func(_ *engine.Call, v []engine.Value) {
			if !inspect.Equal(v[0], v[1], inspect.Compare{}) {
				t.Error("unequal:", source)
			}
			if d := inspect.Diff(v[0], v[1], inspect.Compare{}); len(d) > 0 {
				t.Error(inspect.Render(d, inspect.Style{}))
			}
		})
	}
}

func TestRenderStyle(t *testing.T) {
	t.Parallel()
	given(t, "given({a=1, b=2, c=3}, {a=2, b='x', d=4})", func(_ *engine.Call, v []engine.Value) {
		got := inspect.Render(inspect.Diff(v[0], v[1], inspect.Compare{}), inspect.Style{A: "expected", B: "got", Items: 3})
		want := ".a:\n  expected: 1\n  got:      2\n.b:\n  expected: 2 (a number)\n  got:      \"x\" (a string)\n.c: only in expected: 3\n… 1 more\n"
		if got != want {
			t.Errorf("%s\nwant\n%s", got, want)
		}
		got = inspect.Render(inspect.Diff(v[0], v[1], inspect.Compare{Limit: 1}), inspect.Style{Color: true})
		if got != ".a: \x1b[31m1\x1b[0m → \x1b[32m2\x1b[0m\n" {
			t.Errorf("%q", got)
		}
	})
}
