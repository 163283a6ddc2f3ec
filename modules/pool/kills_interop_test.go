//go:build interop && unix

package pool_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/gscript-lang/gscript/engine"
	"github.com/gscript-lang/gscript/modules/internal/moduletest"
)

// hunted are worker processes that are killed at random.
type hunted struct {
	engine.Processes
	mu      sync.Mutex
	started []engine.Process
	living  []engine.Process
	kills   int
}

func (h *hunted) Start(ctx context.Context, c engine.ProcessConfig) (engine.Process, error) {
	p, err := h.Processes.Start(ctx, c)
	if err == nil {
		h.mu.Lock()
		h.started, h.living = append(h.started, p), append(h.living, p)
		h.mu.Unlock()
	}
	return p, err
}

// kill kills a process: one that works, is idle, ends or has only just started.
func (h *hunted) kill() {
	h.mu.Lock()
	defer h.mu.Unlock()
	for len(h.living) > 0 {
		i := rand.IntN(len(h.living))
		p := h.living[i]
		if p.Usable() {
			if syscall.Kill(p.PID(), syscall.SIGKILL) == nil {
				h.kills++
			}
			return
		}
		h.living = append(h.living[:i], h.living[i+1:]...)
	}
}

// TestInteropKills kills worker processes at random for GSCRIPT_KILLS, such as
// 60s, while a pool has more to do than it can: every result comes once and is
// right, and nothing stays.
func TestInteropKills(t *testing.T) {
	length := 15 * time.Second
	if s := os.Getenv("GSCRIPT_KILLS"); s != "" {
		var err error
		if length, err = time.ParseDuration(s); err != nil {
			t.Fatal(err)
		}
	}
	h := &hunted{Processes: processes}
	w := &moduletest.World{Modules: entries(), Processes: h, Deadline: length + time.Minute}
	ctx, stop := context.WithCancel(t.Context())
	var hunter sync.WaitGroup
	hunter.Go(func() {
		for ctx.Err() == nil {
			h.kill()
			if rand.IntN(10) == 0 { // several at once
				h.kill()
				h.kill()
			}
			select {
			// Faster, on a busy machine, would be more deaths without a job in
			// between than a pool puts up with.
			case <-time.After(time.Duration(rand.IntN(200)) * time.Millisecond):
			case <-ctx.Done():
			}
		}
	})
	out, err := w.Try(t, fmt.Sprintf(`
		local pool, async, time = require "pool", require "async", require "time"
		local deadline = time.monotonic() + %g
		local function job(i)
			if i %% 3 == 0 then async.sleep(i %% 20 / 1000) end
			local sum = 0
			for k = 1, i %% 7 * 20000 do sum = sum + k end
			return {i=i, sum=sum, text=("x"):rep(i %% 5 == 0 and 100000 or 10)}
		end
		local function right(r)
			local n = r.i %% 7 * 20000
			return r.sum == n * (n + 1) / 2 and #r.text == (r.i %% 5 == 0 and 100000 or 10)
		end
		local p = pool.new{workers=4, kind="process", retries=1000, max_tasks=500, initializer=function() async.sleep(0.001) end}
		local given, got, seen = 0, 0, {}
		local function take(r)
			assert(not seen[r.i], "a result came twice")
			assert(right(r), "a result is wrong")
			seen[r.i] = true
			got = got + 1
		end
		local function items()
			if time.monotonic() >= deadline then return end
			given = given + 1
			return given
		end
		for r in p:imap_unordered(job, items, {buffer=64}) do
			take(r)
			if got %% 100 == 0 then -- jobs that are submitted, in between
				local own = {}
				for _ = 1, 20 do
					given = given + 1
					own[#own+1] = p:submit(job, given)
				end
				for f in pool.as_completed(own) do take(f:result()) end
			end
		end
		assert(given == got, "results are missing")
		for i = 1, given do assert(seen[i]) end
		local deaths = p:stats().deaths
		p:close()
		print(got .. " jobs, " .. deaths .. " deaths")`, length.Seconds()))
	stop()
	hunter.Wait()
	if err != nil {
		t.Error(err)
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	t.Logf("%s%d kills, %d processes", out, h.kills, len(h.started))
	if h.kills < int(length.Seconds()) {
		t.Error("too few kills to show anything")
	}
	for _, p := range h.started {
		select {
		case <-p.Done():
		default:
			t.Errorf("process %d has not ended", p.PID())
		}
	}
	if pid, err := syscall.Wait4(-1, nil, syscall.WNOHANG, nil); err != syscall.ECHILD {
		t.Errorf("process %d stays: %v", pid, err)
	}
}
