//go:build unix

package repl

import (
	"os"
	"os/signal"
	"syscall"
)

// resized tells of changes of the terminal's size.
func resized() <-chan struct{} {
	signals, changes := make(chan os.Signal, 1), make(chan struct{}, 1)
	signal.Notify(signals, syscall.SIGWINCH)
	go func() {
		for range signals {
			select {
			case changes <- struct{}{}:
			default:
			}
		}
	}()
	return changes
}
