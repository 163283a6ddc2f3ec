package engine_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/gscript-lang/gscript/engine"
)

// described is a frame as "name@line", or "name" for native code.
func described(frames []engine.StackFrame) string {
	var all []string
	for _, f := range frames {
		if f.Native {
			all = append(all, f.Name)
			continue
		}
		all = append(all, fmt.Sprintf("%s@%d", f.Name, f.Line)+strings.Repeat("+", f.Tail))
	}
	return strings.Join(all, " < ")
}

func variables(list []engine.Variable) string {
	var all []string
	for _, v := range list {
		all = append(all, fmt.Sprintf("%s=%v", v.Name, v.Value.Lua()))
	}
	return strings.Join(all, " ")
}

// looking runs source and calls f the first time that its line with the comment
// "-- here" runs.
func looking(t *testing.T, source string, f func(at engine.Spot)) ([]any, error) {
	t.Helper()
	line := 0
	for i, text := range strings.Split(source, "\n") {
		if strings.Contains(text, "-- here") {
			line = i + 1
		}
	}
	seen := false
	l := stopAt(line, func(at engine.Spot) { seen = true; f(at) })
	s := newState(t, engine.Options{Probes: []engine.Probe{l}})
	got, err := s.Run(t.Context(), "a.lua", source)
	if !seen {
		t.Error("the line did not run")
	}
	return got, err
}

func TestFrames(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ source, want string }{
		"calls": {`local function f()
  return 1 -- here
end
local function g() local x = f() return x end
g()`, "function 'f'@2 < function 'g'@4 < main chunk@5"},
		"a tail call": {`local function f()
  return 1 -- here
end
local function g() return f() end
local function h() return g() end
h()`, "function <a.lua:1>@2++ < main chunk@6"},
		"a method and a field": {`local t = {}
function t.f()
  return 1 -- here
end
function t:g() local x = self.f() return x end
t:g()`, "function 'f'@3 < function 'g'@5 < main chunk@6"},
		"through protected calls": {`local function f()
  return 1 -- here
end
pcall(xpcall, f, print)`, "function <a.lua:1>@2 < native code < pcall < main chunk@4"},
		"a native function calls back": {`table.sort({2, 1}, function(a, b)
  return a < b -- here
end)`, "function <a.lua:1>@2 < sort < main chunk@1"},
		"a metamethod": {`local t = setmetatable({}, {__index = function(_, k)
  return k -- here
end})
local x = t.y`, "function <a.lua:1>@2 < main chunk@4"},
		"a coroutine": {`local co = coroutine.create(function()
  local x = 1 -- here
end)
local function go() coroutine.resume(co) end
go()`, "coroutine <a.lua:1>@2 < resume < function 'go'@4 < main chunk@5"},
		"a coroutine in a coroutine": {`coroutine.wrap(function()
  coroutine.wrap(function()
    local x = 1 -- here
  end)()
end)()`, "coroutine <a.lua:2>@3 < native code < coroutine <a.lua:1>@2 < native code < main chunk@1"},
		"a loaded text": {`local f = loadstring("return ...\n", "=text")
local x = f(1) -- here`, "main chunk@2"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := ""
			if _, err := looking(t, c.source, func(at engine.Spot) { got = described(at.Frames(50)) }); err != nil {
				t.Fatal(err)
			}
			if got != c.want {
				t.Errorf("got  %s\nwant %s", got, c.want)
			}
		})
	}
}

