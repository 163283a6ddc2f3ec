// Package profile samples where scripts spend their time, for go tool pprof.
package profile

import (
	"fmt"
	"io"
	"sync"
	"time"

	"github.com/google/pprof/profile"

	"github.com/gscript-lang/gscript/engine"
)

const (
	maxDepth   = 128 // functions of a stack; those beneath are left out
	maxWaiting = 100 // tasks of a state that wait; of more, as many stand for all
)

// Profiler samples the states of engines that have it among their Probes. It
// holds no script up: a stack is taken at the next instruction of the running
// task, so time in a native function that keeps the baton counts for the line
// after it.
type Profiler struct {
	period time.Duration
	start  time.Time
	quit   chan struct{}
	ended  sync.WaitGroup

	mu     sync.Mutex
	states map[*engine.State]time.Time // when each was looked at last
	stacks stacks
}

var _ engine.Probe = (*Profiler)(nil)

// Start begins to sample, so many times a second. Stop ends it.
func Start(hertz int) *Profiler {
	p := &Profiler{
		period: time.Second / time.Duration(hertz),
		start:  time.Now(),
		quit:   make(chan struct{}),
		states: map[*engine.State]time.Time{},
		stacks: newStacks(),
	}
	p.ended.Go(p.run)
	return p
}

// Attach adds a state to those that are sampled. It looks at no instruction.
func (p *Profiler) Attach(s *engine.State) engine.StateProbe {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.states[s] = time.Now()
	return nil
}

func (p *Profiler) run() {
	tick := time.NewTicker(p.period)
	defer tick.Stop()
	for {
		select {
		case now := <-tick.C:
			p.look(now)
		case <-p.quit:
			return
		}
	}
}

// look asks every state where it is.
func (p *Profiler) look(now time.Time) {
	p.mu.Lock()
	states := make([]*engine.State, 0, len(p.states))
	for s := range p.states {
		select {
		case <-s.Closed():
			delete(p.states, s)
		default:
			states = append(states, s)
		}
	}
	p.mu.Unlock()
	for _, s := range states {
		s.Sample(maxWaiting, func(running *engine.Spot, waiting []engine.Spot, all int) {
			p.add(s, running, waiting, all)
		})
	}
}

// add counts what a state tells, for the time since it told last: a running task
// that has no instruction for long is late with its answer.
func (p *Profiler) add(s *engine.State, running *engine.Spot, waiting []engine.Spot, all int) {
	now := time.Now()
	p.mu.Lock()
	defer p.mu.Unlock()
	last, known := p.states[s]
	if !known {
		return
	}
	p.states[s] = now
	spent := now.Sub(last).Nanoseconds()
	if running != nil {
		p.stacks.add(*running, 1, spent, spent)
	}
	for i, at := range waiting {
		share := int64(all / len(waiting))
		if i < all%len(waiting) {
			share++
		}
		p.stacks.add(at, share, 0, spent*share)
	}
}

// Stop ends the sampling and writes the profile, compressed as pprof has it.
func (p *Profiler) Stop(w io.Writer) error {
	close(p.quit)
	p.ended.Wait()
	p.mu.Lock()
	defer p.mu.Unlock()
	p.states = nil
	out := &profile.Profile{
		SampleType: []*profile.ValueType{
			{Type: "samples", Unit: "count"}, {Type: "cpu", Unit: "nanoseconds"}, {Type: "wall", Unit: "nanoseconds"},
		},
		DefaultSampleType: "cpu",
		PeriodType:        &profile.ValueType{Type: "wall", Unit: "nanoseconds"},
		Period:            p.period.Nanoseconds(),
		TimeNanos:         p.start.UnixNano(),
		DurationNanos:     time.Since(p.start).Nanoseconds(),
	}
	p.stacks.fill(out)
	if err := out.CheckValid(); err != nil {
		return fmt.Errorf("profile: %w", err)
	}
	if err := out.Write(w); err != nil {
		return fmt.Errorf("profile: %w", err)
	}
	return nil
}
