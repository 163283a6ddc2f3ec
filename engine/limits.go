package engine

import (
	"context"
	"io"
	"runtime"
	"runtime/metrics"
	"sync/atomic"
	"time"

	"github.com/gscript-lang/gscript/engine/host"
	"github.com/gscript-lang/gscript/engine/internal/fault"
	"github.com/gscript-lang/gscript/engine/internal/vm"
)

// Limits bound what one run of a script may use. A limit that is hit is an
// error of kind limit.*; Time, Steps, Tasks and Memory end the script whatever it
// catches. Zero means the default, which is none where nothing else is said; a
// negative number means none.
type Limits struct {
	// Time is how long one Run, RunFile or Call may take.
	Time time.Duration
	// Steps is how many instructions the tasks of a state may run together,
	// turns of the loops inside library functions included.
	Steps int64
	// String is the size in bytes up to which a string may be built: 64 MiB by
	// default, 1 GiB if Trusted.
	String int
	// Table is how many items one library call may put into a table or return:
	// 4,194,304 by default, 16 times as many if Trusted.
	Table int
	// Coroutines is how many may be alive in a state: 10,000 by default, any
	// number if Trusted. Those that the script has forgotten do not count once
	// they are collected.
	Coroutines int
	// Tasks is how many tasks, timers and threads of a state may run or wait at
	// the same time: 10,000 by default, any number if Trusted.
	Tasks int
	// Workers is how many threads, processes and workers of pools a script may
	// have at the same time: 64 by default, 4,096 if Trusted.
	Workers int
	// Output is how many bytes may be written to the standard streams.
	Output int64
	// Memory is by how many bytes Go's heap may grow while the script runs. The
	// heap is the process's, sampled every few milliseconds: this is for one
	// untrusted script at a time, and no hard bound. Package isolate gives one.
	Memory int64
}

// withDefaults fills in what is zero and makes zero of "none".
func (l Limits) withDefaults(trusted bool) Limits {
	def := Limits{String: 64 << 20, Table: 4 << 20, Coroutines: 10_000, Tasks: 10_000, Workers: 64}
	if trusted {
		def = Limits{String: 1 << 30, Table: 64 << 20, Workers: 4096}
	}
	l.String = choose(l.String, def.String)
	l.Table = choose(l.Table, def.Table)
	l.Coroutines = choose(l.Coroutines, def.Coroutines)
	l.Tasks = choose(l.Tasks, def.Tasks)
	l.Workers = choose(l.Workers, def.Workers)
	l.Steps = max(l.Steps, 0)
	l.Output = max(l.Output, 0)
	l.Memory = max(l.Memory, 0)
	l.Time = max(l.Time, 0)
	return l
}

func choose(given, def int) int {
	if given == 0 {
		return def
	}
	return max(given, 0)
}

func (l Limits) vm() vm.Limits {
	return vm.Limits{Steps: l.Steps, String: l.String, Table: l.Table, Coroutines: l.Coroutines, Tasks: l.Tasks}
}

// limited puts the limits of time and memory on a run; done lifts them.
func (s *State) limited(ctx context.Context) (_ context.Context, done func()) {
	l := s.engine.opts.Limits
	done = func() {}
	if l.Time > 0 {
		why := fault.New(fault.Deadline, "the script has run longer than %v", l.Time).
			WithHint("the option --timeout, Limits.Time in Go, sets the limit")
		ctx, done = context.WithTimeoutCause(ctx, l.Time, why)
	}
	if l.Memory > 0 {
		lift, unwatch := done, s.watchMemory(l.Memory)
		done = func() { unwatch(); lift() }
	}
	return ctx, done
}

// memoryInterval is how often the heap is looked at: a script fills about half a
// gigabyte a second, so a few megabytes pass between two looks.
const memoryInterval = 5 * time.Millisecond

// watchMemory stops the state when the heap has grown by more than limit.
func (s *State) watchMemory(limit int64) (done func()) {
	quit, ended := make(chan struct{}), make(chan struct{})
	start, live := heapBytes()
	if start-live > limit/4 {
		// Garbage that others left would leave the script as much to take.
		runtime.GC()
		start, _ = heapBytes()
	}
	go func() {
		defer close(ended)
		tick := time.NewTicker(memoryInterval)
		defer tick.Stop()
		var collectAgain time.Time
		for {
			var now time.Time
			select {
			case <-quit:
				return
			case now = <-tick.C:
			}
			heap, _ := heapBytes()
			grown := heap - start
			// What the heap holds may be garbage. Collecting takes a tenth of the
			// time at most, until it is far too much.
			if grown <= limit || grown <= limit+limit/2 && now.Before(collectAgain) {
				continue
			}
			begin := time.Now()
			runtime.GC()
			took := time.Since(begin)
			collectAgain = time.Now().Add(10 * took)
			if heap, _ = heapBytes(); heap-start <= limit {
				continue
			}
			s.world.Stop(fault.New(fault.Memory, "the script uses more than %s of memory", FormatSize(limit)).
				WithHint("the option --max-memory, Limits.Memory in Go, sets the limit"))
			return
		}
	}()
	return func() {
		close(quit)
		<-ended
	}
}

// heapBytes gives the size of what the heap holds, and of what of it was alive
// at the last collection.
func heapBytes() (all, live int64) {
	sample := []metrics.Sample{{Name: "/memory/classes/heap/objects:bytes"}, {Name: "/gc/heap/live:bytes"}}
	metrics.Read(sample)
	return int64(sample[0].Value.Uint64()), int64(sample[1].Value.Uint64())
}

// metered is a terminal whose output streams share a budget of bytes.
type metered struct {
	host.Terminal
	out, err io.Writer
}

// meter gives h's terminal a budget of limit bytes, in a copy of h.
func meter(h *host.Host, limit int64) *host.Host {
	budget := new(atomic.Int64)
	budget.Store(limit)
	c := *h
	c.Terminal = &metered{
		Terminal: h.Terminal,
		out:      &budgeted{h.Terminal.Stdout(), budget, limit},
		err:      &budgeted{h.Terminal.Stderr(), budget, limit},
	}
	return &c
}

func (m *metered) Stdout() io.Writer { return m.out }
func (m *metered) Stderr() io.Writer { return m.err }

type budgeted struct {
	w     io.Writer
	left  *atomic.Int64
	limit int64
}

func (b *budgeted) Write(p []byte) (int, error) {
	if b.left.Add(-int64(len(p))) < 0 {
		return 0, fault.New(fault.Output, "the script has written more than %d bytes", b.limit).
			WithHint("the option --max-output, Limits.Output in Go, sets the limit")
	}
	return b.w.Write(p)
}
