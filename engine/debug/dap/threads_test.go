package dap_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-dap"
)

// threads lists the names of the threads, sorted.
func (c *client) threads() (names []string, byName map[string]int) {
	c.t.Helper()
	byName = map[string]int{}
	for _, t := range ask[*dap.ThreadsResponse](c, &dap.ThreadsRequest{Request: c.request("threads")}).Body.Threads {
		names = append(names, t.Name)
		byName[t.Name] = t.Id
	}
	slices.Sort(names)
	return names, byName
}

// Tasks are threads: while one stands still the others do, each with its stack.
func TestTasksAreThreads(t *testing.T) {
	t.Parallel()
	c := connect(t, map[string]string{"main.lua": `local async = require "async"
local gate = false
local function waits(name)
  local mine = name
  while not gate do async.sleep(0.001) end
  return mine
end
local a, b = async.spawn(waits, "a"), async.spawn(waits, "b")
async.sleep(0.005)
gate = true
print(async.gather(a, b))`})
	c.begin(nil, func() { c.points("main.lua", dap.SourceBreakpoint{Line: 10}) })
	thread, _ := c.stopped("breakpoint", 10)
	names, ids := c.threads()
	if len(names) != 3 || !slices.ContainsFunc(names, func(n string) bool { return strings.Contains(n, "main") }) {
		t.Errorf("the threads are %q", names)
	}
	var seen []string
	for _, name := range names {
		if ids[name] == thread {
			continue
		}
		for _, f := range c.stack(ids[name]) {
			if f.Line != 5 {
				continue
			}
			_, locals := c.scope(f.Id, "Locals")
			seen = append(seen, locals)
		}
	}
	slices.Sort(seen)
	if got := strings.Join(seen, "; "); !strings.Contains(got, `name="a" mine="a"`) || !strings.Contains(got, `name="b" mine="b"`) {
		t.Errorf("the waiting tasks have %s", got)
	}
	c.goOn(thread)
	c.end(0)
	if got := c.output("stdout"); got != "a\tb\n" {
		t.Errorf("printed %q", got)
	}
}

// A worker stops by itself, while the script waits for it.
func TestWorkersAreThreads(t *testing.T) {
	t.Parallel()
	c := connect(t, map[string]string{"main.lua": `local pool = require "pool"
pool.with({workers = 1}, function(p)
  local out = p:map(function(n)
    local twice = n * 2
    return twice
  end, {3, 4})
  print(out[1], out[2])
end)`})
	c.begin(nil, func() { c.points("main.lua", dap.SourceBreakpoint{Line: 5}) })
	for _, want := range []string{"n=3 twice=6", "n=4 twice=8"} {
		thread, frames := c.stopped("breakpoint", 5)
		if _, got := c.scope(frames[0].Id, "Locals"); got != want {
			t.Errorf("the worker has %s, want %s", got, want)
		}
		names, ids := c.threads()
		for _, name := range names {
			if ids[name] == thread && strings.Contains(name, "main") {
				t.Errorf("the thread that stopped is %q of %q", name, names)
			}
		}
		c.goOn(thread)
	}
	c.end(0)
	if got := c.output("stdout"); got != "6\t8\n" {
		t.Errorf("printed %q", got)
	}
}

// A task is a thread from when it is seen to its end, and its thread goes then.
func TestThreadsThatEnd(t *testing.T) {
	t.Parallel()
	c := connect(t, map[string]string{"main.lua": `local async = require "async"
local function waits(n)
  async.sleep(0.001)
  return n
end
local a, b = async.spawn(waits, 1), async.spawn(waits, 2)
async.gather(a, b)
print "gathered"
while not go do async.sleep(0.001) end
local last = 1`})
	c.begin(nil, func() { c.points("main.lua", dap.SourceBreakpoint{Line: 7}, dap.SourceBreakpoint{Line: 10}) })
	started := event[*dap.ThreadEvent](c)
	thread, _ := c.stopped("breakpoint", 7)
	if started.Body.Reason != "started" || started.Body.ThreadId != thread {
		t.Errorf("the thread of the script is %d: %+v", thread, started.Body)
	}
	names, ids := c.threads()
	if len(names) != 3 || ids["script"] != thread {
		t.Fatalf("the threads are %v", ids)
	}
	c.goOn(thread)
	gone := map[int]bool{}
	for len(gone) < 2 {
		e := event[*dap.ThreadEvent](c)
		if e.Body.Reason != "exited" || e.Body.ThreadId == thread {
			t.Fatalf("told of %+v", e.Body)
		}
		gone[e.Body.ThreadId] = true
	}
	if names, ids := c.threads(); len(names) != 1 || ids["script"] != thread {
		t.Errorf("while it runs the threads are %v", ids)
	}
	ask[*dap.PauseResponse](c, &dap.PauseRequest{Request: c.request("pause"), Arguments: dap.PauseArguments{ThreadId: thread}})
	e := event[*dap.StoppedEvent](c)
	c.eval(0, "_G.go == nil and rawset(_G, 'go', true)")
	if e.Body.ThreadId != thread {
		t.Errorf("thread %d has paused, not %d", e.Body.ThreadId, thread)
	}
	c.goOn(thread)
	c.stopped("breakpoint", 10)
	c.goOn(thread)
	if e := event[*dap.ThreadEvent](c); e.Body.Reason != "exited" || e.Body.ThreadId != thread {
		t.Errorf("at the end: %+v", e.Body)
	}
	c.end(0)
}

// A task that stops and was not known is told before its stop.
func TestThreadThatStartsByAStop(t *testing.T) {
	t.Parallel()
	c := connect(t, map[string]string{"main.lua": `local async = require "async"
local function works()
  return 5
end
async.gather(async.spawn(works))`})
	c.begin(nil, func() { c.points("main.lua", dap.SourceBreakpoint{Line: 3}) })
	script := event[*dap.ThreadEvent](c).Body.ThreadId
	thread, _ := c.stopped("breakpoint", 3)
	if e := event[*dap.ThreadEvent](c); e.Body.Reason != "started" || e.Body.ThreadId != thread || thread == script {
		t.Errorf("the script is %d, the task %d: %+v", script, thread, e.Body)
	}
	c.goOn(thread)
	c.end(0)
}
