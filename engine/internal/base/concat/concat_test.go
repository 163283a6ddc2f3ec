package concat_test

import (
	"fmt"
	"strings"
	"testing"

	lua "github.com/yuin/gopher-lua"

	"github.com/gscript-lang/gscript/engine"
	"github.com/gscript-lang/gscript/engine/internal/chunk"
)

// run returns the text of a script's first result, or of its error.
func run(t *testing.T, source string) string {
	t.Helper()
	c, err := chunk.Compile("x", source, chunk.Guarded)
	if err != nil {
		return err.Error()
	}
	engine.New(engine.Options{}) // sets a variable of gopher-lua once
	L := lua.NewState()
	defer L.Close()
	L.Push(L.NewFunctionFromProto(c.Proto))
	if err := L.PCall(0, 1, nil); err != nil {
		return strings.SplitN(err.Error(), "\nstack", 2)[0]
	}
	return L.Get(-1).String()
}

const prelude = `local function two() return "p", "q" end
local function none() end
local trace = {}
local function see(x) trace[#trace + 1] = tostring(x) return x end
local mt = {}
local function side(v) return type(v) == "table" and v.name or v end
mt.__concat = function(a, b) return "(" .. side(a) .. "+" .. side(b) .. ")" end
local A, B = setmetatable({name = "A"}, mt), setmetatable({name = "B"}, mt)
`

func TestValues(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ source, want string }{
		{`return "a" .. "b"`, "ab"},
		{`return "a" .. "b" .. "c" .. "d"`, "abcd"},
		{`local s = "x" return s .. "a" .. "b"`, "xab"},
		{`return 1 .. ""`, "1"},
		{`return 1.5e300 .. ""`, "1.5e+300"},
		{`return 1/3 .. ""`, "0.33333333333333"},
		{`return 2^53 .. "," .. -2^53`, "9007199254740992,-9007199254740992"},
		{`return 1e15 .. "," .. 1e100`, "1000000000000000,1e+100"},
		{`return -0 * 1 .. ""`, "-0"},
		{`return 1/0 .. "," .. -1/0`, "inf,-inf"},
		{`return 1 .. 2`, "12"},
		{`return two() .. two()`, "pp"},
		{`return (two()) .. (two())`, "pp"},
		{`local function f(...) return ... .. "," .. ... end return f("m", "n")`, "m,m"},
		{`return #{"a" .. two()}`, "1"},
		{`return select("#", "a" .. two())`, "1"},
		{`local a, b = "a" .. two() return tostring(b)`, "nil"},
		{`see(1) local s = see(2) .. see(3) .. see(4) .. see(5) return table.concat(trace, " ")`, "1 2 3 4 5"},
		{`return A .. "x"`, "(A+x)"},
		{`return "x" .. A`, "(x+A)"},
		{`return A .. B`, "(A+B)"},
		{`return "x" .. "y" .. A .. "z" .. 1`, "xy(A+z1)"},
		{`return "x" .. A .. B .. "y"`, "x(A+(B+y))"},
		{`return A .. "x" .. "y"`, "(A+xy)"},
		{`mt.__concat = setmetatable({}, {__call = function(_, a, b) return "called" end}) return A .. 1`, "called"},
		{`mt.__concat = function() return 5, 6 end return tostring(A .. 1)`, "5"},
		{`mt.__concat = function() end return tostring(A .. 1)`, "nil"},
		{`local function f(a) a = a .. "x" return a end return f("v")`, "vx"},
		{`local function f(p, a) local b, c = 1, 2 a, b = a .. "x", 7 return a .. b .. c end return f(0, "v")`, "vx72"},
		{`local function g(v) return v end local function f(a) local b, c = 1, 2 a, b = g(a), 3 return a .. b .. c end return f("v")`, "v32"},
		{`local function f(a) a = (two()) return a end return f("v")`, "p"},
		{`local s = "" for i = 1, 5 do s = s .. i end return s`, "12345"},
		{`local t = {x = "a"} t.x = t.x .. "b" t["y" .. 1] = "c" return t.x .. t.y1`, "abc"},
		{`local n = 0 while ("x"):rep(n) .. "" ~= "xxx" do n = n + 1 end return n`, "3"},
		{`local s = "a" return s .. "b" == "ab" and s .. "c" or "d"`, "ac"},
		{`return ("a" .. 1):upper() .. ("x"):rep(2)`, "A1xx"},
		{`return {[1] = "k" .. "v"}[1]`, "x:9: syntax error near '['"},
		{`local f = loadstring or load local g = f("return 'a' .. 1 .. b") setfenv(g, {b = "B"}) return g()`, "a1B"},
		{`local function f() return "a" .. 1 end setfenv(f, {}) return f()`, "a1"},
		{`local o = {} function o:m(x) x = x .. "!" return x end return o:m("y")`, "y!"},
		{`for w in ("a" .. "b " .. "c"):gmatch("%a+") do see(w) end return table.concat(trace, "|")`, "ab|c"},
		{`local h = {ab = pairs} local function hs() return h end for k, v in hs()["a" .. "b"]({7}) do return k .. v end`, "17"},
		{`local function g(v) return v end for k, v in g({n = {p = pairs}}).n.p({7}) do return k .. v end`, "17"},
		{`mt.__concat = function(a, b) return setmetatable({name = "(" .. side(a) .. "+" .. side(b) .. ")"}, mt) end return ("x" .. "y" .. A .. "z" .. 1).name`, "(x+(y+(A+z1)))"},
		{`mt.__concat = function(a, b) return setmetatable({name = "(" .. side(a) .. "+" .. side(b) .. ")"}, mt) end local x, y, z = "x", "y", "z" return (x .. A .. B .. y .. z).name`, "(x+(A+(B+yz)))"},
		{`local u = "u" local function f() u = u .. "v" return u end f() return f()`, "uvv"},
	} {
		if got := run(t, prelude+tt.source); got != tt.want {
			t.Errorf("%s: %q, want %q", tt.source, got, tt.want)
		}
	}
}

