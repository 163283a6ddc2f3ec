package main

import (
	"bufio"
	"encoding/json"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/google/go-dap"
)

// editor is a client of a server.
type editor struct {
	t      *testing.T
	w      io.Writer
	r      *bufio.Reader
	seq    int
	output string
}

func newEditor(t *testing.T, w io.Writer, r io.Reader) *editor {
	return &editor{t: t, w: w, r: bufio.NewReader(r)}
}

func (e *editor) send(command string, m dap.RequestMessage) {
	e.t.Helper()
	e.seq++
	*m.GetRequest() = dap.Request{ProtocolMessage: dap.ProtocolMessage{Seq: e.seq, Type: "request"}, Command: command}
	if err := dap.WriteProtocolMessage(e.w, m); err != nil {
		e.t.Fatal(err)
	}
}

// wait reads to a message of a type.
func wait[T dap.Message](e *editor) T {
	e.t.Helper()
	for {
		m, err := dap.ReadProtocolMessage(e.r)
		if err != nil {
			e.t.Fatalf("no message: %v", err)
		}
		if o, ok := m.(*dap.OutputEvent); ok {
			e.output += o.Body.Output
		}
		if m, ok := m.(T); ok {
			return m
		}
		if refusal, ok := m.(*dap.ErrorResponse); ok {
			e.t.Fatalf("%s is refused: %s", refusal.Command, refusal.Message)
		}
	}
}

// launch starts a script that stops at a line.
func (e *editor) launch(arguments map[string]any, file string, line int) {
	e.t.Helper()
	e.send("initialize", &dap.InitializeRequest{Arguments: dap.InitializeRequestArguments{AdapterID: "gscript", LinesStartAt1: true}})
	raw, err := json.Marshal(arguments)
	if err != nil {
		e.t.Fatal(err)
	}
	e.send("launch", &dap.LaunchRequest{Arguments: raw})
	e.send("setBreakpoints", &dap.SetBreakpointsRequest{Arguments: dap.SetBreakpointsArguments{Source: dap.Source{Path: file}, Breakpoints: []dap.SourceBreakpoint{{Line: line}}}})
	e.send("configurationDone", &dap.ConfigurationDoneRequest{})
}

func (e *editor) goOn(thread int) {
	e.t.Helper()
	e.send("continue", &dap.ContinueRequest{Arguments: dap.ContinueArguments{ThreadId: thread}})
}

func (e *editor) leave() {
	e.t.Helper()
	e.send("disconnect", &dap.DisconnectRequest{})
	wait[*dap.DisconnectResponse](e)
}

// server starts the command on pipes.
func server(t *testing.T, dir string, args ...string) (cmd *exec.Cmd, in io.WriteCloser, out io.Reader, complaints io.Reader) {
	t.Helper()
	cmd = exec.Command("gscript", append([]string{"debug"}, args...)...)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "HOME="+t.TempDir())
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	if out, err = cmd.StdoutPipe(); err != nil {
		t.Fatal(err)
	}
	if complaints, err = cmd.StderrPipe(); err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	return cmd, in, out, complaints
}

func put(t *testing.T, dir, name, text string) (path string) {
	t.Helper()
	path = filepath.Join(dir, name)
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	return path
}

// A signal ends the script, tells the editor, and is the exit code.
func TestDAPEndsBySignals(t *testing.T) {
	t.Parallel()
	for sig, code := range map[syscall.Signal]int{syscall.SIGINT: exitInterrupted, syscall.SIGTERM: exitTerminated} {
		t.Run(sig.String(), func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			script := put(t, dir, "main.lua", "print 'on'\nwhile true do end\n")
			cmd, in, out, _ := server(t, dir, "--dap", "main.lua")
			e := newEditor(t, in, out)
			e.launch(map[string]any{}, script, 1)
			e.goOn(wait[*dap.StoppedEvent](e).Body.ThreadId)
			wait[*dap.OutputEvent](e)
			if err := cmd.Process.Signal(sig); err != nil {
				t.Fatal(err)
			}
			if got := wait[*dap.ExitedEvent](e).Body.ExitCode; got != code {
				t.Errorf("the editor is told of exit code %d, want %d", got, code)
			}
			wait[*dap.TerminatedEvent](e)
			_ = cmd.Wait()
			if got := cmd.ProcessState.ExitCode(); got != code {
				t.Errorf("exit code %d, want %d", got, code)
			}
		})
	}
}

