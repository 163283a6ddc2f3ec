package mock

import (
	"context"
	"fmt"
	"time"

	"github.com/gscript-lang/gscript/engine"
	"github.com/gscript-lang/gscript/engine/host"
	"github.com/gscript-lang/gscript/engine/host/fake"
)

// Clock is the fake clock of a state.
type Clock struct {
	engine.Identity
	*Patch
	clock     *fake.Clock
	elsewhere int // native calls that wait, but not for the clock
}

func (k *Clock) String() string {
	return "mock.Clock at " + k.clock.Now().UTC().Format("2006-01-02 15:04:05.999")
}

func newClock(c *engine.Call, in clockIn) (*Clock, error) {
	at := c.Host().Clock.Now()
	switch v := in.At.(type) {
	case nil:
	case float64:
		at = time.UnixMicro(int64(v * 1e6))
	case string:
		var err error
		if at, err = parseTime(v); err != nil {
			return nil, err
		}
	default:
		return nil, engine.Invalid("argument 'at' must be seconds since 1970 or a text such as \"2024-01-31 12:00\"")
	}
	// What native code has begun goes by the clock before: there is none to wait for.
	k := &Clock{clock: fake.NewClock(at), elsewhere: c.Native()}
	before := c.Host().Clock
	restore := c.Stage().Replace(host.Host{Clock: k.clock})
	k.Patch = replaced(c, "clock", func() error {
		restore()
		k.clock.Close(before)
		return nil
	})
	return k, nil
}

// layouts are the dates that are understood, in UTC where no zone is named.
var layouts = [...]string{
	time.RFC3339Nano, "2006-01-02T15:04:05", "2006-01-02T15:04", "2006-01-02 15:04:05", "2006-01-02 15:04", "2006-01-02",
}

func parseTime(text string) (time.Time, error) {
	for _, layout := range layouts {
		if t, err := time.Parse(layout, text); err == nil {
			return t, nil
		}
	}
	return time.Time{}, engine.Invalid("%q is not a time that is understood: write it as in 2024-01-31 12:00 or 2024-01-31T12:00:00Z", text)
}

// mostSteps bounds the wake-ups of one advance: a task that asks for an
// immediate timer again and again would keep the clock at one place.
const mostSteps = 1 << 20

func (k *Clock) advance(c *engine.Call, in advanceIn) (float64, error) {
	return k.advanceTo(c, k.clock.Now().Add(in.By.Std()))
}

func (k *Clock) advanceTo(c *engine.Call, limit time.Time) (float64, error) {
	k.letRun(c, 0, before{})
	for range mostSteps {
		b := before{k.clock.Asked(), k.clock.Waiting()}
		woken := k.clock.Step(limit)
		if woken == 0 {
			return seconds(k.clock.Now()), nil
		}
		k.letRun(c, woken, b)
		if c.Context().Err() != nil {
			return 0, context.Cause(c.Context())
		}
	}
	return 0, engine.Errorf(errUnknown, "the clock cannot be moved to its end: more than %d wake-ups", mostSteps).
		WithHint("move it by less; a task may wake up very often")
}

// before is the state of the clock before a step.
type before struct {
	asked   int64
	waiting int
}

// mostDoubts is how often those are looked for who were woken and do not wait
// again: they may have ended, or be on their way.
const mostDoubts = 250

// letRun lets the tasks run until they wait again: those woken have run Lua or
// asked the clock again. Native calls that wait for something else than the clock
// cannot be told from busy ones: those of the last time are taken to wait still.
func (k *Clock) letRun(c *engine.Call, woken int, b before) {
	elsewhere, doubts := 0, 0
	c.LetRun(func(native int, turns int64) bool {
		if elsewhere = max(0, native-k.clock.Sleepers()); elsewhere > k.elsewhere {
			return false
		}
		if woken == 0 {
			return true
		}
		if k.clock.Waiting() < b.waiting && doubts < mostDoubts {
			doubts++
			return false
		}
		return turns+k.clock.Asked()-b.asked >= int64(woken)
	})
	k.elsewhere = elsewhere
}

// next moves the clock to what is due next.
func (k *Clock) next(c *engine.Call, _ engine.None) (*float64, error) {
	k.letRun(c, 0, before{})
	at, ok := k.clock.Next()
	if !ok {
		return nil, nil
	}
	now, err := k.advanceTo(c, at)
	return &now, err
}

func (k *Clock) set(_ *engine.Call, in atIn) (engine.None, error) {
	switch v := in.At.(type) {
	case float64:
		k.clock.Set(time.UnixMicro(int64(v * 1e6)))
	case string:
		at, err := parseTime(v)
		if err != nil {
			return engine.None{}, err
		}
		k.clock.Set(at)
	default:
		return engine.None{}, engine.Invalid("argument 'at' must be seconds since 1970 or a text, got %s", fmt.Sprint(v))
	}
	return engine.None{}, nil
}

func (k *Clock) now(*engine.Call, engine.None) (float64, error) {
	return seconds(k.clock.Now()), nil
}

func seconds(t time.Time) float64 { return float64(t.UnixMicro()) / 1e6 }
