package thread_test

import (
	"context"
	"reflect"
	"sync"
	"testing"

	"github.com/gscript-lang/gscript/engine"
	"github.com/gscript-lang/gscript/engine/shared"
	"github.com/gscript-lang/gscript/modules/queue"
	"github.com/gscript-lang/gscript/modules/thread"
)

// link is the way from another process, a task of it, to the values of this one.
type link struct {
	mu     sync.Mutex
	values map[uint64]shared.Served
	peer   *shared.Peer
	task   *shared.Owner
}

func newLink(name string) *link {
	p := shared.NewPeer(name)
	return &link{values: map[uint64]shared.Served{}, peer: p, task: p.Owner(1)}
}

func (l *link) export(v shared.Served) *shared.Remote {
	l.mu.Lock()
	defer l.mu.Unlock()
	id := uint64(len(l.values) + 1)
	l.values[id] = v
	return shared.NewRemote(l, id)
}

// Call does the operation as a link does: what came back is what was done, also
// when ctx ended meanwhile.
func (l *link) Call(ctx context.Context, id uint64, op string, args []any) ([]any, error) {
	l.mu.Lock()
	v := l.values[id]
	given := make([]any, len(args))
	for i, a := range args {
		given[i] = l.cross(a)
	}
	l.mu.Unlock()
	out, err := v.Serve(ctx, &shared.Request{From: l.peer, Owner: l.task, Op: op, Args: given})
	for i, r := range out {
		switch r := r.(type) {
		case nil, bool, float64, string, *engine.Snapshot:
		case shared.Served:
			out[i] = l.export(r)
		default:
			panic("a result that cannot cross")
		}
	}
	return out, err
}

func (l *link) cross(a any) any {
	switch a := a.(type) {
	case nil, bool, float64, string, *engine.Snapshot:
		return a
	case shared.Borrowed:
		return l.values[a.Remote().ID()]
	}
	panic("an argument that cannot cross")
}

type nearIn struct {
	Value engine.Value `lua:"value" doc:"a shared value"`
}

// far is a module whose stub makes of a shared value what another process has
// for it, and whose die ends that process.
func far() (*engine.Module, *link) {
	l := newLink("worker 7")
	types := []*engine.Type{queue.Type(), thread.LockType(), thread.ConditionType(), thread.SemaphoreType(), thread.EventType(), thread.BarrierType(),
		thread.ChannelType(), thread.CounterType(), thread.MapType(), thread.ListType(), thread.BufferType()}
	return &engine.Module{Name: "far", Uses: types, Funcs: []*engine.Function{
		engine.Fn("stub", "Stub.", func(_ *engine.Call, in nearIn) (any, error) {
			v := in.Value.Handle()
			for _, t := range types {
				if stub := t.Stub(nil); sameType(stub, v) {
					return t.Stub(l.export(v.(shared.Served))), nil
				}
			}
			return nil, engine.Invalid("no shared value")
		}).AsInline(),
		engine.Fn("die", "Die.", func(*engine.Call, engine.None) (engine.None, error) {
			l.peer.End()
			return engine.None{}, nil
		}).AsInline(),
	}}, l
}

