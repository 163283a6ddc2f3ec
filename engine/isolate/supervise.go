//go:build unix

package isolate

import (
	"context"
	"errors"
	"time"

	"github.com/gscript-lang/gscript/engine"
	"github.com/gscript-lang/gscript/engine/internal/fault"
	"github.com/gscript-lang/gscript/engine/internal/vm"
	"github.com/gscript-lang/gscript/engine/internal/wire"
)

// How often the resident memory is looked at, and how often when it is near the
// limit: a script fills several megabytes in a millisecond.
const (
	watchInterval = 5 * time.Millisecond
	nearInterval  = time.Millisecond
)

// supervise is with the child from its start to its end.
func (p *Process) supervise(s Script, args []byte, piped streams) {
	o := p.config.Options
	w := newWatch(p.cmd.Process.Pid, o.Limits.Memory)
	defer w.close()
	tick := time.NewTicker(watchInterval)
	defer tick.Stop()
	if o.Limits.Memory <= 0 {
		tick.Stop() // there is nothing to look at
	}
	hello := time.NewTimer(lifetime)
	defer hello.Stop()
	stopped := p.ctx.Done()
	var overdue, stubborn, over <-chan time.Time
	often := false
	for {
		select {
		case guards := <-p.hello:
			hello.Stop()
			p.guarded(guards, w)
			r := p.config.request(s, args, piped)
			if deadline, ok := p.ctx.Deadline(); ok {
				r.Left = max(time.Until(deadline), 1)
			}
			data, err := r.encode()
			if err != nil {
				p.kill(fault.New(KindStart, "cannot hand over the script: %v", err))
				continue
			}
			p.send(frameRequest, data)
			if o.Limits.Time > 0 && p.link == nil {
				over = time.After(o.Limits.Time + p.config.Grace)
			}
		case <-hello.C:
			p.kill(fault.New(KindStart, "%s did not answer within %v", p.cmd.Path, lifetime).
				WithHint("its main calls isolate.Child first"))
		case <-tick.C:
			near, exceeded := p.look(w)
			if exceeded {
				p.kill(memoryExceeded(o.Limits.Memory))
			}
			if near != often {
				often = near
				tick.Reset(interval(near))
			}
		case <-stopped:
			stopped = nil
			e := vm.StopCause(context.Cause(p.ctx))
			p.send(frameStop, []byte(e.Kind))
			overdue = time.After(p.config.Grace)
		case <-overdue:
			p.kill(p.stopReason())
		case <-over:
			p.kill(fault.New(fault.Deadline, "the script has run longer than %v", o.Limits.Time))
		case why := <-p.reasons:
			p.mu.Lock()
			p.reason = why
			p.mu.Unlock()
			p.send(frameInterrupt, []byte(why.Error()))
			stubborn = time.After(o.Grace + p.config.Grace)
		case <-stubborn:
			p.kill(&fault.Error{Kind: fault.Canceled, Message: p.reason.Error(), Cause: p.reason})
		case <-p.exited:
			p.conclude()
			return
		}
	}
}

func (p *Process) stopReason() *engine.Error {
	return vm.StopCause(context.Cause(p.ctx))
}

// guarded notes what bounds the child.
func (p *Process) guarded(guards []string, w *watch) {
	if w != nil {
		guards = append(guards, "resident memory watched")
	} else {
		p.log.Warn("resident memory is not watched on this system; the limit is not a hard one")
	}
	if p.cgroup != nil {
		guards = append(guards, "control group")
	}
	p.mu.Lock()
	p.guards = guards
	p.mu.Unlock()
	p.log.Debug("isolated", "pid", p.PID(), "memory", size(p.config.Options.Limits.Memory), "guards", guards)
}

func interval(near bool) time.Duration {
	if near {
		return nearInterval
	}
	return watchInterval
}

