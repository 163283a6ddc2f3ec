package pool_test

import (
	"context"
	"log/slog"
	"math/rand/v2"
	"sync"
	"testing"
	"time"

	"github.com/gscript-lang/gscript/engine"
	"github.com/gscript-lang/gscript/modules/async"
	"github.com/gscript-lang/gscript/modules/pool"
)

// fakes start processes that are workers of the test's own process. A test kills
// them.
type fakes struct {
	mu      sync.Mutex
	next    int
	alive   map[*fake]struct{}
	started int
	refuse  error              // of Start
	mortal  func() bool        // says at each job whether the process dies of it
	reason  *engine.Error      // of the deaths
	memory  map[int64]struct{} // limits asked for
}

func newFakes() *fakes {
	return &fakes{
		alive: map[*fake]struct{}{}, memory: map[int64]struct{}{},
		reason: &engine.Error{Kind: "isolate.died", Message: "killed by signal 9"},
	}
}

// fake is one process.
type fake struct {
	*engine.Worker
	all    *fakes
	pid    int
	ctx    context.Context // ends with its death
	cancel context.CancelCauseFunc
	once   sync.Once
	done   chan struct{}
	died   bool
}

func (p *fakes) Start(ctx context.Context, c engine.ProcessConfig) (engine.Process, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.refuse != nil {
		return nil, p.refuse
	}
	p.next++
	p.started++
	p.memory[c.Memory] = struct{}{}
	f := &fake{Worker: c.Engine.NewWorker(ctx, c.Host, c.Origin, c.Crew), all: p, pid: 1000 + p.next, done: make(chan struct{})}
	f.ctx, f.cancel = context.WithCancelCause(context.Background())
	p.alive[f] = struct{}{}
	return f, nil
}

// died is the error of a job whose process was killed.
func (f *fake) death() error { return &engine.Died{Reason: f.all.reason} }

func (f *fake) RunCancelable(ctx, soft context.Context, fn *engine.Snapshot, args ...*engine.Snapshot) (*engine.Snapshot, error) {
	f.all.mu.Lock()
	mortal := f.all.mortal
	f.all.mu.Unlock()
	if mortal != nil && mortal() {
		f.Kill()
	}
	if f.ctx.Err() != nil {
		f.end()
		return nil, f.death()
	}
	both, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	defer context.AfterFunc(f.ctx, func() { cancel(context.Canceled) })()
	out, err := f.Worker.RunCancelable(both, soft, fn, args...)
	if f.ctx.Err() != nil {
		f.end()
		return nil, f.death()
	}
	return out, err
}

func (f *fake) Begin(ctx, soft context.Context, done func(*engine.Snapshot, error), fn *engine.Snapshot, args ...*engine.Snapshot) {
	go func() { done(f.RunCancelable(ctx, soft, fn, args...)) }()
}

func (f *fake) Usable() bool { return f.ctx.Err() == nil && f.Worker.Usable() }

func (f *fake) end() {
	f.once.Do(func() {
		f.Worker.Close()
		f.all.mu.Lock()
		delete(f.all.alive, f)
		f.all.mu.Unlock()
		f.died = f.ctx.Err() != nil
		close(f.done)
	})
}

func (f *fake) Close() error {
	f.end()
	return nil
}

func (f *fake) PID() int              { return f.pid }
func (f *fake) Done() <-chan struct{} { return f.done }
func (f *fake) Exit() (int, string) {
	if f.died {
		return -1, "killed"
	}
	return 0, ""
}
func (f *fake) Terminate() { f.Kill() }
func (f *fake) Kill()      { f.cancel(context.Canceled) }

// killOne kills some process that lives.
func (p *fakes) killOne() {
	p.mu.Lock()
	defer p.mu.Unlock()
	for f := range p.alive {
		f.Kill()
		return
	}
}

func (p *fakes) living() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return len(p.alive)
}

// run runs a script whose worker processes are fakes.
func (p *fakes) run(t *testing.T, source string, modules ...*engine.Module) {
	t.Helper()
	entries := []engine.Entry{engine.Provide(pool.Module()), engine.Provide(async.Module()), engine.Provide(p.module())}
	for _, m := range modules {
		entries = append(entries, engine.Provide(m))
	}
	s := engine.New(engine.Options{Modules: entries, Processes: p, Log: slog.New(slog.DiscardHandler), Trusted: true}).NewState(t.Context())
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	_, err := s.Run(ctx, "test.lua", `local pool, async, fake = require "pool", require "async", require "fake" `+source)
	if err != nil {
		t.Error(err)
	}
	s.Close()
	if n := p.living(); n > 0 {
		t.Errorf("%d processes stay", n)
	}
}