func TestStubs(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ name, source, want string }{
		{"queue", `
			local near = queue.new(2) local q = far.stub(near)
			q:put({1}) q:put("two") print(q:try_put(3), q:full(), #q, q:get()[1], near:get(), q:empty())
			print(select(2, try(q.get, q, {timeout=0.005})).kind, select(2, try(q.get, q, 0)).kind)
			print(q:try_get()) near:put(5) print(q:try_get())
			q:task_done(3) q:join() print(select(2, try(q.task_done, q)).kind)
			local t = async.spawn(function() return q:get() end) async.sleep(0.003) near:put(false) print(t:await())
			for i = 1, 2 do near:put(i) end print(#q:get_many(5))
			near:put("x") q:close() for v in q:each() do print(v) end
			print(select(2, try(q.put, q, 1)).kind, select(2, try(q.get, q)).kind, q:closed())`,
			"false\ttrue\t2\t1\ttwo\ttrue\ntimeout\ttimeout\nfalse\ntrue\t5\nqueue.done\nfalse\n2\nx\nqueue.closed\tqueue.closed\ttrue\n"},
		{"a canceled get takes nothing", `
			local near = queue.new() local q = far.stub(near)
			local t = async.spawn(function() q:get() end) async.sleep(0.003) t:cancel("why") print(select(2, try(t.await, t)).message)
			near:put("kept") print(q:get())`, "why\nkept\n"},
		{"select", `local a, b = queue.new(), queue.new() b:put("x") print(queue.select{far.stub(a), far.stub(b)}) print(select(2, try(queue.select, {far.stub(a), b})).kind)`, "2\tx\nargs.invalid\n"},
		{"priority", `local q = far.stub(queue.priority()) q:put("b", {priority=2}) q:put("a", {priority=1}) print(q:get(), select(2, try(q.put, q, {})).kind)`, "a\targs.invalid\n"},
		{"equality", `local n = queue.new() local q = far.stub(n) local l = thread.list() l:append(q) print(l:get(1) == q, q == far.stub(n))`, "true\tfalse\n"},
		{"lock", `
			local near = thread.lock("l") local l = far.stub(near)
			print(l:with(function() return near:locked(), select(2, try(near.acquire, near, 0.003)).kind end)) print(near:locked(), l:try_acquire())
			print(select(2, try(l.acquire, l)).message) l:release() print(select(2, try(l.release, l)).kind)`, "true\ttimeout\nfalse\ttrue\nit would never get it: the lock 'l' is held by this task\nthread.not_held\n"},
		{"with is released after a cancel", `
			local near = thread.lock() local l = far.stub(near)
			local t = async.spawn(function() l:with(function() async.sleep(60) end) end)
			async.sleep(0.003) t:cancel() pcall(t.await, t) print(near:locked())`, "false\n"},
		{"the process that has a lock dies", `
			local l, s = thread.lock(), thread.semaphore(2)
			far.stub(l):acquire() far.stub(s):acquire() far.stub(s):acquire()
			local t = async.spawn(function() l:acquire() return s:value() end)
			async.sleep(0.003) far.die() print(t:await())`, "2\n"},
		{"a circle through a process", `
			local a, b = thread.lock("a"), thread.lock("b")
			local fa, fb = far.stub(a), far.stub(b)
			a:acquire() fb:acquire()
			local t = async.spawn(function() fa:acquire() end)
			async.sleep(0.003) print(table.concat(select(2, try(b.acquire, b)).circle, "; "))
			t:cancel() pcall(t.await, t)`, "the lock 'b' is held by a task of worker 7; the lock 'a' is held by this task\n"},
		{"condition", `
			local l = thread.rlock() local near = thread.condition(l)
			local c = thread.condition(far.stub(l))
			local t = async.spawn(function() return c:with(function() c:wait() return "woken" end) end)
			async.sleep(0.003) c:with(function() print(c:notify()) end) print(t:await())
			print(c:with(function() return select(2, try(c.wait_for, c, function() return false end, {timeout=0.003})).kind end))`, "1\nwoken\ntimeout\n"},
		{"event, barrier, semaphore, counter", `
			local e, b, s, n = thread.event(), thread.barrier(2), thread.semaphore(1), thread.counter(1)
			local fe, fb, fs, fn = far.stub(e), far.stub(b), far.stub(s), far.stub(n)
			local t = async.spawn(function() fe:wait() return fb:wait() end)
			e:set() print(fe:is_set(), b:wait() + t:await(), fs:with(function() return s:value() end), fs:value(), fn:add(2), n:get(), fn:compare_and_set(3, 4))
			print(select(2, try(fb.wait, fb, 0.003)).kind, fb:broken())`, "true\t3\t0\t1\t3\t3\ttrue\ntimeout\ttrue\n"},
		{"channel", `
			local near = thread.channel() local ch = far.stub(near)
			local t = async.spawn(function() ch:send({"x"}) ch:close() end)
			print(near:receive()[1]) t:await() print(ch:receive()) print(select(2, try(ch.send, ch, 1)).kind) print(thread.select{ch})`, "x\nnil\tfalse\nthread.closed\nnil\n"},
		{"map and list", `
			local m, l = far.stub(thread.map()), far.stub(thread.list())
			m:set("a", {1}) m:update("n", function(v) return (v or 1) * 5 end) print(m:get("a")[1], m:get("n"), #m, table.concat(m:keys(), " "), m:items().n, m:get("none"))
			l:append("x") l:insert(1, {2}) print(#l, l:get(1)[1], l:remove(), #l:items())`, "1\t5\t2\ta n\t5\tnil\n2\t2\tx\t1\n"},
		{"buffer", `local near = thread.buffer("i16", 3) local b = far.stub(near) b[2] = -5 print(b[2], near[2], #b, b:add(2, 1), table.concat(b:items(), ","), b:kind(), select(2, try(function() return b[4] end)).kind)`, "-5\t-5\t3\t-4\t0,-4,0\ti16\targs.invalid\n"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			m, _ := far()
			w := world(t)
			w.Modules = append(w.Modules, engine.Provide(m))
			if out := w.Run(t, head+`local far = require "far" `+tt.source); out != tt.want {
				t.Errorf("printed %q, want %q", out, tt.want)
			}
		})
	}
}

// A process may ask for anything: it gets an error, never a crash.
func TestStrangeRequests(t *testing.T) {
	t.Parallel()
	p := shared.NewPeer("stranger")
	buffer, err := thread.NewBuffer("f64", 2, nil)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	for _, v := range []shared.Served{queue.New(1), queue.NewPriority(1), thread.NewLock("l", true), thread.NewSemaphore(1, true), thread.NewEvent(), thread.NewBarrier(2),
		thread.NewChannel(0), thread.NewCounter(0), thread.NewMap(), thread.NewList(), buffer} {
		for _, op := range []string{"put", "get", "set", "add", "swap", "insert", "remove", "select", "get_many", "task_done", "fill", "items", "notify", "release", "send", "wait", "close", "condition", "nonsense"} {
			for _, args := range [][]any{nil, {true}, {"x", "y"}, {-1.0, -1.0, -1.0}, {1e300, 1e300}, {map[string]any{}}} {
				_, _ = v.Serve(ctx, &shared.Request{From: p, Owner: p.Owner(1), Op: op, Args: args})
			}
		}
		if _, err := v.Serve(ctx, &shared.Request{From: p, Owner: p.Owner(1), Op: "nonsense"}); err == nil {
			t.Errorf("%T does nonsense", v)
		}
	}
	p.End()
}

func sameType(a, b any) bool { return reflect.TypeOf(a) == reflect.TypeOf(b) }
