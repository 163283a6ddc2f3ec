//go:build unix

package isolate_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/gscript-lang/gscript/engine"
	"github.com/gscript-lang/gscript/engine/host"
	"github.com/gscript-lang/gscript/engine/isolate"
)

// helper makes the test binary a parent that can be killed.
const helper = "ISOLATE_TEST_HELPER"

func actAsHelper() bool {
	child, ok := os.LookupEnv(helper)
	if !ok {
		return false
	}
	c := isolate.Config{Options: engine.Options{Limits: engine.Limits{Memory: 128 << 20}}}
	if child != "" {
		c.Command = []string{child}
	}
	if os.Getenv(helper+"_RUN") != "" {
		c.Options.Permissions = host.Permissions{}.Allow(host.Run)
	}
	p, err := isolate.Start(context.Background(), c, isolate.Script{Name: "script", Source: os.Getenv(helper + "_SCRIPT")})
	if err != nil {
		panic(err)
	}
	fmt.Println(p.PID())
	_, _ = p.Wait()
	return true
}

// members are the living processes of a session.
func members(t *testing.T, session int) (list []string) {
	t.Helper()
	out, err := exec.Command("ps", "-A", "-o", "sess=,stat=,pid=,args=").Output()
	if err != nil {
		t.Skipf("ps: %v", err)
	}
	for line := range strings.Lines(string(out)) {
		f := strings.Fields(line)
		if len(f) > 2 && f[0] == strconv.Itoa(session) && f[1][0] != 'Z' {
			list = append(list, line)
		}
	}
	return list
}

// gone waits until no process of a session is left.
func gone(t *testing.T, session int) {
	t.Helper()
	var left []string
	for end := time.Now().Add(10 * time.Second); time.Now().Before(end); time.Sleep(5 * time.Millisecond) {
		if left = members(t, session); len(left) == 0 {
			return
		}
	}
	t.Errorf("left: %v", left)
}

func TestKilledChild(t *testing.T) {
	t.Parallel()
	c := config()
	ready := make(chan struct{})
	c.Options.Stdout = writerFunc(func(data []byte) (int, error) { close(ready); return len(data), nil })
	p, err := isolate.Start(t.Context(), c, isolate.Script{Name: "script", Source: "print(1) while true do end"})
	if err != nil {
		t.Fatal(err)
	}
	<-ready
	start := time.Now()
	_ = syscall.Kill(p.PID(), syscall.SIGKILL)
	_, err = p.Wait()
	var e *engine.Error
	if !errors.As(err, &e) || e.Kind != isolate.KindDied || e.Code != "SIGKILL" {
		t.Errorf("got %#v", err)
	}
	if took := time.Since(start); took > time.Second {
		t.Errorf("took %v", took)
	}
	gone(t, p.PID())
}

// A child that does not listen is killed when the context has ended.
func TestStoppedChild(t *testing.T) {
	t.Parallel()
	c := config()
	ready := make(chan struct{})
	c.Options.Stdout = writerFunc(func(data []byte) (int, error) { close(ready); return len(data), nil })
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	p, err := isolate.Start(ctx, c, isolate.Script{Name: "script", Source: "print(1) while true do end"})
	if err != nil {
		t.Fatal(err)
	}
	<-ready
	_ = syscall.Kill(p.PID(), syscall.SIGSTOP)
	cancel()
	if _, err = p.Wait(); engine.KindOf(err) != engine.KindCanceled {
		t.Errorf("got %v", err)
	}
	gone(t, p.PID())
}

func TestKilledParent(t *testing.T) {
	t.Parallel()
	if runtime.GOOS != "linux" {
		t.Skip("needs ps as on Linux")
	}
	for name, tt := range map[string]struct{ run, script string }{
		"plain":    {"", `print("ready") while true do end`},
		"programs": {"1", `local p = io.popen("echo ready; sleep 1000") print(p:read()) while true do end`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			cmd := exec.Command(os.Args[0])
			child := ""
			if len(command) > 0 {
				child = command[0]
			}
			cmd.Env = append(os.Environ(), helper+"="+child, helper+"_RUN="+tt.run, helper+"_SCRIPT="+tt.script)
			cmd.Stderr = os.Stderr
			out, err := cmd.StdoutPipe()
			if err != nil {
				t.Fatal(err)
			}
			if err := cmd.Start(); err != nil {
				t.Fatal(err)
			}
			lines := bufio.NewScanner(out)
			pid := 0
			for seen := 0; seen < 2 && lines.Scan(); seen++ { // in either order
				if n, err := strconv.Atoi(lines.Text()); err == nil {
					pid = n
				}
			}
			if pid == 0 || len(members(t, pid)) == 0 {
				t.Errorf("no child %d", pid)
			}
			_ = cmd.Process.Kill()
			_ = cmd.Wait()
			gone(t, pid)
		})
	}
}

// What a script started goes with it, in whatever process group it is.
func TestProgramsGo(t *testing.T) {
	t.Parallel()
	if runtime.GOOS != "linux" {
		t.Skip("sessions are searched on Linux only")
	}
	c := config()
	c.Options.Permissions = c.Options.Permissions.Allow(host.Run)
	ready := make(chan struct{})
	c.Options.Stdout = writerFunc(func(data []byte) (int, error) { close(ready); return len(data), nil })
	p, err := isolate.Start(t.Context(), c, isolate.Script{Name: "script", Source: `
		local p = io.popen("sleep 1000 & echo ready; wait")
		print(p:read())
		while true do end`})
	if err != nil {
		t.Fatal(err)
	}
	<-ready
	if n := len(members(t, p.PID())); n < 3 {
		t.Errorf("%d processes", n)
	}
	_ = syscall.Kill(p.PID(), syscall.SIGKILL)
	if _, err := p.Wait(); engine.KindOf(err) != isolate.KindDied {
		t.Errorf("got %v", err)
	}
	gone(t, p.PID())
}
