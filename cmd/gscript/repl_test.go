//go:build unix

package main

import (
	"bytes"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"

	"github.com/creack/pty"
)

func TestPromptValues(t *testing.T) {
	t.Parallel()
	s := talk(t, t.TempDir())
	s.shows("Ctrl-D to leave")
	s.enter("1 + 1", "2")
	s.enter("_ * 21", "42")
	s.enter(`"a", nil, {1, x = {2}}`, `"a", nil, {1, x = {2}}`)
	s.enter("local n = 5")
	s.enter("local function twice(x) return 2 * x end")
	s.enter("twice(n)", "10")
	s.enter("x = n")
	s.enter(`toposort.sort{b={"a"}}`, `{"a", "b"}`)
	s.enter("print('hi')", "hi")
	s.enter("io.write('no end') x = 1", "no end")
	s.send("\x04")
	s.quit(0)
}

func TestPromptMultiline(t *testing.T) {
	t.Parallel()
	s := talk(t, t.TempDir())
	s.ends(">")
	s.send("for i = 1, 2 do\r")
	s.ends("> for i = 1, 2 do", ">>")
	s.send("print(i)\rend\r")
	s.ends(">>   print(i)", ">> end", "1", "2", ">")
	// What closes a block goes back to where it began.
	s.send("if x then\r")
	s.ends("> if x then", ">>")
	s.send("y = {\r")
	s.ends(">>   y = {", ">>")
	s.send("1}\r")
	s.ends(">>     1}", ">>")
	s.send("else\r")
	s.ends(">> else", ">>")
	s.send("print('indented')\r")
	s.ends(">>   print('indented')", ">>")
	s.send("end\r")
	s.ends(">> end", "indented", ">")
	s.send("x = {\r1,\r\r")
	s.shows("error: '}' expected (to close '{' at line 1)")
	s.ends(">")
	s.send("s = [[a\r")
	s.ends("> s = [[a", ">>")
	s.send("b]]\r")
	s.enter("s", `"a\nb"`)
	// Up goes through the lines of a text, then to older ones.
	s.send("\x1b[A\x1b[A")
	s.ends("> s = [[a", ">> b]]")
	s.send("\x1b[A\x01\x1b[3~y\r")
	s.ends("> y = [[a", ">> b]]", ">")
	s.enter("y == s", "true")
}

func TestPromptHistory(t *testing.T) {
	t.Parallel()
	home := t.TempDir()
	s := talk(t, home)
	s.enter("first = 1")
	s.enter(" secret = 2")
	s.ends(">")
	s.send("do\rx = 3 end\r")
	s.ends(">> x = 3 end", ">")
	s.send("\x04")
	s.quit(0)

	file := filepath.Join(home, "state", "gscript", "history")
	info, err := os.Stat(file)
	if err != nil {
		t.Fatal(err)
	}
	if info.Mode().Perm() != 0o600 {
		t.Errorf("the history has the mode %v", info.Mode())
	}
	kept, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if strings.Contains(string(kept), "secret") {
		t.Errorf("a line that begins with a space was kept: %s", kept)
	}

	s = talk(t, home)
	s.ends(">")
	s.send("\x1b[A")
	s.ends("> do", ">> x = 3 end")
	s.send("\x1b[A\x1b[A") // to the first line, then to the entry before
	s.ends("> first = 1")
	s.send("\x1b[B\x1b[B\x1b[B")
	s.ends(">")
	s.send("\x12firs")
	s.ends("(search: firs) first = 1")
	s.send("\r")
	s.ends("> first = 1", ">")
}

