//go:build linux

package process_test

import (
	"bufio"
	"context"
	"errors"
	"io"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"github.com/gscript-lang/gscript/engine"
	"github.com/gscript-lang/gscript/engine/host"
)

// parentMarker makes the test binary a script with processes that can be killed.
const parentMarker = "PROCESS_TEST_PARENT"

// held is a descriptor that the script and all of its processes inherit: at the
// other end of the pipe the last of them is seen to go.
const held = 20

func actAsParent() bool {
	if os.Getenv(parentMarker) == "" {
		return false
	}
	permissions := host.AllowAll()
	if os.Getenv(parentMarker) == "harmless" { // then the kernel ends the children
		permissions = host.Permissions{}
	}
	s := engine.New(engine.Options{Modules: entries(), Processes: processes, Trusted: true, Permissions: permissions}).NewState(context.Background())
	_, err := s.Run(context.Background(), "parent", requires+`
		process.start_method("pool", {ready=1})
		local up = process.barrier(5)
		local function busy() up:wait() while true do end end
		local function asleep() up:wait() async.sleep(600) end
		process.spawn(busy)
		process.spawn(function() process.spawn(busy) asleep() end)
		process.spawn{fn=asleep, daemon=true}
		up:wait()
		io.write "up\n" io.flush()
		async.sleep(600)`)
	if err != nil {
		panic(err)
	}
	return true
}

// What the script does not wait for ends with it: daemons, processes that are
// kept ready, and what they have started.
func TestEndOfScriptLeavesNothing(t *testing.T) {
	t.Parallel()
	out := world(t).Run(t, requires+`
		process.start_method("pool", {ready=1})
		local pids = process.queue()
		local function busy() pids:put(process.current().pid) while true do end end
		process.spawn{fn=busy, daemon=true}
		process.spawn{daemon=true, fn=function() process.spawn(busy) async.sleep(600) end}
		local w = process.spawn(function() end)
		w:wait()
		print(w.pid, pids:get(), pids:get())`)
	for _, pid := range strings.Fields(out) {
		n, err := strconv.Atoi(pid)
		if err != nil {
			t.Fatal(err)
		}
		// One that a killed process had started ends when that is gone.
		waitGone(t, n)
	}
}

// waitGone waits for the end of a process that is no child of this one.
func waitGone(t *testing.T, pid int) {
	t.Helper()
	fd, err := unix.PidfdOpen(pid, 0)
	if errors.Is(err, unix.ESRCH) {
		return
	}
	if err != nil {
		t.Fatal(err)
	}
	defer unix.Close(fd)
	if n, err := unix.Poll([]unix.PollFd{{Fd: int32(fd), Events: unix.POLLIN}}, 10_000); n != 1 {
		t.Errorf("the process %d is still there: %v", pid, err)
	}
}

// When the script is killed, nothing of its processes is left.
func TestKilledParentLeavesNothing(t *testing.T) {
	t.Parallel()
	for _, permissions := range []string{"all", "harmless"} {
		t.Run(permissions, func(t *testing.T) {
			t.Parallel()
			r, w, err := os.Pipe()
			if err != nil {
				t.Fatal(err)
			}
			defer r.Close()
			cmd := exec.Command(os.Args[0])
			cmd.Env = append(os.Environ(), parentMarker+"="+permissions)
			cmd.Stderr = os.Stderr
			cmd.ExtraFiles = make([]*os.File, held-2)
			cmd.ExtraFiles[held-3] = w
			out, err := cmd.StdoutPipe()
			if err != nil {
				t.Fatal(err)
			}
			if err := cmd.Start(); err != nil {
				t.Fatal(err)
			}
			w.Close()
			defer func() { _ = cmd.Wait() }()
			defer func() { _ = cmd.Process.Kill() }()
			line, err := bufio.NewReader(out).ReadString('\n')
			if line != "up\n" {
				t.Fatalf("the script said %q, %v", line, err)
			}
			if err := r.SetReadDeadline(time.Now().Add(50 * time.Millisecond)); err != nil {
				t.Fatal(err)
			}
			if _, err := r.Read(make([]byte, 1)); !errors.Is(err, os.ErrDeadlineExceeded) {
				t.Fatalf("nobody holds the pipe: %v", err) // the test would prove nothing
			}
			if err := cmd.Process.Kill(); err != nil {
				t.Fatal(err)
			}
			if err := r.SetReadDeadline(time.Now().Add(20 * time.Second)); err != nil {
				t.Fatal(err)
			}
			if _, err := r.Read(make([]byte, 1)); !errors.Is(err, io.EOF) {
				t.Errorf("something is left of the script: %v", err)
			}
		})
	}
}