// Two editors debug at the same time over TCP, and a signal ends the server.
func TestListenServesSeveralEditors(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	script := put(t, dir, "main.lua", "local n = 1\nprint(n, ..., io.read())\nreturn n\n")
	cmd, in, _, complaints := server(t, dir, "--listen", ":0", "main.lua")
	said := bufio.NewReader(complaints)
	line, err := said.ReadString('\n')
	if err != nil {
		t.Fatal(err)
	}
	_, address, _ := strings.Cut(line, "serving editors on ")
	address, _, _ = strings.Cut(address, ";")
	var editors []*editor
	var threads []int
	for i, name := range []string{"first", "second"} {
		conn, err := net.Dial("tcp", address)
		if err != nil {
			t.Fatal(err)
		}
		defer conn.Close()
		e := newEditor(t, conn, conn)
		e.launch(map[string]any{"args": []string{name}}, script, 1+2*i)
		editors, threads = append(editors, e), append(threads, 0)
		if i == 0 {
			threads[0] = wait[*dap.StoppedEvent](e).Body.ThreadId
		}
	}
	// The second has run to its end while the first stands still, which has
	// standard input.
	threads[1] = wait[*dap.StoppedEvent](editors[1]).Body.ThreadId
	if got := editors[1].output; got != "1\tsecond\tnil\n" {
		t.Errorf("the second wrote %q", got)
	}
	editors[1].goOn(threads[1])
	wait[*dap.TerminatedEvent](editors[1])
	editors[1].leave()
	if _, err := io.WriteString(in, "typed\n"); err != nil {
		t.Fatal(err)
	}
	editors[0].goOn(threads[0])
	wait[*dap.TerminatedEvent](editors[0])
	if got := editors[0].output; got != "1\tfirst\ttyped\n" {
		t.Errorf("the first wrote %q", got)
	}
	editors[0].leave()
	if err := cmd.Process.Signal(syscall.SIGINT); err != nil {
		t.Fatal(err)
	}
	rest, _ := io.ReadAll(said)
	if err := cmd.Wait(); err != nil || len(rest) > 0 {
		t.Errorf("ended with %v: %s", err, rest)
	}
}

// Tests are debugged by their mode.
func TestDAPOfTests(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	file := put(t, dir, "sum_test.lua", "function test_sum(t)\n  local sum = 1 + 1\n  t.eq(sum, 3)\nend\nfunction test_other(t) t.eq(1, 1) end\n")
	cmd, in, out, _ := server(t, dir, "--dap")
	e := newEditor(t, in, out)
	e.launch(map[string]any{"mode": "test", "program": file, "args": []string{"-k", "sum"}, "cwd": dir}, file, 3)
	thread := wait[*dap.StoppedEvent](e).Body.ThreadId
	e.send("stackTrace", &dap.StackTraceRequest{Arguments: dap.StackTraceArguments{ThreadId: thread}})
	frame := wait[*dap.StackTraceResponse](e).Body.StackFrames[0]
	e.send("evaluate", &dap.EvaluateRequest{Arguments: dap.EvaluateArguments{Expression: "sum", FrameId: frame.Id}})
	if got := wait[*dap.EvaluateResponse](e).Body.Result; got != "2" || frame.Line != 3 {
		t.Errorf("sum is %s at line %d", got, frame.Line)
	}
	e.goOn(thread)
	if got := wait[*dap.ExitedEvent](e).Body.ExitCode; got != 1 {
		t.Errorf("exit code %d", got)
	}
	if !strings.Contains(e.output, "1 failed") {
		t.Errorf("wrote %s", e.output)
	}
	wait[*dap.TerminatedEvent](e)
	e.leave()
	if err := cmd.Wait(); err != nil {
		t.Error(err)
	}
}

// A client that disconnects takes the tests, and the programs that a script has
// started, with it.
func TestDAPLeavesNothingBehind(t *testing.T) {
	t.Parallel()
	for name, arguments := range map[string]map[string]any{
		"a script": {"program": "sleeps.lua"},
		"tests":    {"program": "sleeps_test.lua", "mode": "test"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			// The child holds the write end of the pipe on which the server ends.
			put(t, dir, "sleeps.lua", "require('subprocess').run({'sh', '-c', 'echo on; exec sleep 3600'}, {stdout = 'inherit', stderr = 'inherit'})\n")
			put(t, dir, "sleeps_test.lua", "function test_sleeps()\n  while true do end\nend\n")
			cmd, in, out, complaints := server(t, dir, "--dap")
			e := newEditor(t, in, out)
			e.launch(arguments, filepath.Join(dir, "sleeps_test.lua"), 2)
			if name == "tests" {
				e.goOn(wait[*dap.StoppedEvent](e).Body.ThreadId)
				wait[*dap.ContinueResponse](e)
			} else {
				wait[*dap.OutputEvent](e) // of the child, which writes to the editor as the script does
			}
			e.leave()
			_, _ = io.ReadAll(complaints)
			if err := cmd.Wait(); err != nil {
				t.Error(err)
			}
		})
	}
}

// A script that is typed to runs in a terminal that the editor opens.
func TestDAPInATerminal(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	put(t, dir, "main.lua", "io.write('name? ') print('hello ' .. io.read())\nos.exit(9)\n")
	cmd, in, out, _ := server(t, dir, "--dap")
	e := newEditor(t, in, out)
	e.send("initialize", &dap.InitializeRequest{Arguments: dap.InitializeRequestArguments{SupportsRunInTerminalRequest: true}})
	e.send("launch", &dap.LaunchRequest{Arguments: []byte(`{"program": "main.lua", "console": "integratedTerminal"}`)})
	e.send("configurationDone", &dap.ConfigurationDoneRequest{})
	asked := wait[*dap.RunInTerminalRequest](e).Arguments
	terminal := exec.Command(asked.Args[0], asked.Args[1:]...)
	terminal.Env = os.Environ()
	for name, value := range asked.Env {
		terminal.Env = append(terminal.Env, name+"="+value.(string))
	}
	terminal.Stdin = strings.NewReader("you\n")
	shown, err := terminal.Output()
	if err != nil || string(shown) != "name? hello you\n" {
		t.Errorf("the terminal shows %q, %v", shown, err)
	}
	if got := wait[*dap.ExitedEvent](e).Body.ExitCode; got != 9 {
		t.Errorf("exit code %d", got)
	}
	e.leave()
	if err := cmd.Wait(); err != nil {
		t.Error(err)
	}
}
