package dap_test

import (
	"strings"
	"testing"

	"github.com/google/go-dap"
)

// raw sends a message as it is and reads the error that answers it.
func (c *client) raw(body string) string {
	c.t.Helper()
	c.seq++
	if err := dap.WriteBaseMessage(c.conn, []byte(strings.Replace(body, "SEQ", "1000", 1))); err != nil {
		c.t.Fatal(err)
	}
	for {
		switch m := c.read().(type) {
		case *dap.ErrorResponse:
			if action := map[string]bool{"continue": true, "next": true, "pause": true}[m.Command]; m.RequestSeq != 1000 || m.Body.Error == nil || m.Body.Error.ShowUser != action {
				c.t.Errorf("the answer to %s is %+v", body, m)
			}
			return m.Message
		case dap.EventMessage:
			c.early = append(c.early, m)
		default:
			c.t.Fatalf("%s was answered with %T", body, m)
		}
	}
}

// A request that is broken is refused, and the session goes on.
func TestBrokenRequests(t *testing.T) {
	t.Parallel()
	c := connect(t, map[string]string{"main.lua": "return 1"})
	c.begin(map[string]any{"stopOnEntry": true}, nil)
	thread, _ := c.stopped("entry", 1)
	for body, want := range map[string]string{
		`{"seq":SEQ,"type":"request","command":"evaluate","arguments":"x"}`:                           "evaluate are not those of the protocol",
		`{"seq":SEQ,"type":"request","command":"stackTrace","arguments":{"threadId":"one"}}`:          "threadId takes a whole number, not string",
		`{"seq":SEQ,"type":"request","command":"setBreakpoints","arguments":{"source":5}}`:            "takes an object, not number",
		`{"seq":SEQ,"type":"request","command":"breakpointLocations"}`:                                "the source of the lines is missing",
		`{"seq":SEQ,"type":"request","command":"setBreakpoints"}`:                                     "has no path",
		`{"seq":SEQ,"type":"request","command":"variables"}`:                                          "no variables 0",
		`{"seq":SEQ,"type":"request","command":"scopes"}`:                                             "no frame 0",
		`{"seq":SEQ,"type":"request","command":"source"}`:                                             "is not known",
		`{"seq":SEQ,"type":"request","command":"continue"}`:                                           "no thread 0",
		`{"seq":SEQ,"type":"request","command":"next","arguments":{"threadId":99}}`:                   "no thread 99",
		`{"seq":SEQ,"type":"request","command":"pause","arguments":{"threadId":99}}`:                  "no thread 99",
		`{"seq":SEQ,"type":"request","command":"setVariable"}`:                                        "no variables 0",
		`{"seq":SEQ,"type":"request","command":"gotoTargets","arguments":{"source":{},"line":1}}`:     "gotoTargets is not supported",
		`{"seq":SEQ,"type":"request","command":"evaluate","arguments":{"expression":"","frameId":9}}`: "no frame 9",
	} {
		if got := c.raw(body); !strings.Contains(got, want) {
			t.Errorf("%s is refused with %q, want %q", body, got, want)
		}
	}
	c.goOn(thread)
	c.end(0)
}

// After the end of the script whatever looks into it is told so.
func TestRequestsAfterTheEnd(t *testing.T) {
	t.Parallel()
	c := connect(t, map[string]string{"main.lua": "local here = 1\nreturn here"})
	c.begin(nil, func() {
		c.points("main.lua", dap.SourceBreakpoint{Line: 2})
		// Nor does it run before its start.
		for _, m := range []dap.RequestMessage{
			&dap.EvaluateRequest{Request: c.request("evaluate"), Arguments: dap.EvaluateArguments{Expression: "1"}},
			&dap.PauseRequest{Request: c.request("pause")},
		} {
			if got := c.refused(m); !strings.Contains(got, "has not been started") {
				t.Errorf("%s before the start is refused with %q", m.GetRequest().Command, got)
			}
		}
	})
	thread, frames := c.stopped("breakpoint", 2)
	locals, _ := c.scope(frames[0].Id, "Locals")
	c.goOn(thread)
	event[*dap.TerminatedEvent](c)
	if names, _ := c.threads(); len(names) != 0 {
		t.Errorf("threads after the end: %q", names)
	}
	frame := frames[0].Id
	for _, m := range []dap.RequestMessage{
		&dap.EvaluateRequest{Request: c.request("evaluate"), Arguments: dap.EvaluateArguments{Expression: "1"}},
		&dap.EvaluateRequest{Request: c.request("evaluate"), Arguments: dap.EvaluateArguments{Expression: "here", FrameId: frame}},
		&dap.StackTraceRequest{Request: c.request("stackTrace"), Arguments: dap.StackTraceArguments{ThreadId: thread}},
		&dap.ScopesRequest{Request: c.request("scopes"), Arguments: dap.ScopesArguments{FrameId: frame}},
		&dap.VariablesRequest{Request: c.request("variables"), Arguments: dap.VariablesArguments{VariablesReference: locals}},
		&dap.SetVariableRequest{Request: c.request("setVariable"), Arguments: dap.SetVariableArguments{VariablesReference: locals, Name: "here", Value: "2"}},
		&dap.SetExpressionRequest{Request: c.request("setExpression"), Arguments: dap.SetExpressionArguments{FrameId: frame, Expression: "here", Value: "2"}},
		&dap.CompletionsRequest{Request: c.request("completions"), Arguments: dap.CompletionsArguments{Text: "pri", Column: 4}},
		&dap.ContinueRequest{Request: c.request("continue"), Arguments: dap.ContinueArguments{ThreadId: thread}},
		&dap.StepInRequest{Request: c.request("stepIn"), Arguments: dap.StepInArguments{ThreadId: thread}},
		&dap.ExceptionInfoRequest{Request: c.request("exceptionInfo"), Arguments: dap.ExceptionInfoArguments{ThreadId: thread}},
		&dap.PauseRequest{Request: c.request("pause"), Arguments: dap.PauseArguments{ThreadId: thread}},
	} {
		if got := c.refused(m); got != "the script has ended" {
			t.Errorf("%s after the end is refused with %q", m.GetRequest().Command, got)
		}
	}
	if got := c.refused(&dap.LaunchRequest{Request: c.request("launch"), Arguments: []byte(`{}`)}); !strings.Contains(got, "already") {
		t.Errorf("a second launch is refused with %q", got)
	}
	c.points("main.lua", dap.SourceBreakpoint{Line: 1}) // which clients do at any time
	ask[*dap.DisconnectResponse](c, &dap.DisconnectRequest{Request: c.request("disconnect")})
}
