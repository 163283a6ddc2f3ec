package engine_test

import (
	"bytes"
	"context"
	"flag"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/gscript-lang/gscript/engine"
)

// survives runs a script as an embedder would run a stranger's and fails when a
// panic escapes, Go shows through in the error, the deadline is passed twice
// over, or an ordinary script does not run afterwards.
func survives(t *testing.T, source string) {
	t.Helper()
	var took time.Duration
	for range 3 { // a busy machine is late for other reasons, but not three times
		var out bytes.Buffer
		s := engine.New(engine.Options{
			Stdin: strings.NewReader("1 2 3\nline\n"), Stdout: &out, Stderr: &out,
			Limits: engine.Limits{Time: deadline, Memory: 512 << 20, Output: 1 << 20},
		}).NewState(context.Background())
		begin := time.Now()
		_, err := s.Run(context.Background(), "fuzz", source)
		took = time.Since(begin)
		if _, again := s.Run(context.Background(), "again", "return 1"); again != nil && !broken(err) && engine.KindOf(again) != "limit.deadline" {
			t.Fatalf("the state is of no use any more: %v", again)
		}
		if cerr := s.Close(); cerr != nil {
			t.Fatal(cerr)
		}
		if err != nil {
			text := fmt.Sprint(err)
			for _, word := range []string{"runtime error", "goroutine ", "0xc0", "%!", "interface conversion", "reflect"} {
				if strings.Contains(text, word) && !strings.Contains(source, word) {
					t.Fatalf("Go shows through: %.500s", text)
				}
			}
		}
		if engine.KindOf(err) == "internal" {
			t.Fatalf("%+v", err)
		}
		if took <= 2*deadline || raceEnabled {
			break
		}
	}
	if took > 2*deadline && !raceEnabled {
		t.Fatalf("it took %v under a deadline of %v", took, deadline)
	}
	if err := runCanary(); err != nil {
		t.Fatalf("the canary: %v", err)
	}
}

// broken says that err is a Go panic, which is reported as such.
func broken(err error) bool { return engine.KindOf(err) == "internal" }

// FuzzSource runs bytes as a script.
func FuzzSource(f *testing.F) {
	if fuzzing := flag.Lookup("test.fuzz").Value.String() != ""; fuzzing { // else TestHostileScripts runs them
		for _, h := range hostileScripts(f) {
			if h.limits.Memory == 0 {
				f.Add(h.source)
			}
		}
	}
	f.Add(canary)
	f.Fuzz(survives)
}

// FuzzCalls makes of bytes a script that calls the library with odd values.
func FuzzCalls(f *testing.F) {
	for i := range byte(200) {
		f.Add([]byte{i, i * 7, i * 31, i ^ 0x55, i + 13, i * 3, 255 - i, i * 11, i, 7, 99, i})
	}
	f.Fuzz(func(t *testing.T, data []byte) { survives(t, program(data)) })
}

// oddValues are what a library function should get at least once.
var oddValues = []string{
	"nil", "true", "0", "1", "-1", "2", "3.5", "1e15", "2^31", "2^53", "-2^63", "1e308", "math.huge", "-math.huge", "0/0", "-0",
	`""`, `"a"`, `"abc"`, `"10"`, `"0x10"`, `" 5 "`, `"%d %s %q"`, `"%5.2f"`, `".-b"`, `"(%w+)%s*"`, `"%f[%w]"`, `"%b()"`, `"[^%z]"`, `"(()"`, `"%"`, `"\0\255"`,
	`("x"):rep(1000)`, `("a"):rep(1e5)`, `"*a"`, `"*t"`, `"!%c"`, `"k"`, `"<i8"`, `"return 1"`, `"return ("`,
	"{}", "{1, 2, 3}", "{3, 1, 2}", `{"b", "a"}`, "{{}}", "big", "keyed", "meta", "locked", "self", "_G", "sparse",
	"print", "error", "function() end", "function(...) return ... end", "function(a, b) return a < b end", "yields", "fails", "recurses", "co", "dead",
	"io.stdout", "string", "table", "coroutine.running()",
	"clears", "grows", "resumes", "steps", "closes", "native", "looped", "failure", "holes", `("%s"):rep(50)`, "twice", "nested", "shared", "unpack(shared)",
	"setmetatable({}, {__index = clears, __newindex = rawset, __call = grows})", "setmetatable({}, {__metatable = 1, __mode = 'k', __tostring = yields})",
	"coroutine.wrap(yields)", "coroutine.create(table.sort)", "coroutine.wrap(pcall)", "pcall", "tostring", "next", "rawset", "coroutine.yield", "coroutine.wrap",
	"(\"x\"):rep(70e6)", "string.rep", "table.concat", "{unpack(big)}", "unpack(big)",
}

