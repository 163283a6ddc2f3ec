//go:build unix

package isolate

import (
	"os"
	"os/signal"
	"syscall"

	"golang.org/x/sys/unix"
)

// controlled says that the descriptors of a child are pipes, and keeps the
// programs that a script starts from inheriting them.
func controlled() bool {
	for _, fd := range []int{fdControl, fdAnswer} {
		var st unix.Stat_t
		if unix.Fstat(fd, &st) != nil || st.Mode&unix.S_IFMT != unix.S_IFIFO {
			return false
		}
	}
	for _, fd := range []int{fdControl, fdAnswer, fdStderr} {
		unix.CloseOnExec(fd)
	}
	return true
}

// pipeSignals are caught so that a write to a closed pipe is an error instead
// of the end.
func pipeSignals() []os.Signal { return []os.Signal{syscall.SIGPIPE} }

// killGroup ends the process group that a child leads.
func killGroup(pid int) { _ = unix.Kill(-pid, unix.SIGKILL) }

// terminateSignals ask a worker to end.
func terminateSignals() []os.Signal { return []os.Signal{syscall.SIGTERM} }

// dieOf ends this process as a signal does that nobody catches.
func dieOf(s os.Signal) {
	signal.Reset(s)
	_ = unix.Kill(os.Getpid(), s.(syscall.Signal))
	select {}
}
