// Package share is what the values that states share are made of: operations
// that wait until they can be done, the way to such values from other states
// and processes, and queues.
package share

import (
	"context"
	"runtime"
	"sync"
)

// Monitor guards a value. An operation on it is a function that says whether it
// could be done. One that could not stands in a line, and whoever changes the
// value tries those in line again, first come first served, before anybody
// else sees the value. So nobody overtakes and no wake-up is lost: an operation
// is done, or its waiter has left the line.
type Monitor struct {
	mu    sync.Mutex
	lines []*Line
}

// Line is the waiters for operations of one sort. The others of the monitor do
// not wait behind them.
type Line struct {
	first, last *waiter
	n           int
}

// Len is how many wait. The monitor must be locked.
func (l *Line) Len() int { return l.n }

type waiter struct {
	try        func() bool
	line       *Line // nil once it is out
	prev, next *waiter
	done       chan struct{} // closed when the operation is done; nil for a select
}

func (l *Line) push(w *waiter) {
	w.line, w.prev = l, l.last
	if l.last == nil {
		l.first = w
	} else {
		l.last.next = w
	}
	l.last = w
	l.n++
}

func (l *Line) remove(w *waiter) {
	if w.prev == nil {
		l.first = w.next
	} else {
		w.prev.next = w.next
	}
	if w.next == nil {
		l.last = w.prev
	} else {
		w.next.prev = w.prev
	}
	w.line, w.prev, w.next = nil, nil, nil
	l.n--
}

// serve does what can be done in the line.
func (l *Line) serve() (some bool) {
	for w := l.first; w != nil && w.try(); w = l.first {
		l.remove(w)
		if w.done != nil {
			close(w.done)
		}
		some = true
	}
	return some
}

// Lines names the lines of the monitor, for its constructor.
func (m *Monitor) Lines(lines ...*Line) { m.lines = lines }

// settle serves the lines after a change. The monitor is locked.
func (m *Monitor) settle() {
	for again := true; again; {
		again = false
		for _, l := range m.lines {
			again = l.serve() || again
		}
	}
}

// Update changes the value.
func (m *Monitor) Update(change func()) {
	m.mu.Lock()
	defer m.mu.Unlock()
	change()
	m.settle()
}

// Look reads the value.
func (m *Monitor) Look(read func()) {
	m.mu.Lock()
	defer m.mu.Unlock()
	read()
}

// Try does the operation if it can be done now and nobody waits for it in line.
func (m *Monitor) Try(l *Line, try func() bool) bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	if l.first != nil || !try() {
		return false
	}
	m.settle()
	return true
}

// enter does the operation or stands in line; nil means that it is done.
func (m *Monitor) enter(l *Line, try func() bool, done chan struct{}) *waiter {
	m.mu.Lock()
	defer m.mu.Unlock()
	if l.first == nil && try() {
		m.settle()
		return nil
	}
	w := &waiter{try: try, done: done}
	l.push(w)
	m.settle() // its standing there may be what another operation waits for
	return w
}

// leave takes a waiter out of its line; no says that it was out already.
func (m *Monitor) leave(w *waiter) bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	if w.line == nil {
		return false
	}
	w.line.remove(w)
	m.settle() // one behind it may be able to do what it could not
	return true
}

// Wait does the operation as soon as it can be done. When ctx ends first the
// operation is not done, and Wait returns why.
func (m *Monitor) Wait(ctx context.Context, l *Line, try func() bool) error {
	return m.await(ctx, m.enter(l, try, make(chan struct{})))
}

func (m *Monitor) await(ctx context.Context, w *waiter) error {
	if w == nil {
		return nil
	}
	select {
	case <-w.done:
		return nil
	case <-ctx.Done():
	}
	if m.leave(w) {
		return context.Cause(ctx)
	}
	return nil
}

// WaitAfter stands in line, does between, which lets others change the value,
// and waits.
func (m *Monitor) WaitAfter(ctx context.Context, l *Line, try func() bool, between func()) error {
	w := m.enter(l, try, make(chan struct{}))
	between()
	return m.await(ctx, w)
}

// turns is how often an operation lets others run before it stands in line. To
// park and wake a goroutine costs more than what a busy partner needs for the
// next item.
const turns = 40

// Spin tries the operation for a few turns of the scheduler.
func (m *Monitor) Spin(l *Line, try func() bool) bool {
	for range turns {
		runtime.Gosched()
		if m.Try(l, try) {
			return true
		}
	}
	return false
}
