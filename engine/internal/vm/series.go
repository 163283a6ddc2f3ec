package vm

import (
	"context"

	lua "github.com/yuin/gopher-lua"

	"github.com/gscript-lang/gscript/engine/shared"
)

// Series is tasks that run one after another and are one to the script: the
// lines that a person types. What one of them locks the next may release, its
// variables are the next one's, and its contexts outlive it, unless it was
// canceled, so that what it opened stays open.
type Series struct {
	world *World
	owner shared.Owner
	last  *Task
}

// seriesName names the holder of locks for people.
type seriesName string

func (s seriesName) String() string { return string(s) }

// NewSeries makes a series; who names it for people.
func (w *World) NewSeries(who string) *Series {
	s := &Series{world: w}
	s.owner.Who = seriesName(who)
	return s
}

// turnOf is the key of the variable that tells the tasks of one turn.
type turnOf struct{}

// Next makes the next task of the series. It counts for the tasks that it starts
// as their origin: see Started.
func (s *Series) Next(ctx context.Context, name string) *Task {
	t := s.world.NewTask(ctx, name)
	t.series = s
	if s.last != nil {
		t.Inherit(s.last)
	}
	t.Bind(turnOf{}, lua.LNumber(t.ID))
	s.last = t
	return t
}

// End releases what the series has locked.
func (s *Series) End() { s.owner.End() }

// Started lists t and the tasks that it has started, and those that they have,
// as far as they have not ended. It needs no baton.
func (t *Task) Started() []*Task {
	turn := t.Bound(turnOf{})
	var list []*Task
	for _, other := range t.World.Tasks() {
		if turn != nil && other.Bound(turnOf{}) == turn {
			list = append(list, other)
		}
	}
	return list
}

// TakeOrphan waits until a task has failed that nobody awaits, and takes it off
// the list of those. It returns nil at the end of ctx.
func (w *World) TakeOrphan(ctx context.Context) *Task {
	for ctx.Err() == nil {
		w.mu.Lock()
		if first := w.orphans.Front(); first != nil {
			t := first.Value.(*Task)
			w.orphans.Remove(first)
			t.orphan = nil
			w.mu.Unlock()
			return t
		}
		changed := w.awaitChange()
		w.mu.Unlock()
		select {
		case <-changed:
		case <-ctx.Done():
		}
	}
	return nil
}

// Revive makes a world that was stopped usable again while its other tasks go
// on, as Reset does for one without. It is called with the baton.
func (w *World) Revive() error {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.usable()
}