// look takes a sample of the child's memory; it says whether it is near the
// limit and whether it is too much.
func (p *Process) look(w *watch) (near, exceeded bool) {
	if w == nil {
		return false, false
	}
	resident, ok := w.sample()
	if !ok {
		return false, false
	}
	limit := p.config.Options.Limits.Memory
	near = resident > limit/10*6
	p.mu.Lock()
	defer p.mu.Unlock()
	p.peak = max(p.peak, resident)
	p.near = p.near || near
	return near, resident > limit
}

// conclude waits for what is left of the child and makes the result.
func (p *Process) conclude() {
	werr := <-p.reaped
	deadline := time.Now().Add(time.Second)
	_ = p.crash.SetReadDeadline(deadline)
	if len(p.guards) == 0 { // it never was ours: who knows what holds its pipes
		_ = p.answer.SetReadDeadline(deadline)
	}
	if p.input != nil {
		p.input.Close()
	}
	p.drain()
	<-p.crashed
	p.control.Close()
	p.answer.Close()
	p.crash.Close()
	p.mu.Lock()
	p.closed = true
	if peak := peakOf(p.cmd.ProcessState); peak > p.peak {
		p.peak = peak
	}
	p.values, p.err = p.result(werr)
	if oom := p.cgroup.close(); oom && !p.complete {
		p.values, p.err = nil, memoryExceeded(p.config.Options.Limits.Memory)
	}
	p.mu.Unlock()
	if p.link != nil {
		p.link.Close(&engine.Died{Reason: fault.Classify(p.err)})
	}
	close(p.done)
}

// drain waits until what the child wrote is with the caller. A caller that
// takes none of it is waited for until the context ends.
func (p *Process) drain() {
	select {
	case <-p.readDone:
		return
	case <-p.ctx.Done():
	}
	select {
	case <-p.readDone:
	case <-time.After(p.config.Grace):
	}
}

// result says how the run ended: what the script said if it said it whole, else
// why the child was killed, else what it died of.
func (p *Process) result(werr error) ([]any, error) {
	if p.complete && p.garbled == nil {
		values, err := p.ended()
		if err == nil || !errors.Is(err, wire.ErrGarbled) {
			return values, err
		}
		return nil, fault.New(KindProtocol, "the %s wrote a result that cannot be understood", p.what())
	}
	if p.verdict != nil {
		return nil, p.verdict
	}
	if p.leaving {
		return nil, fault.New(fault.HandleClosed, "the worker is closed")
	}
	return nil, p.died(werr)
}

// ended reads what the script said at its end.
func (p *Process) ended() ([]any, error) {
	if len(p.said) == 0 {
		return nil, wire.ErrGarbled
	}
	values, err := wire.Decode(p.said[1:])
	if err != nil {
		return nil, err
	}
	switch p.said[0] {
	case endValues:
		return values, nil
	case endExit:
		if len(values) == 1 {
			if code, ok := values[0].(float64); ok {
				return nil, engine.Exit(int(code))
			}
		}
	case endError:
		if len(values) == 2 {
			e, ok1 := values[0].(*engine.Error)
			o, ok2 := values[1].(engine.Object)
			if ok1 && ok2 {
				return nil, p.failed(e, reportOf(o, e))
			}
		}
	}
	return nil, wire.ErrGarbled
}

// failed is the script's error with what only the parent knows.
func (p *Process) failed(e *engine.Error, report *engine.Report) error {
	switch {
	case e.Kind == fault.Memory:
		m := memoryExceeded(p.config.Options.Limits.Memory)
		e.Message, e.Hint = m.Message, m.Hint
		report.Message, report.Hint = m.Message, m.Hint
	case e.Kind == fault.OutputClosed && p.outErr != nil:
		e.Cause = p.outErr
	case e.Kind == fault.Canceled && p.ctx.Err() != nil:
		e.Cause = context.Cause(p.ctx)
	case e.Kind == fault.Canceled && p.reason != nil:
		e.Cause = p.reason
	}
	return &failure{e, report}
}
