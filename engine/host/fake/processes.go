package fake

import (
	"bytes"
	"context"
	"io"
	"os/exec"
	"sync"
	"time"

	"github.com/gscript-lang/gscript/engine/host"
)

// Answer is what a fake process does.
type Answer struct {
	Stdout, Stderr []byte
	Code           int
	Signal         string        // that ended it; "" is none
	After          time.Duration // how long it runs by the host's clock
	Err            error         // why it cannot be started
}

// Processes starts nothing: Answer says what each program would have done.
type Processes struct {
	Host   *host.Host // for the permissions and the clock
	Answer func(ctx context.Context, c host.Command, stdin []byte) Answer

	mu  sync.Mutex
	pid int
}

const firstPID = 1 << 22 // beyond what Linux gives to processes

// LookPath returns the name itself.
func (p *Processes) LookPath(name string) (string, error) {
	return name, p.Host.Check(host.Run, name)
}

// Start makes a fake process. It asks for the answer before it returns; the
// output comes from a goroutine, as that of a real one does.
func (p *Processes) Start(ctx context.Context, c host.Command) (host.Process, error) {
	if ctx.Err() != nil {
		return nil, context.Cause(ctx)
	}
	if err := p.Host.Check(host.Run, c.Argv[0]); err != nil {
		return nil, err
	}
	a := p.Answer(ctx, c, ready(c.Stdin))
	if a.Err != nil {
		return nil, a.Err
	}
	p.mu.Lock()
	p.pid++
	proc := &process{pid: firstPID + p.pid, answer: a, done: make(chan struct{})}
	p.mu.Unlock()
	proc.ctx, proc.end = context.WithCancelCause(ctx)
	go proc.run(p.Host.Clock, c)
	return proc, nil
}

// ready is an input that is there as a whole.
func ready(r io.Reader) []byte {
	if whole, ok := r.(interface {
		io.Reader
		Len() int
	}); ok {
		data, _ := io.ReadAll(whole)
		return data
	}
	return nil
}

// process is a fake process.
type process struct {
	pid    int
	answer Answer
	ctx    context.Context
	end    context.CancelCauseFunc
	done   chan struct{}

	exit host.Exit // once done is closed
	err  error
}

// ended is how a signal ends a fake process.
type ended struct{ signal string }

func (e *ended) Error() string { return e.signal }

func (p *process) run(clock host.Clock, c host.Command) {
	defer close(p.done)
	defer p.end(nil)
	if in, ok := c.Stdin.(io.Closer); ok {
		defer in.Close()
	}
	p.exit = host.Exit{Code: p.answer.Code, Signal: p.answer.Signal}
	if p.exit.Signal != "" {
		p.exit.Code = -1
	}
	if p.answer.After > 0 {
		if err := clock.Sleep(p.ctx, p.answer.After); err != nil {
			p.exit = host.Exit{Code: -1, Signal: "SIGTERM", Killed: true}
			if e, ok := err.(*ended); ok {
				p.exit = host.Exit{Code: -1, Signal: e.signal}
			}
			return
		}
	}
	for _, out := range []struct {
		w    io.Writer
		data []byte
	}{{c.Stdout, p.answer.Stdout}, {c.Stderr, p.answer.Stderr}} {
		if out.w == nil || len(out.data) == 0 {
			continue
		}
		if _, err := io.Copy(out.w, bytes.NewReader(out.data)); err != nil && p.err == nil {
			p.err = err
		}
	}
}

func (p *process) PID() int { return p.pid }

func (p *process) Wait() (host.Exit, error) {
	<-p.done
	return p.exit, p.err
}

func (p *process) Signal(name string) error {
	select {
	case <-p.done:
		return host.ErrProcessDone
	default:
	}
	if len(name) < 3 || name[:3] != "SIG" {
		name = "SIG" + name
	}
	p.end(&ended{name})
	return nil
}

func (p *process) Kill() error { return p.Signal("KILL") }

// ErrMissing is the error for a program that there is not.
var ErrMissing error = &exec.Error{Name: "program", Err: exec.ErrNotFound}