// module lets scripts, and jobs, kill processes.
func (p *fakes) module() *engine.Module {
	type killIn struct {
		PID int `lua:"pid" doc:"which"`
	}
	return &engine.Module{Name: "fake", Funcs: []*engine.Function{
		engine.Fn("kill", "Kill a process.", func(_ *engine.Call, in killIn) (engine.None, error) {
			p.mu.Lock()
			defer p.mu.Unlock()
			for f := range p.alive {
				if f.pid == in.PID {
					f.Kill()
				}
			}
			return engine.None{}, nil
		}),
		engine.Fn("started", "Count the processes that were started.", func(*engine.Call, engine.None) (int, error) {
			p.mu.Lock()
			defer p.mu.Unlock()
			return p.started, nil
		}),
	}}
}

func TestWorkerDeath(t *testing.T) {
	t.Parallel()
	t.Run("is the error of its job only", func(t *testing.T) {
		t.Parallel()
		newFakes().run(t, `
			local p = pool.new{workers=1, kind="process", name="calc"}
			local running = p:submit(async.sleep, 60)
			local queued = p:submit(function(n) return n + 1 end, 1)
			while not p:stats().pids[1] do async.sleep(0) end
			local pid = p:stats().pids[1]
			fake.kill(pid)
			local e = running:error()
			assert(e.kind == "pool.worker_died", e.kind)
			assert(e.code == "killed" and e.pid == pid and e.target == "calc", tostring(e.code))
			assert(e.message == "worker 1 of calc died: killed by signal 9", e.message)
			assert(e.reason == "isolate.died" and e.cause == "killed by signal 9")
			assert(e.hint:find("retries="))
			assert(queued:result() == 2)
			assert(p:stats().deaths == 1 and p:stats().pids[1] ~= pid)
			p:close()`)
	})
	t.Run("by memory says so", func(t *testing.T) {
		t.Parallel()
		p := newFakes()
		p.reason = &engine.Error{Kind: "limit.memory", Message: "used more than 64 MiB"}
		p.mortal = func() bool { return true }
		p.run(t, `
			local p = pool.new{workers=1, kind="process", max_memory="64MiB"}
			local e = p:submit(math.max, 1):error()
			assert(e.kind == "pool.worker_died" and e.reason == "limit.memory", e)
			assert(e.hint:find("max_memory="), e.hint)
			p:close{cancel=true}`)
		if _, ok := p.memory[64<<20]; !ok {
			t.Errorf("limits asked for: %v", p.memory)
		}
	})
	t.Run("with retries loses nothing", func(t *testing.T) {
		t.Parallel()
		p := newFakes()
		var mu sync.Mutex
		n := 0
		p.mortal = func() bool {
			mu.Lock()
			defer mu.Unlock()
			n++
			return n%3 == 0
		}
		p.run(t, `
			local p = pool.new{workers=2, kind="process", retries=20}
			local l = {} for i = 1, 100 do l[i] = i end
			for i, v in ipairs(p:map(function(n) return n * 2 end, l)) do assert(v == i * 2) end
			assert(p:stats().deaths > 10 and p:stats().done == 100)
			p:close()`)
	})
	t.Run("before it serves takes no job along", func(t *testing.T) {
		t.Parallel()
		p := newFakes()
		p.reason = &engine.Error{Kind: "isolate.start", Code: "SIGKILL", Message: "died (SIGKILL) before it served"}
		left := 3
		p.mortal = func() bool {
			left--
			return left >= 0
		}
		p.run(t, `
			local p = pool.new{workers=1, kind="process"}
			assert(p:apply(math.max, 1, 2) == 2 and p:stats().deaths == 3)
			p:close()`)
	})
	t.Run("while idle is not felt", func(t *testing.T) {
		t.Parallel()
		newFakes().run(t, `
			local p = pool.new{workers=1, kind="process"}
			p:apply(math.max, 1)
			fake.kill(p:stats().pids[1])
			assert(p:apply(math.max, 1, 2) == 2 and fake.started() == 2)
			p:close()`)
	})
	t.Run("again and again breaks the pool", func(t *testing.T) {
		t.Parallel()
		p := newFakes()
		p.mortal = func() bool { return true }
		p.run(t, `
			local p = pool.new{workers=2, kind="process", retries=1e6}
			local a, b, c = p:submit(math.max, 1), p:submit(math.max, 2), p:submit(math.max, 3)
			for _, f in ipairs{a, b, c} do
				local e = f:error()
				assert(e.kind == "pool.broken" and e.message:find("11 workers died"), e)
			end
			local _, e = try(p.submit, p, math.max, 1)
			assert(e.kind == "pool.broken", e)
			assert(fake.started() <= 13, fake.started())
			p:close()`)
	})
	t.Run("that cannot be started", func(t *testing.T) {
		t.Parallel()
		p := newFakes()
		p.refuse = &engine.Error{Kind: "permission.denied", Message: "no processes"}
		p.run(t, `
			local p = pool.new{workers=1, kind="process"}
			assert(p:submit(math.max, 1):error().kind == "permission.denied")
			p:close()`)
	})
	t.Run("past its time", func(t *testing.T) {
		t.Parallel()
		newFakes().run(t, `
			local p = pool.new{workers=2, kind="process", job_timeout=0.05}
			local slow, fast = p:submit(function() while true do end end), p:submit(math.max, 1, 2)
			assert(slow:error().kind == "pool.timeout" and fast:result() == 2)
			assert(p:apply(math.max, 3) == 3)
			p:close()`)
	})
	t.Run("max_tasks", func(t *testing.T) {
		t.Parallel()
		newFakes().run(t, `
			local p = pool.new{workers=1, kind="process", max_tasks=2}
			for i = 1, 5 do p:apply(math.max, i) end
			assert(fake.started() == 3, fake.started())
			p:close()`)
	})
	t.Run("without processes", func(t *testing.T) {
		t.Parallel()
		out := world(t, newMeeting(1)).Run(t, head+`local p = pool.new{workers=1, kind="process"} print(p:submit(print):error().kind)`)
		if out != "unsupported\n" {
			t.Errorf("printed %q", out)
		}
	})
}

