//go:build unix

package isolate

import (
	"context"
	"os"
	"sync/atomic"
	"syscall"
	"time"

	"golang.org/x/sys/unix"

	"github.com/gscript-lang/gscript/engine"
	"github.com/gscript-lang/gscript/engine/internal/link"
	"github.com/gscript-lang/gscript/engine/internal/vm"
	"github.com/gscript-lang/gscript/engine/shared"
)

// Workers starts the workers of scripts in processes of their own.
type Workers struct {
	// Command is the program to start, with arguments, instead of this one; its
	// main calls Child.
	Command []string
}

var _ engine.Processes = (*Workers)(nil)

// Start starts a worker. It does not wait until the process serves: a process
// that cannot ends the first job with an *engine.Died.
func (ws *Workers) Start(_ context.Context, c engine.ProcessConfig) (engine.Process, error) {
	passage := c.Engine.Passage()
	o := passage.Options()
	null, err := os.Open(os.DevNull)
	if err != nil {
		return nil, err
	}
	defer null.Close()
	config := Config{
		Options: engine.Options{
			Permissions: c.Host.Permissions, Dir: c.Host.Files.WorkDir(), Env: c.Host.Environment.Environ(),
			Stdin: null, Stdout: c.Host.Terminal.Stdout(), Stderr: c.Host.Terminal.Stderr(), Log: c.Host.Log.With("worker", c.Name),
			Trusted: o.Trusted, Limits: o.Limits, Grace: o.Grace, Path: o.Path,
		},
		Command: ws.Command, Quiet: true,
		worker: &workerRequest{Origin: c.Origin, Name: c.Name, Traced: o.Trace != nil},
	}
	config.Options.Limits.Memory = c.Memory
	if config, err = config.prepared(); err != nil {
		return nil, err
	}
	p := newProcess(context.Background(), config)
	p.tracer.to = o.Trace
	p.messages.max = maxMessage(c.Memory)
	boss := &employer{crew: c.Crew, leave: map[float64]func(){}}
	p.link = link.New(passage, shared.NewPeer("the "+p.what()), boss, p.post)
	p.link.Peer().OnEnd(boss.dismiss)
	if err := p.launch(Script{}, nil); err != nil {
		return nil, engine.Classify(err)
	}
	return &Worker{p: p}, nil
}

// post sends a message of the link, after the request.
func (p *Process) post(message []byte) error {
	select {
	case <-p.asked:
	case <-p.exited:
		return os.ErrClosed
	}
	return p.to.sendMessage(message)
}

// message takes a frame of the link.
func (p *Process) message(kind byte, payload []byte) error {
	if p.link == nil {
		return errStray
	}
	message, whole, err := p.messages.add(kind, payload)
	if err != nil || !whole {
		return err
	}
	serve, err := p.link.Receive(message)
	if serve != nil {
		go serve()
	}
	return err
}

// Worker is a worker in a process of its own.
type Worker struct {
	p    *Process
	jobs atomic.Int64
}

var _ engine.Process = (*Worker)(nil)

// RunCancelable runs a job. When ctx ends and the worker does not stop within
// Config.Grace, its process is killed.
func (w *Worker) RunCancelable(ctx, soft context.Context, fn *engine.Snapshot, args ...*engine.Snapshot) (out *engine.Snapshot, err error) {
	return w.await(func(done func(*engine.Snapshot, error)) {
		w.Begin(ctx, soft, done, fn, args...)
	})
}

// Begin is RunCancelable that does not wait. done, which must not block, is
// called once, from any goroutine.
func (w *Worker) Begin(ctx, soft context.Context, done func(*engine.Snapshot, error), fn *engine.Snapshot, args ...*engine.Snapshot) {
	w.begin(ctx, soft, opRun, done, fn, args)
}

// Init prepares the worker.
func (w *Worker) Init(ctx context.Context, fn *engine.Snapshot, args ...*engine.Snapshot) error {
	_, err := w.await(func(done func(*engine.Snapshot, error)) {
		w.begin(ctx, context.Background(), opInit, done, fn, args)
	})
	return err
}

func (w *Worker) await(begin func(done func(*engine.Snapshot, error))) (out *engine.Snapshot, err error) {
	ended := make(chan struct{})
	begin(func(got *engine.Snapshot, gerr error) {
		out, err = got, gerr
		close(ended)
	})
	<-ended
	return out, err
}

func (w *Worker) begin(ctx, soft context.Context, op string, done func(*engine.Snapshot, error), fn *engine.Snapshot, args []*engine.Snapshot) {
	p := w.p
	number := float64(w.jobs.Add(1))
	values := make([]any, 0, 2+len(args))
	values = append(values, number, fn)
	for _, a := range args {
		values = append(values, a)
	}
	uncanceled := context.AfterFunc(soft, func() {
		cause := context.Cause(soft)
		asked := []any{number, engine.Classify(cause), vm.IsInterruption(cause)}
		_, _ = p.link.Call(context.Background(), link.RootID, opCancel, asked) // the job's end tells
	})
	ended := make(chan struct{})
	unstopped := context.AfterFunc(ctx, func() {
		timer := time.NewTimer(p.config.Grace)
		defer timer.Stop()
		select {
		case <-timer.C:
			p.kill(vm.StopCause(context.Cause(ctx)))
		case <-ended:
		}
	})
	p.link.Begin(ctx, link.RootID, op, values, func(results []any, err error) {
		uncanceled()
		unstopped()
		close(ended)
		if err != nil && ctx.Err() != nil {
			err = vm.StopCause(context.Cause(ctx))
		}
		if err != nil || len(results) != 1 {
			done(nil, err)
			return
		}
		out, _ := results[0].(*engine.Snapshot)
		done(out, nil)
	})
}

// Usable says that the process lives, and not because of its last job only.
func (w *Worker) Usable() bool {
	select {
	case <-w.p.exited:
		return false
	default:
	}
	w.p.mu.Lock()
	defer w.p.mu.Unlock()
	return !w.p.dying
}

// Close lets the process end, and kills it if it does not within Config.Grace.
func (w *Worker) Close() error {
	p := w.p
	p.mu.Lock()
	p.leaving = true
	p.mu.Unlock()
	select {
	case <-p.asked:
		p.send(frameQuit, nil)
		timer := time.NewTimer(p.config.Grace)
		defer timer.Stop()
		select {
		case <-p.exited:
		case <-timer.C:
			p.kill(nil)
		}
	default: // it has not even started
		p.kill(nil)
	}
	<-p.done
	return nil
}

// PID is the number of the process, and of its group and session.
func (w *Worker) PID() int { return w.p.PID() }

// Done is closed when the process has ended and nothing of it is left.
func (w *Worker) Done() <-chan struct{} { return w.p.done }

// Exit tells how the process ended, once Done is closed.
func (w *Worker) Exit() (code int, signal string) {
	status, ok := w.p.cmd.ProcessState.Sys().(syscall.WaitStatus)
	if ok && status.Signaled() {
		return -int(status.Signal()), unix.SignalName(status.Signal())
	}
	return w.p.cmd.ProcessState.ExitCode(), ""
}

// Terminate asks the process to end: its job is canceled, and may clean up for
// the grace time.
func (w *Worker) Terminate() {
	p := w.p
	p.mu.Lock()
	if !p.gone { // else its number may be another's
		_ = unix.Kill(p.PID(), unix.SIGTERM)
	}
	p.mu.Unlock()
	time.AfterFunc(p.config.Options.Grace+p.config.Grace, func() { p.kill(nil) })
}

// Kill ends the process now, and what it has started.
func (w *Worker) Kill() { w.p.kill(nil) }
