package time

import (
	"math"
	"strconv"
	"strings"
	"time"

	"github.com/gscript-lang/gscript/engine"
)

func now(c *engine.Call, _ engine.None) (float64, error) {
	return seconds(c.Host().Clock.Now()), nil
}

func seconds(t time.Time) float64 {
	return float64(t.Unix()) + float64(t.Nanosecond()/1000)/1e6
}

func sleep(c *engine.Call, in sleepIn) (engine.None, error) {
	return engine.None{}, c.Host().Clock.Sleep(c.Context(), in.For.Std())
}

// startKey keeps in the state when its monotonic clock began.
type startKey struct{}

func elapsed(c *engine.Call) float64 {
	clock := c.Host().Clock
	start := c.Local(startKey{}, func() any { return clock.Now() }).(time.Time)
	return clock.Now().Sub(start).Seconds()
}

func monotonic(c *engine.Call, _ engine.None) (float64, error) { return elapsed(c), nil }

func since(c *engine.Call, in sinceIn) (float64, error) { return elapsed(c) - in.Start, nil }

func duration(_ *engine.Call, in durationIn) (float64, error) { return in.Text.Seconds(), nil }

func formatDuration(_ *engine.Call, in formatDurationIn) (string, error) {
	s := in.Seconds
	if math.IsNaN(s) || math.Abs(s) > 1e9*3600 {
		return "", engine.Invalid("argument 'seconds' must be a span of time, got %v", s)
	}
	sign := ""
	if s < 0 {
		sign, s = "-", -s
	}
	return sign + spell(s), nil
}

func spell(s float64) string {
	unit := func(n float64, digits int, name string) string {
		text := strconv.FormatFloat(n, 'f', digits, 64)
		if digits > 0 {
			text = strings.TrimRight(strings.TrimRight(text, "0"), ".")
		}
		return text + name
	}
	switch micro := math.Round(s * 1e6); {
	case micro == 0:
		return "0s"
	case micro < 1e3:
		return unit(micro, 0, "us")
	case micro < 1e6:
		return unit(micro/1e3, 3, "ms")
	}
	if milli := math.Round(s * 1e3); milli < 60e3 {
		return unit(milli/1e3, 3, "s")
	}
	whole := int64(math.Round(s))
	var b strings.Builder
	for _, part := range []struct {
		n    int64
		name string
	}{{whole / 3600, "h"}, {whole / 60 % 60, "m"}, {whole % 60, "s"}} {
		if part.n > 0 {
			b.WriteString(strconv.FormatInt(part.n, 10) + part.name)
		}
	}
	return b.String()
}
