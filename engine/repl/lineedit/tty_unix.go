//go:build unix

package lineedit

import (
	"os"
	"os/signal"
	"syscall"
	"time"
)

// resized tells of changes of the terminal's size.
func resized() <-chan struct{} { return told(syscall.SIGWINCH) }

// told tells of a signal; several at a time are one.
func told(of os.Signal) <-chan struct{} {
	signals, changes := make(chan os.Signal, 1), make(chan struct{}, 1)
	signal.Notify(signals, of)
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

// stopping is how long suspend waits to be stopped. A program whose parent does
// no job control is not: its system drops the signal.
const stopping = 100 * time.Millisecond

// suspend is what Ctrl-Z does in other programs: it stops the job until the shell
// continues it, of which continued tells.
func suspend(continued <-chan struct{}) func() {
	return func() {
		select {
		case <-continued: // of an earlier time
		default:
		}
		if syscall.Kill(0, syscall.SIGTSTP) != nil {
			return
		}
		select {
		case <-continued:
		case <-time.After(stopping):
		}
	}
}

// resumed tells that the program was stopped and goes on.
func resumed() <-chan struct{} { return told(syscall.SIGCONT) }
