//go:build unix

package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// debugged starts the debugger at a terminal on a script.
func debugged(t *testing.T, script string, args ...string) *session {
	t.Helper()
	home := t.TempDir()
	if err := os.WriteFile(filepath.Join(home, "main.lua"), []byte(script), 0o600); err != nil {
		t.Fatal(err)
	}
	s := talk(t, home, append([]string{"NO_COLOR=1", "debug"}, args...)...)
	s.ends("(gscript)")
	return s
}

const sums = `local conf = {server = {address = "here", admin = "me"}}
local function add(a, b)
  local total = a + b
  return total
end
local sum = 0
for i = 1, 3 do
  sum = add(sum, i)
end
print("sum " .. sum)
`

func TestDebugPromptCompletes(t *testing.T) {
	t.Parallel()
	s := debugged(t, sums, "main.lua")
	for _, c := range [][2]string{
		{"contin\t", "continue"},
		{"help undis\t", "help undisplay"},
		{"b ad\t", "b add"},
		{"b main.l\t3", "b main.lua:3"},
		{"b 3, con\t", "b 3, con"}, // no local yet
		{"catch unc\t", "catch uncaught"},
		{"p str\t.for\t", "p string.format"},
		{"tostri\t", "tostring"},
		{"n ;; p tostri\t", "n ;; p tostring"},
	} {
		s.send(c[0])
		s.ends("(gscript) " + c[1])
		s.send("\x15")
		s.ends("(gscript)")
	}
	s.send("b add;;c\r")
	s.ends("   2 | local function add(a, b)", "-> 3 |   local total = a + b", "   4 |   return total", "   5 | end", "(gscript)")
	s.send("up\r")
	s.ends("   10 | print(\"sum \" .. sum)", "(gscript)")
	for _, c := range [][2]string{
		{"p conf.server.addr\t", "p conf.server.address"},
		{"conf.server.adm\t", "conf.server.admin"},
		{"condition \t", "condition 1"},
		{"condition 1 conf.se\t", "condition 1 conf.server"},
		{"!conf.se\t", "!conf.server"},
		{"task \t", "task 1"},
		{"thread \t", "thread 1"},
	} {
		s.send(c[0])
		s.ends("(gscript) " + c[1])
		s.send("\x15")
		s.ends("(gscript)")
	}
	s.send("q\r")
	s.quit(0)
}

func TestDebugPromptEditsAndKeepsLines(t *testing.T) {
	t.Parallel()
	s := debugged(t, sums, "main.lua")
	s.send("p 1 + 1\r")
	s.ends("(gscript) p 1 + 1", "2", "(gscript)")
	s.send("\x1b[A\x1b[D0\r")
	s.ends("(gscript) p 1 + 01", "2", "(gscript)")
	s.send("for k = 1, 2 do\r")
	s.ends("(gscript) for k = 1, 2 do", "       >>")
	s.send("\x15print('k' .. k)\rend\r")
	s.ends("k1", "k2", "(gscript)")
	s.send("half\x03")
	s.ends("(gscript) half^C", "(gscript)")
	s.send("b 3\r")
	s.ends("breakpoint 1 at main.lua:3", "(gscript)")
	s.send("commands\rp 1\r\x03")
	s.ends("(commands) ^C", "(gscript)")
	s.send("commands 1\rp a * 100\rc\rend\r")
	s.ends("(commands) end", "(gscript)")
	s.send("c\r")
	s.shows("\n300\n")
	s.ends("sum 6", "the script has ended; restart runs it again, quit leaves", "(gscript)")
	s.send("\x04")
	s.quit(0)
	kept, err := os.ReadFile(filepath.Join(s.home, "state", "gscript", "debug_history"))
	if err != nil || !strings.Contains(string(kept), "p 1 + 01") {
		t.Errorf("the history has %q, %v", kept, err)
	}
}

