package subprocess_test

import (
	"bytes"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/gscript-lang/gscript/engine"
	"github.com/gscript-lang/gscript/engine/host"
	"github.com/gscript-lang/gscript/modules/async"
	"github.com/gscript-lang/gscript/modules/internal/moduletest"
	"github.com/gscript-lang/gscript/modules/subprocess"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func world(t testing.TB) *moduletest.World {
	return moduletest.New(t, subprocess.Module(), async.Module())
}

const head = `local subprocess, async = require "subprocess", require "async" local run = subprocess.run
local function sh(script, o) o = o or {} o[1], o[2], o[3] = "sh", "-c", script return run(o) end
local function started() repeat async.sleep(0.01) local f = io.open("pid") local pid = f and f:read("*l") if f then f:close() end until pid end `

func TestScripts(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ name, source, want string }{
		{"output, error output and code", `local r = sh("echo out; echo err >&2") print(r.out, r.err, r.code, r.ok, r.signal, r.timed_out, r.truncated)`, "out\n\terr\n\t0\ttrue\tnil\tfalse\tfalse\n"},
		{"no shell in between", `print(run{"printf", "%s|", "a b", "$HOME", "*", "` + "`id`" + `", ";", ""}.out)`, "a b|$HOME|*|`id`|;||\n"},
		{"numbers are arguments", `print(run{"echo", 1, 2.5}.out)`, "1 2.5\n\n"},
		{"bytes stay bytes", `print(#run{"printf", "\\000\\377\\r\\n"}.out)`, "4\n"},
		{"a list with options behind", `print(run({"cat"}, {input="x"}).out)`, "x\n"},
		{"check is on", `
			local ok, e = pcall(sh, "echo partial; echo a >&2; echo the reason >&2; exit 3")
			print(ok, e.kind, e.code, e.signal, e.target) io.write(e.out, e.err) print(e)`,
			"false\trun.exit\t3\tnil\tsh\npartial\na\nthe reason\nsubprocess.run sh: ended with code 3: the reason\n"},
		{"check=false", `local r = sh("exit 3", {check=false}) print(r.code, r.ok)`, "3\tfalse\n"},
		{"end by a signal", `local r = sh("kill -SEGV $$", {check=false}) print(r.code, r.signal, r.ok) print(select(2, pcall(sh, "kill -9 $$")))`,
			"-1\tSIGSEGV\tfalse\nsubprocess.run sh: was ended by SIGKILL\n"},
		{"arguments are not shown", `print(tostring(select(2, pcall(run, {"sh", "-c", "exit 1", "hunter2"}))):find("hunter2"))`, "nil\n"},
		{"input", `print(run{"cat", input="hello"}.out, run{"cat"}.out)`, "hello\t\n"},
		{"input that nobody reads", `print(run{"true", input=("x"):rep(5000000)}.code)`, "0\n"},
		{"input larger than a pipe, both ways", `local big = ("x"):rep(3000000) print(run{"cat", input=big}.out == big)`, "true\n"},
		{"timeout", `
			local ok, e = pcall(sh, "echo before; echo oops >&2; sleep 60", {timeout=1})
			print(ok, e.kind, e) io.write(e.out, e.err)`, "false\ttimeout\tsubprocess.run sh: took longer than 1s and was ended\nbefore\noops\n"},
		{"timeout with check=false", `local r = sh("echo before; sleep 60", {timeout=1, check=false}) print(r.timed_out, r.out, r.ok)`, "true\tbefore\n\tfalse\n"},
		{"a timeout that is not met", `print(sh("echo fast", {timeout=10}).timed_out)`, "false\n"},
		{"a program that ignores TERM is killed after the grace", `local r = sh("trap '' TERM; while :; do sleep 0.01; done", {timeout=0.5, grace=0.1, check=false}) print(r.timed_out, r.signal)`, "true\tSIGKILL\n"},
		{"not found", `local ok, e = pcall(run, {"no-such-program-here"}) print(e.kind, e, e.hint)`, "run.not_found\tsubprocess.run no-such-program-here: there is no such program\tinstall it, or give its path\n"},
		{"a line where a program belongs", `local ok, e = pcall(run, {"ls -l"}) print(e.kind, e.hint)`, "run.not_found\tthe first item is the program alone: {\"git\", \"status\"}; a line for the shell goes to subprocess.shell\n"},
		{"not executable", `io.open("plain", "w"):close() print(select(2, pcall(run, {"./plain"})))`, "subprocess.run ./plain: the file is not executable\n"},
		{"no directory", `print(select(2, pcall(run, {"true", cwd="nowhere"})))`, "subprocess.run nowhere: the directory of cwd does not exist\n"},
		{"an empty command", `print(pcall(run, {})) print(pcall(run, {"echo", nil, "x"}))`, ""},
		{"NUL", `print(select(2, pcall(run, {"echo", "a\0b"})))`, "subprocess.run: argument 'argv[2]' has a NUL byte, which no program can be given\n"},
		{"cwd", `os.execute = nil run{"mkdir", "d"} print((run{"pwd", cwd="d"}.out:match("/d\n$")))`, "/d\n\n"},
		{"the environment is small", `print(run{"env"}.out:find("SECRET"), run{"env"}.out:find("PATH=") ~= nil)`, "nil\ttrue\n"},
		{"env adds and takes away", `print(sh('echo "$A $N ${HOME-none}"', {env={A="1 2", N=3, HOME=false}}).out)`, "1 2 3 none\n\n"},
		{"inherit_env", `print(sh('echo $SECRET', {inherit_env=true}).out)`, "hidden\n\n"},
		{"clean_env", `print(run{"/usr/bin/env", clean_env=true, env={A="1"}}.out)`, "A=1\n\n"},
		{"a bad variable", `print(select(2, pcall(run, {"true", env={A=true}})))  print(select(2, pcall(run, {"true", env={["A=B"]="x"}})))`,
			"subprocess.run: argument 'env.A' must be a string, or false to take the variable away\nsubprocess.run: argument 'env' has the name \"A=B\": a variable's name is not empty and holds no = and no NUL\n"},
		{"merge_stderr keeps the order", `print(sh("echo 1; echo 2 >&2; echo 3", {merge_stderr=true}).out)`, "1\n2\n3\n\n"},
		{"stdout to a file", `sh("echo kept; echo err >&2", {stdout="o.txt", stderr="null"}) print(io.open("o.txt"):read("*a"))`, "kept\n\n"},
		{"both to one file", `sh("echo 1; echo 2 >&2", {stdout="o.txt", stderr="o.txt"}) print(io.open("o.txt"):read("*a"))`, "1\n2\n\n"},
		{"stdin from a file", `local f = io.open("i.txt", "w") f:write("from file") f:close() print(run{"cat", stdin="i.txt"}.out)`, "from file\n"},
		{"inherit", `run{"echo", "to the script's output", stdout="inherit"}`, "to the script's output\n"},
		{"input and stdin", `print(pcall(run, {"cat", input="x", stdin="inherit"}))`, "false\tsubprocess.run: input and stdin exclude each other\n"},
		{"on_line", `
			local seen = {}
			local r = sh("echo a; echo b; printf c", {on_line=function(line, stream) seen[#seen+1] = stream .. ":" .. line end})
			print(table.concat(seen, " "), #r.out)
			sh("echo e >&2", {on_line=print})`, "out:a out:b out:c\t5\ne\terr\n"},
		{"on_line keeps the tail of much output", `
			local n = 0
			local r = sh("yes 0123456 | head -n 100000", {on_line=function() n = n + 1 end})
			print(n, #r.out, r.truncated)`, "100000\t65536\ttrue\n"},
		{"an error in on_line ends the program", `print(pcall(sh, "echo a; sleep 60", {on_line=function() error("stop", 0) end}))`, "false\tstop\n"},
		{"on_line may wait", `local n = 0 sh("echo a; echo b", {on_line=function() async.sleep(0.01) n = n + 1 end}) print(n)`, "2\n"},
		{"max_output ends the program", `
			local ok, e = pcall(run, {"yes", max_output=1000})
			print(e.kind, #e.out, e)
			local r = run{"yes", max_output=1000, check=false}
			print(#r.out, r.truncated, r.ok)`, "run.output_limit\t1000\tsubprocess.run yes: wrote more than 1000 B and was ended\n1000\ttrue\tfalse\n"},
		{"shell", `print(subprocess.shell("echo one two | wc -w").out + 0, subprocess.shell("exit 4", {check=false}).code)`, "2\t4\n"},
		{"shell with values", `print(subprocess.shell('printf "%s|" "$1" "$2" "$V"', {args={"a; b", "$(id)"}, env={V="'"}}).out)`, "a; b|$(id)|'|\n"},
		{"which", `print(subprocess.which("sh"):match("/sh$"), subprocess.which("no-such-program"), subprocess.which("./nope"))`, "/sh\tnil\tnil\n"},
		{"quote", `print(subprocess.quote{"a", "b c", "it's", "", "$x", "é"}, subprocess.quote("x y"))`, "a 'b c' 'it'\\''s' '' '$x' 'é'\t'x y'\n"},
		{"what is quoted arrives", `local w = {"a'b", "\\", "$(id)", "two\nlines", "*", "-n"} print(subprocess.shell("printf '%s|' " .. subprocess.quote(w)).out == table.concat(w, "|") .. "|")`, "true\n"},
		{"a program in the background is left alone, its pipe too", `local r = sh("sleep 5 >/dev/null 2>&1 & echo $!") run{"kill", (r.out:gsub("%s", ""))} print(r.ok)`, "true\n"},
		{"tasks go on meanwhile", `
			local n = 0
			async.gather(function() sh("sleep 0.1") end, function() for i = 1, 5 do async.sleep(0.001) n = n + 1 end end)
			print(n)`, "5\n"},

		{"start, write, wait", `
			local p = subprocess.start{"cat", stdin="pipe"}
			p:write("a") p:write("b")
			print(p.pid > 0, p.program, p:running(), p:wait().out, p:running())`, "true\tcat\ttrue\tab\tfalse\n"},
		{"a dialogue", `
			local p = subprocess.start{"sh", "-c", "while read x; do echo got $x; done", stdin="pipe"}
			p:write("1\n") io.write(p:read()) p:write("2\n") io.write(p:read()) p:close_stdin() print(p:read(), p:wait().code)`, "got 1\ngot 2\nnil\t0\n"},
		{"lines", `
			local p = subprocess.start{"printf", "a\\r\\n\\nlast"}
			for l in p:lines() do io.write("[", l, "]") end print(p:wait().out == "")`, "[a][][last]true\n"},
		{"lines of more than is held", `
			local p, n = subprocess.start{"sh", "-c", "yes 0123456 | head -n 100000", max_output=4096}, 0
			for l in p:lines() do n = n + #l end print(n, p:wait().ok)`, "700000\ttrue\n"},
		{"wait raises like run", `local p = subprocess.start{"sh", "-c", "exit 3"} local ok, e = pcall(p.wait, p) print(e.kind, e.code, p:wait{check=false}.code)`, "run.exit\t3\t3\n"},
		{"wait with a timeout leaves it alone", `local p = subprocess.start{"sleep", 60} local _, e = try(p.wait, p, {timeout=0.05}) print(e.kind, p:running()) p:close() print(p:running())`, "timeout\ttrue\nfalse\n"},
		{"the program's own timeout", `local p = subprocess.start{"sleep", 60, timeout=0.05} local _, e = try(p.wait, p) print(e.kind, e)`, "timeout\tsubprocess.Process:wait sleep: took longer than 50ms and was ended\n"},
		{"kill and signal", `
			local p = subprocess.start{"sleep", 60, check=false} print(p:kill(), p:wait().signal, p:kill())
			local q = subprocess.start{"sleep", 60, check=false} print(q:signal("SIGHUP"), q:wait().signal, q:signal("HUP"))`, "true\tSIGKILL\tfalse\ntrue\tSIGHUP\tfalse\n"},
		{"an unknown signal", `local p = subprocess.start{"sleep", 60} print(pcall(p.signal, p, "NOPE")) p:close()`, "false\tsubprocess.Process:signal: unknown signal \"NOPE\"\n"},
		{"write without a pipe", `local p = subprocess.start{"cat"} print(pcall(p.write, p, "x")) p:wait()`, "false\tsubprocess.Process:write: cat has no open input\n"},
		{"write to a program that reads no more", `
			local p = subprocess.start{"true", stdin="pipe"}
			local _, e for i = 1, 100 do _, e = try(p.write, p, ("x"):rep(100000)) if e then break end end
			print(e.kind, e)`, "run.input_closed\tsubprocess.Process:write true: reads no more input\n"},
		{"write obeys a timeout", `
			local p = subprocess.start{"sleep", 60, stdin="pipe"}
			local _, e = try(async.timeout, 0.05, function() p:write(("x"):rep(10000000)) end)
			print(e.kind) p:close()`, "timeout\n"},
		{"read obeys a timeout", `
			local p = subprocess.start{"sleep", 60}
			local _, e = try(async.timeout, 0.05, function() p:read() end)
			print(e.kind) p:close()`, "timeout\n"},
		{"with closes it", `local p = subprocess.start{"sleep", 60} with(p, function() end) print(p:running())`, "false\n"},
		{"what a started program writes too much", `local p = subprocess.start{"yes", max_output=1000} local _, e = try(p.wait, p) print(e.kind, #e.out)`, "run.output_limit\t1000\n"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			w := world(t)
			w.Env = []string{"SECRET=hidden"}
			out := w.Run(t, head+tt.source)
			if tt.want != "" && out != tt.want {
				t.Errorf("printed %q, want %q", out, tt.want)
			}
		})
	}
}