func TestFramesAreBounded(t *testing.T) {
	t.Parallel()
	_, err := looking(t, `local function deep(n)
  if n == 0 then
    return 0 -- here
  end
  return 1 + deep(n - 1)
end
deep(200)`, func(at engine.Spot) {
		if n := len(at.Frames(1000)); n != 202 {
			t.Errorf("%d frames of all", n)
		}
		frames := at.Frames(3)
		if len(frames) != 3 {
			t.Errorf("%d frames of three", len(frames))
		}
		if frames[0].Depth() != at.Depth() || frames[1].Depth() != at.Depth()-1 {
			t.Errorf("depths %d and %d at %d", frames[0].Depth(), frames[1].Depth(), at.Depth())
		}
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestFrameVariables(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ source, locals, upvalues, extra string }{
		"not begun yet, and nil": {`local a = 1
local b
local c = a -- here
local d = 2`, "a=1 b=nil", "", ""},
		"out of its block": {`do local gone = 1 end
local kept = 2
local x = 3 -- here`, "kept=2", "", ""},
		"hidden by a later one": {`local a = 1
local a = 2
local x = a -- here`, "a=2", "", ""},
		"of a numeric loop": {`for i = 4, 5 do
  local x = i -- here
end`, "i=4", "", ""},
		"of a general loop": {`for k, v in pairs{x = 7} do
  local y = v -- here
end`, "k=x v=7", "", ""},
		"parameters and extra arguments": {`local function f(a, b, ...)
  local n = select("#", ...) -- here
end
f(1, nil, 3, nil)`, "a=1 b=nil", "", "...[1]=3 ...[2]=nil"},
		"no arg for ...": {`local function f(...)
  local n = 0 -- here
end
f(1)`, "", "", "...[1]=1"},
		"upvalues in the order of their use": {`local a, b, unused = 1, 2, 3
local function f()
  return b + a -- here
end
local x = f()`, "", "b=2 a=1", ""},
		"upvalues of a function that has ended": {`local function counter()
  local n = 5
  return function()
    n = n + 1 -- here
  end
end
local f = counter()
f()`, "", "n=5", ""},
		"in a coroutine": {`local up = 1
coroutine.wrap(function(a)
  local x = up + a -- here
end)(2)`, "a=2", "up=1", ""},
		"in a method": {`local t = {name = "t"}
function t:f(x)
  return x -- here
end
local y = t.f("me", 1)`, "self=me x=1", "", ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var locals, upvalues, extra string
			_, err := looking(t, c.source, func(at engine.Spot) {
				f := at.Frames(1)[0]
				locals, upvalues, extra = variables(f.Locals()), variables(f.Upvalues()), variables(f.Varargs())
			})
			if err != nil {
				t.Fatal(err)
			}
			if locals != c.locals || upvalues != c.upvalues || extra != c.extra {
				t.Errorf("got %q, %q, %q\nwant %q, %q, %q", locals, upvalues, extra, c.locals, c.upvalues, c.extra)
			}
		})
	}
}

// What is set is what the script goes on with, in each frame.
func TestFrameSet(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		source   string
		frame    int
		variable string
		want     string
	}{
		"a local":                        {"local a = 1\nlocal b = 2 -- here\nreturn a", 0, "a", "[changed]"},
		"the later of a name":            {"local a = 1\nlocal f = function() return a end\nlocal a = 2\nlocal b = 0 -- here\nreturn a, f()", 0, "a", "[changed 1]"},
		"a parameter":                    {"local function f(a)\n  local b = 1 -- here\n  return a\nend\nreturn (f(1))", 0, "a", "[changed]"},
		"an upvalue":                     {"local a = 1\nlocal function f()\n  local b = a -- here\nend\nf()\nreturn a", 0, "a", "[changed]"},
		"a local of a caller":            {"local function f()\n  local b = 1 -- here\nend\nlocal a = 1\nf()\nreturn a", 1, "a", "[changed]"},
		"a local that a function shares": {"local a = 1\nlocal function get() return a end\nlocal b = 0 -- here\nreturn get()", 0, "a", "[changed]"},
		"a local in a coroutine":         {"local co = coroutine.wrap(function()\n  local a = 1\n  local b = 0 -- here\n  return a\nend)\nreturn co()", 0, "a", "[changed]"},
		"below a protected call":         {"local a = 1\npcall(function()\n  local b = 0 -- here\nend)\nreturn a", 2, "a", "[changed]"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, err := looking(t, c.source, func(at engine.Spot) {
				f := at.Frames(10)[c.frame]
				values, err := f.Eval(`"changed"`)
				if err != nil {
					t.Fatal(err)
				}
				if err := f.Set(c.variable, values[0]); err != nil {
					t.Error(err)
				}
			})
			if err != nil || fmt.Sprint(got) != c.want {
				t.Errorf("got %v, %v, want %s", got, err, c.want)
			}
		})
	}
}

