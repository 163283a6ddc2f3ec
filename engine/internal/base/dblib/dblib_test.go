package dblib_test

import (
	"bytes"
	"context"
	"strings"
	"testing"
	"time"

	"github.com/gscript-lang/gscript/engine"
)

// output runs source as test.lua and returns what it prints.
func output(t *testing.T, trusted bool, source string) string {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	var out bytes.Buffer
	s := engine.New(engine.Options{Trusted: trusted, Stdout: &out, Stderr: &out}).NewState(ctx)
	defer s.Close()
	if _, err := s.Run(ctx, "test.lua", source); err != nil {
		t.Fatalf("%v\nprinted:\n%s", err, out.String())
	}
	return out.String()
}

// Where the comment says so the output is not C Lua 5.1's.
var cases = []struct{ name, source, want string }{
	{"getinfo of a function", `local up = 1
local function f(a, b, ...)
  return up
end
local i = debug.getinfo(f)
print(i.source, i.short_src, i.what, i.currentline, i.linedefined, i.lastlinedefined, i.nups, i.name, i.namewhat, i.func == f)
i = debug.getinfo(f, "u") print(i.nparams, i.isvararg) -- as in later Lua`,
		"@test.lua\ttest.lua\tLua\t-1\t2\t4\t1\tnil\t\ttrue\n2\ttrue\n"},
	{"getinfo of a Go function", `local i = debug.getinfo(print)
print(i.source, i.short_src, i.what, i.currentline, i.linedefined, i.lastlinedefined, i.nups)`,
		"=[C]\t[C]\tC\t-1\t-1\t-1\t0\n"},
	{"getinfo of the main chunk", `local i = debug.getinfo(1) print(i.what, i.currentline, i.name, i.namewhat, i.linedefined)`,
		"main\t1\tnil\t\t0\n"},
	{"getinfo of itself", `local i = debug.getinfo(0) print(i.what, i.name, i.namewhat, i.func == debug.getinfo)`,
		"C\tgetinfo\tfield\ttrue\n"},
	{"sorts of names", `local function who() local i = debug.getinfo(2, "n") print(i.name, i.namewhat) end
function glob() who() end glob()
local function loc() who() end loc()
local t = {} function t.field() who() end t.field() local k = "k" t[k] = t.field t[k]()
function t:method() who() end t:method()
local function outer() loc() end outer()
pcall(loc)`,
		"glob\tglobal\nloc\tlocal\nfield\tfield\n?\tfield\nmethod\tmethod\nloc\tupvalue\nnil\t\n"},
	{"tail calls", `local function f() for l = 1, 3 do local i = debug.getinfo(l) print(i.what, i.name, i.short_src, i.currentline, i.func == nil) end end
local function g() return f() end
g()`, "Lua\tnil\ttest.lua\t1\tfalse\ntail\t\t(tail call)\t-1\ttrue\nmain\tnil\ttest.lua\t3\tfalse\n"},
	{"levels behind pcall", `local function f() for l = 1, 4 do local i = debug.getinfo(l, "nSl") print(i and i.what, i and i.currentline) end end
pcall(function()
  f()
end)`, "Lua\t1\nLua\t3\nC\t-1\nmain\t2\n"},
	{"no such level", `print(debug.getinfo(100), debug.getinfo(-1))`, "nil\tnil\n"},
	{"options", `print(pcall(debug.getinfo, 1, "X")) print(pcall(debug.getinfo, print, ">")) print(pcall(debug.getinfo, {})) print(pcall(debug.getinfo))
local i = debug.getinfo(1, "l") print(i.currentline, i.source)`,
		"false\tbad argument #2 to '?' (invalid option)\nfalse\tbad argument #2 to '?' (invalid option)\nfalse\tbad argument #1 to '?' (function or level expected)\nfalse\tbad argument #1 to '?' (function or level expected)\n2\tnil\n"},
	{"active lines", `local function f(a)
  local x = 1

  if a then
    x = 2
  end -- no code
  return x
end
local function lines(f) local all = {} for n in pairs(debug.getinfo(f, "L").activelines) do all[#all + 1] = n end table.sort(all) print(table.concat(all, " ")) end
lines(f)
lines(loadstring("local a = 1\n\na = 2\n\n"))
print(debug.getinfo(print, "L").activelines)`, "2 4 5 7 8\n1 3\nnil\n"},
	{"sources", `print(debug.getinfo(loadstring("return 1"), "S").short_src)
print(debug.getinfo(loadstring("return 1", "@" .. ("x"):rep(80)), "S").short_src)
print(debug.getinfo(loadstring("return 1", "@dir/a.lua"), "S").source)`,
		"[string \"return 1\"]\n..." + strings.Repeat("x", 52) + "\n@dir/a.lua\n"},
	{"locals at the first instruction of a line", `local function show() local n = 1 while true do local name, v = debug.getlocal(2, n) if not name or name:sub(1, 1) == "(" then break end io.write(name, "=", tostring(v), " ") n = n + 1 end print() end
local function f(a, b)
  show()
  local c = 3
  show()
  do local d = 4 show() end
  show()
  do local e = 5 local g = 6 show() end
  for i = 1, 1 do local h = 7 end
  local j, k = 8, 9
  show()
  c, k = 10
  show()
end
f(1)`, "a=1 b=nil \na=1 b=nil c=3 \na=1 b=nil c=3 d=4 \na=1 b=nil c=3 \na=1 b=nil c=3 e=5 g=6 \na=1 b=nil c=3 j=8 k=9 \na=1 b=nil c=10 j=8 k=nil \n"},
	{"setlocal", `local function f(a)
  local b = 2
  local get = function() return a, b end
  print(debug.setlocal(1, 1, "A"), debug.setlocal(1, 2, "B"), debug.setlocal(1, 50, 0))
  print(a, b, get())
end
f(1)`, "a\tb\tnil\nA\tB\tA\tB\n"},
	// Of later Lua: extra arguments have negative numbers.
	{"extra arguments", `local function f(a, ...) print(debug.getlocal(1, -1)) print(debug.getlocal(1, -2)) print(debug.getlocal(1, -3)) print(debug.setlocal(1, -2, "z"), ...) end
f(1, "x", "y")`, "(*vararg)\tx\n(*vararg)\ty\nnil\n(*vararg)\tx\tz\n"},
	{"local of a level that is not there", `print(pcall(debug.getlocal, 50, 1)) print(pcall(debug.setlocal, 50, 1, 1))`,
		"false\tbad argument #1 to '?' (level out of range)\nfalse\tbad argument #1 to '?' (level out of range)\n"},
	{"a suspended coroutine", `local co = coroutine.create(function(x)
  local a = 1
  coroutine.yield()
  a = 2
end)
coroutine.resume(co, 10)
print(debug.getinfo(co, 0).what, debug.getinfo(co, 1, "l").currentline, debug.getinfo(co, 2))
print(debug.getlocal(co, 1, 1)) print(debug.getlocal(co, 1, 2)) print(debug.setlocal(co, 1, 2, "hi"), debug.getlocal(co, 1, 2))
print(debug.traceback(co)) print(debug.traceback(co, "msg", 2)) print(debug.traceback(coroutine.create(print)))`,
		"C\t3\tnil\nx\t10\na\t1\na\ta\thi\nstack traceback:\n\ttest.lua:3: in coroutine <test.lua:1>\nmsg\nstack traceback:\nstack traceback:\n"},
	{"upvalues", `local a, b = 1, 2
local function f() return a, b end
local function g() return b end
print(debug.getupvalue(f, 1)) print(debug.getupvalue(f, 2)) print(debug.getupvalue(f, 3)) print(debug.getupvalue(print, 1))
print(debug.setupvalue(f, 1, "A"), a, debug.setupvalue(f, 3, 1))
print(debug.upvalueid(f, 2) == debug.upvalueid(g, 1), debug.upvalueid(f, 1) == debug.upvalueid(g, 1))
debug.upvaluejoin(g, 1, f, 1) print(g())
print(pcall(debug.upvalueid, f, 3))`,
		"a\t1\nb\t2\n\n\na\tA\ntrue\tfalse\nA\nfalse\tbad argument #2 to '?' (invalid upvalue index)\n"},
	{"metatables", `local mt = {__metatable = "locked"}
local t = setmetatable({}, mt)
print(getmetatable(t), debug.getmetatable(t) == mt, debug.setmetatable(t, nil), getmetatable(t))
debug.setmetatable(1, {__index = {double = function(n) return n * 2 end}}) print((4):double()) debug.setmetatable(1, nil)
debug.setmetatable(nil, {__index = function() return "nothing" end}) local n print(n.x) debug.setmetatable(nil, nil)
print(pcall(debug.setmetatable, "", {})) print(pcall(debug.setmetatable, {}, 1)) print(pcall(debug.setmetatable, {}))`,
		"locked\ttrue\ttrue\tnil\n8\nnothing\nfalse\tbad argument #1 to '?' (the metatable of strings is locked)\nfalse\tbad argument #2 to '?' (nil or table expected)\nfalse\tbad argument #2 to '?' (nil or table expected)\n"},
	{"environments", `local function f() return x end
local env = {x = "in"}
print(debug.setfenv(f, env) == f, f(), debug.getfenv(f) == env, debug.getfenv(1)) print(pcall(debug.setfenv, {}, {}))
print(type(debug.getregistry()), next(debug.getregistry()), debug.getregistry() == debug.getregistry(), debug.sethook, debug.gethook)`,
		"true\tin\ttrue\tnil\nfalse\t'setfenv' cannot change environment of given object\ntable\tnil\ttrue\tnil\tnil\n"},
	{"traceback", `local function f() print(debug.traceback("here")) end
local t = {m = function() f() end}
pcall(function() t:m() end)
print(debug.traceback({}) ~= nil, debug.traceback(nil), debug.traceback(12))`,
		"here\nstack traceback:\n\ttest.lua:1: in function 'f'\n\ttest.lua:2: in function 'm'\n\ttest.lua:3: in function <test.lua:3>\n\ttest.lua:3: in main chunk\n" +
			"true\tstack traceback:\n\ttest.lua:4: in main chunk\t12\nstack traceback:\n\ttest.lua:4: in main chunk\n"},
	{"traceback from a level on", `local function f() print(debug.traceback("", 2)) print(debug.traceback("x", 0) == debug.traceback("x")) end
f()`, "\nstack traceback:\n\ttest.lua:2: in main chunk\ntrue\n"},
	{"a long traceback", `local function down(n) if n > 0 then down(n - 1) return end print(debug.traceback()) end
down(100)`, "stack traceback:" + strings.Repeat("\n\ttest.lua:1: in function 'down'", 12) + "\n\t..." +
		strings.Repeat("\n\ttest.lua:1: in function 'down'", 9) + "\n\ttest.lua:2: in main chunk\n"},
	{"yields across '..'", `local t = setmetatable({}, {__concat = function() coroutine.yield() end})
print(select(2, coroutine.resume(coroutine.create(function() return t .. "a" end))))`, "attempt to yield across a metamethod\n"},
	{"the level of error", `local function f() error("deep", 2) end
print(pcall(function() f() end)) print(pcall(function() error("here") end)) print(pcall(function() error("none", 2) end)) print(pcall(error, "bare"))`,
		"false\ttest.lua:2: deep\nfalse\ttest.lua:2: here\nfalse\tnone\nfalse\tbare\n"},
}

func TestDebug(t *testing.T) {
	t.Parallel()
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			if got := output(t, true, c.source); got != c.want {
				t.Errorf("printed\n%q\nwant\n%q", got, c.want)
			}
		})
	}
}

func TestGuarded(t *testing.T) {
	t.Parallel()
	if got := output(t, false, `for name in pairs(debug) do print(name) end print(debug.traceback("x"))`); got !=
		"traceback\nx\nstack traceback:\n\ttest.lua:1: in main chunk\n" {
		t.Errorf("printed %q", got)
	}
}

func BenchmarkTraceback(b *testing.B) {
	ctx := b.Context()
	s := engine.New(engine.Options{Trusted: true}).NewState(ctx)
	defer s.Close()
	b.ReportAllocs()
	for b.Loop() {
		if _, err := s.Run(ctx, "test.lua", `local function f(n) if n > 0 then return (f(n - 1)) end for i = 1, 100 do debug.traceback() end end f(200)`); err != nil {
			b.Fatal(err)
		}
	}
}
