package main

import (
	"context"
	"fmt"
	"os"
	"os/signal"
	"syscall"
	"time"

	"github.com/gscript-lang/gscript/engine"
)

// interrupted is why a signal ended the script.
type interrupted struct {
	name string
	code int
}

func (i interrupted) Error() string { return i.name }

// interruptible makes a first signal cancel the script, so that it cleans up,
// and a second one stop it at once. A write to a closed pipe becomes an error
// that ends the script in order. done returns why a signal ended the script, or
// nil; leave is called before the process ends without it.
func interruptible(ctx context.Context, script interface{ Interrupt(error) }, quiet bool, leave func()) (_ context.Context, done func() error) {
	ctx, cancel := context.WithCancelCause(ctx)
	signals := make(chan os.Signal, 2)
	signal.Notify(signals, os.Interrupt, syscall.SIGTERM, syscall.SIGPIPE)
	finished, ended := make(chan struct{}), make(chan struct{})
	var reason error
	go func() {
		defer close(ended)
		count := 0
		for {
			select {
			case <-finished:
				return
			case s := <-signals:
				if s == syscall.SIGPIPE {
					continue
				}
				count++
				why := interrupted{"interrupted", exitInterrupted}
				if s == syscall.SIGTERM {
					why = interrupted{"terminated", exitTerminated}
				}
				switch count {
				case 1:
					reason = why
					if !quiet && s == os.Interrupt {
						fmt.Fprintln(os.Stderr, "\ninterrupted: cleaning up; press Ctrl-C again to stop at once")
					}
					script.Interrupt(why)
					exitAfter(engine.DefaultGrace+stuck, why.code, "", leave)
				case 2:
					cancel(why)
					exitAfter(stuck, why.code, "", leave)
				}
			}
		}
	}()
	return ctx, func() error {
		close(finished)
		<-ended
		signal.Stop(signals)
		cancel(nil)
		return reason
	}
}

// stuck is how long a script that was stopped may take to end. What does not end
// by itself, such as a write that nobody reads or a library that ignores its
// context, does not hold us up.
const stuck = 500 * time.Millisecond

// exitAfter ends the process with a code unless the timer is stopped before.
func exitAfter(d time.Duration, code int, why string, leave func()) *time.Timer {
	return time.AfterFunc(d, func() {
		if why != "" {
			fmt.Fprintln(os.Stderr, "gscript:", why)
		}
		leave()
		os.Exit(code)
	})
}
