package sched

import (
	"fmt"
	"sync"
	"time"

	"github.com/gscript-lang/gscript/engine"
	"github.com/gscript-lang/gscript/engine/host"
	"github.com/gscript-lang/gscript/modules/internal/zone"
)

// Scheduler runs functions at their times while a task is in its run method.
type Scheduler struct {
	engine.Identity
	host    *host.Host
	clock   clock
	inTasks bool
	onError string
	handler *engine.Func // instead of onError

	wake chan struct{} // something has changed for the runner

	mu       sync.Mutex
	agenda   agenda
	running  string // the line that runs the scheduler, "" for none
	stopping bool
	ended    []ending
}

func newScheduler(c *engine.Call, in newIn) (*Scheduler, error) {
	s := &Scheduler{host: c.Host(), inTasks: in.Tasks, wake: make(chan struct{}, 1)}
	switch policy := in.OnError.(type) {
	case nil:
		s.onError = "log"
	case *engine.Func:
		s.handler = policy
	case string:
		s.onError = policy
	}
	if s.handler == nil && s.onError != "log" && s.onError != "stop" {
		return nil, engine.Invalid(`argument 'on_error' must be "log", "stop" or a function`)
	}
	s.agenda.random = randomOf(s.host)
	if in.Clock == nil {
		start := s.host.Clock.Now()
		s.clock = &hostClock{s.host.Clock, start}
		s.agenda.epoch = start.Round(0)
		return s, nil
	}
	k := &luaClock{now: in.Clock.Now, sleep: in.Clock.Sleep}
	now, err := k.read(c)
	if err != nil {
		return nil, err
	}
	k.start, s.agenda.epoch, s.clock = now.date, now.date, k
	return s, nil
}

// event makes an event; the caller adds what its kind needs.
func (s *Scheduler) event(c *engine.Call, kind, what string, fn *engine.Func, in eventIn) *Event {
	e := &Event{owner: s, fn: fn, kind: kind, name: in.Name, origin: c.Where(), priority: in.Priority}
	if e.name == "" {
		e.name = kind + " " + what
	}
	for _, v := range in.Args {
		e.args = append(e.args, v)
	}
	return e
}

// enter puts an event in and wakes the runner.
func (s *Scheduler) enter(e *Event, slot time.Duration, now reading) *Event {
	s.mu.Lock()
	s.agenda.enter(e, slot, now)
	s.mu.Unlock()
	s.signal()
	return e
}

func (s *Scheduler) signal() {
	select {
	case s.wake <- struct{}{}:
	default: // the runner will look in any case
	}
}

func (s *Scheduler) after(c *engine.Call, in afterIn) (*Event, error) {
	now, err := s.clock.read(c)
	if err != nil {
		return nil, err
	}
	e := s.event(c, "after", in.Delay.String(), in.Fn, in.eventIn)
	return s.enter(e, plus(now.since[steady], in.Delay.Std()), now), nil
}

func (s *Scheduler) at(c *engine.Call, in atIn) (*Event, error) {
	t, err := parseTime("time", in.Time, in.Zone)
	if err != nil {
		return nil, err
	}
	now, err := s.clock.read(c)
	if err != nil {
		return nil, err
	}
	e := s.event(c, "at", t.Format(time.RFC3339), in.Fn, in.eventIn)
	e.axis = wall
	return s.enter(e, t.Sub(s.agenda.epoch), now), nil
}

func (s *Scheduler) every(c *engine.Call, in everyIn) (*Event, error) {
	step := in.Interval.Std()
	if step <= 0 {
		return nil, engine.Invalid("argument 'interval' must be more than 0")
	}
	first, err := firstDelay(in.First, step)
	if err != nil {
		return nil, err
	}
	e := s.event(c, "every", in.Interval.String(), in.Fn, in.eventIn)
	if e.policy, err = in.policy(); err != nil {
		return nil, err
	}
	if e.policy.jitter >= step {
		return nil, engine.Invalid("argument 'jitter' must be less than the interval, got %v", in.Jitter)
	}
	now, err := s.clock.read(c)
	if err != nil {
		return nil, err
	}
	row := every{plus(now.since[steady], first), step}
	e.again = row
	return s.enter(e, row.first, now), nil
}