// Chains longer than the arguments of a call behave the same.
func TestLongChains(t *testing.T) {
	t.Parallel()
	for _, n := range []int{49, 50, 51, 52, 101, 1000} {
		chain := func(operand string) string { return strings.TrimSuffix(strings.Repeat(operand+"..", n), "..") }
		for _, tt := range []struct{ source, want string }{
			{`local s = "x" return #(` + chain("s") + `)`, fmt.Sprint(n)},
			{`local s = "x" return #(` + chain("s") + `..two())`, fmt.Sprint(n + 1)},
			{`local n = 0 local function f() n = n + 1 return n < 5 and n or "" end return ` + chain("f()"), "1234"},
			{`local s = "x" return #(A .. ` + chain("s") + `)`, fmt.Sprint(n + len("(A+)"))},
			{`local s = "x" local n return ` + chain("s") + `..n..s`, "x:9: attempt to concatenate local 'n' (a nil value)"},
			{`local function f(...) return #(` + chain(" ... ") + `) end return f("a", "b")`, fmt.Sprint(n)},
		} {
			if got := run(t, prelude+tt.source); got != tt.want {
				t.Errorf("%d operands: %q, want %q", n, got, tt.want)
			}
		}
	}
}

func TestMessages(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ source, want string }{
		{`local x return x .. "a"`, "x:9: attempt to concatenate local 'x' (a nil value)"},
		{`local x return "a" .. x`, "x:9: attempt to concatenate local 'x' (a nil value)"},
		{`return "a" .. y`, "x:9: attempt to concatenate global 'y' (a nil value)"},
		{`local t = {} return "a" .. t.f`, "x:9: attempt to concatenate field 'f' (a nil value)"},
		{`local t = {} return t .. "a"`, "x:9: attempt to concatenate local 't' (a table value)"},
		{`return "a" .. none()`, "x:9: attempt to concatenate a nil value"},
		{`local t = {} return "a" .. t[1]`, "x:9: attempt to concatenate a nil value"},
		{`local x return (function() return "a" .. x end)()`, "x:9: attempt to concatenate upvalue 'x' (a nil value)"},
		{`local a, b, c = "a", nil, "c" return a .. b .. c`, "x:9: attempt to concatenate local 'b' (a nil value)"},
		{`local a = true return "x" .. ("y" .. a)`, "x:9: attempt to concatenate local 'a' (a boolean value)"},
		{`local a, b = 1, 2 return a .. b .. (a .. nothing)`, "x:9: attempt to concatenate global 'nothing' (a nil value)"},
		{`local a = {} local b = f and f() .. 1 return "x"
			.. "y" .. a`, "x:9: attempt to concatenate local 'a' (a table value)"},
		{"\n\nlocal s = 'x' .. \n nope", "x:11: attempt to concatenate global 'nope' (a nil value)"},
		{`mt.__concat = function() return nil end return "x" .. A .. B`, "x:9: attempt to concatenate a nil value"},
		{`repeat local z until "a" .. z`, "x:9: attempt to concatenate local 'z' (a nil value)"},
		{`for i = 1, 2 do local q = i .. "a" .. ({}).k end`, "x:9: attempt to concatenate field 'k' (a nil value)"},
	} {
		if got := run(t, prelude+tt.source); got != tt.want {
			t.Errorf("%s: %q, want %q", tt.source, got, tt.want)
		}
	}
}

