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
	Name   string // for logs and errors
	Memory int64  // most resident memory in bytes; 0 sets no limit
	Grace  Duration
}

// Process is a worker in a process of its own.
type Process interface {
	Runner
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
	leave, err := c.state.crew.join()
	if err != nil {
		return nil, err
	}
	w, err := p.Start(ctx, ProcessConfig{
		Engine: c.state.engine, Origin: c.Origin(), Host: c.state.host, Name: name, Memory: int64(memory),
	})
	if err != nil {
		leave()
		return nil, err
	}
	context.AfterFunc(c.state.ctx, w.Kill)
	c.Go(func() {
		<-w.Done()
		leave()
	})
	return w, nil
}

// crew counts the workers of a script, those of its workers included.
type crew struct {
	limit int
	size  atomic.Int64
}

func newCrew(limit int) *crew { return &crew{limit: limit} }

// join takes a place; leave gives it back.
func (c *crew) join() (leave func(), err error) {
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
