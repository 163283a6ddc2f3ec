package runner

import (
	"context"
	"sync"
	"time"
)

// stopGrace is how long clean-ups may take once the run is stopped.
const stopGrace = 2 * time.Second

// signal is given once, and lasts.
type signal struct {
	given chan struct{}
	once  *sync.Once
}

func newSignal() signal { return signal{make(chan struct{}), &sync.Once{}} }

func (s signal) give() { s.once.Do(func() { close(s.given) }) }

func (s signal) isGiven() bool {
	select {
	case <-s.given:
		return true
	default:
		return false
	}
}

// under gives a context that ends when the signal is given, too.
func (s signal) under(ctx context.Context) (context.Context, context.CancelFunc) {
	ctx, cancel := context.WithCancel(ctx)
	go func() {
		select {
		case <-s.given:
			cancel()
		case <-ctx.Done():
		}
	}()
	return ctx, cancel
}
