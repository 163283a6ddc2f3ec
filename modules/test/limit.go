package test

import (
	"fmt"
	"time"

	"github.com/gscript-lang/gscript/engine"
)

// lateError is what is wrong with a fixture, a setup or a clean-up that has taken
// longer than a test may.
type lateError struct {
	limit time.Duration
	err   error // where it was stopped; nil if it ended by itself or goes on
}

func (e *lateError) Error() string { return fmt.Sprintf("it took longer than %v", e.limit) }

// limit is how long what surrounds the current test may take, 0 for any time.
func (s *Suite) limit() time.Duration {
	if t := s.now.Load(); t != nil && t.limit > 0 {
		return t.limit
	}
	return s.config.Timeout
}

// setup is what is called before tests; all else is called behind them.
const setup = "setup"

// call calls a function of the script that belongs around a test. what names it.
// Once the run is stopped a setup ends at once, and what comes behind tests has
// the time that the session leaves.
func (s *Suite) call(c *engine.Call, what string, fn *engine.Func, args ...any) error {
	limit := s.limit()
	var abort <-chan struct{}
	if what == setup {
		abort = s.config.Abort
	}
	if limit <= 0 && abort == nil {
		_, err := c.Invoke(fn, args...)
		return err
	}
	at := ""
	if file, line, ok := fn.Value().Defined(); ok {
		at = fmt.Sprintf("%s:%d", file, line)
	}
	task := c.SpawnAt(what, at, fn, args...)
	task.Claim()
	return s.await(c, task, limit, abort)
}

// await waits for a task, and stops it when it takes longer than limit, 0 for any
// time, or when abort is closed. One that cannot be stopped is left, and the state
// with it.
func (s *Suite) await(c *engine.Call, task *engine.Task, limit time.Duration, abort <-chan struct{}) error {
	clock := c.Stage().Base().Clock
	var expired <-chan time.Time
	if limit > 0 {
		timer := clock.NewTimer(limit)
		defer timer.Stop()
		expired = timer.C()
	}
	select {
	case <-task.Done():
		_, err := task.Result()
		return err
	case <-abort:
		_ = s.stop(c, task, limit)
		return errInterrupted
	case <-expired:
	}
	return s.stop(c, task, limit)
}

// stop ends a task whose time is over.
func (s *Suite) stop(c *engine.Call, task *engine.Task, limit time.Duration) error {
	late := &lateError{limit: limit}
	task.Cancel(late.Error())
	timer := c.Stage().Base().Clock.NewTimer(stuckAfter)
	defer timer.Stop()
	select {
	case <-task.Done():
		_, late.err = task.Result()
	case <-timer.C():
		s.stuck = true
	}
	return late
}
