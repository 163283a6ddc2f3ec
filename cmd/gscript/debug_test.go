package main

import (
	"bufio"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-dap"
)

// The command serves an editor on standard input and output, and what the script
// writes does not get between.
func TestDAPOnStandardStreams(t *testing.T) {
	t.Parallel()
	script := filepath.Join(t.TempDir(), "main.lua")
	if err := os.WriteFile(script, []byte("print('says', io.read() == nil, ...)\nlocal x = 1\nreturn x\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command("gscript", "debug", "--dap", script, "arg")
	cmd.Env = append(os.Environ(), "HOME="+t.TempDir())
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	var complaints strings.Builder
	cmd.Stderr = &complaints
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	seq := 0
	send := func(command string, m dap.RequestMessage) {
		seq++
		*m.GetRequest() = dap.Request{ProtocolMessage: dap.ProtocolMessage{Seq: seq, Type: "request"}, Command: command}
		if err := dap.WriteProtocolMessage(in, m); err != nil {
			t.Fatal(err)
		}
	}
	r := bufio.NewReader(out)
	said := ""
	wait := func(until func(m dap.Message) bool) {
		for {
			m, err := dap.ReadProtocolMessage(r)
			if err != nil {
				t.Fatalf("no message: %v", err)
			}
			if o, ok := m.(*dap.OutputEvent); ok {
				said += o.Body.Output
			}
			if until(m) {
				return
			}
		}
	}
	send("initialize", &dap.InitializeRequest{Arguments: dap.InitializeRequestArguments{AdapterID: "gscript", LinesStartAt1: true}})
	send("launch", &dap.LaunchRequest{Arguments: []byte(`{}`)})
	send("setBreakpoints", &dap.SetBreakpointsRequest{Arguments: dap.SetBreakpointsArguments{Source: dap.Source{Path: script}, Breakpoints: []dap.SourceBreakpoint{{Line: 3}}}})
	send("configurationDone", &dap.ConfigurationDoneRequest{})
	thread := 0
	wait(func(m dap.Message) bool {
		e, ok := m.(*dap.StoppedEvent)
		if ok {
			thread = e.Body.ThreadId
		}
		return ok
	})
	send("continue", &dap.ContinueRequest{Arguments: dap.ContinueArguments{ThreadId: thread}})
	wait(func(m dap.Message) bool { _, ok := m.(*dap.TerminatedEvent); return ok })
	send("disconnect", &dap.DisconnectRequest{})
	wait(func(m dap.Message) bool { _, ok := m.(*dap.DisconnectResponse); return ok })
	if err := cmd.Wait(); err != nil || complaints.Len() > 0 {
		t.Errorf("ended with %v\n%s", err, complaints.String())
	}
	if said != "says\ttrue\targ\n" {
		t.Errorf("the script wrote %q", said)
	}
}