func TestDebugPromptInteract(t *testing.T) {
	t.Parallel()
	s := debugged(t, sums, "main.lua")
	s.send("n\r")
	s.ends("   4 |   return total", "(gscript)")
	s.send("interact\r")
	s.ends("Lua that runs here; exit or Ctrl-D goes back to the debugger", ">")
	s.send("conf.server.ad\t")
	s.shows("admin")
	s.send("\x03")
	s.send("if conf then\r")
	s.ends("> if conf then", ">>")
	s.send("\x15conf.server.admin = 'you'\rend\r")
	s.ends(">> end", ">")
	s.send("\x04")
	s.ends(">", "(gscript)")
	s.send("conf.server.admin\r")
	s.ends("\"you\"", "(gscript)")
	s.send("q\r")
	s.quit(0)
}

// The script reads the same terminal, and what it and its workers write does not
// mix with what is typed.
func TestDebugPromptSharesTheTerminal(t *testing.T) {
	t.Parallel()
	s := debugged(t, `local thread = require "thread"
local queue = require "queue"
local go = queue.new{}
local w = thread.spawn(function() go:get() print("from the worker") end)
io.write("name? ")
print("hello " .. io.read())
go:put(1)
w:join()
`, "main.lua")
	s.send("c\r")
	s.ends("name?")
	s.send("Bob\r")
	s.shows("hello Bob\nfrom the worker\n")
	s.send("restart\r")
	s.ends("* main.lua:1 in main chunk: entry", "-> 1 | local thread = require \"thread\"", "   2 | local queue = require \"queue\"", "   3 | local go = queue.new{}", "(gscript)")
	s.send("b 5;;c\r")
	s.ends("   7 | go:put(1)", "(gscript)")
	s.send("!go:put(1)\r")
	s.send("half a li")
	s.ends("from the worker", "(gscript) half a li")
	s.send("\x03q\r")
	s.quit(0)
}

func TestDebugPromptInterrupt(t *testing.T) {
	t.Parallel()
	s := debugged(t, "local n = 0\nwhile true do\n  n = n + 1\n  if n == 5 then print 'five' end\nend\n", "main.lua")
	for range 2 {
		s.send("c\r")
		s.ends("five")
		s.send("\x03")
		s.shows(": pause")
		s.ends("(gscript)")
		s.send("!print 'evaluates' while true do end\r")
		s.ends("evaluates")
		s.send("\x03")
		s.ends("^C", "error: the evaluation was interrupted", "(gscript)")
		s.send("restart\r")
		s.ends("   3 |   n = n + 1", "(gscript)")
	}
	// The commands of a breakpoint that go on for ever.
	s.send("b 3;;commands\rp 'again'\rc\rend\rc\r")
	s.shows("\"again\"\n* main.lua:3 in main chunk: breakpoint 1")
	s.send("\x03")
	s.ends("(gscript)")
	s.send("q\r")
	s.quit(0)
}

func TestDebugStopEditsLines(t *testing.T) {
	t.Parallel()
	home := t.TempDir()
	if err := os.WriteFile(filepath.Join(home, "main.lua"), []byte("local value = 3\nrequire \"debugger\".stop()\nprint(value)\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	s := talk(t, home, "main.lua", "NO_COLOR=1")
	s.ends("(gscript)")
	s.send("p val\t\r")
	s.ends("(gscript) p value", "3", "(gscript)")
	s.send("value = 4;;c\r")
	s.ends("(gscript) value = 4;;c", "4")
	s.quit(0)
}

func TestDebugRestartTakesArguments(t *testing.T) {
	t.Parallel()
	s := debugged(t, "print(#{...} .. table.concat({...}, '|'))\n", "main.lua", "one", "two words")
	s.send("c\r")
	s.ends("2one|two words", "the script has ended; restart runs it again, quit leaves", "(gscript)")
	s.send("restart 'a b'\r")
	s.ends("-> 1 | print(#{...} .. table.concat({...}, '|'))", "(gscript)")
	s.send("c\r")
	s.ends("1a b", "the script has ended; restart runs it again, quit leaves", "(gscript)")
	s.send("run 'a\r")
	s.ends("the arguments 'a end within a quote or behind a backslash", "(gscript)")
	s.send("run;;c\r")
	s.ends("1a b", "the script has ended; restart runs it again, quit leaves", "(gscript)")
	s.send("q\r")
	s.quit(0)
}
