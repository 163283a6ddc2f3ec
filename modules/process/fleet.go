package process

import (
	"context"
	"fmt"
	"runtime"
	"slices"
	"sync"

	"github.com/gscript-lang/gscript/engine"
	"github.com/gscript-lang/gscript/modules/internal/away"
)

// fleet is the processes of a state.
type fleet struct {
	call *engine.Call // one of the state: the fleet outlives it
	hard context.Context
	stop context.CancelCauseFunc // ends the daemons

	mu      sync.Mutex
	started int
	running []*Process
	method  string
	ready   int              // how many workers are kept ready
	idle    []engine.Process // those
	closed  bool
	busy    sync.WaitGroup // daemons, and starts of workers
}

type fleetKey struct{}

func fleetOf(c *engine.Call) *fleet {
	return c.Local(fleetKey{}, func() any {
		f := &fleet{call: c, method: methodSpawn}
		f.hard, f.stop = context.WithCancelCause(c.Background())
		return f
	}).(*fleet)
}

func (f *fleet) name(given string) string {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.started++
	if given != "" {
		return given
	}
	return fmt.Sprintf("process-%d", f.started)
}

func (f *fleet) enter(p *Process) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if !p.left {
		f.running = append(f.running, p)
	}
}

func (f *fleet) leave(p *Process) {
	f.mu.Lock()
	defer f.mu.Unlock()
	p.left = true
	f.running = slices.DeleteFunc(f.running, func(o *Process) bool { return o == p })
}

// children are the processes that run, the oldest first.
func (f *fleet) children() []*Process {
	f.mu.Lock()
	defer f.mu.Unlock()
	return slices.Clone(f.running)
}

// hire finds a worker for a function; pooled says that it may run another one
// afterwards. One with a limit of its own is started for it.
func (f *fleet) hire(c *engine.Call, name string, memory engine.Size) (w engine.Process, pooled bool, err error) {
	f.mu.Lock()
	pooled = f.method == methodPool && memory == 0
	for pooled && w == nil && len(f.idle) > 0 {
		last := len(f.idle) - 1
		if f.idle[last].Usable() {
			w = f.idle[last]
		}
		f.idle = f.idle[:last]
	}
	f.mu.Unlock()
	if pooled {
		f.prepare()
	}
	if w == nil {
		w, err = c.StartProcess(c.Context(), name, memory)
	}
	return w, pooled, err
}

// prepare starts workers until enough are ready.
func (f *fleet) prepare() {
	f.mu.Lock()
	defer f.mu.Unlock()
	for n := len(f.idle); n < f.ready && !f.closed; n++ {
		f.busy.Add(1)
		f.call.Go(func() {
			defer f.busy.Done()
			f.add()
		})
	}
}

// add starts a worker that is ready then.
func (f *fleet) add() {
	w, err := f.call.StartProcess(f.hard, "a ready worker", 0)
	if err != nil {
		f.call.Host().Log.Warn("a worker that was to be ready does not start", "error", err)
		return
	}
	f.keep(w)
}

// keep takes a worker that has nothing to do.
func (f *fleet) keep(w engine.Process) {
	f.mu.Lock()
	take := !f.closed && f.method == methodPool && len(f.idle) < max(f.ready, runtime.GOMAXPROCS(0))
	if take {
		f.idle = append(f.idle, w)
	}
	f.mu.Unlock()
	if !take {
		w.Close()
	}
}

// change sets the method and sends away what it does not need.
func (f *fleet) change(method string, ready int) {
	f.mu.Lock()
	f.method, f.ready = method, ready
	var gone []engine.Process
	if method != methodPool {
		gone, f.idle = f.idle, nil
	}
	f.mu.Unlock()
	dismiss(gone)
	if method == methodPool {
		f.prepare()
	}
}

// dismiss closes workers side by side.
func dismiss(workers []engine.Process) {
	var all sync.WaitGroup
	for _, w := range workers {
		all.Go(func() { w.Close() })
	}
	all.Wait()
}

func (f *fleet) startDaemon(p *Process, j job) {
	soft, cancel := context.WithCancelCause(f.hard)
	end := away.NewEnding(func(why string) {
		cancel(&engine.Error{Kind: engine.KindCanceled, Message: why})
	})
	p.Awaitable = end
	f.busy.Add(1)
	f.call.Go(func() {
		defer f.busy.Done()
		defer cancel(nil)
		out, err := f.run(f.hard, soft, p, j)
		claimed := end.End(out, err)
		if err != nil && !claimed && f.hard.Err() == nil && engine.KindOf(err) != engine.KindCanceled {
			f.call.Host().Log.Warn("a daemon process has failed", "process", p.name, "error", err)
		}
	})
}

// Close kills the daemons and lets the ready workers go.
func (f *fleet) Close() error {
	f.mu.Lock()
	f.closed = true
	idle := f.idle
	f.idle = nil
	running := slices.Clone(f.running)
	f.mu.Unlock()
	f.stop(&engine.Error{Kind: engine.KindCanceled, Message: "the script has ended"})
	for _, p := range running {
		p.tell(p.worker.Kill)
	}
	dismiss(idle)
	f.busy.Wait()
	return nil
}
