package runner_test

import (
	"context"
	"sync/atomic"
	"testing"
	"time"

	"github.com/gscript-lang/gscript/engine"
	"github.com/gscript-lang/gscript/engine/host"
	"github.com/gscript-lang/gscript/modules/mock"
)

// pauses counts how often somebody sleeps by a clock.
type pauses struct {
	host.Clock
	n atomic.Int64
}

func (p *pauses) Sleep(ctx context.Context, d time.Duration) error {
	p.n.Add(1)
	return p.Clock.Sleep(ctx, d)
}

// The runner waits for the test natively, which a fake clock that is moved must
// not take for work that is soon done.
func TestFakeClockWaitsForNobody(t *testing.T) {
	t.Parallel()
	o := project(t, map[string]string{"a_test.lua": `
		function test_a(t)
			local clock = require("mock").clock(0)
			for i = 1, 3 do t.eq(clock:advance(1), i) end
		end`})
	o.Engine.Modules = append(o.Engine.Modules, engine.Entry{Name: "mock", Declare: mock.Module})
	clock := &pauses{Clock: o.Host.Clock}
	o.Host.Clock = clock
	_, got := play(t, o)
	want(t, got, "test_a passed")
	if n := clock.n.Load(); n > 100 { // it gives up behind 400
		t.Errorf("it paused %d times", n)
	}
}
