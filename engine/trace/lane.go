package trace

import "time"

// Lane is the row of a task or worker. What begins on it ends in reverse order.
// The methods of a nil lane do nothing. It is safe for concurrent use.
type Lane struct {
	r    *Recorder
	name string
	row  int

	// Guarded by the recorder's mu.
	open   int // that have begun and not ended
	closed bool
}

// Lane opens a row. Rows of one name get numbers when they are open at the same
// time, and are used again when they are closed.
func (r *Recorder) Lane(name string) *Lane {
	if r == nil {
		return nil
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	name = clip(name)
	return &Lane{r: r, name: name, row: r.row(name)}
}

// Begin begins something.
func (l *Lane) Begin(category, name string) {
	if l == nil {
		return
	}
	l.put(Event{Phase: begin, Category: category, Name: name}, l.r.clock.Now(), 1)
}

// End ends what began last; kind is that of the error that it failed with, ""
// for none.
func (l *Lane) End(kind string) {
	if l == nil {
		return
	}
	l.put(Event{Phase: end, Error: kind}, l.r.clock.Now(), -1)
}

// Finish is End for a task or a job, whose failure is marked as well.
func (l *Lane) Finish(category, kind string) {
	if kind != "" {
		l.Mark(category, "failed", kind)
	}
	l.End(kind)
}

// Mark records what takes no time.
func (l *Lane) Mark(category, name, kind string) {
	if l == nil {
		return
	}
	l.put(Event{Phase: instant, Category: category, Name: name, Error: kind}, l.r.clock.Now(), 0)
}

// Took records what began at start and has just ended, if it took at least the
// time of least.
func (l *Lane) Took(category, name string, start time.Time, least time.Duration) {
	if l == nil {
		return
	}
	if d := l.r.clock.Now().Sub(start); d >= least {
		l.put(Event{Phase: complete, Category: category, Name: name, Length: int64(d)}, start, 0)
	}
}

// Now is the time of the recorder, for Took.
func (l *Lane) Now() time.Time { return l.r.clock.Now() }

// Close ends what is open and gives the row back.
func (l *Lane) Close() {
	if l == nil {
		return
	}
	now := l.r.stamp(l.r.clock.Now())
	l.r.mu.Lock()
	defer l.r.mu.Unlock()
	if l.closed {
		return
	}
	for ; l.open > 0; l.open-- {
		l.r.write(l.r.pid, Event{Phase: end, Row: l.row, At: now})
	}
	l.closed = true
	l.r.release(l.name, l.row)
}

func (l *Lane) put(e Event, at time.Time, step int) {
	e.Row, e.At = l.row, l.r.stamp(at)
	l.r.mu.Lock()
	defer l.r.mu.Unlock()
	if l.closed || l.open+step < 0 {
		return
	}
	l.open += step
	l.r.write(l.r.pid, e)
}