type crossIn struct {
	Fn   *engine.Snapshot   `lua:"fn" doc:"function to run in another state"`
	Args []*engine.Snapshot `lua:"args,rest" doc:"its arguments"`
}

// In the engine a string beyond the limit is refused before it is made, a
// trace does not show the hidden function, and functions cross to workers.
func TestEngine(t *testing.T) {
	t.Parallel()
	cross := &engine.Module{Name: "cross", Funcs: []*engine.Function{
		engine.Fn("over", "Run elsewhere.", func(c *engine.Call, in crossIn) (*engine.Snapshot, error) {
			w, err := c.NewWorker()
			if err != nil {
				return nil, err
			}
			defer w.Close()
			return w.Run(c.Context(), in.Fn, in.Args...)
		}),
	}}
	e := engine.New(engine.Options{
		Modules: []engine.Entry{engine.Provide(cross)},
		Limits:  engine.Limits{String: 1 << 20},
	})
	for _, tt := range []struct{ name, source, want string }{
		{"size", `local s = ("x"):rep(600000) local ok, e = pcall(function() return s .. s end) return tostring(e.kind)`, "limit.string"},
		{"size of three", `local s = ("x"):rep(400000) local ok, e = pcall(function() return s .. s .. s end) return tostring(e.kind)`, "limit.string"},
		{"size of many", `local s = ("x"):rep(40000) local ok, e = pcall(function() return ` + strings.Repeat("s .. ", 60) + `s end) return tostring(e.kind)`, "limit.string"},
		{"doubling", `local s = "x" local ok, e = pcall(function() for i = 1, 100 do s = s .. s end end) return e.kind .. #s`, "limit.string1048576"},
		{"trace", "local function f(x)\n return 'a' .. x\nend\nlocal ok, tb = xpcall(f, debug.traceback)\nreturn (tb:gsub('\\n', ' '):gsub('%z', '@'))", ""},
		{"worker", `local p = "<" return require("cross").over(function(a, b) return p .. a .. b .. ">" end, "v", 1.5)`, "<v1.5>"},
		{"worker and a long chain", `local p = "<" return require("cross").over(function(a) return ` + strings.Repeat("p .. ", 60) + `a end, 1)`, strings.Repeat("<", 60) + "1"},
		{"coroutine", `local co = coroutine.wrap(function(a) local b = a .. coroutine.yield(a .. 1) return b end) return co("x") .. co("y")`, "x1xy"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			s := e.NewState(t.Context())
			defer s.Close()
			results, err := s.Run(t.Context(), "x", tt.source)
			if err != nil || len(results) != 1 {
				t.Fatalf("results %v, error %v", results, err)
			}
			if tt.want == "" {
				trace := fmt.Sprint(results[0])
				if !strings.HasPrefix(trace, "x:2: attempt to concatenate local 'x' (a nil value)") || strings.Contains(trace, "@") || strings.Contains(trace, "[G]") {
					t.Errorf("trace %q", trace)
				}
				return
			}
			if results[0] != tt.want {
				t.Errorf("got %q, want %q", results[0], tt.want)
			}
		})
	}
}

func BenchmarkConcat(b *testing.B) {
	for _, bench := range []struct{ name, body string }{
		{"append", `local s = "hello" return function(n) for i = 1, n do local r = s .. "x" end end`},
		{"number", `return function(n) for i = 1, n do local r = "a" .. i end end`},
		{"four", `local a, b, c, d = "one", "two", "three", "four" return function(n) for i = 1, n do local r = a .. b .. c .. d end end`},
		{"long", `local s = ("x"):rep(1000) return function(n) for i = 1, n do local r = s .. s end end`},
	} {
		compile := map[string]func(L *lua.LState) *lua.LFunction{
			"stock": func(L *lua.LState) *lua.LFunction {
				f, err := L.LoadString(bench.body)
				if err != nil {
					b.Fatal(err)
				}
				return f
			},
			"ours": func(L *lua.LState) *lua.LFunction {
				c, err := chunk.Compile("x", bench.body, chunk.Guarded)
				if err != nil {
					b.Fatal(err)
				}
				return L.NewFunctionFromProto(c.Proto)
			},
		}
		for _, kind := range []string{"stock", "ours"} {
			b.Run(bench.name+"/"+kind, func(b *testing.B) {
				L := lua.NewState()
				defer L.Close()
				L.Push(compile[kind](L))
				L.Call(0, 1)
				f := L.Get(-1)
				b.ResetTimer()
				b.ReportAllocs()
				L.Push(f)
				L.Push(lua.LNumber(b.N))
				L.Call(1, 0)
			})
		}
	}
}
