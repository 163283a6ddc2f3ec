package inspect_test

import (
	"strings"
	"testing"

	"github.com/gscript-lang/gscript/engine"
	"github.com/gscript-lang/gscript/engine/inspect"
)

func sprint(t testing.TB, source string, o inspect.Options) (text string) {
	t.Helper()
	given(t, source, func(_ *engine.Call, v []engine.Value) { text = inspect.Sprint(v[0], o) })
	return text
}

func TestSprint(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name, source string
		o            inspect.Options
		want         string
	}{
		{"nil", "given(nil)", inspect.Options{}, "nil"},
		{"number", "given(0.1)", inspect.Options{}, "0.1"},
		{"not a number", "given({0/0, -1/0, -0.0})", inspect.Options{}, "{nan, -inf, -0}"},
		{"string", `given("a\"b\\c\n\t\r\0é\200\0261")`, inspect.Options{}, `"a\"b\\c\n\t\r\000é\200\0261"`},
		{"invisible", `given("a\226\128\174b")`, inspect.Options{}, `"a\226\128\174b"`},
		{"long string", `given(("é"):rep(10))`, inspect.Options{Text: 5}, `"éé" … 16 more bytes`},
		{"empty", "given({})", inspect.Options{}, "{}"},
		{"list", "given({1, 'a', true})", inspect.Options{}, `{1, "a", true}`},
		{"hole", "given({1, nil, 3})", inspect.Options{}, `{1, nil, 3}`},
		{"far index", "given({1, [2000]=3})", inspect.Options{}, `{1, [2000] = 3}`},
		{"keys", "given({b=1, a=2, [2.5]=3, [-1]=4, ['x y']=5, ['end']=6, [true]=7, [false]=8, 'one'})", inspect.Options{Width: 200},
			`{"one", [-1] = 4, [2.5] = 3, a = 2, b = 1, ["end"] = 6, ["x y"] = 5, [false] = 8, [true] = 7}`},
		{"indented", "given({name='ann', tags={'x','y'}, more={a={b=1}}})", inspect.Options{Width: 30},
			"{\n  more = {a = {b = 1}},\n  name = \"ann\",\n  tags = {\"x\", \"y\"}\n}"},
		{"a comma does not fit", "given({a={1,2}, b={3,4}})", inspect.Options{Width: 13}, "{\n  a = {1, 2},\n  b = {3, 4}\n}"},
		{"just fits", "given({a={12,2}})", inspect.Options{Width: 13}, "{a = {12, 2}}"},
		{"filled", "local t = {} for i = 1, 12 do t[i] = i end given(t)", inspect.Options{Width: 14},
			"{\n  1, 2, 3, 4,\n  5, 6, 7, 8,\n  9, 10, 11,\n  12\n}"},
		{"one line", "given({name=('x'):rep(100)})", inspect.Options{Width: -1}, `{name = "` + strings.Repeat("x", 100) + `"}`},
		{"items", "given({1,2,3,4,5,a=1})", inspect.Options{Items: 2}, "{1, 2, … 4 more}"},
		{"depth", "given({a={b={c={}}}, e={f=1}, g={h={}}})", inspect.Options{Depth: 2}, "{a = {b = {…}}, e = {f = 1}, g = {h = {}}}"},
		{"cycle", "local t = {a={}} t.a.b = t t.a.c = t.a given(t)", inspect.Options{}, "{a = {b = <cycle to the top>, c = <cycle to .a>}}"},
		{"cycle through a list", "local t = {{x={}}} t[1].x['y z'] = t[1] given(t)", inspect.Options{}, `{{x = {["y z"] = <cycle to [1]>}}}`},
		{"shared", "local s = {1} given({s, s})", inspect.Options{}, "{{1}, {1}}"},
		{"function", "given(function() end)", inspect.Options{}, "function <test.lua:3>"},
		{"native", "given(print)", inspect.Options{}, "function <native>"},
		{"thread", "given(coroutine.create(print))", inspect.Options{}, "<thread>"},
		{"handle", "given(io.stdout)", inspect.Options{}, "file stdout"},
		{"error", "local _, e = pcall(probe.fail) given(e)", inspect.Options{}, `error <args.invalid: no such\nthing>`},
		{"null", "given(probe.null())", inspect.Options{}, "null"},
		{"table as a key", "given({[{}]=1})", inspect.Options{}, "{[<table>] = 1}"},
		{"class", "given(setmetatable({x=1}, {__name='shape.Point'}))", inspect.Options{}, "shape.Point {x = 1}"},
		{"hostile name", "given(setmetatable({x=1}, {__name='a\\nb'}))", inspect.Options{}, "{x = 1}"},
		{"set", "given(setmetatable({_held={b=true, [2]=true}}, {__name='set', __members='_held'}))", inspect.Options{}, `set {2, "b"}`},
		{"metamethods", "given(setmetatable({1}, {__tostring=error, __index=error, __len=error, __pairs=error, __metatable=1}))", inspect.Options{}, "{1}"},
		{"colour", "given({a=1})", inspect.Options{Color: true}, "{\x1b[1ma\x1b[0m = \x1b[33m1\x1b[0m}"},
	} {
		if got := sprint(t, tt.source, tt.o); got != tt.want {
			t.Errorf("%s:\n%s\nwant\n%s", tt.name, got, tt.want)
		}
	}
}

