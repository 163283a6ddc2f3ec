//go:build interop

package engine_test

import (
	"fmt"
	"os/exec"
	"strings"
	"testing"

	"github.com/gscript-lang/gscript/engine"
)

// erroneous are pieces of Lua that fail, each in the virtual machine.
var erroneous = strings.Split(strings.TrimSpace(`
foo()
foo.bar()
foo.bar = 1
foo.bar.baz = 1
foo:bar()
local x; x()
local x; x.y = 1
local x; return x.y
local x; return x.y.z
local x; x:y()
local x = {}; x.y()
local x = {}; x:y()
local x = {}; x.y.z()
local x = {}; x.y.z = 1
local x = {}; return x.y.z
local x = {y = {}}; return x.y.z.w
local x = {y = {z = {}}}; x.y.z.w.v = 1
local x = {y = {z = {}}}; x.y.z.w()
local x = {y = {z = {}}}; x.y.z:w()
local x = {y = {z = {}}}; x.y.w:z()
local x = {}; x[1]()
local x = {}; x[1].y = 2
local x = {}; return x[1].y
local x = {}; return x[1][2]
local x, k = {}, "k"; return x[k].y
local x, k = {}, "k"; x[k]()
local x, k = nil, "k"; x[k] = 1
local x, k = nil, "k"; return x[k]
local x; return x[1]
local x; x[1] = 2
local x = 5; return x.y
local x = 5; x.y = 1
local x = 5; x()
local x = 5; x:y()
local x = true; return x.y
local x = true; x.y = 1
local x = true; x()
local x = "s"; return x.y.z
local x = "s"; x.y = 1
local x = "s"; x()
local x = "s"; x:nope()
local x = "s"; x.nope()
local x = print; return x.y
local x = print; x.y = 1
local x = coroutine.create(function() end); return x.y
local x = coroutine.create(function() end); x()
("s"):nope()
("s").x.y = 1
(5)()
(nil)()
(true)()
({})()
(5).x = 1
return (5).x
return (5):x()
return (nil).x
return ({}).x.y
return ({})()
foo(bar.baz)
print(foo.bar)
print(#foo)
print(-foo)
return foo + 1
return 1 + foo
return foo - bar
return foo * 2
return foo / 2
return 2 % foo
return 2 ^ foo
return -foo
return #foo
local a; return a + 1
local a; return 1 + a
local a, b = 1; return a + b
local a, b; return a + b
local a = {}; return a + 1
local a = {}; return a.b + 1
local a = {}; return 1 + a.b
local a = {}; return a.b + a.c
local a = {b = {}}; return a.b.c * 2
local a = {}; return a[1] + 1
local a = {}; return -a
local a = {}; return -a.b
local a = "x"; return a + 1
local a = "x"; return 1 + a
local a = "x"; return -a
local a = "x"; return a * a
local a, b = "10", {}; return a + b
local a, b = "10", "y"; return a / b
local a, b = {}, "10"; return a - b
return "x" + 1
return "x" + {}
return {} + 1
return 1 + {}
return nil + 1
return -{}
return -"x"
return true + 1
return print + 1
a = {}; return a + 1
a = {}; return a.b + 1
a = "x"; return a + 1
local a; return #a
local a = 5; return #a
local a = {}; return #a.b
local a = {}; return #a[1]
return #5
return #nil
return #print
return 1 < nil
return nil < 1
return 1 > nil
return nil > 1
return 1 <= nil
return 1 >= nil
return 1 < "2"
return "1" < 2
return {} < {}
return {} <= {}
return {} > 1
return {} >= {}
return nil < nil
return true < false
return print < print
return {} < "x"
local a, b = {}, 1; return a < b
local a = {}; return a.x < 1
local a = {}; if a.x > 1 then end
local a; while a < 1 do end
for i = nil, 1 do end
for i = 1, nil do end
for i = 1, 2, nil do end
for i = {}, 1 do end
for i = 1, {} do end
for i = 1, 2, {} do end
for i = "x", {}, {} do end
for i = 1, "x", {} do end
local a; for i = 1, a do end
for k in nil do end
for k in 5 do end
for k, v in {} do end
for k, v in foo do end
local t = {}; for k, v in t do end
return foo .. "x"
return "x" .. foo
return 1 .. foo .. 2
local a; return a .. "x"
local a; return "x" .. a
local a = {}; return "x" .. a
local a = {}; return "x" .. a.b
local a = {}; return "x" .. a.b .. "y"
local a = {}; return a.b .. a.c
return {} .. "x"
return "x" .. {}
return "x" .. nil
return true .. "x"
local u; local function f() return u.x end; f()
local u; local function f() u.x = 1 end; f()
local u; local function f() return u() end; f()
local u; local function f() u() end; f()
local u; local function f() return u + 1 end; f()
local u; local function f() return #u end; f()
local u; local function f() return -u end; f()
local u; local function f() return "x" .. u end; f()
local u; local function f() return u:m() end; f()
local u; local function f() return u < 1 end; f()
local u = {}; local function f() return u.x.y end; f()
local u = {}; local function f() u.x() end; f()
local u = {}; local function f() u:x() end; f()
local function f(a) return a.x end; f()
local function f(a, b) return a + b end; f(1)
local function f(a, b) return a + b end; f(nil, 1)
local function f(...) local a = ...; return a.x end; f()
local function f(...) return (...).x end; f()
local function f() end; f().x = 1
local function f() end; return f().x
local function f() end; f()()
local function f() end; return f() + 1
local function f() end; return 1 + f()
local function f() return {} end; f().x()
local function f() return {} end; f().x.y = 1
local function f() return {} end; f():x()
return foo()
local x; return x()
local x = {}; return x.y()
local x = {}; return x:y()
do local a = 1 end local b; b()
local a = 1; do local b; b.c = a end
local a; if true then a.b = 1 end
local a = {}; a[nil] = 1
local a = {}; a[0/0] = 1
local a = {}; a[a.b] = 1
local a = {}; a.b[1] = 1
local a, b = {}; a[b.c] = 1
local a = {}; a.x, a.y.z = 1, 2
local a = {[foo.bar] = 1}
local a = {foo.bar}
local a = {foo()}
for i = 1, 3 do local x; x.y = i end
for i = 1, 3 do i() end
for i = 1, 3 do i.x = 1 end
for i = 1, 3 do return i + foo end
for k, v in pairs({1}) do v() end
for k, v in pairs({1}) do k.x = 1 end
for k, v in pairs({x = 1}) do v.y.z = 1 end
local i = 1; while true do i.x = 1 end
repeat local x; x() until true
if foo.bar then end
if foo() then end
if not foo.bar then end
local x = foo and foo.bar or foo.baz
local x = (foo or bar).baz
local x = (foo or bar)()
local x = false; (x or nil)()
local x = 1; local y = x and x.y.z
math.nope()
math.nope.x = 1
string.x.y()
return math.pi.x.y
return math.pi()
return math.huge.x
_G.foo.bar = 1
_G.foo()
_G["foo"]()
_G[1]()
local t = setmetatable({}, {__index = 5}); return t.x
local t = setmetatable({}, {__index = 5}); return t.x.y
local t = setmetatable({}, {__newindex = 5}); t.x = 1
local t = setmetatable({}, {__index = function(t, k) return k.x.y end}); return t.z
local t = setmetatable({}, {__index = function(t, k) return nil end}); return t.z.y
local t = setmetatable({}, {__index = function(t, k) return nil end}); t.z()
local t = setmetatable({}, {__call = 5}); t()
local t = setmetatable({}, {__add = 5}); return t + 1
local t = setmetatable({}, {__add = 5}); return 1 + t
local t = setmetatable({}, {__unm = 5}); return -t
local t = setmetatable({}, {__lt = 5}); return t < t
local t = setmetatable({}, {__lt = {}}); return t < t
local t = setmetatable({}, {__le = 5}); return t <= t
local t = setmetatable({}, {__lt = print}); return t < {}
local t = setmetatable({}, {__lt = print}); return t < 1
local t = setmetatable({}, {__concat = 5}); return t .. "x"
local t = setmetatable({}, {__add = function(a, b) return a.x.y end}); return t + 1
local t = {}; setmetatable(t, {__index = t}); return t.x
local t = {}; setmetatable(t, {__newindex = t}); t.x = 1
error((select(2, pcall(nil))), 0)
error((select(2, pcall(5))), 0)
error((select(2, pcall({}))), 0)
error((select(2, xpcall(nil, function(m) return "H:" .. m end))), 0)
error((select(2, xpcall(function() foo.x = 1 end, function(m) return "H:" .. m end))), 0)
error((select(2, xpcall(error, error))), 0)
error((select(2, xpcall(function() error(foo.x) end, function(m) return m:upper() end))), 0)
error((select(2, coroutine.resume(coroutine.create(function() foo.x = 1 end)))), 0)
error((select(2, coroutine.resume(coroutine.create(function() local x; x.y = 1 end)))), 0)
error("attempt to call a non-function object")
error("attempt to index a non-table object(nil) with key 'x'")
error("cannot perform add operation between nil and number", 0)
return error("__unm undefined")
error("attempt to compare table with table")
local e = error; local function f() e("attempt to call a non-function object") end; f()
error((select(2, pcall(error, "registry overflow"))), 0)
coroutine.wrap(function() error("__len undefined") end)()
table.sort({1, "x"})
table.sort({{}, {}})
table.sort({1, 2, 3}, function(a, b) return a.x < b.x end)
string.gsub("x", "x", function() return foo.x end)
string.rep("x", foo.y)
setfenv(1, {}); foo()
setfenv(1, {}); foo.x = 1
`), "\n")