// The line of the issue, as it is written there.
func TestIssueLine(t *testing.T) {
	t.Parallel()
	if _, err := exec.LookPath("git"); err != nil {
		t.Skip("git is not installed")
	}
	w := world(t)
	repo := filepath.Join(w.Dir, "d")
	if out, err := exec.Command("git", "init", "-q", repo).CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	out := w.Run(t, `local subprocess = require "subprocess"
		local r = subprocess.run{"git", "status", cwd="d", timeout=10, input="…"};  print(#r.out > 0, r.err, r.code)
		subprocess.shell("true | cat")`)
	if out != "true\t\t0\n" {
		t.Errorf("printed %q", out)
	}
}

// gone waits until no process of a group is left, zombies apart.
func gone(t *testing.T, pgid int) {
	t.Helper()
	for range 200 {
		if err := syscall.Kill(-pgid, 0); errors.Is(err, syscall.ESRCH) || onlyZombies(pgid) {
			return
		}
		time.Sleep(10 * time.Millisecond)
	}
	t.Errorf("processes of group %d are left", pgid)
}

// onlyZombies is for containers whose first process does not reap orphans.
func onlyZombies(pgid int) bool {
	stats, _ := filepath.Glob("/proc/[0-9]*/stat")
	for _, name := range stats {
		data, err := os.ReadFile(name)
		if err != nil {
			continue
		}
		_, rest, ok := bytes.Cut(data, []byte(") "))
		fields := strings.Fields(string(rest))
		if ok && len(fields) > 2 && fields[2] == strconv.Itoa(pgid) && fields[0] != "Z" {
			return false
		}
	}
	return len(stats) > 0
}

