package modules_test

import (
	"bytes"
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/gscript-lang/gscript/engine"
	"github.com/gscript-lang/gscript/modules"
)

const (
	overtime = engine.KindDeadline
	tasks    = "limit.tasks"
	memory   = "limit.memory"
	workers  = "limit.workers"
)

// hostile are scripts that a guarded engine runs for a short time. Each ends
// with one of the kinds; "" is no error.
var hostile = []struct{ name, script, want string }{
	// Tasks.
	{"tasks that wait", `local async = require "async" while true do async.spawn(async.sleep, 1e6) end`, tasks},
	{"tasks that run", `local async = require "async" for i = 1, 1000 do async.spawn(function() while true do end end) end`, overtime},
	{"tasks that fail", `local async = require "async" while true do async.spawn(error, "x") end`, tasks},
	{"tasks, whatever is caught", `local async = require "async" while true do pcall(async.spawn, async.sleep, 1e6) end`, tasks},
	{"tasks in tasks", `local async = require "async" local function f() async.soon(f) async.soon(f) end f()`, tasks + " or " + overtime},
	{"tasks that wait for tasks", `local async = require "async" local function f() return async.run(f) end f()`, tasks + " or " + overtime},
	{"groups in groups", `local async = require "async"
		local function f(g) g:spawn(function() async.group(f) end) g:spawn(function() async.group(f) end) end async.group(f)`, tasks + " or " + overtime},
	{"later tasks", `local async = require "async" while true do async.after(1e6, print) end`, tasks},
	{"shields in shields", `local async = require "async" local function f() return async.shield(f) end f()`, "limit.stack"},
	{"a shield for ever", `local async = require "async" async.shield(function() while true do pcall(async.sleep, 1) end end)`, overtime},
	{"tasks that yield", `local async = require "async" for i = 1, 100 do async.spawn(function() while true do async.yield() end end) end`, overtime},
	{"variables", `local async = require "async" local all = {} while true do local v = async.var() v:set(1) all[#all + 1] = v end`, overtime + " or " + memory},
	{"clean-ups", `local async = require "async" while true do async.defer(function() end) end`, overtime + " or " + memory},
	{"clean-ups that make clean-ups", `local async = require "async" local function f() async.defer(f) async.defer(f) end f()`, overtime + " or " + memory},
	{"a clean-up for ever", `local async = require "async" async.defer(function() while true do end end)`, overtime},
	// Threads and what they share.
	{"threads", `local thread = require "thread" while true do thread.spawn(function() while true do end end) end`, workers + " or " + overtime},
	{"threads in threads", `local thread = require "thread" local function f() while true do pcall(thread.spawn, f) end end f()`, overtime},
	{"timers", `local thread = require "thread" while true do thread.timer(1e6, print) end`, tasks},
	{"a buffer of everything", `return require "thread".buffer("f64", 1e12)`, engine.KindInvalid},
	{"buffers", `local thread = require "thread" local all = {} while true do all[#all + 1] = thread.buffer("f64", 1e6) end`, memory},
	{"locks", `local thread = require "thread" local all = {} while true do local l = thread.lock() l:acquire() all[#all + 1] = l end`, overtime + " or " + memory},
	{"an update for ever", `require "thread".map():update("k", function() while true do end end)`, overtime},
	{"a map", `local m, i = require "thread".map(), 0 while true do i = i + 1 m:set(i, ("x"):rep(1000)) end`, overtime + " or " + memory},
	{"nobody else comes", `require "thread".barrier(2):wait()`, overtime},
	// Queues.
	{"a queue without bound", `local q = require "queue".new() while true do q:put(("x"):rep(10000)) end`, overtime + " or " + memory},
	{"a queue in itself", `local q = require "queue".new() while true do q:put(q) end`, overtime + " or " + memory},
	{"a deep value", `local t = {} for i = 1, 1e5 do t = {t} end require "queue".new():put(t)`, "copy.refused"},
	{"large values", `local q, t = require "queue".new(), {} for i = 1, 1e5 do t[i] = i end while true do q:put(t) end`, overtime + " or " + memory},
	// Pools.
	{"pools", `local pool = require "pool" while true do pool.new{workers = 64}:submit(function() while true do end end) end`, overtime + " or " + memory},
	{"pools in jobs", `local pool = require "pool"
		local function f() return require "pool".new{workers = 1}:submit(f):result() end pool.new{workers = 1}:submit(f):result()`, workers},
	{"a pool for everybody", `return require "pool".new{workers = 1e9}`, engine.KindInvalid},
	{"jobs", `local p = require "pool".new{workers = 2} while true do p:submit(function() while true do end end) end`, overtime + " or " + memory},
	{"items for ever", `for _ in require "pool".new{workers = 2}:imap(function(x) return x end, function() return 1 end) do end`, overtime},
	{"callbacks", `local f = require "pool".promise() while true do f:on_done(print) end`, overtime + " or " + memory},
	// Schedules.
	{"events", `local s = require "sched".new() while true do s:after(1e6, print) end`, overtime + " or " + memory},
	{"events at once", `local s = require "sched".new() local function f() s:after(0, f) s:after(0, f) end f() s:run()`, overtime + " or " + memory},
	{"a time that never comes", `local sched = require "sched" while true do pcall(sched.next, "0 0 30 2 *") end`, overtime},
	{"a time that seldom comes", `local sched = require "sched" while true do sched.next("0 0 29 2 1", {count = 10000}) end`, overtime},
	{"a long expression", `return require "sched".next(("1,"):rep(1e6) .. "1 * * * *")`, "sched.syntax"},
	// Graphs.
	{"paths", `local t = {} for i = 1, 40 do t[i] = {} for k = i + 1, 40 do table.insert(t[i], k) end end
		for _ in require "graph".new(t):paths(1, 40) do end`, overtime},
	{"a graph without end", `require "graph".search{start = 0, goal = -1, next = function(n) return {n + 1, n + 2} end}`, overtime + " or " + memory},
	{"a wide node", `local t = {} for i = 1, 1e5 do t[i] = i end
		require "graph".search{start = 0, goal = -1, next = function(n) for i = 1, #t do t[i] = n + i end return t end}`, overtime + " or " + memory},
	{"all need all", `local t = {} for i = 1, 500 do t[i] = {} for k = 1, 500 do t[i][k] = k end end while true do require "toposort".cycles(t) end`, overtime},
	{"many needs", `local t, l = {}, {} for i = 1, 800 do t[i] = {unpack(l)} l[i] = i end
		while true do require "toposort".reduce(t) require "toposort".critical(t) end`, overtime},
	{"work for ever", `local t = {} for i = 1, 20000 do t[i] = {} end require "toposort".run(t, function() while true do end end)`, tasks + " or " + overtime},
	// Formulas.
	{"a formula for ever", `local xs = {} for i = 1, 1000 do xs[i] = i end
		return require "expr".eval("count(xs, count(xs, count(xs, count(xs, true) > 0) > 0) > 0)", {xs = xs}, {max_cost = 1e15})`, overtime},
	{"formulas for ever", `local xs, rows = {}, {} for i = 1, 1000 do xs[i] = i rows[i] = {xs = xs} end
		return require "expr".compile("count(xs, count(xs, count(xs, true) > 0) > 0)", {max_cost = 1e15}):map(rows)`, overtime},
	{"a formula that calls the script", `return require "expr".eval("map(1..1000000, f(#))", {}, {functions = {f = function() while true do end end}})`, overtime},
	{"a formula that costs much", `local xs = {} for i = 1, 1000 do xs[i] = i end
		return require "expr".eval("count(xs, count(xs, count(xs, true) > 0) > 0)", {xs = xs})`, "limit.cost"},
	{"a range of everything", `return require "expr".eval("sum(1..1000000000)")`, memory},
	{"a formula of brackets", `return require "expr".eval(("("):rep(60000) .. "1" .. (")"):rep(1000))`, "expr.syntax"},
	{"a formula that doubles", `local s = "let a0 = [1, 1]; " for i = 1, 40 do s = s .. ("let a%d = [a%d, a%d]; "):format(i, i - 1, i - 1) end
		return require "expr".eval(s .. "a40")`, memory + " or limit.cost"},
	{"formulas without end", `local expr, i = require "expr", 0 while true do i = i + 1 expr.eval("1 + " .. i) end`, overtime},
	{"functions that evaluate", `local expr = require "expr"
		local o = {functions = {}} o.functions.f = function() return expr.eval("f()", {}, o) end return o.functions.f()`, overtime + " or limit.stack"},
}

