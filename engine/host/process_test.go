//go:build unix

package host

import (
	"bytes"
	"context"
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"testing/iotest"
	"time"
)

// run runs a shell script to its end.
func run(t *testing.T, ctx context.Context, h *Host, c Command, script string) (string, Exit, error) {
	t.Helper()
	var out bytes.Buffer
	c.Argv = []string{"sh", "-c", script}
	if c.Stdout == nil {
		c.Stdout, c.Stderr = &out, &out
	}
	p, err := h.Processes.Start(ctx, c)
	must(t, "start", err)
	exit, err := p.Wait()
	return out.String(), exit, err
}

func TestProcess(t *testing.T) {
	t.Parallel()
	dir := tree(t, "sub/f")
	env := []string{"PATH=" + os.Getenv("PATH"), "HOME=/h", "SECRET=s", "LC_ALL=C"}
	h := newHost(t, AllowAll(), Config{Dir: dir, Env: env})
	must(t, "set", h.Environment.Set("MINE", "m"))
	for _, tt := range []struct {
		name, script string
		c            Command
		out          string
		exit         Exit
	}{
		{"output", "echo out; echo err >&2", Command{}, "out\nerr\n", Exit{}},
		{"code", "exit 7", Command{}, "", Exit{Code: 7}},
		{"signal", "kill -9 $$", Command{}, "", Exit{Code: -1, Signal: "SIGKILL"}},
		{"input", "cat", Command{Stdin: strings.NewReader("in")}, "in", Exit{}},
		{"input not read", "exec true", Command{Stdin: strings.NewReader(strings.Repeat("x", 1<<20))}, "", Exit{}},
		{"no input", "cat", Command{}, "", Exit{}},
		{"directory", "pwd", Command{}, dir + "\n", Exit{}},
		{"other directory", "pwd", Command{Dir: "sub"}, dir + "/sub\n", Exit{}},
		{"default environment", "echo $HOME,$SECRET,$LC_ALL,$MINE", Command{}, "/h,,C,m\n", Exit{}},
		{"own environment", "echo $HOME,$SECRET", Command{Env: []string{"SECRET=t"}}, ",t\n", Exit{}},
		{"empty environment", "echo $HOME,$SECRET", Command{Env: []string{}}, ",\n", Exit{}},
		{"session", "echo x", Command{Session: true}, "x\n", Exit{}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			out, exit, err := run(t, t.Context(), h, tt.c, tt.script)
			if out != tt.out || exit != tt.exit || err != nil {
				t.Errorf("got %q, %+v, %v", out, exit, err)
			}
		})
	}
}

func TestProcessPipes(t *testing.T) {
	t.Parallel()
	h := newHost(t, AllowAll(), Config{})
	var out, errs bytes.Buffer
	script := "head -c 3000000 /dev/zero >&2; head -c 2000000 /dev/zero"
	_, _, err := run(t, t.Context(), h, Command{Stdout: &out, Stderr: &errs}, script)
	if err != nil || out.Len() != 2000000 || errs.Len() != 3000000 {
		t.Errorf("got %d and %d bytes, %v", out.Len(), errs.Len(), err)
	}

	_, _, err = run(t, t.Context(), h, Command{Stdin: iotest.ErrReader(io.ErrNoProgress)}, "cat")
	if !errors.Is(err, io.ErrNoProgress) {
		t.Errorf("failed input: %v", err)
	}

	r, w := io.Pipe()
	r.CloseWithError(io.ErrShortWrite)
	_, exit, err := run(t, t.Context(), h, Command{Stdout: w}, "exec yes")
	if !errors.Is(err, io.ErrShortWrite) || exit.Signal != "SIGPIPE" {
		t.Errorf("failed output: %+v, %v", exit, err)
	}
}

// Who writes slowly still gets what a child left in the pipe: here the time
// for it passes during the first write.
func TestSlowWriter(t *testing.T) {
	t.Parallel()
	r, w, err := os.Pipe()
	must(t, "pipe", err)
	defer w.Close() // a grandchild holds it
	_, err = w.Write(make([]byte, 65536))
	must(t, "write", err)
	got := 0
	p := &outPipe{r: r}
	c := &child{pipes: []*outPipe{p}}
	p.w = writerFunc(func(data []byte) (int, error) {
		if got == 0 {
			c.linger(50 * time.Millisecond)
			r.SetReadDeadline(time.Unix(1, 0))
		}
		got += len(data)
		return len(data), nil
	})
	p.run()
	if got != 65536 || p.err != nil {
		t.Errorf("got %d bytes, %v", got, p.err)
	}
}

