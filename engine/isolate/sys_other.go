//go:build unix && !linux

package isolate

import (
	"errors"
	"os"
	"syscall"

	"golang.org/x/sys/unix"
)

// maxrssUnit is what Rusage.Maxrss counts in; systems differ, and the peak is
// then told too small at worst.
const maxrssUnit = 1

func childAttr(boot) *syscall.SysProcAttr { return &syscall.SysProcAttr{Setsid: true} }

func confine(boot) []string {
	_ = unix.Setrlimit(unix.RLIMIT_CORE, &unix.Rlimit{})
	return []string{"go memory limit"}
}

func waitExit(int) bool { return false }

func killSession(pid int, _ bool) { killGroup(pid) }

func endSession() {
	killGroup(os.Getpid())
	os.Exit(1)
}

type watch struct{}

func newWatch(int, int64) *watch     { return nil }
func (*watch) sample() (int64, bool) { return 0, false }
func (*watch) close()                {}

type cgroup struct{}

func newCgroup(int, int64, string) (*cgroup, error) {
	return nil, errors.New("control groups are Linux's")
}

func (*cgroup) close() bool { return false }