// firstDelay reads when an interval begins.
func firstDelay(v any, step time.Duration) (time.Duration, error) {
	bad := engine.Invalid("argument 'first' must be \"now\" or a duration")
	switch v := v.(type) {
	case nil:
		return step, nil
	case float64:
		d, err := engine.ParseDuration(engine.FormatNumber(v))
		if err != nil {
			return 0, bad
		}
		return d.Std(), nil
	case string:
		if v == "now" {
			return 0, nil
		}
		if d, err := engine.ParseDuration(v); err == nil {
			return d.Std(), nil
		}
	}
	return 0, bad
}

func (s *Scheduler) cron(c *engine.Call, in cronIn) (*Event, error) {
	spec, err := parseCron(in.Expression)
	if err != nil {
		return nil, err
	}
	loc, err := zone.Load(in.Zone)
	if err != nil {
		return nil, err
	}
	e := s.event(c, "cron", in.Expression, in.Fn, in.eventIn)
	if e.policy, err = in.policy(); err != nil {
		return nil, err
	}
	now, err := s.clock.read(c)
	if err != nil {
		return nil, err
	}
	e.axis, e.again = wall, calendar{spec, loc, s.agenda.epoch}
	return s.enter(e, e.again.after(now.since[wall]), now), nil
}

func (in repeatIn) policy() (policy, error) {
	if in.Limit < 0 {
		return policy{}, engine.Invalid("argument 'limit' must be at least 1, got %d", in.Limit)
	}
	p := policy{overlap: in.Overlap, missed: in.Missed, grace: in.Grace.Std(), jitter: in.Jitter.Std(), limit: in.Limit}
	var err error
	if in.StopAt != nil {
		p.stopAt, err = parseTime("stop_at", in.StopAt, in.Zone)
	}
	return p, err
}

// drop cancels an event.
func (s *Scheduler) drop(e *Event) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	defer s.signal()
	return s.agenda.cancel(e)
}

func (s *Scheduler) cancel(_ *engine.Call, in cancelIn) (bool, error) {
	if in.Event.owner != s {
		return false, engine.Invalid("the event belongs to another scheduler").
			WithHint("cancel it with e:cancel()")
	}
	return s.drop(in.Event), nil
}

func (s *Scheduler) empty(*engine.Call, engine.None) (bool, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.agenda.empty(), nil
}

func (s *Scheduler) list(c *engine.Call, _ engine.None) ([]*Event, error) {
	now, err := s.clock.read(c)
	if err != nil {
		return nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.agenda.all(now), nil
}

func (s *Scheduler) stop(*engine.Call, engine.None) (bool, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.running == "" {
		return false, nil
	}
	s.stopping = true
	s.signal()
	return true, nil
}

func preview(c *engine.Call, in nextIn) ([]time.Time, error) {
	spec, err := parseCron(in.Expression)
	if err != nil {
		return nil, err
	}
	loc, err := zone.Load(in.Zone)
	if err != nil {
		return nil, err
	}
	if in.Count < 0 || in.Count > maxPreview {
		return nil, engine.Invalid("argument 'count' must be from 0 to %d, got %d", maxPreview, in.Count)
	}
	from := c.Host().Clock.Now()
	if in.From != nil {
		if from, err = parseTime("from", in.From, in.Zone); err != nil {
			return nil, err
		}
	}
	return spec.ahead(from, loc, in.Count), nil
}

const maxPreview = 10_000

// busy is the error of a second run at the same time.
func (s *Scheduler) busy() error {
	e := engine.Errorf(errRunning, "the scheduler runs already")
	e.Target = fmt.Sprintf("since %s", s.running)
	e.Hint = "add events to it while it runs; for a second row of events make another scheduler"
	return e
}