// calls are functions that take them.
var calls = []string{
	"assert", "collectgarbage", "error", "getmetatable", "ipairs", "load", "loadstring", "next", "pairs", "pcall", "print", "rawequal", "rawget", "rawset",
	"select", "setmetatable", "tonumber", "tostring", "type", "unpack", "xpcall", "try", "with", "finally", "require", "dofile", "loadfile",
	"string.byte", "string.char", "string.dump", "string.find", "string.format", "string.gmatch", "string.gsub", "string.len", "string.lower", "string.match",
	"string.rep", "string.reverse", "string.sub", "string.upper", "string.pack", "string.unpack", "string.packsize",
	"table.concat", "table.insert", "table.maxn", "table.remove", "table.sort", "table.pack", "table.unpack", "table.move", "table.foreach", "table.foreachi", "table.getn",
	"math.abs", "math.ceil", "math.floor", "math.fmod", "math.frexp", "math.ldexp", "math.log", "math.max", "math.min", "math.modf", "math.pow", "math.random",
	"math.randomseed", "math.sqrt", "math.type", "math.tointeger",
	"coroutine.create", "coroutine.resume", "coroutine.status", "coroutine.wrap", "coroutine.yield", "coroutine.running", "coroutine.isyieldable", "coroutine.close",
	"os.clock", "os.date", "os.difftime", "os.execute", "os.exit", "os.getenv", "os.remove", "os.rename", "os.setlocale", "os.time", "os.tmpname",
	"io.close", "io.flush", "io.input", "io.lines", "io.open", "io.output", "io.popen", "io.read", "io.tmpfile", "io.type", "io.write", "debug.traceback",
	"rawlen", "io.stdout.setvbuf", "io.stdout.write", "io.stdin.lines", "clears", "grows", "resumes", "steps", "closes", "yields", "fails", "recurses",
}

// settings are what runs a body: as a callback, a metamethod or a coroutine.
// A second body is what comes afterwards.
var settings = []string{
	"pcall(function() %s %s end)",
	"pcall(coroutine.wrap(function() %s %s end))",
	"local c = coroutine.wrap(function() %s coroutine.yield(1) %s end) pcall(c) pcall(c, 1, 2) pcall(c)",
	"pcall(table.sort, {3, 1, 2, 5, 4}, function(a, b) %s %s return a < b end)",
	"pcall(table.sort, shared, function(a, b) %s %s return a end)",
	"pcall(string.gsub, 'abc', '.', function(c) %s %s end)",
	"pcall(string.gsub, 'abc', '()(.)', setmetatable({}, {__index = function(t, k) %s %s return 'x' end}))",
	"pcall(function() local t = setmetatable({}, {__index = function() %s end, __newindex = function() %s end}) t.x = t.y end)",
	"pcall(tostring, setmetatable({}, {__tostring = function() %s %s return 'text' end}))",
	"pcall(finally, function() %s end, function() %s end)",
	"pcall(with, {close = function() %s end}, function() %s end)",
	"xpcall(function() %s error({}) end, function(e) %s return e end)",
	"try(function() %s %s end)",
	"pcall(function() for k, v in function() %s end do %s break end end)",
	"pcall(load, function() %s %s end)",
	"pcall(table.foreach, shared, function(k, v) %s %s end)",
	"pcall(function() for k, v in pairs(shared) do %s shared[k] = nil %s end end)",
	"pcall(function() local m = {__concat = function() %s end, __add = function() %s end} m = setmetatable(m, m) return 'a' .. m .. 1, m + 1 end)",
	"pcall(function() local m = {__eq = function() %s end, __lt = function() %s end, __le = function() return 1 end} local a, b = setmetatable({}, m), setmetatable({}, m) return a == b, a < b, a >= b end)",
	"pcall(function() local m = setmetatable({}, {__call = function(...) %s return ... end, __unm = function() %s end}) return m(m, m), -m end)",
	"pcall(function() local m = setmetatable({}, {__len = function() %s end, __pairs = function() %s return next, {}, nil end}) for _ in pairs(m) do end return #m end)",
	"pcall(table.move, setmetatable({}, {__index = function() %s return 1 end}), 1, 5, 2, setmetatable({}, {__newindex = function() %s end}))",
	"pcall(os.time, setmetatable({}, {__index = function() %s %s return 5 end}))",
	"pcall(string.format, '%%s %%s', setmetatable({}, {__tostring = function() %s return 'a' end}), setmetatable({}, {__tostring = function() %s end}))",
	"pcall(print, setmetatable({}, {__tostring = function() %s %s return 'p' end}))",
	"local function again(n) if n == 0 then %s return end again(n - 1) %s end pcall(again, 30)",
	"local function tail(n) if n == 0 then %s return coroutine.running() end return tail(n - 1) end pcall(tail, 500) %s",
}