// canary is an ordinary script; it runs after each hostile one.
const canary = `
	local async, pool, queue = require "async", require "pool", require "queue"
	local q = queue.new(2)
	local t = async.spawn(function() local sum = 0 for v in q:each() do sum = sum + v end return sum end)
	for i = 1, 10 do q:put(i) end
	q:close()
	local squares = pool.with({workers = 2}, function(p) return p:map(function(x) return x * x end, {1, 2, 3}) end)
	return t:await() + squares[3]`

// No script of the modules for concurrency ends the process, outlives its limits
// or spoils anything for the next one.
func TestHostileScripts(t *testing.T) {
	for _, h := range hostile {
		t.Run(h.name, func(t *testing.T) {
			limits := engine.Limits{Time: time.Minute, Memory: 512 << 20}
			if strings.Contains(h.want, overtime) {
				limits.Time = 200 * time.Millisecond
			}
			if _, err := runGuarded(limits, h.script); !strings.Contains(" or "+h.want+" or ", " or "+engine.KindOf(err)+" or ") {
				t.Errorf("ended with %q (%.300v), want %s", engine.KindOf(err), err, h.want)
			} else if text := fmt.Sprint(err); strings.Contains(text, "goroutine ") || strings.Contains(text, "runtime error") {
				t.Errorf("Go shows through: %.300s", text)
			}
			if got, err := runGuarded(engine.Limits{}, canary); err != nil || len(got) != 1 || got[0] != 64.0 {
				t.Errorf("the canary: %v, %v", got, err)
			}
		})
	}
}

func runGuarded(limits engine.Limits, script string) (got []any, err error) {
	var out bytes.Buffer
	s := engine.New(engine.Options{Modules: modules.All(), Limits: limits, Stdout: &out}).NewState(context.Background())
	got, err = s.Run(context.Background(), "test.lua", script)
	if cerr := s.Close(); err == nil {
		err = cerr
	}
	return got, err
}

// A hard stop does not call what was deferred: there may be very much of it.
func TestStopCallsNoCleanUps(t *testing.T) {
	var out bytes.Buffer
	s := engine.New(engine.Options{Modules: modules.All(), Limits: engine.Limits{Time: 20 * time.Millisecond}, Stdout: &out}).NewState(context.Background())
	defer s.Close()
	_, err := s.Run(context.Background(), "test.lua", `local async = require "async" for i = 1, 100 do async.defer(print) end while true do end`)
	if engine.KindOf(err) != engine.KindDeadline || out.Len() > 0 {
		t.Errorf("%v, and wrote %q", err, out.String())
	}
}
