package process

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/gscript-lang/gscript/engine"
	"github.com/gscript-lang/gscript/modules/internal/away"
	"github.com/gscript-lang/gscript/modules/internal/share"
)

// Process is a function that runs in a process of its own.
type Process struct {
	engine.Identity
	engine.Awaitable // the task of the script, or the ending of a daemon

	name   string
	origin string // the line of the script that started it
	daemon bool
	worker engine.Process
	pooled bool // the worker may run another function

	left bool // the fleet

	mu   sync.Mutex
	told bool // to end, by terminate or kill
	over bool // the function has ended
	code *int // then, and when it is known
}

// job is what a process runs.
type job struct {
	fn    *engine.Snapshot
	args  []*engine.Snapshot
	limit time.Duration
}

// errLimit is the cause of the end by the time limit.
var errLimit = errors.New("the time limit of the process")

func spawn(c *engine.Call, in spawnIn) (*Process, error) {
	j, err := copied(c, in)
	if err != nil {
		return nil, err
	}
	f := fleetOf(c)
	p := &Process{name: f.name(in.Name), origin: c.Where(), daemon: in.Daemon}
	if p.worker, p.pooled, err = f.hire(c, p.name, in.MaxMemory); err != nil {
		return nil, err
	}
	defer f.enter(p)
	if p.daemon {
		f.startDaemon(p, j)
		return p, nil
	}
	p.Awaitable = c.SpawnNative("process "+p.name, func(t *engine.Task) ([]any, error) {
		return f.run(t.HardContext(), t.Context(), p, j)
	})
	return p, nil
}

// copied takes what the process runs out of the calling state.
func copied(c *engine.Call, in spawnIn) (j job, err error) {
	if j.fn, err = c.Snapshot("fn", in.Fn); err != nil {
		return j, err
	}
	if j.fn.Type != "function" {
		return j, engine.Invalid("argument 'fn' must be a function, got a %s", j.fn.Type)
	}
	for i, v := range in.Args {
		s, err := c.Snapshot(fmt.Sprintf("args[%d]", i+1), v)
		if err != nil {
			return j, err
		}
		j.args = append(j.args, s)
	}
	j.limit = in.Timeout.Std()
	c.WarnAssigned("process", j.fn)
	return j, nil
}

// run runs the function to its end, and that of its process.
func (f *fleet) run(hard, soft context.Context, p *Process, j job) ([]any, error) {
	defer f.leave(p)
	hard, stop := context.WithCancelCause(hard)
	defer stop(nil)
	if j.limit > 0 {
		defer f.call.Host().Clock.AfterFunc(j.limit, func() { stop(errLimit) }).Stop()
	}
	out, err := p.worker.RunCancelable(hard, soft, j.fn, j.args...)
	err = p.ended(f, hard, err, j.limit)
	if err != nil {
		return nil, away.Traced(err, fmt.Sprintf("%s: in process %s", p.origin, p.name))
	}
	return []any{out}, nil
}

// ended lets the process go after its function, notes how it ended and says what
// that means.
func (p *Process) ended(f *fleet, hard context.Context, err error, limit time.Duration) error {
	var died *engine.Died
	dead := errors.As(err, &died)
	exit := engine.KindOf(err) == errExit.Name
	overdue := context.Cause(hard) == errLimit
	p.mu.Lock()
	told := p.told
	p.over = true // the worker may have another function from now on
	p.mu.Unlock()
	switch {
	case dead || told:
		<-p.worker.Done()
	case p.pooled && !exit && !overdue && p.worker.Usable():
		f.keep(p.worker)
	default:
		p.worker.Close()
	}
	code := 0
	switch {
	case dead || told:
		var signal string
		if code, signal = p.worker.Exit(); err != nil {
			err = p.died(err, died, code, signal)
		}
	case exit:
		code = codeOf(err)
		if code == 0 {
			err = nil
		}
	case err != nil:
		code = 1
	}
	p.mu.Lock()
	p.code = &code
	p.mu.Unlock()
	switch {
	case overdue && err != nil:
		e := engine.Errorf(errTimeout, "the process took longer than %v and was stopped", limit)
		e.Target, e.Hint = p.name, "give it more time with timeout="
		return e
	case dead && hard.Err() != nil:
		return context.Cause(hard)
	}
	return err
}

// died is the error of a process that ended before its function did.
func (p *Process) died(err error, died *engine.Died, code int, signal string) error {
	e := engine.Errorf(errDied, "the process ended with exit code %d", code)
	e.Target, e.Code, e.Cause = p.name, code, err
	if died != nil {
		e.Cause = died.Reason
	}
	if signal != "" {
		e.Message, e.Code = "the process was ended by "+signal, signal
	}
	switch engine.KindOf(e.Cause) {
	case "limit.memory":
		e.Message, e.Hint = died.Reason.Message, "give it more with max_memory="
	case "isolate.start", "isolate.protocol":
		e.Message, e.Hint = died.Reason.Message, died.Reason.Hint
	}
	e.Fields = map[string]any{"pid": p.worker.PID(), "exit_code": code, "reason": engine.KindOf(e.Cause)}
	return e
}

func codeOf(err error) int {
	var e *engine.Error
	if errors.As(err, &e) {
		switch code := e.Code.(type) {
		case int:
			return code
		case float64:
			return int(code)
		}
	}
	return 1
}

func (p *Process) wait(c *engine.Call, in share.Within) (any, error) {
	p.Claim()
	if p.alive() {
		ctx, cancel, err := share.Limited(c, in.Timeout)
		if err != nil {
			return nil, err
		}
		defer cancel()
		select {
		case <-p.Done():
		case <-ctx.Done():
			return nil, context.Cause(ctx)
		}
	}
	out, err := p.Outcome()
	if err != nil || len(out) == 0 {
		return nil, away.Fresh(err)
	}
	return out[0], nil
}

func (p *Process) alive() bool {
	select {
	case <-p.Done():
		return false
	default:
		return true
	}
}

func (p *Process) exitCode() *int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.code
}

// tell ends the process; no says that it has ended.
func (p *Process) tell(end func()) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	if !p.over {
		p.told = true
		end()
	}
	return !p.over
}

func (p *Process) terminate(*engine.Call, engine.None) (bool, error) {
	return p.tell(p.worker.Terminate), nil
}

func (p *Process) kill(*engine.Call, engine.None) (bool, error) {
	return p.tell(p.worker.Kill), nil
}

func (p *Process) cancel(_ *engine.Call, in cancelIn) (bool, error) {
	if !p.alive() {
		return false, nil
	}
	p.Cancel(in.Why)
	return true, nil
}