// A grandchild holds the pipe, ignores TERM or has lost its parent: whatever it
// does, the call is over at its limit and nothing is left.
func TestNothingIsLeft(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ name, source string }{
		{"a grandchild holds the pipe", `pcall(run, {"sh", "-c", "echo $$ > pid; sleep 60 & wait", timeout=1})`},
		{"a pipeline", `pcall(run, {"sh", "-c", "echo $$ > pid; sleep 60 | cat | cat", timeout=1})`},
		{"the parent has ended", `pcall(run, {"sh", "-c", "echo $$ > pid; sleep 60 & sleep 60 & exit 0", timeout=1})`},
		{"a grandchild ignores TERM", `pcall(run, {"sh", "-c", "echo $$ > pid; (trap '' TERM; while :; do sleep 0.05; done) & wait", timeout=1, grace=0.2})`},
		{"the task is canceled", `
			local t = async.spawn(function() run{"sh", "-c", "echo $$ > pid; sleep 60 & wait"} end)
			started() async.sleep(0.05)
			t:cancel() local _, e = try(t.await, t) assert(e.kind == "canceled", e)`},
		{"a limit around it", `try(async.timeout, 1, function() run{"sh", "-c", "echo $$ > pid; sleep 60 & wait"} end)`},
		{"too much output", `pcall(run, {"sh", "-c", "echo $$ > pid; yes & yes", max_output=5000})`},
		{"the script ends", `subprocess.start{"sh", "-c", "echo $$ > pid; sleep 60 & wait"} started()`},
		{"the script fails", `subprocess.start{"sh", "-c", "echo $$ > pid; sleep 60 & wait"} started() pcall(error)`},
		{"closed", `local p = subprocess.start{"sh", "-c", "echo $$ > pid; sleep 60 & wait"} started() p:close()`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			w := world(t)
			start := time.Now()
			w.Run(t, head+tt.source)
			if d := time.Since(start); d > 8*time.Second {
				t.Errorf("took %v", d)
			}
			data, err := os.ReadFile(filepath.Join(w.Dir, "pid"))
			if err != nil {
				t.Fatal(err)
			}
			pgid, err := strconv.Atoi(strings.TrimSpace(string(data)))
			if err != nil {
				t.Fatal(err)
			}
			gone(t, pgid)
		})
	}
}

