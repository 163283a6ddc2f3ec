package host

import (
	"context"
	"sync/atomic"
	"time"
)

// WithTimeout is context.WithTimeoutCause by a clock: under a fake clock the
// limit is a time of the fake. A nil cause is context.DeadlineExceeded. The clock
// is the one that is in use when the limit begins.
func WithTimeout(ctx context.Context, clock Clock, d time.Duration, cause error) (context.Context, context.CancelFunc) {
	if staged, ok := clock.(stagedClock); ok {
		clock = staged.now()
	}
	if _, real := clock.(realClock); real {
		return context.WithTimeoutCause(ctx, d, cause)
	}
	if cause == nil {
		cause = context.DeadlineExceeded
	}
	inner, cancel := context.WithCancelCause(ctx)
	l := &limitedContext{Context: inner}
	timer := clock.AfterFunc(d, func() {
		l.expired.Store(inner.Err() == nil)
		cancel(cause)
	})
	return l, func() {
		timer.Stop()
		cancel(nil)
	}
}

// limitedContext ends by a fake clock.
type limitedContext struct {
	context.Context
	expired atomic.Bool
}

func (l *limitedContext) Err() error {
	err := l.Context.Err()
	if err != nil && l.expired.Load() {
		return context.DeadlineExceeded
	}
	return err
}
