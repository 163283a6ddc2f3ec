package sched

import (
	"context"
	"encoding/binary"
	"fmt"
	"io"
	"math"
	"time"

	"github.com/gscript-lang/gscript/engine"
	"github.com/gscript-lang/gscript/engine/host"
)

// clock tells a scheduler the time and waits for it.
type clock interface {
	read(c *engine.Call) (reading, error)
	// wait returns after d or when wake is sent to, also earlier.
	wait(c *engine.Call, ctx context.Context, d time.Duration, wake <-chan struct{}) error
}

// recheck is how often a sleeper looks at the wall clock: it may have been set
// meanwhile, or the machine suspended, which timers do not notice.
const recheck = 30 * time.Second

// hostClock is the time of the world.
type hostClock struct {
	clock host.Clock
	start time.Time
}

func (k *hostClock) read(*engine.Call) (reading, error) {
	now := k.clock.Now()
	date := now.Round(0)
	return reading{since: [2]time.Duration{steady: now.Sub(k.start), wall: date.Sub(k.start.Round(0))}, date: date}, nil
}

func (k *hostClock) wait(_ *engine.Call, ctx context.Context, d time.Duration, wake <-chan struct{}) error {
	timer := k.clock.NewTimer(min(d, recheck))
	defer timer.Stop()
	select {
	case <-timer.C():
		return nil
	case <-wake:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

// luaClock is a clock that the script gives: both axes are one.
type luaClock struct {
	now, sleep *engine.Func
	start      time.Time
}

func (k *luaClock) read(c *engine.Call) (reading, error) {
	v, err := c.Invoke(k.now)
	if err != nil {
		return reading{}, err
	}
	s, ok := v.(float64)
	if !ok || math.IsNaN(s) || math.Abs(s) > maxSeconds {
		return reading{}, engine.Invalid("clock.now must return a number of seconds, not %s", describe(v))
	}
	t := fromSeconds(s)
	since := t.Sub(k.start)
	return reading{since: [2]time.Duration{since, since}, date: t}, nil
}

// wait does not end at a wake: only the script's function could.
func (k *luaClock) wait(c *engine.Call, ctx context.Context, d time.Duration, _ <-chan struct{}) error {
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	_, err := c.Invoke(k.sleep, math.Ceil(d.Seconds()*1e6)/1e6)
	return err
}

func describe(v any) string {
	switch v := v.(type) {
	case nil:
		return "nil"
	case float64:
		return engine.FormatNumber(v)
	case string:
		return "a string"
	}
	return fmt.Sprintf("a %T", v)
}

// randomOf makes random spans up to a limit out of the host's randomness.
func randomOf(h *host.Host) func(time.Duration) time.Duration {
	return func(limit time.Duration) time.Duration {
		var b [8]byte
		if _, err := io.ReadFull(h.Random, b[:]); err != nil {
			return 0
		}
		return time.Duration(binary.LittleEndian.Uint64(b[:]) % uint64(limit))
	}
}
