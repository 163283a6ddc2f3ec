package sched

import (
	"cmp"
	"container/heap"
	"math"
	"slices"
	"time"
)

// axis is one of the two clocks. Delays and intervals go by the steady one,
// which is never set; dates go by the wall clock.
type axis int

const (
	steady axis = iota
	wall
)

// reading is both clocks at one moment: the time since the scheduler was made,
// and the date.
type reading struct {
	since [2]time.Duration
	date  time.Time
}

// agenda is the events that are still to come. Its methods are called with the
// scheduler's lock.
type agenda struct {
	epoch  time.Time // the wall clock's zero
	heaps  [2]eventHeap
	held   []*Event // due, but the run before has not ended
	orders uint64
	random func(limit time.Duration) time.Duration
}

// recurrence is the times of an event that comes again.
type recurrence interface {
	// after returns the first of them after x.
	after(x time.Duration) time.Duration
	// gap is about how long x, one of them, is from the next.
	gap(x time.Duration) time.Duration
}

// every is a row of times at one distance.
type every struct{ first, step time.Duration }

func (e every) after(x time.Duration) time.Duration {
	if x < e.first {
		return e.first
	}
	return plus(e.first, ((x-e.first)/e.step+1)*e.step)
}

func (e every) gap(time.Duration) time.Duration { return e.step }

// calendar is the times of a cron expression.
type calendar struct {
	spec  *spec
	zone  *time.Location
	epoch time.Time
}

func (c calendar) after(x time.Duration) time.Duration {
	return c.spec.next(c.epoch.Add(x), c.zone).Sub(c.epoch)
}

func (c calendar) gap(x time.Duration) time.Duration { return c.after(x) - x }

// policy is what an event that comes again does where its times cannot be kept.
type policy struct {
	overlap string // skip, queue, allow
	missed  string // run_once, skip, run_all
	grace   time.Duration
	jitter  time.Duration
	limit   int       // of runs, 0 for none
	stopAt  time.Time // zero for no end
}

const defaultGrace = time.Minute

// plus adds without going round: events of the far future never come.
func plus(a, b time.Duration) time.Duration {
	if b > 0 && a > math.MaxInt64-b {
		return math.MaxInt64
	}
	return a + b
}

// dateOf is the date of x on the axis.
func (a *agenda) dateOf(ax axis, x time.Duration, now reading) time.Time {
	if ax == wall {
		return a.epoch.Add(x)
	}
	return now.date.Add(x - now.since[steady])
}

// enter puts a new event in. Its first time is slot.
func (a *agenda) enter(e *Event, slot time.Duration, now reading) {
	a.orders++
	e.order, e.index = a.orders, -1
	a.plan(e, slot, now)
}

// plan puts the event in at slot.
func (a *agenda) plan(e *Event, slot time.Duration, now reading) {
	a.drop(e)
	date := a.dateOf(e.axis, slot, now)
	if end := e.policy.stopAt; !end.IsZero() && date.After(end) {
		e.over = true
		return
	}
	e.slot, e.due, e.date = slot, slot, date
	if e.policy.jitter > 0 {
		late := a.random(e.policy.jitter)
		e.due, e.date = plus(slot, late), date.Add(late)
	}
	heap.Push(&a.heaps[e.axis], e)
}

// drop takes the event out.
func (a *agenda) drop(e *Event) {
	if e.index >= 0 {
		heap.Remove(&a.heaps[e.axis], e.index)
	}
	a.held = slices.DeleteFunc(a.held, func(h *Event) bool { return h == e })
}

// pending says that the event will run.
func (a *agenda) pending(e *Event) bool { return e.index >= 0 || slices.Contains(a.held, e) }

func (a *agenda) empty() bool {
	return len(a.heaps[steady]) == 0 && len(a.heaps[wall]) == 0 && len(a.held) == 0
}

// all lists the events in the order in which they will run.
func (a *agenda) all(now reading) []*Event {
	list := slices.Concat(a.heaps[steady], a.heaps[wall], a.held)
	slices.SortFunc(list, func(x, y *Event) int { return compare(x, y, now) })
	return list
}

