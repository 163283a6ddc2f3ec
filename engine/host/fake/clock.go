// Package fake stands in for parts of the world in tests: a clock that a test
// moves, files in memory, processes that only answer. Each makes the permission
// checks of the host whose place it takes.
package fake

import (
	"context"
	"slices"
	"sync"
	"time"

	"github.com/gscript-lang/gscript/engine/host"
)

// Clock is time that stands still until it is moved. It is safe for concurrent
// use.
type Clock struct {
	mu      sync.Mutex
	now     time.Time
	waiting []*alarm // by time, then in the order of their making
	asked   int64
	closed  host.Clock
}

// alarm is one who waits for a time.
type alarm struct {
	at      time.Time
	ring    func(now time.Time)
	sleeper bool
}

// NewClock returns a clock that stands at a time.
func NewClock(at time.Time) *Clock { return &Clock{now: at} }

// Now returns the time at which the clock stands.
func (c *Clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.closed != nil {
		return c.closed.Now()
	}
	return c.now
}

// Sleep waits until the clock was moved by d, or for the end of ctx.
func (c *Clock) Sleep(ctx context.Context, d time.Duration) error {
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	if d <= 0 {
		return nil
	}
	awake := make(chan struct{})
	a := &alarm{ring: func(time.Time) { close(awake) }, sleeper: true}
	c.set(a, d)
	select {
	case <-awake:
		return nil
	case <-ctx.Done():
		c.unset(a)
		return context.Cause(ctx)
	}
}

// AfterFunc calls f in its own goroutine once the clock was moved by d.
func (c *Clock) AfterFunc(d time.Duration, f func()) host.Timer {
	t := &timer{clock: c}
	t.alarm = &alarm{ring: func(time.Time) { go f() }}
	c.set(t.alarm, d)
	return t
}

// NewTimer returns a timer that sends once the clock was moved by d.
func (c *Clock) NewTimer(d time.Duration) host.Timer {
	t := &timer{clock: c, c: make(chan time.Time, 1)}
	t.alarm = &alarm{ring: func(now time.Time) {
		select {
		case t.c <- now:
		default:
		}
	}}
	c.set(t.alarm, d)
	return t
}

// set has a ring after d.
func (c *Clock) set(a *alarm, d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.asked++
	if c.closed != nil {
		c.closed.AfterFunc(d, func() { a.ring(c.closed.Now()) })
		return
	}
	a.at = c.now.Add(d)
	if d <= 0 {
		a.ring(c.now)
		return
	}
	i := len(c.waiting)
	for i > 0 && c.waiting[i-1].at.After(a.at) {
		i--
	}
	c.waiting = slices.Insert(c.waiting, i, a)
}

// unset says whether a had not rung yet.
func (c *Clock) unset(a *alarm) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	i := slices.Index(c.waiting, a)
	if i >= 0 {
		c.waiting = slices.Delete(c.waiting, i, i+1)
	}
	return i >= 0
}

// Step moves the clock to the next time at which something is due, no further
// than to limit, and wakes what is due then. It returns how many that were; none
// means that the clock has come to limit.
func (c *Clock) Step(limit time.Time) (woken int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(c.waiting) == 0 || c.waiting[0].at.After(limit) {
		if limit.After(c.now) {
			c.now = limit
		}
		return 0
	}
	if at := c.waiting[0].at; at.After(c.now) {
		c.now = at
	}
	for woken < len(c.waiting) && !c.waiting[woken].at.After(c.now) {
		woken++
	}
	due := slices.Clone(c.waiting[:woken])
	c.waiting = slices.Delete(c.waiting, 0, woken)
	for _, a := range due {
		a.ring(c.now)
	}
	return woken
}

// Set moves the clock without waking anybody, as when somebody sets a clock on
// the wall: who waits goes on waiting for as long as before.
func (c *Clock) Set(at time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	by := at.Sub(c.now)
	c.now = at
	for _, a := range c.waiting {
		a.at = a.at.Add(by)
	}
}

// Waiting tells how many wait for a time, asleep or by a timer.
func (c *Clock) Waiting() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return len(c.waiting)
}

// Asked tells how often somebody has asked to be woken.
func (c *Clock) Asked() int64 {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.asked
}

// Sleepers tells how many are in Sleep.
func (c *Clock) Sleepers() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	n := 0
	for _, a := range c.waiting {
		if a.sleeper {
			n++
		}
	}
	return n
}

// Next tells when something is due.
func (c *Clock) Next() (at time.Time, ok bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(c.waiting) == 0 {
		return time.Time{}, false
	}
	return c.waiting[0].at, true
}

// Close ends the fake time: who still waits does so for what is left of the time
// by the clock real, and whoever uses the clock later uses that one.
func (c *Clock) Close(real host.Clock) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, a := range c.waiting {
		real.AfterFunc(a.at.Sub(c.now), func() { a.ring(real.Now()) })
	}
	c.waiting, c.closed = nil, real
}

// timer is a timer of a Clock.
type timer struct {
	clock *Clock
	alarm *alarm
	c     chan time.Time
}

func (t *timer) C() <-chan time.Time { return t.c }

func (t *timer) Stop() bool {
	was := t.clock.unset(t.alarm)
	t.drain()
	return was
}

func (t *timer) Reset(d time.Duration) bool {
	was := t.Stop()
	t.clock.set(t.alarm, d)
	return was
}

// drain takes back what was sent and not received, as timers of package time do.
func (t *timer) drain() {
	select {
	case <-t.c:
	default:
	}
}