func TestFrameEvaluates(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		frame      int
		code, want string
	}{
		"a local":                    {0, "a", "1"},
		"an upvalue":                 {0, "up", "9"},
		"a global":                   {0, "type(print)", "function"},
		"of a caller":                {1, "mine", "caller"},
		"not those of what it calls": {1, "a", "nil"},
		"several values":             {0, "a, ...", "1,x,nil"},
		"statements":                 {0, "local s = 0 for i = 1, 3 do s = s + i end return s", "6"},
		"nothing":                    {0, "local x = 1", ""},
		"a function sees the frame":  {0, "(function() return a + up end)()", "10"},
		"an error with its place":    {0, "nope.x", "error: eval:1: attempt to index global 'nope' (a nil value)"},
		"a raised table":             {0, "error({code = 1})", "error"},
		"an error that is caught":    {0, "pcall(error, 'caught', 0)", "false,caught"},
		"what does not compile":      {0, "a = = 1", "error: "},
		"a coroutine":                {0, "coroutine.wrap(function() coroutine.yield(a) end)()", "1"},
		"too many calls":             {0, "(function() local function f() return 1 + f() end return f() end)()", "error: "},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := ""
			result, err := looking(t, `local up = 9
local function f(a, ...)
  return a, up -- here
end
local mine = "caller"
local x, y = f(1, "x", nil)
return x, y, mine`, func(at engine.Spot) {
				values, err := at.Frames(10)[c.frame].Eval(c.code)
				if err != nil {
					got = "error: " + err.Error()
					return
				}
				var all []string
				for _, v := range values {
					all = append(all, v.Lua().String())
				}
				got = strings.Join(all, ",")
			})
			if err != nil || fmt.Sprint(result) != "[1 9 caller]" {
				t.Errorf("the script gave %v, %v", result, err)
			}
			if got != c.want && (!strings.HasPrefix(c.want, "error") || !strings.HasPrefix(got, c.want)) {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
}

func TestWhatCompilesIsTold(t *testing.T) {
	t.Parallel()
	if engine.CheckEval("x = 1") != nil || engine.CheckEval("x + 1") != nil || engine.CheckExpression("x = 1") == nil {
		t.Error("what compiles is not told")
	}
	if !engine.Incomplete(engine.CheckEval("for i = 1, 2 do")) || engine.Incomplete(engine.CheckEval("x = = 1")) {
		t.Error("what is incomplete is not told")
	}
}

func TestFrameReturning(t *testing.T) {
	t.Parallel()
	var got []string
	l := &look{at: func(at engine.Spot) {
		f := at.Frames(1)[0]
		values, ok := f.Returning()
		if ok && f.Name != "main chunk" {
			var all []string
			for _, v := range values {
				all = append(all, v.Lua().String())
			}
			got = append(got, fmt.Sprintf("%s %s", f.Name, strings.Join(all, ",")))
		}
	}}
	s := newState(t, engine.Options{Probes: []engine.Probe{l}})
	if _, err := s.Run(t.Context(), "a.lua", `local function one() return 1, nil end
local function none() end
local function all(...) return ... end
local function nested() return (one()) end
local a = one()
none()
local b = all(1, 2, 3)
local c = nested()`); err != nil {
		t.Fatal(err)
	}
	want := []string{"function 'one' 1,nil", "function 'none' ", "function 'all' 1,2,3", "function 'one' 1,nil", "function 'nested' 1"}
	if !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestFrameScope(t *testing.T) {
	t.Parallel()
	source := `conf = {server = {address = "here"}, list = {}}
local up = {n = 1}
local function f(a)
  local x = up -- here
end
f(setmetatable({own = 1}, {__index = {more = 2}}))`
	_, err := looking(t, source, func(at engine.Spot) {
		scope := at.Frames(1)[0].Scope()
		for path, want := range map[string]string{
			"a.own": "1", "a.more": "2", "a.none": "", "up.n": "1",
			"conf.server.address": "here", "conf.list.x.y": "", "none": "", "string.format": "function",
		} {
			v, ok := scope.Lookup(path)
			if ok != (want != "") || ok && !strings.HasPrefix(v.Lua().String(), want) {
				t.Errorf("%s is %v, %v, want %q", path, v.Lua(), ok, want)
			}
		}
		vars := scope.Vars()
		for _, name := range []string{"a", "up", "conf", "print"} {
			if !slices.Contains(vars, name) {
				t.Errorf("%s is no variable of %q", name, vars)
			}
		}
		if slices.Contains(vars, "x") {
			t.Error("x has not begun")
		}
		v, _ := scope.Lookup("a")
		if fields := scope.Fields(v); !slices.Equal(fields, []string{"own", "more"}) {
			t.Errorf("fields %q", fields)
		}
		v, _ = scope.Lookup("string.format")
		if name := scope.Subject(v); name != "string.format" {
			t.Errorf("the subject is %q", name)
		}
	})
	if err != nil {
		t.Fatal(err)
	}
}
