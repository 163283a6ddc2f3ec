package engine

import (
	"context"
	"sync/atomic"

	"github.com/gscript-lang/gscript/engine/host"
	"github.com/gscript-lang/gscript/engine/internal/fault"
)

// Runner runs jobs, one at a time: a Worker, or one in a process of its own.
type Runner interface {
	// RunCancelable calls a copied function with copied arguments and copies
	// its first result back. The end of ctx stops it, that of soft cancels it.
	RunCancelable(ctx, soft context.Context, fn *Snapshot, args ...*Snapshot) (*Snapshot, error)
	// Init is RunCancelable for a function that prepares the worker: what it
	// does to the globals, and what it opens, stays for the jobs.
	Init(ctx context.Context, fn *Snapshot, args ...*Snapshot) error
	// Usable says that another job may be run.
	Usable() bool
	Close() error
}

// Processes starts workers in processes of their own. That of package isolate
// is what isolate.Child returns.
type Processes interface {
	Start(ctx context.Context, c ProcessConfig) (Process, error)
}

// ProcessConfig says for whom a process works, and what it may use.
type ProcessConfig struct {
	Engine *Engine
	Origin Origin
	Host   *host.Host
	Crew   Crew   // counts the workers that the process has itself
	Name   string // for logs and errors
	Memory int64  // most resident memory in bytes; 0 sets no limit
	Grace  Duration
}

// Process is a worker in a process of its own.
type Process interface {
	Runner
	// Begin is RunCancelable that does not wait. done, which must not block, is
	// called once, from any goroutine.
	Begin(ctx, soft context.Context, done func(*Snapshot, error), fn *Snapshot, args ...*Snapshot)
	PID() int
	// Done is closed when the process has ended and nothing of it is left.
	Done() <-chan struct{}
	// Exit tells how it ended: the code, or the name of the signal.
	Exit() (code int, signal string)
	// Terminate asks the process to end: its job is canceled, then it exits.
	Terminate()
	// Kill ends the process, and what it has started, now.
	Kill()
}

// Died is the error of a job whose process has ended under it.
type Died struct {
	Reason *Error // what ended it: limit.memory, isolate.died, …
}

func (d *Died) Error() string { return d.Reason.Error() }
func (d *Died) Unwrap() error { return d.Reason }

// StartProcess starts a worker in a process of its own, which ends with Close,
// or when the calling state does.
func (c *Call) StartProcess(ctx context.Context, name string, memory Size) (Process, error) {
	p := c.state.engine.opts.Processes
	if p == nil {
		return nil, fault.New(fault.Unsupported, "this program starts no worker processes").
			WithHint("a Go program offers them with Options.Processes = isolate.Child(options), first in its main; without them use threads")
	}
	origin := c.Origin()
	starter := origin.Process
	if starter.Depth >= maxDepth {
		return nil, fault.New(fault.Workers, "processes start each other more than %d deep", maxDepth).
			WithHint("a function that runs in a process starts itself again there without an end")
	}
	origin.Process = ProcessInfo{Name: name, Depth: starter.Depth + 1, Parent: &starter}
	leave, err := c.state.crew.Join()
	if err != nil {
		return nil, err
	}
	w, err := p.Start(ctx, ProcessConfig{
		Engine: c.state.engine, Origin: origin, Host: c.state.host, Crew: c.state.crew, Name: name, Memory: int64(memory),
	})
	if err != nil {
		leave()
		return nil, err
	}
	for _, p := range c.state.engine.opts.Probes {
		if p, ok := p.(ProcessProbe); ok {
			p.ProcessBegan(name)
		}
	}
	forget := context.AfterFunc(c.state.ctx, w.Kill)
	e := &employed{Process: w, done: make(chan struct{})}
	c.Go(func() {
		defer close(e.done)
		<-w.Done()
		forget()
		leave()
	})
	return e, nil
}

// employed is a Process that has given its place back when it is done.
type employed struct {
	Process
	done chan struct{}
}

func (e *employed) Done() <-chan struct{} { return e.done }

func (e *employed) Close() error {
	err := e.Process.Close()
	<-e.done
	return err
}

// maxDepth is how many processes may have started each other. A function that
// starts itself takes a place for each, and much memory before they run out.
const maxDepth = 16

// ProcessInfo tells which process of a script works.
type ProcessInfo struct {
	Name   string // "main" for the script's own
	PID    int
	Depth  int          // how many processes started each other to start this one
	Parent *ProcessInfo // nil for the script's own
}

// Process tells in which process the call is made.
func (c *Call) Process() ProcessInfo { return c.state.process }

// Crew counts the workers of a script, in whatever process they are.
type Crew interface {
	// Join takes a place; leave gives it back.
	Join() (leave func(), err error)
}

// crew is the Crew of the script's own process.
type crew struct {
	limit int
	size  atomic.Int64
}

func newCrew(limit int) *crew { return &crew{limit: limit} }

func (c *crew) Join() (leave func(), err error) {
	if n := c.size.Add(1); c.limit > 0 && n > int64(c.limit) {
		c.size.Add(-1)
		return nil, fault.New(fault.Workers, "more than %d workers at the same time", c.limit).
			WithHint("use a pool with fewer workers; Limits.Workers in Go sets the limit")
	}
	var left atomic.Bool
	return func() {
		if !left.Swap(true) {
			c.size.Add(-1)
		}
	}, nil
}
