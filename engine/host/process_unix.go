//go:build unix

package host

import (
	"errors"
	"fmt"
	"os"
	"strings"
	"syscall"

	"golang.org/x/sys/unix"
)

// separators are what makes a program's name a path.
const separators = "/"

func groupAttr(session bool) *syscall.SysProcAttr {
	if session {
		return &syscall.SysProcAttr{Setsid: true}
	}
	return &syscall.SysProcAttr{Setpgid: true}
}

// group is a process group, by the id of its leader.
type group struct{ id int }

func (g *group) open(pid int) error {
	g.id = pid
	return nil
}

func (g *group) close() {}

func (g *group) kill() error { return g.send(unix.SIGKILL) }

func (g *group) terminate() error {
	err := g.send(unix.SIGTERM)
	g.send(unix.SIGCONT) // a stopped process acts on TERM only then
	return err
}

func (g *group) signal(name string) error {
	upper := strings.ToUpper(name)
	if !strings.HasPrefix(upper, "SIG") {
		upper = "SIG" + upper
	}
	sig := unix.SignalNum(upper)
	if sig == 0 {
		return fmt.Errorf("unknown signal %q", name)
	}
	return g.send(sig)
}

func (g *group) send(sig syscall.Signal) error {
	err := unix.Kill(-g.id, sig)
	if errors.Is(err, unix.ESRCH) {
		return os.ErrProcessDone
	}
	return err
}

func exitOf(state *os.ProcessState) (code int, signal string) {
	if status, ok := state.Sys().(syscall.WaitStatus); ok && status.Signaled() {
		return -1, unix.SignalName(status.Signal())
	}
	return state.ExitCode(), ""
}

// checkArgs refuses arguments that cannot be handed over; unix takes any.
func checkArgs(string, []string) error { return nil }
