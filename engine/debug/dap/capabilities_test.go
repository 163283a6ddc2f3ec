package dap_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-dap"
)

// A request is canceled while it is worked on, and while it waits.
func TestCancel(t *testing.T) {
	t.Parallel()
	c := connect(t, map[string]string{"main.lua": "return 1"})
	c.begin(map[string]any{"stopOnEntry": true}, nil)
	thread, frames := c.stopped("entry", 1)
	var sent []int
	for range 2 {
		m := &dap.EvaluateRequest{Request: c.request("evaluate"), Arguments: dap.EvaluateArguments{Expression: "io.write('on') while true do end", FrameId: frames[0].Id}}
		c.send(m)
		sent = append(sent, m.Seq)
	}
	event[*dap.OutputEvent](c)
	answers := map[int]string{}
	for i := range sent {
		c.send(&dap.CancelRequest{Request: c.request("cancel"), Arguments: &dap.CancelArguments{RequestId: sent[len(sent)-1-i]}})
	}
	for len(answers) < 4 {
		switch m := c.read().(type) {
		case *dap.ErrorResponse:
			answers[m.RequestSeq] = m.Message
		case *dap.CancelResponse:
			answers[m.RequestSeq] = ""
		}
	}
	for _, seq := range sent {
		if answers[seq] != "cancelled" {
			t.Errorf("request %d is answered with %q", seq, answers[seq])
		}
	}
	c.goOn(thread)
	c.end(0)
}

// The clipboard gets values whole, and texts as they are.
func TestClipboard(t *testing.T) {
	t.Parallel()
	c := connect(t, map[string]string{"main.lua": "local t, s = {}, ('x'):rep(2000)\nfor i = 1, 50 do t[i] = {{i}} end\nreturn t"})
	c.begin(nil, func() { c.points("main.lua", dap.SourceBreakpoint{Line: 3}) })
	thread, frames := c.stopped("breakpoint", 3)
	copied := func(expr string) string {
		return ask[*dap.EvaluateResponse](c, &dap.EvaluateRequest{Request: c.request("evaluate"), Arguments: dap.EvaluateArguments{Expression: expr, FrameId: frames[0].Id, Context: "clipboard"}}).Body.Result
	}
	if got := copied("s"); got != strings.Repeat("x", 2000) {
		t.Errorf("the text is %q", got)
	}
	if got := copied("t"); !strings.Contains(got, "50") || strings.Contains(got, "…") {
		t.Errorf("the table is %s", got)
	}
	c.goOn(thread)
	c.end(0)
}

// What the server says that it can do, it does: each of these has a test, or is
// asked for here.
func TestCapabilities(t *testing.T) {
	t.Parallel()
	c := connect(t, map[string]string{"main.lua": "return 1"})
	caps := ask[*dap.InitializeResponse](c, &dap.InitializeRequest{Request: c.request("initialize")}).Body
	text, err := json.Marshal(caps)
	if err != nil {
		t.Fatal(err)
	}
	var all map[string]any
	if err := json.Unmarshal(text, &all); err != nil {
		t.Fatal(err)
	}
	tested := map[string]string{
		"supportsConfigurationDoneRequest": "TestSession", "supportsFunctionBreakpoints": "TestFunctionBreakpoint",
		"supportsConditionalBreakpoints": "TestSession", "supportsHitConditionalBreakpoints": "TestHitConditions",
		"supportsLogPoints": "TestSession", "supportsEvaluateForHovers": "TestHover", "supportsClipboardContext": "TestClipboard",
		"supportsSetVariable": "TestSession", "supportsSetExpression": "TestSession", "supportsCompletionsRequest": "TestSession",
		"completionTriggerCharacters": "TestSession", "supportsRestartRequest": "TestPauseAndRestart", "supportsTerminateRequest": "TestTerminate",
		"supportTerminateDebuggee": "TestScriptThatIsLeftRunning", "supportsCancelRequest": "TestCancel",
		"supportsDelayedStackTraceLoading": "TestStackInPages", "supportsExceptionInfoRequest": "TestExceptions",
		"supportsExceptionFilterOptions": "TestExceptionFilters", "exceptionBreakpointFilters": "TestExceptions",
		"supportsLoadedSourcesRequest": "TestSourceWithoutFile", "supportsBreakpointLocationsRequest": "TestSourceWithoutFile",
	}
	var source strings.Builder
	files, err := filepath.Glob("*_test.go")
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		part, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		source.Write(part)
	}
	for name := range all {
		if test := tested[name]; test == "" || !strings.Contains(source.String(), "func "+test+"(") {
			t.Errorf("%s is announced and has no test", name)
		}
	}
}