func TestSprintCallsTostringWhenTold(t *testing.T) {
	t.Parallel()
	given(t, "given({setmetatable({}, {__tostring=function() return 'me' end}), {}})", func(c *engine.Call, v []engine.Value) {
		o := inspect.Options{Tostring: func(v engine.Value) (string, bool) {
			s, err := c.Invoke(c.Callable(v.Metatable().Field("__tostring")), v)
			text, ok := s.(string)
			return text, err == nil && ok
		}}
		if got := inspect.Sprint(v[0], o); got != "{me, {}}" {
			t.Error(got)
		}
	})
}

// What is shown of values that are large, deep or have more paths than memory
// has room for is bounded.
func TestSprintIsBounded(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name, source string
		o            inspect.Options
		most         int
	}{
		{"large", "local t = {} for i = 1, 1e5 do t[i] = i t['k'..i] = i end given(t)", inspect.Options{}, 1000},
		{"deep", "local t = {} for i = 1, 3e4 do t = {t} end given(t)", inspect.Options{}, 100},
		{"deep without a bound", "local t = {} for i = 1, 3e4 do t = {t} end given(t)", inspect.Options{Depth: -1, Width: -1}, 2100},
		{"deep, indented", "local t = {} for i = 1, 200 do t = {x=t} end given(t)", inspect.Options{Depth: -1}, 200_000},
		{"many paths", "local t = {} for i = 1, 100 do t = {t, t, t} end given(t)", inspect.Options{}, 1 << 20},
		{"many paths without a bound", "local t = {} for i = 1, 100 do t = {t, t} end given(t)", inspect.Options{Depth: -1, Items: -1, Width: -1}, 8 << 20},
	} {
		if got := len(sprint(t, tt.source, tt.o)); got > tt.most {
			t.Errorf("%s: %d bytes", tt.name, got)
		}
	}
}

// Values of plain data read back as they were.
func FuzzSprintReadsBack(f *testing.F) {
	f.Add("a\x00b\n\"\\é\xff", 0.1, 30)
	f.Add("end", 1e300, 1)
	f.Fuzz(func(t *testing.T, s string, n float64, width int) {
		if n != n || n-n != 0 {
			return // nan and inf are names of nothing
		}
		e := engine.New(engine.Options{Modules: []engine.Entry{engine.Provide(&engine.Module{Name: "probe", Doc: "Shows.", Funcs: []*engine.Function{
			engine.Fn("sprint", "Show.", func(_ *engine.Call, in givenIn) (string, error) {
				return inspect.Sprint(in.Values[0], inspect.Options{Width: width, Text: -1}), nil
			}).AsInline(),
			engine.Fn("equal", "Compare.", func(_ *engine.Call, in givenIn) (bool, error) {
				return inspect.Equal(in.Values[0], in.Values[1], inspect.Compare{Relative: 1e-12}), nil
			}).AsInline(),
		}})}})
		st := e.NewState(t.Context())
		defer st.Close()
		st.Set("s", s)
		st.Set("n", n)
		_, err := st.Run(t.Context(), "t", `local p = require "probe"
			local t = {s, n, {[s]=s, x={y={n, s}}}}
			local text = p.sprint(t)
			assert(p.equal(assert(loadstring("return "..text))(), t), text)`)
		if err != nil {
			t.Fatal(err)
		}
	})
}
