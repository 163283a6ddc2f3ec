package iolib_test

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/gscript-lang/gscript/engine"
	"github.com/gscript-lang/gscript/engine/host"
)

func TestReadFormats(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ text, read, want string }{
		{"a\nb\n\nc", `"*l", "*l", "*l", "*l", "*l"`, "a\tb\t\tc\tnil"},
		{"a\nb", `"*L", "L", "L"`, "a\n\tb\tnil"},
		{"a\nb", ``, "a"},
		{"a\x00b\nc", `"*l"`, "a\x00b"},
		{"abc", `"*a", "*a", "a", "*l"`, "abc\t\t\tnil"},
		{"abcdef", `2, 0, 3, 9, 0, 1`, "ab\t\tcde\tf\tnil"},
		{"abc", `-1`, "abc"},
		{"", `0`, "nil"},
		{"", `"*n", "*l"`, "nil"},
		{" 12 0x1F\n-3.5e2 .5 5. 0x.8p1", `"*n", "n", "*number", "*n", "*n", "*n", "*n"`, "12\t31\t-350\t0.5\t5\t1\tnil"},
		{"nan inf -Infinity", `"*n", "*n", "*n"`, "nan\tinf\t-inf"},
		{"1e+x", `"*n", "*a"`, "1\tx"},
		{"1ex", `"*n", "*a"`, "1\tx"},
		{"12abc", `"*n", "*l"`, "12\tabc"},
		{"-abc", `"*n", "*l"`, "nil"},
		{"0x", `"*n", "*a"`, "nil"},
		{"0x.g", `"*n", "*a"`, "0\tg"},
		{"nax", `"*n"`, "nil"},
		{"infx inity", `"*n", "*a"`, "inf\tx inity"},
		{"1\n2\n", `"*n", "*l", "*n", "*l"`, "1\t\t2\t"},
	} {
		w := trusted(t)
		w.put(t, "f", tt.text)
		if got := w.run(t, `io.input("f") print(io.read(`+tt.read+`))`); got != tt.want+"\n" {
			t.Errorf("%q:read(%s) printed %q, want %q", tt.text, tt.read, got, tt.want)
		}
		if got := w.run(t, `local f = io.open("f") print(f:read(`+tt.read+`))`); got != tt.want+"\n" {
			t.Errorf("the method on %q with (%s) printed %q, want %q", tt.text, tt.read, got, tt.want)
		}
	}
}

// The edges of the buffer of 64 KiB and of the steps of 1 MiB.
func TestReadAcrossBuffers(t *testing.T) {
	t.Parallel()
	w := trusted(t)
	for _, n := range []int{1<<16 - 1, 1 << 16, 1<<16 + 1, 1<<20 - 1, 1<<20 + 1, 3<<20 + 7} {
		line := strings.Repeat("0123456789abcdef", n/16+1)[:n]
		w.put(t, "f", line+"\n"+line)
		got := w.run(t, fmt.Sprintf(`
			local n = %d
			local f = io.open("f") local a, b, c = f:read("*l", "*l", "*l") print(#a == n, a == b, c)
			f:seek("set", 5) print(#f:read(n) == n, #f:read("*a") == n - 4, f:read(1))
			f:seek("set") print(f:read("*a") == a .. "\n" .. b)
			f:seek("set", n) print(f:read("*l") == "", f:read("*L") == b)`, n))
		if want := "true\ttrue\tnil\ntrue\ttrue\tnil\ntrue\ntrue\ttrue\n"; got != want {
			t.Errorf("%d bytes: %q", n, got)
		}
	}
}