func TestHitConditions(t *testing.T) {
	t.Parallel()
	c := connect(t, map[string]string{"main.lua": "for i = 1, 9 do\n  local n = i\nend"})
	c.begin(nil, func() {
		set := c.points("main.lua", dap.SourceBreakpoint{Line: 2, HitCondition: "%4"}, dap.SourceBreakpoint{Line: 2, HitCondition: ">8"}, dap.SourceBreakpoint{Line: 2, HitCondition: "often"})
		if set[2].Verified || !strings.Contains(set[2].Message, `"often" is not understood`) {
			t.Errorf("the last is %+v", set[2])
		}
	})
	for _, want := range []string{"4", "8", "9"} {
		thread, frames := c.stopped("breakpoint", 2)
		if got := c.eval(frames[0].Id, "i").Result; got != want {
			t.Errorf("stopped at %s, want %s", got, want)
		}
		c.goOn(thread)
	}
	c.end(0)
}

func TestHover(t *testing.T) {
	t.Parallel()
	c := connect(t, map[string]string{"main.lua": "local t = {a = {b = 5}}\nreturn t"})
	c.begin(nil, func() { c.points("main.lua", dap.SourceBreakpoint{Line: 2}) })
	thread, frames := c.stopped("breakpoint", 2)
	for expr, want := range map[string]string{"t.a.b": "5", "string.rep": "function", "nothing": "nil"} {
		got := ask[*dap.EvaluateResponse](c, &dap.EvaluateRequest{Request: c.request("evaluate"), Arguments: dap.EvaluateArguments{Expression: expr, FrameId: frames[0].Id, Context: "hover"}}).Body
		if !strings.HasPrefix(got.Result, want) {
			t.Errorf("%s shows %s", expr, got.Result)
		}
	}
	c.goOn(thread)
	c.end(0)
}

func TestStackInPages(t *testing.T) {
	t.Parallel()
	c := connect(t, map[string]string{"main.lua": "local function down(n)\n  if n == 0 then\n    return n\n  end\n  local r = down(n - 1)\n  return r\nend\ndown(50)"})
	c.begin(nil, func() { c.points("main.lua", dap.SourceBreakpoint{Line: 3}) })
	thread, _ := c.stopped("breakpoint", 3)
	page := func(from, n int) dap.StackTraceResponseBody {
		return ask[*dap.StackTraceResponse](c, &dap.StackTraceRequest{Request: c.request("stackTrace"), Arguments: dap.StackTraceArguments{ThreadId: thread, StartFrame: from, Levels: n}}).Body
	}
	for _, tt := range []struct{ from, n, frames, line int }{{0, 20, 20, 3}, {20, 20, 20, 5}, {40, 20, 12, 5}, {51, 1, 1, 8}, {60, 5, 0, 0}, {-3, 1, 0, 0}} {
		got := page(tt.from, tt.n)
		if len(got.StackFrames) != tt.frames || got.TotalFrames != 52 || tt.frames > 0 && got.StackFrames[0].Line != tt.line {
			t.Errorf("from %d: %d of %d frames", tt.from, len(got.StackFrames), got.TotalFrames)
		}
	}
	c.goOn(thread)
	c.end(0)
}

// Where a completion begins counts as the client's columns do, in units of UTF-16.
func TestCompletionsColumns(t *testing.T) {
	t.Parallel()
	for _, from1 := range []bool{false, true} {
		c := connect(t, map[string]string{"main.lua": "local text = 5\nreturn text"})
		ask[*dap.InitializeResponse](c, &dap.InitializeRequest{Request: c.request("initialize"), Arguments: dap.InitializeRequestArguments{LinesStartAt1: true, ColumnsStartAt1: from1}})
		ask[*dap.LaunchResponse](c, &dap.LaunchRequest{Request: c.request("launch"), Arguments: []byte(`{"program": "main.lua"}`)})
		c.points("main.lua", dap.SourceBreakpoint{Line: 2})
		ask[*dap.ConfigurationDoneResponse](c, &dap.ConfigurationDoneRequest{Request: c.request("configurationDone")})
		thread, frames := c.stopped("breakpoint", 2)
		first := map[bool]int{true: 1}[from1]
		got := ask[*dap.CompletionsResponse](c, &dap.CompletionsRequest{Request: c.request("completions"), Arguments: dap.CompletionsArguments{FrameId: frames[0].Id, Text: "'😀' .. tex", Column: 11 + first}}).Body.Targets
		if len(got) != 1 || got[0].Label != "text" || got[0].Start != 8+first || got[0].Length != 3 {
			t.Errorf("columns from %d: %+v", first, got)
		}
		c.goOn(thread)
		c.end(0)
	}
}