// The deadline of a script does not wait for the politeness of its programs.
func TestDeadline(t *testing.T) {
	t.Parallel()
	w := world(t)
	w.Deadline = 300 * time.Millisecond
	start := time.Now()
	_, err := w.Try(t, head+`sh("trap '' TERM; while :; do sleep 0.01; done", {grace=30})`)
	if engine.KindOf(err) != engine.KindDeadline {
		t.Errorf("ended with %v, want kind %s", err, engine.KindDeadline)
	}
	if d := time.Since(start); d > 3*time.Second {
		t.Errorf("ended after %v", d)
	}
}

// Both pipes are read at the same time: ten megabytes on each do not block.
func TestBothPipes(t *testing.T) {
	t.Parallel()
	out := world(t).Run(t, head+`
		local r = sh("head -c 10000000 /dev/zero & head -c 10000000 /dev/zero >&2; wait")
		print(#r.out, #r.err)`)
	if out != "10000000\t10000000\n" {
		t.Errorf("printed %q", out)
	}
}

// The child does not ignore SIGPIPE, as it would if it had inherited that.
func TestBrokenPipe(t *testing.T) {
	t.Parallel()
	out := world(t).Run(t, head+`print(sh("(yes; echo $? >&2) | head -n 1").out, (sh("{ yes; echo $? >&2; } | head -n 1").err:gsub("%s", "")))`)
	if out != "y\n\t141\n" {
		t.Errorf("printed %q, want the code of a process that SIGPIPE ended, 141", out)
	}
}