type writerFunc func(p []byte) (int, error)

func (f writerFunc) Write(p []byte) (int, error) { return f(p) }

// gone waits until no process of a group is left. A killed orphan is reaped
// by somebody else, in its own time.
func gone(t *testing.T, group int) {
	t.Helper()
	tick := time.NewTicker(time.Millisecond)
	defer tick.Stop()
	for end := time.Now().Add(5 * time.Second); time.Now().Before(end); <-tick.C {
		if err := syscall.Kill(-group, 0); errors.Is(err, syscall.ESRCH) || onlyZombies(group) {
			return
		}
	}
	t.Errorf("group %d still has processes", group)
}

// onlyZombies is for containers whose first process does not reap orphans.
func onlyZombies(group int) bool {
	out, err := exec.Command("ps", "-A", "-o", "pgid=,stat=").Output()
	if err != nil {
		return false
	}
	for line := range strings.Lines(string(out)) {
		f := strings.Fields(line)
		if len(f) == 2 && f[0] == strconv.Itoa(group) && f[1][0] != 'Z' {
			return false
		}
	}
	return true
}

func TestProcessContext(t *testing.T) {
	t.Parallel()
	h := newHost(t, AllowAll(), Config{})
	for _, tt := range []struct {
		name, script string
		grace        time.Duration
		max          time.Duration
		exit         Exit
	}{
		{"polite", "echo x; sleep 100 & sleep 100", 0, 800 * time.Millisecond, Exit{Code: -1, Signal: "SIGTERM", Killed: true}},
		{"handler", "trap 'exit 3' TERM; echo x; sleep 100 & wait", 0, 800 * time.Millisecond, Exit{Code: 3, Killed: true}},
		{"stubborn", "trap '' TERM; echo x; sleep 100 & sleep 100", 100 * time.Millisecond, 900 * time.Millisecond, Exit{Code: -1, Signal: "SIGKILL", Killed: true}},
		{"stubborn grandchild", "(trap '' TERM; echo x; sleep 100) & wait", 0, 800 * time.Millisecond, Exit{Code: -1, Signal: "SIGTERM", Killed: true}},
		{"stopped", "echo x; kill -STOP $$", 0, 800 * time.Millisecond, Exit{Code: -1, Signal: "SIGTERM", Killed: true}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			var out bytes.Buffer
			var start time.Time
			ready := writerFunc(func(p []byte) (int, error) {
				start = time.Now()
				cancel()
				return out.Write(p)
			})
			p, err := h.Processes.Start(ctx, Command{Argv: []string{"sh", "-c", tt.script}, Stdout: ready, Grace: tt.grace})
			must(t, "start", err)
			exit, err := p.Wait()
			if took := time.Since(start); took > tt.max {
				t.Errorf("took %v", took)
			}
			if exit != tt.exit || err != nil || out.String() != "x\n" {
				t.Errorf("got %+v, %v, %q", exit, err, out.String())
			}
			gone(t, p.PID())
			if err := p.Kill(); !errors.Is(err, os.ErrProcessDone) {
				t.Errorf("kill after the end: %v", err)
			}
		})
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := h.Processes.Start(ctx, Command{Argv: []string{"true"}}); !errors.Is(err, context.Canceled) {
		t.Errorf("start under an ended context: %v", err)
	}
}

// A grandchild in the background holds the pipe; Wait returns all the same.
func TestProcessBackground(t *testing.T) {
	t.Parallel()
	h := newHost(t, AllowAll(), Config{})
	for _, script := range []string{"echo x; sleep 100 & exit 4", "echo x; yes >&2 & exit 4"} {
		var out bytes.Buffer
		start := time.Now()
		p, err := h.Processes.Start(t.Context(), Command{Argv: []string{"sh", "-c", script}, Stdout: &out, Stderr: io.Discard})
		must(t, "start", err)
		exit, err := p.Wait()
		if took := time.Since(start); took > 2*pipeLinger+time.Second {
			t.Errorf("%s: took %v", script, took)
		}
		if exit != (Exit{Code: 4}) || err != nil || out.String() != "x\n" {
			t.Errorf("%s: got %+v, %v, %q", script, exit, err, out.String())
		}
		if syscall.Kill(-p.PID(), syscall.SIGKILL) != nil && strings.Contains(script, "sleep") {
			t.Errorf("%s: the grandchild was not left running", script)
		}
		gone(t, p.PID())
	}
}

