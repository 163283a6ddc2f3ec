package pool

import (
	"context"
	"errors"
	"time"

	"github.com/gscript-lang/gscript/engine"
)

type phase int

const (
	waiting phase = iota
	running
	ended
)

// errLimit is the cause of a job's end by its time limit.
var errLimit = errors.New("job_timeout")

// job is one call of a function, and the future that scripts hold.
type job struct {
	engine.Identity
	pool  *Pool
	fn    *engine.Snapshot
	args  []*engine.Snapshot
	limit time.Duration
	onEnd func() // must not block; nil for a future

	// Guarded by the pool's mu.
	phase phase
	seen  bool                    // somebody has the outcome
	soft  context.CancelCauseFunc // cancels the running job
	hard  context.CancelCauseFunc // stops it

	softCtx, hardCtx context.Context

	done chan struct{}
	out  *engine.Snapshot // valid once done
	err  error            // likewise
}

// begin makes the job a running one. The pool's lock is held.
func (j *job) begin() {
	j.phase = running
	j.softCtx, j.soft = context.WithCancelCause(context.Background())
	j.hardCtx, j.hard = context.WithCancelCause(j.pool.ctx)
}

// run runs the job on a worker.
func (j *job) run(w *engine.Worker) {
	ctx := j.hardCtx
	defer j.hard(nil)
	defer j.soft(nil)
	if j.limit > 0 {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeoutCause(ctx, j.limit, errLimit)
		defer cancel()
	}
	var (
		out *engine.Snapshot
		err error = &engine.Error{Kind: engine.KindInternal, Message: "the worker has failed"}
	)
	defer func() {
		j.pool.mu.Lock()
		defer j.pool.mu.Unlock()
		j.finish(out, err)
	}()
	out, err = w.RunCancelable(ctx, j.softCtx, j.fn, j.args...)
	if err != nil && context.Cause(ctx) == errLimit {
		e := engine.Errorf(errTimeout, "the job took longer than %v and was stopped", j.limit)
		e.Hint = "give it more time with job_timeout="
		err = e
	}
}

// drop ends the job if it waits. The pool's lock is held.
func (j *job) drop(why error) {
	if j.phase == waiting {
		j.finish(nil, why)
	}
}

// finish notes the outcome. The pool's lock is held.
func (j *job) finish(out *engine.Snapshot, err error) {
	if j.phase == ended {
		return
	}
	j.phase, j.out, j.err = ended, out, err
	j.fn, j.args = nil, nil
	close(j.done)
	if j.onEnd != nil {
		j.onEnd()
		return
	}
	if err != nil && engine.KindOf(err) != engine.KindCanceled {
		j.pool.failed = append(j.pool.failed, j)
	}
}

// raised is the job's error as a handler returns it: an error object of its
// own, so that two who raise it do not write into one.
func (j *job) raised() error {
	if own, ok := j.err.(*engine.Error); ok {
		e := *own
		return &e
	}
	return j.err
}

// await waits for the end and takes the outcome.
func (j *job) await(c *engine.Call, limit engine.Duration) error {
	ctx, cancel := c.WithTimeout(limit)
	defer cancel()
	select {
	case <-j.done:
	case <-ctx.Done():
		return context.Cause(ctx)
	}
	p := j.pool
	p.mu.Lock()
	defer p.mu.Unlock()
	if !j.seen {
		j.seen = true
		p.forget(j)
	}
	return nil
}

func (j *job) result(c *engine.Call, in resultIn) (*engine.Snapshot, error) {
	if err := j.await(c, in.Timeout); err != nil {
		return nil, err
	}
	return j.out, j.raised()
}

func (j *job) failure(c *engine.Call, in resultIn) (any, error) {
	if err := j.await(c, in.Timeout); err != nil {
		return nil, err
	}
	var other *engine.Raise
	if errors.As(j.err, &other) {
		return other.Value, nil
	}
	return j.raised(), nil
}

func (j *job) isDone(*engine.Call, engine.None) (bool, error) {
	select {
	case <-j.done:
		return true, nil
	default:
		return false, nil
	}
}

func (j *job) cancel(_ *engine.Call, in cancelIn) (bool, error) {
	why := &engine.Error{Kind: engine.KindCanceled, Message: in.Why}
	j.pool.mu.Lock()
	defer j.pool.mu.Unlock()
	switch j.phase {
	case waiting:
		j.drop(why)
	case running:
		j.soft(why)
	case ended:
		return false, nil
	}
	return true, nil
}