func compare(x, y *Event, now reading) int {
	return cmp.Or(
		cmp.Compare(x.due-now.since[x.axis], y.due-now.since[y.axis]),
		cmp.Compare(x.priority, y.priority),
		cmp.Compare(x.order, y.order),
	)
}

// head returns the next event, nil for none, and how long it is until then.
func (a *agenda) head(now reading) (first *Event, wait time.Duration) {
	for _, h := range a.heaps {
		if len(h) > 0 && (first == nil || compare(h[0], first, now) < 0) {
			first = h[0]
		}
	}
	if first == nil {
		return nil, 0
	}
	return first, max(first.due-now.since[first.axis], 0)
}

// take makes the first event run, as far as its policy lets it, and plans its
// next time.
func (a *agenda) take(e *Event, now reading) (run bool) {
	if e.again == nil {
		a.drop(e)
		e.over = true
		a.begin(e, now)
		return true
	}
	n := now.since[e.axis]
	if e.active > 0 && e.policy.overlap != "allow" {
		if e.policy.overlap == "queue" {
			a.drop(e)
			a.held = append(a.held, e)
		} else {
			a.plan(e, e.again.after(n), now)
		}
		return false
	}
	next, run := e.decide(n)
	if !run {
		a.plan(e, next, now)
		return false
	}
	a.begin(e, now)
	if e.policy.limit > 0 && e.runs >= e.policy.limit {
		a.drop(e)
		e.over = true
		return true
	}
	a.plan(e, next, now)
	return true
}

func (a *agenda) begin(e *Event, now reading) {
	e.started = now.since[e.axis]
	e.active++
	e.runs++
}

// decide says whether a due event runs at n, and which time is its next.
func (e *Event) decide(n time.Duration) (next time.Duration, run bool) {
	switch {
	case e.policy.missed == "run_all", e.slot <= e.owed:
		return e.again.after(e.slot), true
	case e.policy.missed == "run_once", n-e.due <= e.lateness():
		return e.again.after(max(n, e.slot)), true
	}
	// One of the later times may be recent enough.
	if recent := e.again.after(n - e.lateness() - 1); recent > n {
		return recent, false
	}
	return e.again.after(n), true
}

// lateness is how late the event may be and not count as missed.
func (e *Event) lateness() time.Duration {
	if e.policy.grace > 0 {
		return e.policy.grace
	}
	return min(defaultGrace, e.again.gap(e.slot))
}

// end notes the end of a run.
func (a *agenda) end(e *Event, now reading) {
	e.active--
	if e.again == nil || e.over || e.active > 0 {
		return
	}
	n := now.since[e.axis]
	switch e.policy.overlap {
	case "queue":
		e.owed = n
		if slices.Contains(a.held, e) {
			a.drop(e)
			heap.Push(&a.heaps[e.axis], e)
		}
	case "skip":
		if e.slot > e.started && e.slot <= n {
			a.plan(e, e.again.after(n), now)
		}
	}
}

// cancel takes the event out for good and says whether it would have run.
func (a *agenda) cancel(e *Event) bool {
	if e.over {
		return false
	}
	a.drop(e)
	e.over = true
	return true
}

// eventHeap orders the events of one axis.
type eventHeap []*Event

func (h eventHeap) Len() int { return len(h) }
func (h eventHeap) Less(i, j int) bool {
	return cmp.Or(cmp.Compare(h[i].due, h[j].due), cmp.Compare(h[i].priority, h[j].priority), cmp.Compare(h[i].order, h[j].order)) < 0
}

func (h eventHeap) Swap(i, j int) {
	h[i], h[j] = h[j], h[i]
	h[i].index, h[j].index = i, j
}

func (h *eventHeap) Push(x any) {
	e := x.(*Event)
	e.index = len(*h)
	*h = append(*h, e)
}

func (h *eventHeap) Pop() any {
	last := len(*h) - 1
	e := (*h)[last]
	(*h)[last] = nil
	*h = (*h)[:last]
	e.index = -1
	return e
}