func TestProcessSignal(t *testing.T) {
	t.Parallel()
	h := newHost(t, AllowAll(), Config{})
	r, w := io.Pipe()
	p, err := h.Processes.Start(t.Context(), Command{Argv: []string{"sh", "-c", "trap 'exit 5' USR1; echo ready; sleep 100 & wait"}, Stdout: w})
	must(t, "start", err)
	_, err = io.ReadFull(r, make([]byte, 6))
	must(t, "read", err)
	if err := p.Signal("nonsense"); err == nil {
		t.Error("an unknown signal was sent")
	}
	must(t, "signal", p.Signal("usr1"))
	exit, err := p.Wait()
	if exit != (Exit{Code: 5}) || err != nil {
		t.Errorf("got %+v, %v", exit, err)
	}
	p, err = h.Processes.Start(t.Context(), Command{Argv: []string{"sleep", "100"}})
	must(t, "start", err)
	must(t, "kill", p.Kill())
	if exit, err := p.Wait(); exit != (Exit{Code: -1, Signal: "SIGKILL"}) || err != nil {
		t.Errorf("got %+v, %v", exit, err)
	}
}

func TestRunPermission(t *testing.T) {
	t.Parallel()
	dir := tree(t, "bin/tool", "evil/tool", "local")
	for _, name := range []string{"bin/tool", "evil/tool", "local"} {
		must(t, "chmod", os.Chmod(filepath.Join(dir, name), 0o755))
	}
	must(t, "link", os.Symlink("bin", filepath.Join(dir, "link")))
	path := "PATH=" + dir + "/bin" + ":" + os.Getenv("PATH")
	at := func(p Permissions, env ...string) *Host {
		return newHost(t, p, Config{Dir: dir, Env: append([]string{path}, env...)})
	}
	look := func(h *Host, program string) error {
		_, err := h.Processes.LookPath(program)
		return err
	}
	for _, tt := range []struct {
		scope, program string
		denied         string
	}{
		{"tool", "tool", ""},
		{"tool", dir + "/bin/tool", ""},
		{"tool", "bin/tool", ""},
		{"tool", "link/tool", ""},
		{dir + "/bin/tool", "tool", ""},
		{"bin/tool", "tool", ""},
		{"tool", "evil/tool", dir + "/evil/tool"},
		{dir + "/bin", "tool", dir + "/bin/tool"},
		{"./local", "./local", ""},
	} {
		err := look(at(Permissions{}.Allow(Run, tt.scope)), tt.program)
		if tt.denied != "" {
			wantDenied(t, tt.scope, err, "--allow-run="+tt.denied)
		} else if err != nil {
			t.Errorf("%s: look for %s: %v", tt.scope, tt.program, err)
		}
	}

	h := at(Permissions{}.Allow(Run, "tool"))
	must(t, "set", h.Environment.Set("PATH", dir+"/evil"))
	wantDenied(t, "another PATH", look(h, "tool"), "--allow-run="+dir+"/evil/tool")

	h = newHost(t, AllowAll(), Config{Dir: dir, Env: []string{"PATH=.:" + dir + "/bin"}})
	if err := look(h, "local"); !errors.Is(err, exec.ErrDot) || !strings.Contains(err.Error(), "write ./local") {
		t.Errorf("by way of the current directory: %v", err)
	}
	if err := look(h, "missing"); !errors.Is(err, exec.ErrNotFound) {
		t.Errorf("missing: %v", err)
	}
	if got, err := h.Processes.LookPath("tool"); got != dir+"/bin/tool" || err != nil {
		t.Errorf("lookpath: %q, %v", got, err)
	}
	if _, err := h.Processes.Start(t.Context(), Command{}); err == nil {
		t.Error("an empty command was started")
	}
}

// A child gets the file behind a standard stream, and not a pipe.
func TestProcessInherits(t *testing.T) {
	t.Parallel()
	file, err := os.Create(filepath.Join(t.TempDir(), "out"))
	must(t, "create", err)
	defer file.Close()
	h := newHost(t, AllowAll(), Config{Stdout: file, Stdin: strings.NewReader("in")})
	_, _, err = run(t, t.Context(), h, Command{Stdin: h.Terminal.Stdin(), Stdout: h.Terminal.Stdout()}, "test -f /dev/stdout && cat")
	must(t, "run", err)
	if data, _ := os.ReadFile(file.Name()); !slices.Equal(data, []byte("in")) {
		t.Errorf("got %q", data)
	}
}