func TestFiles(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ name, source, want string }{
		{"modes", `for _, m in ipairs{"w", "a", "r", "r+", "w+", "a+", "rb", "r+b", "rb+"} do local f = assert(io.open("m", m)) io.write(m, "=", tostring(f:write(m) and true), " ") f:close() end print() print(io.open("m"):read("*a"))`,
			"w=true a=true r=nil r+=true w+=true a+=true rb=nil r+b=true rb+=true \nrb++\n"},
		{"mode r+ keeps the rest", `io.open("f", "w"):write("abcdef"):close() local f = io.open("f", "r+") f:write("XY") print(f:read(2)) f:write("Z") f:seek("set") print(f:read("*a"))`, "cd\nXYcdZf\n"},
		{"append goes to the end", `io.open("f", "w"):write("ab"):close() local f = io.open("f", "a+") f:seek("set") f:write("c") f:seek("set") print(f:read("*a"))`, "abc\n"},
		{"invalid modes", `for _, m in ipairs{"", "x", "rw", "r++", "rbb", "+r", "r "} do local ok, e = pcall(function() io.open("f", m) end) io.write(tostring(ok), e:match("invalid mode") and "! " or e) end`,
			"false! false! false! false! false! false! false! "},
		{"absent", `print(io.open("none"))`, "nil\tnone: No such file or directory\t2\n"},
		{"a directory", `print(io.open("."):read(1))`, "nil\tIs a directory\t21\n"},
		{"wrong direction", `io.open("f", "w"):close() print(io.open("f"):write("x")) print(io.open("f", "w"):read(1))`, "nil\tBad file descriptor\t9\nnil\tBad file descriptor\t9\n"},
		{"seek", `local f = io.open("f", "w+") f:write("0123456789") print(f:seek(), f:seek("set", 3), f:read(1), f:seek(), f:seek("cur", 2), f:read(1), f:seek("end", -1), f:read(1), f:seek("set", 20)) print(f:seek("set", -1))`,
			"10\t3\t3\t4\t6\t6\t9\t9\t20\nnil\tInvalid argument\t22\n"},
		{"seek on a pipe", `local p = io.popen("echo x") print(p:seek("set")) p:close()`, "nil\tIllegal seek\t29\n"},
		{"type", `local f = io.open("f", "w") print(io.type(f), io.type(io.stdin)) f:close() print(io.type(f), io.type({}), tostring(f), tostring(io.stdin):match("^file %(0x%x+%)$") ~= nil)`,
			"file\tfile\nclosed file\tnil\tfile (closed)\ttrue\n"},
		{"closed", `local f = io.open("f", "w") f:close() for _, m in ipairs{"read", "write", "lines", "seek", "flush", "setvbuf", "close"} do local ok, e = pcall(f[m], f, "no") io.write(tostring(e:match("attempt to use a closed file") ~= nil), " ") end`,
			"true true true true true true true "},
		{"visible after flush", `local f = io.open("f", "w") f:write("a") f:flush() print(io.open("f"):read("*a")) f:write("b") f:close() print(io.open("f"):read("*a"))`, "a\nab\n"},
		{"setvbuf no", `local f = io.open("f", "w") print(f:setvbuf("no"), f:write("a") == f) print(io.open("f"):read("*a"))`, "true\ttrue\na\n"},
		{"setvbuf line", `local f = io.open("f", "w") f:setvbuf("line") f:write("a") io.write(#io.open("f"):read("*a"), " ") f:write("b\nc") print(#io.open("f"):read("*a"))`, "0 4\n"},
		{"setvbuf full", `local f = io.open("f", "w") print(f:setvbuf("full", 1e11)) f:write(("x"):rep(2^20)) io.write(#io.open("f"):read("*a"), " ") f:write("y") print(#io.open("f"):read("*a"))`, "true\n0 1048576\n"},
		{"standard streams stay", `print(io.stdout:close()) print(io.close()) print(io.output():close()) print(io.stdin:close()) print(io.stderr:close()) print(io.stdout:setvbuf("no"), io.stdin:setvbuf("full"))`,
			strings.Repeat("nil\tthe standard streams stay open\n", 5) + "true\ttrue\n"},
		{"buffered output keeps its order", `io.stdout:setvbuf("full") io.write("a") print("b") io.stdout:write("c\n") io.stdout:flush() io.write("d")`, "ab\nc\nd"},
		{"redirection", `local out = io.output() io.output("f") io.write("x", 1, " ", 1e15, "\n") io.close() print(pcall(io.write, "x")) io.output(out) io.input("f") print(io.read("*a")) io.input():close() print(pcall(io.read))`,
			"false\tstandard output file is closed\nx1 1000000000000000\n\nfalse\tstandard input file is closed\n"},
		{"lines", `io.open("f", "w"):write("a\nb\n\nc"):close() for l in io.lines("f") do io.write("[", l, "]") end for a, b in io.lines("f", 1, "*L") do io.write("{", a, b or "-", "}") end`, "[a][b][][c]{a\n}{b\n}{\nc}"},
		{"lines closes at the end", `io.open("f", "w"):write("a"):close() local next = io.lines("f") next() print(next()) print(select(2, pcall(next)):match("file is already closed"))`, "nil\nfile is already closed\n"},
		{"lines of a method leaves open", `io.open("f", "w"):write("a"):close() local f = io.open("f") for l in f:lines() do end print(io.type(f)) f:close() print(select(2, pcall(f.lines, f)):match("closed file"))`, "file\nclosed file\n"},
		{"lines of what is absent", `print(select(2, pcall(function() io.lines("none") end)))`, "test.lua:1: bad argument #1 to 'lines' (none: No such file or directory)\n"},
		{"bad arguments", `print(select(2, pcall(function() io.read("*x") end))) print(select(2, pcall(function() io.read({}) end))) print(select(2, pcall(function() io.lines({}) end))) print(select(2, pcall(function() io.type() end)))`,
			"test.lua:1: bad argument #1 to 'read' (invalid format)\ntest.lua:1: bad argument #1 to 'read' (invalid option)\ntest.lua:1: bad argument #1 to 'lines' (string expected, got table)\ntest.lua:1: bad argument #1 to 'type' (value expected)\n"},
		{"tmpfile", `local f = io.tmpfile() f:write("abc") f:seek("set") print(f:read("*a"), f:close())`, "abc\ttrue\n"},
		{"popen reads", `local p = io.popen("printf 'a\\nb'; exit 3") print(p:read("*l", "*a")) print(p:close())`, "a\tb\nnil\texit\t3\n"},
		{"popen writes", `local p = io.popen("cat > f", "w") p:write("x", 1) print(p:close()) print(io.open("f"):read("*a"))`, "true\texit\t0\nx1\n"},
		{"popen and a signal", `print(io.popen("kill -9 $$"):close())`, "nil\tsignal\t9\n"},
		{"popen closed before its end", `print((io.popen("yes"):close()))`, "nil\n"},
		{"popen mode", `print(select(2, pcall(function() io.popen("x", "rw") end)))`, "test.lua:1: bad argument #2 to 'popen' (invalid mode)\n"},
		{"a forgotten pipe is written", `local p = io.popen("cat > f", "w") p:write("late")`, ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			w := trusted(t)
			if got := w.run(t, tt.source); got != tt.want {
				t.Errorf("printed %q, want %q", got, tt.want)
			}
		})
	}
}

