package sched

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"
)

// rig is an agenda with clocks that are set by hand.
type rig struct {
	agenda
	owner Scheduler
	now   reading
}

func newRig() *rig {
	epoch := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	r := &rig{agenda: agenda{epoch: epoch}, now: reading{date: epoch}}
	return r
}

func (r *rig) pass(d time.Duration) {
	r.now.since[steady] += d
	r.set(d)
}

// set moves the wall clock alone.
func (r *rig) set(d time.Duration) {
	r.now.since[wall] += d
	r.now.date = r.now.date.Add(d)
}

func (r *rig) add(e *Event, slot time.Duration) *Event {
	e.owner = &r.owner
	r.enter(e, slot, r.now)
	return e
}

// due takes what is due now, each run lasting as long as takes says.
func (r *rig) due(takes time.Duration) (names []string) {
	for {
		e, wait := r.head(r.now)
		if e == nil || wait > 0 {
			return names
		}
		if r.take(e, r.now) {
			names = append(names, fmt.Sprintf("%s@%v", e.name, r.now.since[wall]))
			r.pass(takes)
			r.end(e, r.now)
		}
	}
}

func TestOrder(t *testing.T) {
	t.Parallel()
	r := newRig()
	for _, e := range []struct {
		name     string
		axis     axis
		at       time.Duration
		priority float64
	}{
		{"late", steady, 3, 0}, {"b", steady, 2, 1}, {"a", wall, 2, 0}, {"c", wall, 2, 1}, {"first", wall, 1, 9}, {"d", steady, 2, 2},
	} {
		r.add(&Event{name: e.name, axis: e.axis, priority: e.priority}, e.at)
	}
	var listed []string
	for _, e := range r.all(r.now) {
		listed = append(listed, e.name)
	}
	const want = "first a b c d late"
	if got := strings.Join(listed, " "); got != want {
		t.Errorf("the list is %s, want %s", got, want)
	}
	r.pass(10)
	var ran []string
	for _, s := range r.due(0) {
		ran = append(ran, strings.Split(s, "@")[0])
	}
	if got := strings.Join(ran, " "); got != want {
		t.Errorf("ran %s, want %s", got, want)
	}
}

func TestClockJumps(t *testing.T) {
	t.Parallel()
	r := newRig()
	r.add(&Event{name: "delay", axis: steady}, time.Hour)
	r.add(&Event{name: "date", axis: wall}, time.Hour)
	if _, wait := r.head(r.now); wait != time.Hour {
		t.Fatalf("waits %v", wait)
	}
	r.set(2 * time.Hour) // the wall clock is put forward
	if got := r.due(0); !slices.Equal(got, []string{"date@2h0m0s"}) {
		t.Errorf("ran %v", got)
	}
	r.add(&Event{name: "date", axis: wall}, 3*time.Hour)
	r.set(-time.Hour) // and back
	if _, wait := r.head(r.now); wait != time.Hour {
		t.Errorf("waits %v", wait)
	}
	r.pass(time.Hour)
	if got := r.due(0); !slices.Equal(got, []string{"delay@2h0m0s"}) {
		t.Errorf("ran %v", got)
	}
	r.pass(time.Hour)
	if got := r.due(0); !slices.Equal(got, []string{"date@3h0m0s"}) {
		t.Errorf("ran %v", got)
	}
}

func TestPolicies(t *testing.T) {
	t.Parallel()
	const s = time.Second
	for _, tt := range []struct {
		name   string
		policy policy
		takes  time.Duration   // of a run
		passes []time.Duration // before what is due runs
		want   string
	}{
		{"in time", policy{overlap: "skip", missed: "run_once"}, 0, []time.Duration{s, s, s}, "1s 2s 3s"},
		{"no drift", policy{overlap: "skip", missed: "run_once"}, s / 4, []time.Duration{s, s, s}, "1s 2.25s 3.5s"},
		{"missed, run once", policy{overlap: "skip", missed: "run_once"}, 0, []time.Duration{s, 5*s + s/2, s / 2, s}, "1s 6.5s 7s 8s"},
		{"missed, skip", policy{overlap: "skip", missed: "skip"}, 0, []time.Duration{s, 5*s + s/2, s / 2, s}, "1s 6.5s 7s 8s"},
		{"missed, skip beyond the grace", policy{overlap: "skip", missed: "skip", grace: s / 4}, 0, []time.Duration{s, 5*s + s/2, s / 2, s}, "1s 7s 8s"},
		{"missed, run all", policy{overlap: "skip", missed: "run_all"}, 0, []time.Duration{s, 2*s + s/2, s / 2}, "1s 3.5s 3.5s 4s"},
		{"longer than the interval, skip", policy{overlap: "skip", missed: "run_once"}, 2*s + s/2, []time.Duration{s, s / 2, s}, "1s 4s 7.5s"},
		{"longer than the interval, queue", policy{overlap: "queue", missed: "run_once"}, s + s/2, []time.Duration{s}, "1s 2.5s 4s 5.5s 7s 8.5s"},
		{"limit", policy{overlap: "skip", missed: "run_once", limit: 2}, 0, []time.Duration{s, s, s, s}, "1s 2s"},
		{"stop_at", policy{overlap: "skip", missed: "run_once", stopAt: time.Date(2026, 1, 1, 0, 0, 2, 0, time.UTC)}, 0, []time.Duration{s, s, s, s}, "1s 2s"},
	} {
		for _, ax := range []axis{steady, wall} {
			r := newRig()
			e := r.add(&Event{name: "e", axis: ax, policy: tt.policy, again: every{s, s}}, s)
			var got []string
			for _, d := range tt.passes {
				r.pass(d)
				for len(got) < 6 {
					first, wait := r.head(r.now)
					if first == nil || wait > 0 {
						break
					}
					if r.take(e, r.now) {
						got = append(got, r.now.since[wall].String())
						r.pass(tt.takes)
						r.end(e, r.now)
					}
				}
			}
			if list := strings.Join(got, " "); list != tt.want {
				t.Errorf("%s: ran at %s, want %s", tt.name, list, tt.want)
			}
			if e.runs != len(got) {
				t.Errorf("%s: %d runs counted, %d made", tt.name, e.runs, len(got))
			}
		}
	}
}