const preamble = `
local big, keyed, sparse, shared = {}, {}, {[1] = 1, [3] = 3, [1000] = 1, [2^40] = 2}, {5, 4, 3, "two", x = 1, y = 2, z = {}}
for i = 1, 2000 do big[i] = i % 37; keyed["k" .. i] = i end
local self = {} self.self = self
local meta = setmetatable({}, {
  __index = function(t, k) return k end, __newindex = function() end, __call = function(t, ...) return ... end,
  __add = function(a) return a end, __concat = function(a, b) return "cat" end, __tostring = function() return "meta" end,
  __eq = function() return true end, __lt = function() return false end, __le = function() return true end,
  __unm = function() return 1 end, __len = function() return 3 end, __pairs = function(t) return next, {}, nil end,
})
local locked = setmetatable({}, {__metatable = "locked", __tostring = function() error("no text") end, __index = function(t, k) return t[k] end})
local native = setmetatable({}, {__index = rawget, __newindex = rawset, __call = tostring, __add = select, __concat = string.rep, __tostring = tostring,
  __eq = rawequal, __lt = math.max, __le = next, __unm = coroutine.wrap, __len = error, __pairs = pcall, __name = "native"})
local looped = {} setmetatable(looped, {__index = looped, __newindex = looped, __call = looped, __concat = looped, __tostring = looped, __metatable = looped})
local function yields(...) return coroutine.yield(...) end
local function fails(...) error({...}) end
local function recurses(...) return pcall(recurses) end
local function clears(...) for k in next, shared do shared[k] = nil end return ... end
local function grows(...) for i = 1, 100 do shared[#shared + 1] = i; shared["n" .. i] = i end return ... end
local co = coroutine.create(function(...) while true do coroutine.yield(...) end end)
local dead = coroutine.create(function() end) coroutine.resume(dead)
local broken = coroutine.create(error) coroutine.resume(broken, {})
local twice = coroutine.wrap(function(...) local a, b = coroutine.yield(...) return coroutine.yield(a, b) end)
local function resumes(...) return coroutine.resume(co, ...) end
local function steps(f, ...) return coroutine.resume(coroutine.create(function(...) if type(f) == "function" then f(...) end coroutine.yield(f) return f end), ...) end
local function closes() return coroutine.close(co) end
local _, failure = pcall(string.rep, "x", 1e12)
local nested = {} for i = 1, 300 do nested = {nested, nested} end
local holes = {1, nil, 3, nil, nil, 6} holes[2^22] = 1 holes[-1] = 1 holes[0.5] = 2
`

// program spells a script out of data.
func program(data []byte) string {
	next := func() int {
		if len(data) == 0 {
			return 0
		}
		v := int(data[0])
		data = data[1:]
		return v
	}
	argument := func() string {
		v := oddValues[next()%len(oddValues)]
		if next()%16 == 0 {
			v = fmt.Sprintf("pcall(%s, %s)", calls[next()%len(calls)], v)
		}
		return v
	}
	list := func(n int) string {
		args := make([]string, n)
		for i := range args {
			args[i] = argument()
		}
		return strings.Join(args, ", ")
	}
	var statement func(depth int) string
	statement = func(depth int) string {
		how := next()
		name, n := calls[next()%len(calls)], how%5
		switch how / 5 % 12 {
		case 0, 1:
			return "pcall(" + strings.TrimSuffix(name+", "+list(n), ", ") + ")\n"
		case 2:
			return fmt.Sprintf("pcall(function() return %s(%s) end)\n", name, list(n))
		case 3:
			return fmt.Sprintf("coroutine.resume(coroutine.create(function() return %s(%s) end))\n", name, list(n))
		case 4:
			return fmt.Sprintf("pcall(function() for k, v in %s(%s) do if k == 100 then break end end end)\n", name, list(n))
		case 5:
			return "pcall(coroutine.wrap(" + name + "), " + list(max(n, 1)) + ")\n"
		case 6:
			return fmt.Sprintf("pcall(function() local x, y = %s, %s; return x .. y, x + y, x < y, x == y, #x, -x, x[y], x(y) end)\n", argument(), argument())
		case 7:
			return fmt.Sprintf("pcall(function() shared[%s] = %s end)\n", argument(), argument())
		case 8:
			return fmt.Sprintf("coroutine.yield(%s)\n", list(n))
		default:
			if depth == 4 {
				return fmt.Sprintf("do local a, b, c = %s(%s) end\n", name, list(n))
			}
			setting := settings[next()%len(settings)]
			return fmt.Sprintf("do "+setting+" end\n", statement(depth+1), statement(depth+1))
		}
	}
	var b strings.Builder
	b.WriteString(preamble)
	for n := 0; len(data) > 0 && n < 30; n++ {
		b.WriteString("pcall(function() " + statement(0) + " end)\n")
	}
	return b.String()
}
