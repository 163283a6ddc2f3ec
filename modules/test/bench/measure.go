// Package bench measures how long functions of scripts take: the command gscript
// bench.
package bench

import (
	"math"
	"slices"
	"time"

	"github.com/gscript-lang/gscript/engine"
)

// Config says how long is measured.
type Config struct {
	Rounds int           // that are measured: 30
	Round  time.Duration // how long one takes about: 20 ms
	Warmup time.Duration // of running before anything is measured: 100 ms
}

func (c Config) filled() Config {
	if c.Rounds <= 0 {
		c.Rounds = 30
	}
	if c.Round <= 0 {
		c.Round = 20 * time.Millisecond
	}
	if c.Warmup <= 0 {
		c.Warmup = 100 * time.Millisecond
	}
	return c
}

// Measured is how long one turn of a benchmark's loop takes, in nanoseconds.
type Measured struct {
	ID     string  `json:"id"`
	N      int     `json:"n"` // turns in a round
	Rounds int     `json:"rounds"`
	Min    float64 `json:"min"`
	P50    float64 `json:"p50"`
	P90    float64 `json:"p90"`
	P99    float64 `json:"p99"`
	Max    float64 `json:"max"`
	Mean   float64 `json:"mean"`
	Dev    float64 `json:"dev"` // standard deviation
}

const mostTurns = 1 << 40

// measure runs a benchmark: first until b.n is so large that a round takes long
// enough and the warm-up is over, then the rounds that count. When it is canceled it
// returns the rounds so far with the error.
func measure(c *engine.Call, id string, fn *engine.Func, config Config) (Measured, error) {
	config = config.filled()
	clock := c.Stage().Base().Clock
	round := func(n int) (time.Duration, error) {
		begin := clock.Now()
		_, err := c.Invoke(fn, engine.Object{{Key: "n", Value: n}})
		return clock.Now().Sub(begin), err
	}
	n := 1
	var warm time.Duration
	for {
		took, err := round(n)
		if err != nil {
			return Measured{}, err
		}
		warm += took
		if took >= config.Round/2 && warm >= config.Warmup || n >= mostTurns {
			break
		}
		n = nextTurns(n, took, config.Round)
	}
	times := make([]float64, config.Rounds)
	for i := range times {
		took, err := round(n)
		if err != nil && c.Canceled() != nil && i > 0 {
			m := summarize(times[:i])
			m.ID, m.N = id, n
			return m, err
		}
		if err != nil {
			return Measured{}, err
		}
		times[i] = float64(took) / float64(n)
	}
	m := summarize(times)
	m.ID, m.N = id, n
	return m, nil
}

// nextTurns is the n of the next round of the warm-up, after one of n turns.
func nextTurns(n int, took, want time.Duration) int {
	if took <= 0 {
		return min(n*100, mostTurns)
	}
	next := float64(n) * float64(want) / float64(took)
	return int(math.Min(math.Max(math.Min(next, float64(n)*100), 1), mostTurns))
}

// summarize describes the times of rounds.
func summarize(times []float64) Measured {
	sorted := slices.Sorted(slices.Values(times))
	m := Measured{
		Rounds: len(sorted), Min: sorted[0], Max: sorted[len(sorted)-1],
		P50: percentile(sorted, 50), P90: percentile(sorted, 90), P99: percentile(sorted, 99),
	}
	for _, t := range sorted {
		m.Mean += t / float64(len(sorted))
	}
	for _, t := range sorted {
		m.Dev += (t - m.Mean) * (t - m.Mean) / float64(len(sorted))
	}
	m.Dev = math.Sqrt(m.Dev)
	return m
}

// percentile is the least time that p of 100 rounds did not exceed.
func percentile(sorted []float64, p float64) float64 {
	i := int(math.Ceil(p/100*float64(len(sorted)))) - 1
	return sorted[max(0, min(i, len(sorted)-1))]
}