func TestPromptCompletion(t *testing.T) {
	t.Parallel()
	home := t.TempDir()
	if err := os.WriteFile(filepath.Join(home, "mine.lua"), []byte("--- Adds.\nfunction add(a, b) return a + b end\nreturn 7\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	s := talk(t, home)
	s.ends(">")
	s.send("ht\t")
	s.ends("> http")
	s.send(".ge\t")
	s.ends("> http.get")
	s.send("(u, {timeo\t")
	s.ends("> http.get(u, {timeout=")
	s.send("\x15toposort.so\t")
	s.shows("Put the nodes in an order") // its docs beside the name
	s.send("\t")
	s.shows("> toposort.sort")
	s.send("\x03")
	s.ends(">")
	s.enter("conf = {server = {address = 1, admin = 2}}")
	s.send("conf.server.ad\t")
	s.shows("address")
	s.shows("admin")
	s.send("d\t")
	s.ends("> conf.server.address")
	s.send("\x15")
	s.enter("odd = {['a b'] = 1, ['end'] = 2, ok = 3}") // what cannot be written so is left out
	s.send("odd.\t")
	s.ends("> odd.ok")
	s.send("\x15")
	s.enter("f = io.tmpfile()")
	s.enter("c = thread.counter()")
	s.send("c:compa\t")
	s.ends("> c:compare_and_set")
	s.send("\x15")
	s.enter("h = http")
	s.send("h.get(u, {timeo\t")
	s.ends("> h.get(u, {timeout=")
	s.send("\x15")
	s.enter("web = http.session()")
	s.send("web:get(u, {timeo\t")
	s.ends("> web:get(u, {timeout=")
	s.send("\x15:lo\t")
	s.ends("> :load")
	s.send(" mi\t")
	s.ends("> :load mine.lua")
	s.send("\r")
	s.ends("> :load mine.lua", "7", ">")
	s.enter("add(1, 2)", "3")
	s.send("?add\r")
	s.ends("> ?add", "add(a, b)", "", "  Adds.", "", "defined at mine.lua:2", ">")
	s.send("require \"mi\t")
	s.ends("> require \"mine")
}

func TestPromptInterrupt(t *testing.T) {
	t.Parallel()
	s := talk(t, t.TempDir())
	s.enter("x = 1")
	s.send("while true do end -- loop\r")
	s.runs()
	s.send("\x03")
	s.ends("interrupted at repl[2]:1", ">")
	s.send("async.sleep(1000)\r")
	s.runs()
	s.send("\x03")
	s.ends("interrupted at repl[3]:1", ">")
	// What cleans up may, and what catches does not hold it up for ever.
	s.send("finally(function() print('go') async.sleep(1000) end, function() async.sleep(0.01) print('cleaned') end)\r")
	s.ends("go")
	s.send("\x03")
	s.ends("^C", "cleaned", "interrupted at repl[4]:1", ">")
	s.send("print 'go on' while true do pcall(async.sleep, 1000) end\r")
	s.ends("go on")
	s.send("\x03\x03")
	s.shows("interrupted at repl[5]:1")
	s.ends(">")
	s.enter("x", "1")
	// The line that is being typed is dropped.
	s.send("half a li\x03")
	s.ends("> half a li^C", ">")
	s.send("for i = 1, 3 do\r")
	s.ends(">>")
	s.send("\x03")
	s.ends(">>   ^C", ">")
	// Where there is nothing to drop it says how to leave.
	s.send("\x03")
	s.ends("> ^C", "Ctrl-D or :quit leaves", ">")
}

func TestPromptTasks(t *testing.T) {
	t.Parallel()
	home := t.TempDir()
	// A task waits for what the test writes.
	if err := syscall.Mkfifo(filepath.Join(home, "go"), 0o600); err != nil {
		t.Fatal(err)
	}
	s := talk(t, home)
	s.enter("function f() subprocess.run{'cat', 'go'} print('seen') error('bad') end")
	s.enter("t = async.spawn(f)")
	s.enter("1 + 1", "2")
	s.send("half a\x1b[D")
	s.ends("> half a")
	s.send("\x05\x15")
	s.enter(":tasks", "3  task of repl[2]:1, in subprocess.run")
	s.send("half a\x1b[D")
	s.ends("> half a")
	if err := os.WriteFile(filepath.Join(home, "go"), nil, 0); err != nil {
		t.Fatal(err)
	}
	s.ends(
		"seen",
		"the task of repl[2]:1 failed, and nobody awaited it",
		"error: bad",
		"  at repl[1]:1",
		"",
		"> 1 | function f() subprocess.run{'cat', 'go'} print('seen') error('bad') end",
		"    | ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^",
		"",
		"traceback:",
		"  repl[1]:1: in task <repl[1]:1>",
		"  repl[2]:1: started the task",
		"> half a",
	)
	s.send("line \r") // the cursor is where it was
	s.shows("\n> half line a\n")
}

func TestPromptErrors(t *testing.T) {
	t.Parallel()
	home := t.TempDir()
	s := talk(t, home, "--sandbox")
	s.enter("local t = nil print(t.x.y)",
		"error: attempt to index global 't' (a nil value)",
		"  at repl[1]:1",
		"",
		"> 1 | local t = nil print(t.x.y)",
		"    |                     ^",
	)
	s.enter("1 + * 2",
		"error: syntax error near '*' [syntax]",
		"  at repl[2]:1",
		"",
		"> 1 | 1 + * 2",
		"    |     ^",
	)
	s.enter(":laod x",
		"error: there is no command ':laod' [args.invalid]",
		"",
		"hint: did you mean ':load'?",
	)
	s.send("fs.read('x')\r")
	s.shows("error: fs.read: permission denied")
	s.shows("hint: allow it with --allow-read=")
	s.ends(">")
	s.enter(":load", "error: write :load file.lua [args.invalid]")
	s.enter("?htpp", "error: there is no help for 'htpp' [args.invalid]", "", "hint: did you mean 'http'?")
	s.enter("1", "1")
	s.send("os.exit(5)\r")
	s.quit(5)
}

func TestPromptCommands(t *testing.T) {
	t.Parallel()
	home := t.TempDir()
	write := func(name, text string) {
		t.Helper()
		if err := os.WriteFile(filepath.Join(home, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write("app.lua", "local M = {}\nfunction M.v() return 1 end\nreturn M\n")
	s := talk(t, home)
	s.enter("app = require 'app'")
	s.enter("app.v()", "1")
	write("app.lua", "local M = {}\nfunction M.v() return 2 end\nreturn M\n")
	s.enter(":reload app", "reloaded app")
	s.enter("app.v()", "2")
	write("app.lua", "oops oops\n")
	s.send(":reload app\r")
	s.shows("> 1 | oops oops")
	s.enter("app.v()", "2")
	s.send(":time app.v() + 40\r")
	s.until("the time", func(text string) bool {
		return regexp.MustCompile(`\n42\ntook [0-9.]+[mµn]?s\n>$`).MatchString(text)
	})
	s.send("?string.rep\r")
	s.ends("> ?string.rep", "string.rep(s, n, sep?) -> string", "", "  s repeated.", ">")
	s.send(":doc toposort.sort\r")
	s.shows("toposort.sort(deps, {sort=true, self=\"error\"}) -> any[]")
	s.ends(">")
	s.send("help(thread.counter())\r")
	s.shows("thread.Counter")
	s.ends(">")
	s.send("help('http.get')\r")
	s.shows("http.get(url, {")
	s.ends(">")
	s.send(":q\r")
	s.quit(0)
}

func TestPromptPaste(t *testing.T) {
	t.Parallel()
	s := talk(t, t.TempDir())
	s.ends(">")
	// Nothing runs before Enter, and then all of it, each expression with its value.
	s.send("\x1b[200~local function f(x)\r\r  return x * 2\rend\rf(4)\rlocal s = 'a'\r  .. 'b'\rs\x1b[201~")
	s.ends(">> f(4)", ">> local s = 'a'", ">>   .. 'b'", ">> s")
	s.send("\r")
	s.ends(">> s", "8", "\"ab\"", ">")
	// What a terminal without bracketed paste sends comes through, too.
	s.send("function g()\r\r  return 7\rend\rg()\r")
	s.ends("> g()", "7", ">")
}

func TestPromptResize(t *testing.T) {
	t.Parallel()
	s := talk(t, t.TempDir())
	s.ends(">")
	long := strings.Repeat("abcdefghi ", 10)
	s.send("-- " + long)
	s.ends("> -- "+long[:75], strings.TrimRight(long[75:], " "))
	s.mu.Lock()
	s.screen.columns = 120
	s.mu.Unlock()
	if err := pty.Setsize(s.tty, &pty.Winsize{Rows: 24, Cols: 120}); err != nil {
		t.Fatal(err)
	}
	s.ends("> -- " + strings.TrimRight(long, " "))
}

func TestPromptTerminated(t *testing.T) {
	t.Parallel()
	s := talk(t, t.TempDir())
	s.ends(">")
	if err := s.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	s.quit(143)
}

// The system tells that the terminal is gone; what is open is closed then.
func TestPromptHangup(t *testing.T) {
	t.Parallel()
	home := t.TempDir()
	s := talk(t, home)
	s.enter("function clean() fs.write('cleaned', 'up') end")
	s.enter("t = async.spawn(function() async.defer(clean) async.sleep(1000) end)")
	s.enter("async.sleep(0)")
	if err := s.cmd.Process.Signal(syscall.SIGHUP); err != nil {
		t.Fatal(err)
	}
	s.quit(143)
	if _, err := os.Stat(filepath.Join(home, "cleaned")); err != nil {
		t.Error(err)
	}
	kept, err := os.ReadFile(filepath.Join(home, "state", "gscript", "history"))
	if err != nil || !strings.Contains(string(kept), "async.sleep(0)") {
		t.Errorf("the history is %q, %v", kept, err)
	}
}

// TestPromptSuspend has a program at a terminal without job control, which the
// system does not stop, and one that was stopped from outside.
func TestPromptSuspend(t *testing.T) {
	t.Parallel()
	s := talk(t, t.TempDir())
	s.ends(">")
	s.send("1 +\x1a")
	s.ends("> 1 +", "> 1 +")
	s.send(" 2")
	s.ends("> 1 +", "> 1 + 2")
	before := strings.Count(s.written(), "\x1b[?2004h")
	if err := s.cmd.Process.Signal(syscall.SIGCONT); err != nil {
		t.Fatal(err)
	}
	s.until("the terminal to be made ready again", func(string) bool {
		s.mu.Lock()
		defer s.mu.Unlock()
		return bytes.Count(s.raw.Bytes(), []byte("\x1b[?2004h")) > before
	})
	s.send("\r")
	s.ends("> 1 + 2", "3", ">")
}

func TestPromptWithoutColour(t *testing.T) {
	t.Parallel()
	t.Run("colour", func(t *testing.T) {
		t.Parallel()
		s := talk(t, t.TempDir())
		s.enter("return 'a'", `"a"`)
		if !strings.Contains(s.written(), "\x1b[32m'a'") {
			t.Errorf("a string is not coloured: %q", s.written())
		}
	})
	t.Run("NO_COLOR", func(t *testing.T) {
		t.Parallel()
		s := talk(t, t.TempDir(), "NO_COLOR=1")
		s.enter("return 'a'", `"a"`)
		s.send("nonsense.x\r")
		s.shows("error: attempt to index")
		s.ends(">")
		if found := regexp.MustCompile("\x1b\\[[0-9;]*m").FindString(s.written()); found != "" {
			t.Errorf("the colour %q was written", found)
		}
	})
}

// Looking at values does not wait for a task that computes.
func TestPromptLooksWhileATaskComputes(t *testing.T) {
	t.Parallel()
	s := talk(t, t.TempDir())
	s.enter("conf = {address = 7}")
	s.send("--- Adds.\r")
	s.ends(">>")
	s.send("---@return number sum\rfunction add(a, b) return a + b end\r")
	s.ends(">> function add(a, b) return a + b end", ">")
	s.send("async.spawn(function() async.sleep(0.01) print('la' .. 'te') while true do pcall(function() while true do end end) end end)\r")
	s.shows("late")
	s.send("conf.ad\t")
	s.ends("> conf.address")
	s.send("\x15htt\t.ge\t")
	s.ends("> http.get")
	s.send("\x15?conf\r")
	s.ends("> ?conf", "conf is a table", "", "{address = 7}", ">")
	s.send("?string.rep\r")
	s.ends("  s repeated.", ">")
	s.send("?add\r")
	s.ends("> ?add", "add(a, b) -> number", "", "  Adds.", "", "Returns", "  number  sum", "", "defined at repl[2]:3", ">")
}

// A task that computes without end does not keep the person who leaves.
func TestPromptLeavesBusyTask(t *testing.T) {
	t.Parallel()
	s := talk(t, t.TempDir())
	s.ends(">")
	s.send("async.spawn(function() async.sleep(0.01) print('la' .. 'te') while true do pcall(function() while true do end end) end end)\r")
	s.shows("late")
	s.send("\x04")
	s.quit(0)
}

func TestPromptBusyTask(t *testing.T) {
	t.Parallel()
	s := talk(t, t.TempDir())
	s.ends(">")
	// A task that computes without end keeps what is entered waiting: Ctrl-C ends it.
	s.send("async.spawn(function() async.sleep(0.01) print('la' .. 'te') while true do pcall(function() while true do end end) end end)\r")
	s.shows("late")
	s.send("2 + 3\r")
	s.runs()
	s.send("\x03")
	s.shows("interrupted the task of repl[1]:1\n5")
	s.ends(">")
}