func TestEndOfTheRunWritesAll(t *testing.T) {
	t.Parallel()
	w := trusted(t)
	w.run(t, `f = io.open("f", "w") f:write("kept") p = io.popen("cat > g", "w") p:write("late")`)
	if got, _ := os.ReadFile(filepath.Join(w.dir, "f")); string(got) != "kept" {
		t.Errorf("after the run: %q", got)
	}
	if got := w.run(t, `f:write(" on") return f:close()`); got != "" {
		t.Error(got)
	}
	if got, _ := os.ReadFile(filepath.Join(w.dir, "f")); string(got) != "kept on" {
		t.Errorf("after the second run: %q", got)
	}
	if err := w.state.Close(); err != nil {
		t.Error(err)
	}
	if got, _ := os.ReadFile(filepath.Join(w.dir, "g")); string(got) != "late" {
		t.Errorf("what went to the pipe: %q", got)
	}
}

func TestStandardInput(t *testing.T) {
	t.Parallel()
	w := newWorld(t, engine.Options{Stdin: strings.NewReader("1 2\nline\nrest\nof it")})
	got := w.run(t, `print(io.read("*n", "*n", "*l", "*l")) for l in io.lines() do io.write("[", l, "]") end print(io.read(), io.stdin:read("*a"))`)
	if want := "1\t2\t\tline\n[rest][of it]nil\t\n"; got != want {
		t.Errorf("printed %q, want %q", got, want)
	}
}