// A daily event whose machine was suspended over its time.
func TestSuspendedOverADate(t *testing.T) {
	t.Parallel()
	for missed, want := range map[string][]string{
		"run_once": {"e@29h0m0s", "e@51h0m0s"},
		"run_all":  {"e@29h0m0s", "e@29h0m0s", "e@51h0m0s"},
		"skip":     {"e@51h0m0s"},
	} {
		r := newRig()
		spec, err := parseCron("0 3 * * *")
		if err != nil {
			t.Fatal(err)
		}
		again := calendar{spec, time.UTC, r.epoch}
		r.add(&Event{name: "e", axis: wall, again: again, policy: policy{overlap: "skip", missed: missed}}, again.after(0))
		r.set(29 * time.Hour) // the steady clock stands still meanwhile
		got := r.due(0)
		r.pass(22 * time.Hour)
		got = append(got, r.due(0)...)
		if !slices.Equal(got, want) {
			t.Errorf("%s: ran %v, want %v", missed, got, want)
		}
	}
}

// A run in a task of its own that is still going on when the next one is due.
func TestOverlap(t *testing.T) {
	t.Parallel()
	const s = time.Second
	for overlap, want := range map[string][]bool{ // what take says at 2 s, 3 s, after the end at 3.5 s, at 4 s
		"skip":  {false, false, false, true},
		"queue": {false, false, true, true},
		"allow": {true, true, false, true},
	} {
		r := newRig()
		e := r.add(&Event{axis: steady, again: every{s, s}, policy: policy{overlap: overlap, missed: "run_once"}}, s)
		try := func() bool {
			first, wait := r.head(r.now)
			return first != nil && wait == 0 && r.take(first, r.now)
		}
		r.pass(s)
		if !try() {
			t.Fatal("the first run is not made")
		}
		var got []bool
		r.pass(s)
		got = append(got, try())
		if !r.pending(e) || r.empty() || len(r.all(r.now)) != 1 {
			t.Errorf("%s: the event is lost during its run", overlap)
		}
		r.pass(s)
		got = append(got, try())
		r.pass(s / 2)
		r.end(e, r.now)
		got = append(got, try())
		r.pass(s / 2)
		got = append(got, try() || overlap == "queue" && e.active == 1)
		if !slices.Equal(got, want) {
			t.Errorf("%s: %v, want %v", overlap, got, want)
		}
	}
}

func TestJitter(t *testing.T) {
	t.Parallel()
	r := newRig()
	late := []time.Duration{3, 9, 0}
	r.random = func(limit time.Duration) time.Duration {
		if limit != 10 {
			t.Errorf("asked for up to %d", limit)
		}
		d := late[0]
		late = late[1:]
		return d
	}
	e := r.add(&Event{axis: steady, again: every{100, 100}, policy: policy{overlap: "skip", missed: "run_once", jitter: 10, limit: 3}}, 100)
	var got []time.Duration
	for !r.empty() {
		_, wait := r.head(r.now)
		r.pass(wait)
		got = append(got, r.now.since[steady])
		r.due(0)
	}
	if want := []time.Duration{103, 209, 300}; !slices.Equal(got, want) {
		t.Errorf("ran at %v, want %v", got, want)
	}
	if !e.over {
		t.Error("the event is not over")
	}
}

func TestFarFuture(t *testing.T) {
	t.Parallel()
	r := newRig()
	r.pass(time.Hour)
	r.add(&Event{name: "never", axis: steady}, plus(r.now.since[steady], 1<<63-1))
	r.add(&Event{name: "soon", axis: steady}, 2*time.Hour)
	if e, wait := r.head(r.now); e.name != "soon" || wait != time.Hour {
		t.Errorf("first comes %s in %v", e.name, wait)
	}
}