// differing are those that gscript words in another way than C Lua.
var differing = map[string]string{
	// gopher-lua compiles an assignment to a field of a number as one to the name.
	`(5).x = 1`: "false x:1: attempt to index a string value",
	// An error in the error handler is handed on.
	`error((select(2, xpcall(error, error))), 0)`: "false nil",
	// Library functions say where they were called.
	`table.sort({1, "x"})`: "false x:1: attempt to compare string with number",
	`table.sort({{}, {}})`: "false x:1: attempt to compare two table values",
	// The message has its place once, that of the error.
	`coroutine.wrap(function() error("__len undefined") end)()`: "false x:1: __len undefined",
}

// Errors of the virtual machine read as they do in C Lua, word for word.
func TestMessagesAsInCLua(t *testing.T) {
	t.Parallel()
	lua, err := exec.LookPath("lua5.1")
	if err != nil {
		t.Fatal(err)
	}
	const shell = `
		local result, pieces = {}, ...
		for i = 1, #pieces do
			local f = assert(loadstring(pieces[i], "=x"))
			local ok, message = pcall(f)
			result[i] = tostring(ok) .. " " .. tostring(message)
			foo, bar, a = nil, nil, nil
		end
		return table.concat(result, "\n")`
	var pieces strings.Builder
	for _, piece := range erroneous {
		fmt.Fprintf(&pieces, "%q,\n", piece)
	}
	program := "local function main(...) " + shell + "\nend\nlocal text = main({" + pieces.String() + "})\n"
	out, err := exec.Command(lua, "-e", program+"io.write(text)").Output()
	if err != nil {
		t.Fatal(err)
	}
	s := engine.New(engine.Options{Trusted: true}).NewState(t.Context())
	defer s.Close()
	results, err := s.Run(t.Context(), "x", program+"return text")
	if err != nil {
		t.Fatal(err)
	}
	theirs, ours := strings.Split(string(out), "\n"), strings.Split(fmt.Sprint(results[0]), "\n")
	if len(theirs) != len(erroneous) || len(ours) != len(erroneous) {
		t.Fatalf("%d pieces gave %d messages of C Lua and %d of gscript", len(erroneous), len(theirs), len(ours))
	}
	for i, piece := range erroneous {
		want := theirs[i]
		if own, ok := differing[piece]; ok {
			if own == want {
				t.Errorf("%s: does not differ", piece)
			}
			want = own
		}
		if ours[i] != want {
			t.Errorf("%s\ngscript: %s\n  C Lua: %s", piece, ours[i], theirs[i])
		}
	}
}