// A read that never returns is left behind, and what it brings is not lost.
func TestBlockedInput(t *testing.T) {
	t.Parallel()
	r, feed := io.Pipe()
	defer feed.Close()
	w := newWorld(t, engine.Options{Stdin: r})
	w.stopped(t, `io.read()`)
	w.stopped(t, `for l in io.lines() do end`)
	go io.WriteString(feed, "late\n")
	if got := w.run(t, `print(io.read())`); got != "late\n" {
		t.Errorf("printed %q", got)
	}
}

func TestLostOutput(t *testing.T) {
	t.Parallel()
	if _, err := os.Stat("/dev/full"); err != nil {
		t.Skip("there is no /dev/full")
	}
	w := trusted(t)
	lost := "nil\tNo space left on device\t28\n"
	for source, want := range map[string]string{
		`print(f:write(("x"):rep(1e5)))`:                  lost,
		`f:write("x") print(f:flush())`:                   lost,
		`f:write("x") print(f:close())`:                   lost,
		`f:setvbuf("no") print(f:write("x"))`:             lost,
		`f:write("x") io.output(f) print(io.close())`:     lost,
		`f:write("x") io.output(f) print(io.flush())`:     lost,
		`f:setvbuf("line") print(f:write("x\n"))`:         lost,
		`f:setvbuf("line") f:write("x") print(f:close())`: lost,
		`f:write("x") print(f:flush()) print(f:close())`:  lost + "true\n",
		`f:write("x") print(f:setvbuf("no"), io.type(f))`: "nil\tfile\n",
	} {
		if got := w.run(t, `local out = io.output() local f = io.open("/dev/full", "w") `+source+` io.output(out)`); got != want {
			t.Errorf("%s printed %q, want %q", source, got, want)
		}
	}
}

// A regular file is written at the end of a run; that this fails is said.
func TestOutputLostAtTheEnd(t *testing.T) {
	t.Parallel()
	w := newWorld(t, engine.Options{Stdout: failing{}})
	if _, err := w.state.Run(t.Context(), "test.lua", `io.stdout:setvbuf("full") print("x")`); engine.KindOf(err) != "output.closed" {
		t.Errorf("error %v", err)
	}
	if _, err := w.state.Run(t.Context(), "test.lua", `io.stdout:setvbuf("no") io.write("x")`); engine.KindOf(err) != "output.closed" {
		t.Errorf("error %v", err)
	}
}

// A full disk is not a reader that went away, which nobody is told about.
func TestOutputWithoutRoom(t *testing.T) {
	t.Parallel()
	for _, mode := range []string{"full", "no"} {
		w := newWorld(t, engine.Options{Stdout: noRoom{}})
		_, err := w.state.Run(t.Context(), "test.lua", `io.stdout:setvbuf("`+mode+`") print("x")`)
		if e := engine.Classify(err); e.Kind != "fs.no_space" || e.Message != "the output cannot be written: no space left on the device" {
			t.Errorf("%s: error %v [%s]", mode, err, e.Kind)
		}
	}
}

type failing struct{}

func (failing) Write([]byte) (int, error) { return 0, io.ErrClosedPipe }