func TestPermission(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ name, source string }{
		{"run", `subprocess.run{"sh", "-c", "true"}`},
		{"shell", `subprocess.shell("true")`},
		{"start", `subprocess.start{"sh"}`},
		{"which", `subprocess.which("sh")`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			w := world(t)
			w.Permissions = &host.Permissions{}
			e := w.Fail(t, engine.KindDenied, head+tt.source)
			if !strings.Contains(e.Hint, "--allow-run") {
				t.Errorf("the hint %q does not name the flag", e.Hint)
			}
		})
	}
	t.Run("another program", func(t *testing.T) {
		t.Parallel()
		w := world(t)
		p := host.Permissions{}.Allow(host.Run, "true")
		w.Permissions = &p
		w.Run(t, head+`run{"true"}`)
		w.Fail(t, engine.KindDenied, head+`run{"false"}`)
	})
	t.Run("an output file", func(t *testing.T) {
		t.Parallel()
		w := world(t)
		p := host.Permissions{}.Allow(host.Run)
		w.Permissions = &p
		e := w.Fail(t, engine.KindDenied, head+`run{"true", stdout="file"}`)
		if !strings.Contains(e.Hint, "--allow-write") {
			t.Errorf("the hint %q does not name the flag", e.Hint)
		}
	})
}

func BenchmarkRun(b *testing.B) {
	s := engine.New(engine.Options{Modules: []engine.Entry{engine.Provide(subprocess.Module())}, Permissions: host.AllowAll()}).NewState(b.Context())
	defer s.Close()
	b.ResetTimer()
	if _, err := s.Run(b.Context(), "bench.lua", `local run = require("subprocess").run for i = 1, ... do run{"true"} end`, b.N); err != nil {
		b.Fatal(err)
	}
}
