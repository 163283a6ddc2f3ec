package process_test

import (
	"path/filepath"
	"strings"
	"testing"

	"github.com/gscript-lang/gscript/engine"
	"github.com/gscript-lang/gscript/engine/isolate"
)

// Whatever a process does to itself is a named error of its handle.
func TestDeaths(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ name, source, want string }{
		{"killed", `local w = process.spawn(function() while true do end end) w:kill() local _, e = try(w.wait, w) print(e.kind, e.code, e.exit_code, w.exit_code, e.pid == w.pid)`, "process.died\tSIGKILL\t-9\t-9\ttrue"},
		{"killed from outside", `
			local w = process.spawn(function() while true do end end)
			require("subprocess").run{"kill", "-9", tostring(w.pid)}
			local _, e = try(w.wait, w) print(e.kind, e.code, w.exit_code)`, "process.died\tSIGKILL\t-9"},
		{"a segmentation fault", `
			local w = process.spawn(function() while true do end end)
			require("subprocess").run{"kill", "-SEGV", tostring(w.pid)}
			local _, e = try(w.wait, w) print(e.kind, w.exit_code ~= 0)`, "process.died\ttrue"},
		{"terminated", `
			local ready = process.event()
			local w = process.spawn(function() ready:set() async.sleep(60) end)
			ready:wait()
			w:terminate()
			local _, e = try(w.wait, w) print(e.kind, e.code, w.exit_code)`, "process.died\tSIGTERM\t-15"},
		{"terminated from outside", `
			local ready = process.event()
			local w = process.spawn(function() ready:set() async.sleep(60) end)
			ready:wait()
			require("subprocess").run{"kill", "-TERM", tostring(w.pid)}
			local _, e = try(w.wait, w) print(e.kind, e.code, w.exit_code)`, "process.died\tSIGTERM\t-15"},
		{"garbage in place of answers", `
			local w = process.spawn{name="fake", fn=function() local f = io.open("/dev/fd/4", "w") f:write(("x"):rep(100)) f:close() async.sleep(60) end}
			local _, e = try(w.wait, w) print(e.kind, e.reason, (e.message:find("worker process fake wrote what cannot be understood", 1, true)))`, "process.died\tisolate.protocol\t5"},
		{"terminated, with something to clean up", `
			local ready, q = process.event(), process.queue()
			local w = process.spawn(function()
				finally(function() ready:set() async.sleep(60) end, function() q:put("cleaned") end)
			end)
			ready:wait()
			w:terminate()
			print(q:get(), (pcall(w.wait, w)))`, "cleaned\tfalse"},
		{"memory", `
			local w = process.spawn{max_memory="96MiB", fn=function()
				local t = {} for i = 1, 1e9 do t[i] = {i} end
			end}
			local _, e = try(w.wait, w) print(e.kind, e.reason, e.exit_code)`, "process.died\tlimit.memory\t-9"},
		{"exit in a task", `local w = process.spawn(function() async.spawn(os.exit, 4) async.sleep(60) end) print(try(w.wait, w) == nil, w.exit_code)`, "true\t4"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			check(t, tt.source, tt.want)
		})
	}
}

// A program that is none of ours, or writes what nobody understands.
func TestStrangers(t *testing.T) {
	t.Parallel()
	for name, script := range map[string]string{
		"garbage":         "echo some garbage >&4; exec sleep 60",
		"it ends":         "exit 7",
		"it is not there": "",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := world(t)
			w.Processes = &isolate.Workers{Command: []string{"sh", "-c", script}}
			if script == "" {
				w.Processes = &isolate.Workers{Command: []string{filepath.Join(t.TempDir(), "none")}}
			}
			_, err := w.Try(t, `require("process").spawn(print):wait()`)
			if kind := engine.KindOf(err); kind != "process.died" && kind != "isolate.start" {
				t.Errorf("ended with %v (%s)", err, kind)
			}
		})
	}
	w := world(t)
	w.Processes = nil
	w.Fail(t, "unsupported", `require("process").spawn(print)`)
}

// A function that starts itself again comes to an end, and leaves nothing.
func TestForkBomb(t *testing.T) {
	t.Parallel()
	for name, source := range map[string]string{
		"one after the other": `local function f() process.spawn(f):wait() end f()`,
		"two at a time":       `local function f() local a = process.spawn(f) process.spawn(f):wait() a:wait() end f()`,
		"by threads":          `local function f() thread.spawn(function() process.spawn(f):wait() end):join() end f()`,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := world(t)
			w.Limits.Workers = 8
			e := w.Fail(t, "limit.workers", requires+source)
			if e.Hint == "" {
				t.Error("no hint")
			}
		})
	}
	t.Run("deep", func(t *testing.T) {
		t.Parallel()
		e := world(t).Fail(t, "limit.workers", requires+`local function f() process.spawn(f):wait() end f()`)
		if !strings.Contains(e.Message, "16 deep") {
			t.Error(e.Message)
		}
	})
}

// Places are given back: more processes in a row than there are places.
func TestPlacesAreGivenBack(t *testing.T) {
	t.Parallel()
	w := world(t)
	w.Limits.Workers = 2
	out := w.Run(t, requires+`
		for i = 1, 4 do process.spawn(function() process.spawn(function() end):wait() end):wait() end
		process.spawn(function() for i = 1, 4 do process.spawn(function() end):wait() end end):wait()
		for i = 1, 3 do local p = process.spawn(function() process.spawn(async.sleep, 60) async.sleep(60) end) async.sleep(0.02) p:kill() pcall(p.wait, p) end
		print "fine"`)
	if out != "fine\n" {
		t.Error(out)
	}
}

// Modules beside the script are found there, too.
func TestModulesBesideTheScript(t *testing.T) {
	t.Parallel()
	w := world(t)
	w.Files = map[string]string{"helper.lua": `return {twice = function(x) return 2 * x end}`}
	out := w.Run(t, requires+`
		local helper = require "helper"
		print(process.spawn(function() return helper.twice(4) end):wait(), process.spawn(function() return require("helper").twice(5) end):wait(),
			process.spawn(helper.twice, 6):wait())`)
	if out != "8\t10\t12\n" {
		t.Error(out)
	}
}
