package engine

import (
	"context"
	"errors"
	"slices"
	"time"

	lua "github.com/yuin/gopher-lua"

	"github.com/gscript-lang/gscript/engine/internal/vm"
)

// describeTime is how long the __tostring of an error object may take.
const describeTime = 100 * time.Millisecond

// describe lets the __tostring of an uncaught error object say what it is.
func (s *State) describe(err error) {
	var raised *vm.Raised
	if !errors.As(err, &raised) || s.world.Stopped() != nil {
		return
	}
	table, ok := raised.Value.(*lua.LTable)
	if !ok {
		return
	}
	if table.Metatable == lua.LNil {
		raised.Text = vm.TableText(table)
		return
	}
	ctx, cancel := context.WithTimeout(context.Background(), describeTime)
	defer cancel()
	t := s.world.NewTask(ctx, "__tostring")
	t.Claim()
	undo := t.StopWith(ctx, vm.StopCause)
	values, terr := t.Run(s.world.Root.G.Global.RawGetString("tostring"), raised.Value)
	undo()
	t.End(nil, nil)
	if terr == nil && len(values) == 1 && values[0].Type() == lua.LTString {
		raised.Text = values[0].String()
	}
}

// mostOrphans is how many failures are logged beside the one that is raised.
const mostOrphans = 10

// reportOrphans logs the failures of tasks that nobody awaited, but for the one
// that the script ends with.
func (s *State) reportOrphans(raised error) {
	if s.world.Stopped() != nil {
		return
	}
	orphans := slices.DeleteFunc(s.world.Orphans(), func(t *vm.Task) bool {
		_, err := t.Result()
		_, exit := vm.Exit(err)
		return exit || errors.Is(raised, err)
	})
	for i, t := range orphans {
		if i == mostOrphans {
			s.host.Log.Warn("more tasks failed that nobody awaited", "tasks", len(orphans)-i)
			return
		}
		_, err := t.Result()
		s.describe(err)
		s.host.Log.Warn("another task failed, and nobody awaited it", "task", t.String(), "error", err)
	}
}