// Processes die at random under load; with retries no job is lost and the pool
// lives, because jobs are done in between.
func TestRandomDeaths(t *testing.T) {
	t.Parallel()
	p := newFakes()
	var mu sync.Mutex
	dice := rand.New(rand.NewPCG(1, 2))
	p.mortal = func() bool {
		mu.Lock()
		n := dice.IntN(10)
		mu.Unlock()
		if n == 1 {
			p.killOne() // another, in the middle of its job or idle
		}
		return n == 0
	}
	p.run(t, `
		local p = pool.new{workers=4, kind="process", retries=1000}
		local futures, want = {}, 0
		for i = 1, 3000 do futures[i] = p:submit(function(n) local s = 0 for k = 1, 200 do s = s + k end return n end, i) end
		local sum = 0
		for f in pool.as_completed(futures) do sum = sum + f:result() end
		assert(sum == 3000 * 3001 / 2, sum)
		assert(p:stats().done == 3000 and p:stats().deaths > 100, p:stats().deaths)
		p:close()`)
}

// What waits for an initializer that takes its time can be given up.
func TestSlowInitializer(t *testing.T) {
	t.Parallel()
	for _, kind := range []string{"thread", "process"} {
		t.Run(kind, func(t *testing.T) {
			t.Parallel()
			newFakes().run(t, `
				local p = pool.new{workers=1, kind="`+kind+`", initializer=function() async.sleep(60) end}
				local f = p:submit(math.max, 1)
				while not f:running() do async.sleep(0) end
				assert(f:cancel())
				assert(f:error().kind == "canceled")
				local _, e = try(p.map, p, math.max, {1, 2, 3}, {timeout=0.05})
				assert(e.kind == "timeout", e)
				p:close{cancel=true}
				p = pool.new{workers=1, kind="`+kind+`", initializer=function() async.sleep(0.05) end}
				f = p:submit(math.max, 1)
				f:cancel()
				assert(p:apply(math.max, 3) == 3 and f:cancelled())
				p:close()
				p = pool.new{workers=1, kind="`+kind+`", job_timeout=0.05, initializer=function() while true do end end}
				local e = p:submit(math.max, 1):error()
				assert(e.kind == "pool.broken" and e.message:find("took longer than 50ms"), e)
				p:close()`)
		})
	}
}
