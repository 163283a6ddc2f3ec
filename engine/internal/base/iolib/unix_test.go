//go:build unix

package iolib_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/gscript-lang/gscript/engine"
)

func TestFIFO(t *testing.T) {
	t.Parallel()
	w := trusted(t)
	name := filepath.Join(w.dir, "fifo")
	if err := syscall.Mkfifo(name, 0o600); err != nil {
		t.Fatal(err)
	}
	w.stopped(t, `io.open("fifo")`) // nobody writes: the open waits
	// The open that was left behind and this one find each other.
	file, err := os.OpenFile(name, os.O_RDWR, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	w.stopped(t, `f = io.open("fifo") f:read("*l")`)
	file.WriteString("late\n")
	if got := w.run(t, `print(f:read("*l"), f:close())`); got != "late\ttrue\n" {
		t.Errorf("printed %q", got)
	}
	w.stopped(t, `local f = io.open("fifo", "w") while true do f:write(("x"):rep(2^20)) end`)
}

func TestChildAtTheDeadline(t *testing.T) {
	t.Parallel()
	for _, source := range []string{
		`io.popen("echo $$ > pid; sleep 600 & echo $! > pid2; wait"):read("*a")`,
		`local p = io.popen("echo $$ > pid; sleep 600 & echo $! > pid2; wait") while true do end`,
		`io.popen("echo $$ > pid; sleep 600 & echo $! > pid2; wait", "w"):close()`,
		`local p = io.popen("echo $$ > pid; sleep 600 & echo $! > pid2; wait", "w") while true do p:write(("x"):rep(2^20)) end`,
		`os.execute("echo $$ > pid; sleep 600 & echo $! > pid2; wait")`,
		`os.execute("trap '' TERM; echo $$ > pid; sleep 600 & echo $! > pid2; wait; wait")`,
	} {
		t.Run(source, func(t *testing.T) {
			t.Parallel()
			w := trusted(t)
			ctx, cancel := context.WithCancelCause(t.Context())
			go func() { // the deadline comes when the child is there
				for w.pid("pid2") == 0 {
					time.Sleep(time.Millisecond)
				}
				cancel(context.DeadlineExceeded)
			}()
			if _, err := w.state.Run(ctx, "test.lua", source); engine.KindOf(err) != engine.KindDeadline {
				t.Errorf("error %v", err)
			}
			w.gone(t)
		})
	}
}

func TestChildAtTheEnd(t *testing.T) {
	t.Parallel()
	w := trusted(t)
	w.run(t, `local p = io.popen("echo $$ > pid; sleep 600 & echo $! > pid2; echo ready; wait") p:read("*l")`)
	w.state.Close()
	w.gone(t)
}

func (w *world) pid(name string) int {
	text, _ := os.ReadFile(filepath.Join(w.dir, name))
	if !strings.HasSuffix(string(text), "\n") {
		return 0
	}
	n, _ := strconv.Atoi(strings.TrimSpace(string(text)))
	return n
}

// gone waits until the child and its grandchild are: whoever inherits a killed
// process takes a moment to bury it.
func (w *world) gone(t *testing.T) {
	t.Helper()
	for _, name := range []string{"pid", "pid2"} {
		pid := w.pid(name)
		if pid == 0 {
			t.Fatalf("%s was not written", name)
		}
		for end := time.Now().Add(10 * time.Second); ; {
			err := syscall.Kill(pid, 0)
			if errors.Is(err, syscall.ESRCH) || zombie(pid) {
				break
			}
			if time.Now().After(end) {
				t.Fatalf("the process %d lives", pid)
			}
			time.Sleep(time.Millisecond)
		}
	}
}

func zombie(pid int) bool {
	stat, err := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/stat")
	return err == nil && strings.Contains(string(stat), ") Z ")
}
