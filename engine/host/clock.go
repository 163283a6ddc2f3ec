package host

import (
	"context"
	"time"
)

// Clock is time: reading it and waiting for it.
type Clock interface {
	// Now returns the current time, with a monotonic reading.
	Now() time.Time
	// Sleep waits for d or until ctx ends, and then returns ctx's cause.
	Sleep(ctx context.Context, d time.Duration) error
	// AfterFunc calls f in its own goroutine after d.
	AfterFunc(d time.Duration, f func()) Timer
	// NewTimer returns a timer that sends on its channel after d.
	NewTimer(d time.Duration) Timer
}

// Timer is a timer of a Clock; see time.Timer for Stop and Reset.
type Timer interface {
	C() <-chan time.Time // nil for a timer of AfterFunc
	Stop() bool
	Reset(d time.Duration) bool
}

// realClock uses package time and nothing else, so that it follows the fake
// time of testing/synctest.
type realClock struct{}

func (realClock) Now() time.Time { return time.Now() }

func (realClock) Sleep(ctx context.Context, d time.Duration) error {
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	if d <= 0 {
		return nil
	}
	t := time.NewTimer(d)
	select {
	case <-t.C:
		return nil
	case <-ctx.Done():
		t.Stop()
		return context.Cause(ctx)
	}
}

func (realClock) AfterFunc(d time.Duration, f func()) Timer {
	return realTimer{time.AfterFunc(d, f)}
}

func (realClock) NewTimer(d time.Duration) Timer { return realTimer{time.NewTimer(d)} }

type realTimer struct{ t *time.Timer }

func (r realTimer) C() <-chan time.Time        { return r.t.C }
func (r realTimer) Stop() bool                 { return r.t.Stop() }
func (r realTimer) Reset(d time.Duration) bool { return r.t.Reset(d) }
