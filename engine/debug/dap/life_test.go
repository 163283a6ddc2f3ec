package dap_test

import (
	"context"
	"net"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-dap"

	server "github.com/gscript-lang/gscript/engine/debug/dap"
)

// lines is a writer that a test can wait for.
type lines struct {
	mu    sync.Mutex
	text  strings.Builder
	wrote chan struct{}
}

func (l *lines) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.wrote <- struct{}{}
	return l.text.Write(p)
}

// A client may leave the script running; one that has attached does unless it
// says otherwise. What the script writes then goes where the server says.
func TestScriptThatIsLeftRunning(t *testing.T) {
	t.Parallel()
	for _, attach := range []bool{false, true} {
		t.Run(map[bool]string{false: "launched", true: "attached"}[attach], func(t *testing.T) {
			t.Parallel()
			ours, theirs := net.Pipe()
			behind := &lines{wrote: make(chan struct{}, 100)}
			c := serveWith(t, context.Background(), ours, theirs, map[string]string{"main.lua": "local stays = 'stays'\nprint(stays)\nlocal again = stays\nprint(again)"}, server.Options{Program: "main.lua", Stdout: behind})
			ask[*dap.InitializeResponse](c, &dap.InitializeRequest{Request: c.request("initialize"), Arguments: dap.InitializeRequestArguments{LinesStartAt1: true}})
			if attach {
				if got := c.refused(&dap.AttachRequest{Request: c.request("attach"), Arguments: []byte(`{"program": "x.lua"}`)}); !strings.Contains(got, "to name one use launch") {
					t.Errorf("refused with %q", got)
				}
				ask[*dap.AttachResponse](c, &dap.AttachRequest{Request: c.request("attach"), Arguments: []byte(`{}`)})
			} else {
				ask[*dap.LaunchResponse](c, &dap.LaunchRequest{Request: c.request("launch"), Arguments: []byte(`{}`)})
			}
			c.points("main.lua", dap.SourceBreakpoint{Line: 1}, dap.SourceBreakpoint{Line: 4})
			ask[*dap.ConfigurationDoneResponse](c, &dap.ConfigurationDoneRequest{Request: c.request("configurationDone")})
			c.stopped("breakpoint", 1)
			body := `{"seq":77,"type":"request","command":"disconnect","arguments":{"terminateDebuggee":false}}`
			if attach {
				body = `{"seq":77,"type":"request","command":"disconnect"}`
			}
			if err := dap.WriteBaseMessage(c.conn, []byte(body)); err != nil {
				t.Fatal(err)
			}
			for m := c.read(); ; m = c.read() {
				if _, done := m.(*dap.DisconnectResponse); done {
					break
				}
			}
			c.conn.Close()
			if err := <-c.served; err != nil {
				t.Error(err)
			}
			c.served <- nil
			if got := behind.text.String(); got != "stays\nstays\n" {
				t.Errorf("left behind: %q", got)
			}
		})
	}
}

func TestAttachWithoutScript(t *testing.T) {
	t.Parallel()
	c := connect(t, nil)
	ask[*dap.InitializeResponse](c, &dap.InitializeRequest{Request: c.request("initialize")})
	if got := c.refused(&dap.AttachRequest{Request: c.request("attach"), Arguments: []byte(`{}`)}); !strings.Contains(got, "without a script") {
		t.Errorf("refused with %q", got)
	}
}

// The end of the server is told as the end of the script, whatever it does.
func TestServerThatIsEnded(t *testing.T) {
	t.Parallel()
	for name, source := range map[string]string{
		"runs":      "io.write 'on' while true do pcall(function() while true do end end) end",
		"stands":    "io.write 'on'\nreturn 1",
		"evaluates": "io.write 'on'\nreturn 1",
		"sleeps":    "io.write 'on' require('async').sleep(3600)",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			ctx, end := context.WithCancelCause(context.Background())
			ours, theirs := net.Pipe()
			c := serveWith(t, ctx, ours, theirs, map[string]string{"main.lua": source}, server.Options{})
			c.begin(nil, func() { c.points("main.lua", dap.SourceBreakpoint{Line: 2}) })
			event[*dap.OutputEvent](c)
			if name == "stands" || name == "evaluates" {
				_, frames := c.stopped("breakpoint", 2)
				if name == "evaluates" {
					c.send(&dap.EvaluateRequest{Request: c.request("evaluate"), Arguments: dap.EvaluateArguments{Expression: "io.write('now') while true do end", FrameId: frames[0].Id}})
					event[*dap.OutputEvent](c)
				}
			}
			end(errSignal)
			if e := event[*dap.ExitedEvent](c); e.Body.ExitCode != 143 {
				t.Errorf("exit code %d", e.Body.ExitCode)
			}
			event[*dap.TerminatedEvent](c)
			if err := <-c.served; err != nil {
				t.Error(err)
			}
			c.served <- nil
		})
	}
}