type noRoom struct{}

func (noRoom) Write([]byte) (int, error) { return 0, syscall.ENOSPC }

func TestNothingGranted(t *testing.T) {
	t.Parallel()
	w := newWorld(t, engine.Options{})
	w.put(t, "f", "secret")
	for _, call := range []string{
		`io.open("f")`, `io.open("f", "w")`, `io.lines("f")`, `io.input("f")`, `io.output("f")`, `io.tmpfile()`,
		`io.popen("true")`, `io.popen("true", "w")`,
	} {
		if got := w.run(t, `local ok, e = pcall(function() return `+call+` end) print(ok, e.kind)`); got != "false\tpermission.denied\n" {
			t.Errorf("%s printed %q", call, got)
		}
	}
	for _, harmless := range []string{`io.type(1)`, `io.read()`, `io.write("")`, `io.flush()`, `io.close()`} {
		if got := w.run(t, `print((pcall(function() return `+harmless+` end)))`); got != "true\n" {
			t.Errorf("%s printed %q", harmless, got)
		}
	}
	// A function that is new must be put into one of the lists above.
	if got := w.run(t, `local n = 0 for k, v in pairs(io) do if type(v) == "function" then n = n + 1 end end print(n)`); got != "11\n" {
		t.Errorf("io has %s functions", got)
	}
	reads := newWorld(t, engine.Options{Permissions: host.Permissions{}.Allow(host.Read)})
	reads.put(t, "f", "text")
	if got := reads.run(t, `print(io.open("f"):read("*a"), select(2, pcall(io.open, "f", "a")).kind)`); got != "text\tpermission.denied\n" {
		t.Errorf("with reading granted: %q", got)
	}
}

func TestLimits(t *testing.T) {
	t.Parallel()
	w := newWorld(t, engine.Options{Permissions: host.AllowAll(), Limits: engine.Limits{String: 3 << 20}})
	w.put(t, "large", strings.Repeat("x", 4<<20))
	for _, call := range []string{
		`io.open("/dev/zero"):read("*a")`, `io.open("/dev/zero"):read(4e9)`, `io.open("/dev/zero"):read("*l")`, `io.open("/dev/zero"):read(-1)`,
		`io.open("large"):read("*a")`, `io.open("large"):read("*l")`, `io.open("large"):read(4e6)`, `io.popen("cat /dev/zero"):read("*a")`,
	} {
		if got := w.run(t, `local ok, e = pcall(function() return `+call+` end) print(ok, e.kind)`); got != "false\tlimit.string\n" {
			t.Errorf("%s printed %q", call, got)
		}
	}
	if got := w.run(t, `print(#io.open("/dev/zero"):read(3 * 2^20), #io.open("large"):read(3 * 2^20))`); got != "3145728\t3145728\n" {
		t.Errorf("at the limit: %q", got)
	}
	steps := newWorld(t, engine.Options{Permissions: host.AllowAll(), Limits: engine.Limits{Steps: 50_000}})
	if _, err := steps.state.Run(t.Context(), "test.lua", `local f = io.open("/dev/zero") while true do f:read(2^20) end`); engine.KindOf(err) != "limit.steps" {
		t.Errorf("error %v", err)
	}
}

// Files that a script forgets are closed when they are collected or the script
// ends, so that it does not run out of them.
func TestForgottenFiles(t *testing.T) {
	t.Parallel()
	w := trusted(t)
	w.put(t, "f", "x\ny\n")
	if got := w.run(t, `for i = 1, 300 do for l in io.lines("f") do if l then break end end io.open("g" .. i % 3, "w"):write(i) end print "done"`); got != "done\n" {
		t.Error(got)
	}
	for i := range 3 {
		if got, _ := os.ReadFile(filepath.Join(w.dir, fmt.Sprint("g", i))); len(got) != 3 {
			t.Errorf("g%d: %q", i, got)
		}
	}
}
