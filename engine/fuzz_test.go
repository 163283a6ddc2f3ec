package engine_test

import (
	"bytes"
	"context"
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
		if took <= 2*deadline {
			break
		}
	}
	if took > 2*deadline {
		t.Fatalf("it took %v under a deadline of %v", took, deadline)
	}
	if err := runCanary(); err != nil {
		t.Fatalf("the canary: %v", err)
	}
}

// FuzzSource runs bytes as a script.
func FuzzSource(f *testing.F) {
	for _, h := range hostileScripts(f) {
		if h.limits.Memory == 0 {
			f.Add(h.source)
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
}

const preamble = `
local big, keyed, sparse = {}, {}, {[1] = 1, [3] = 3, [1000] = 1, [2^40] = 2}
for i = 1, 2000 do big[i] = i % 37; keyed["k" .. i] = i end
local self = {} self.self = self
local meta = setmetatable({}, {
  __index = function(t, k) return k end, __newindex = function() end, __call = function(t, ...) return ... end,
  __add = function(a) return a end, __concat = function(a, b) return "cat" end, __tostring = function() return "meta" end,
  __eq = function() return true end, __lt = function() return false end, __le = function() return true end,
  __unm = function() return 1 end, __len = function() return 3 end, __pairs = function(t) return next, {}, nil end,
})
local locked = setmetatable({}, {__metatable = "locked", __tostring = function() error("no text") end, __index = function(t, k) return t[k] end})
local function yields(...) return coroutine.yield(...) end
local function fails(...) error({...}) end
local function recurses(...) return pcall(recurses) end
local co = coroutine.create(function(...) while true do coroutine.yield(...) end end)
local dead = coroutine.create(function() end) coroutine.resume(dead)
`

// program spells a script out of data.
func program(data []byte) string {
	var b strings.Builder
	b.WriteString(preamble)
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
	for n := 0; len(data) > 0 && n < 40; n++ {
		how := next()
		args := make([]string, how%5)
		for i := range args {
			args[i] = argument()
		}
		list := strings.Join(args, ", ")
		name := calls[next()%len(calls)]
		switch how / 5 % 8 {
		case 0, 1, 2:
			fmt.Fprintf(&b, "pcall(%s)\n", strings.Join(append([]string{name}, args...), ", "))
		case 3:
			fmt.Fprintf(&b, "pcall(function() return %s(%s) end)\n", name, list)
		case 4:
			fmt.Fprintf(&b, "coroutine.resume(coroutine.create(function() return %s(%s) end))\n", name, list)
		case 5:
			fmt.Fprintf(&b, "pcall(function() for k, v in %s(%s) do if k == 100 then break end end end)\n", name, list)
		case 6:
			fmt.Fprintf(&b, "pcall(coroutine.wrap(%s)%s)\n", name, strings.Join(append([]string{""}, args...), ", "))
		default:
			fmt.Fprintf(&b, "pcall(function() local x, y = %s, %s; return x .. y, x + y, x < y, x == y, #x, -x, x[y], x(y) end)\n", argument(), argument())
		}
	}
	return b.String()
}
