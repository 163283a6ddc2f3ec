package dap_test

import (
	"context"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-dap"

	server "github.com/gscript-lang/gscript/engine/debug/dap"
)

func write(t *testing.T, path, text string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

const program = `local greeting = "hi"
local function work(x, ...)
  local t = {n = x, list = {10, 20, 30}, ["two words"] = true}
  local y = x + t.n
  return greeting, y
end

for i = 1, 4 do
  local g, y = work(i, "more")
  io.write(g, y, "\n")
end
io.stderr:write("to stderr\n")
os.exit(3)
`

// A whole session as an editor has it, over a pipe and over TCP.
func TestSession(t *testing.T) {
	t.Parallel()
	t.Run("pipe", func(t *testing.T) {
		t.Parallel()
		session(t, connect(t, map[string]string{"main.lua": program}))
	})
	t.Run("tcp", func(t *testing.T) {
		t.Parallel()
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		defer l.Close()
		ours, err := net.Dial("tcp", l.Addr().String())
		if err != nil {
			t.Fatal(err)
		}
		theirs, err := l.Accept()
		if err != nil {
			t.Fatal(err)
		}
		session(t, serve(t, ours, theirs, map[string]string{"main.lua": program}))
	})
}

func session(t *testing.T, c *client) {
	c.begin(map[string]any{"stopOnEntry": true}, func() {
		set := c.points("main.lua", dap.SourceBreakpoint{Line: 7}, dap.SourceBreakpoint{Line: 4, Condition: "x == 2"}, dap.SourceBreakpoint{Line: 10, LogMessage: "i is {i}"}, dap.SourceBreakpoint{Line: 4, Condition: "x =="})
		if len(set) != 4 || set[0].Verified || set[3].Verified || !strings.Contains(set[3].Message, "unexpected") {
			t.Errorf("breakpoints before the script runs: %+v", set)
		}
	})
	thread, frames := c.stopped("entry", 1)
	if frames[0].Source.Path != c.path("main.lua") {
		t.Errorf("the source is %+v", frames[0].Source)
	}
	threads := ask[*dap.ThreadsResponse](c, &dap.ThreadsRequest{Request: c.request("threads")}).Body.Threads
	if len(threads) != 1 || threads[0] != (dap.Thread{Id: thread, Name: "script"}) {
		t.Errorf("threads %+v", threads)
	}
	// The breakpoint on the empty line has moved, and the client was told.
	if b := event[*dap.BreakpointEvent](c).Body.Breakpoint; !b.Verified || b.Line != 8 || b.Message != "line 7 has no code; moved to line 8" {
		t.Errorf("the breakpoint is %+v", b)
	}
	c.goOn(thread)
	thread, _ = c.stopped("breakpoint", 8)
	c.goOn(thread)
	thread, frames = c.stopped("breakpoint", 4)
	if len(frames) != 2 || frames[0].Name != "function 'work'" || frames[1].Line != 9 {
		t.Errorf("the stack is %+v", frames)
	}
	if got := c.output("console"); got != "i is 1\n" {
		t.Errorf("logged %q", got)
	}
	if got := c.output("stdout"); got != "hi2\n" {
		t.Errorf("written so far: %q", got)
	}

	frame := frames[0].Id
	locals, text := c.scope(frame, "Locals")
	if want := `x=2 t={list = {…}, n = 2, ["two words"] = true} y=nil`; !strings.HasPrefix(text, `x=2 t={`) {
		t.Errorf("locals %s, want %s", text, want)
	}
	if _, text := c.scope(frame, "Upvalues"); text != `greeting="hi"` {
		t.Errorf("upvalues %s", text)
	}
	if _, text := c.scope(frame, "Varargs"); text != `...[1]="more"` {
		t.Errorf("varargs %s", text)
	}
	if _, text := c.scope(frame, "Globals"); !strings.Contains(text, "print=") {
		t.Errorf("globals %s", text)
	}
	table := c.list(dap.VariablesArguments{VariablesReference: locals})[1]
	var names []string
	for _, v := range c.list(dap.VariablesArguments{VariablesReference: table.VariablesReference}) {
		names = append(names, v.Name+":"+v.EvaluateName)
	}
	if got := strings.Join(names, " "); got != `["two words"]:t["two words"] list:t.list n:t.n` {
		t.Errorf("in the table: %s", got)
	}

	setting := func(reference int, name, value string) string {
		return ask[*dap.SetVariableResponse](c, &dap.SetVariableRequest{Request: c.request("setVariable"), Arguments: dap.SetVariableArguments{VariablesReference: reference, Name: name, Value: value}}).Body.Value
	}
	if got := setting(locals, "x", "x * 50"); got != "100" {
		t.Errorf("x is set to %s", got)
	}
	if got := setting(table.VariablesReference, `["two words"]`, `{1}`); got != "{1}" {
		t.Errorf("the entry is set to %s", got)
	}
	if msg := c.refused(&dap.SetVariableRequest{Request: c.request("setVariable"), Arguments: dap.SetVariableArguments{VariablesReference: locals, Name: "z", Value: "1"}}); !strings.Contains(msg, "no variable 'z'") {
		t.Errorf("setting what does not exist: %s", msg)
	}
	set := ask[*dap.SetExpressionResponse](c, &dap.SetExpressionRequest{Request: c.request("setExpression"), Arguments: dap.SetExpressionArguments{FrameId: frame, Expression: "t.n", Value: "11"}})
	if set.Body.Value != "11" {
		t.Errorf("t.n is set to %s", set.Body.Value)
	}
	if got := c.eval(frame, "x + t.n, greeting").Result; got != `111, "hi"` {
		t.Errorf("evaluates to %s", got)
	}
	if got := c.eval(frames[1].Id, "i").Result; got != "2" {
		t.Errorf("in the caller i is %s", got)
	}
	if got := c.eval(frame, "t['two words'][1]").Result; got != "1" {
		t.Errorf("the entry that was set is %s", got)
	}
	if msg := c.refused(&dap.EvaluateRequest{Request: c.request("evaluate"), Arguments: dap.EvaluateArguments{Expression: "nothing.x", FrameId: frame}}); !strings.Contains(msg, "nothing") {
		t.Errorf("an evaluation that fails: %s", msg)
	}
	items := ask[*dap.CompletionsResponse](c, &dap.CompletionsRequest{Request: c.request("completions"), Arguments: dap.CompletionsArguments{FrameId: frame, Text: "1 + t.l", Column: 8}}).Body.Targets
	if len(items) != 1 || items[0].Label != "list" || items[0].Start != 7 || items[0].Length != 1 {
		t.Errorf("completions %+v", items)
	}

	ask[*dap.NextResponse](c, &dap.NextRequest{Request: c.request("next"), Arguments: dap.NextArguments{ThreadId: thread}})
	thread, frames = c.stopped("step", 5)
	if got := c.eval(frames[0].Id, "y").Result; got != "111" {
		t.Errorf("y is %s", got)
	}
	if msg := c.refused(&dap.ScopesRequest{Request: c.request("scopes"), Arguments: dap.ScopesArguments{FrameId: frame}}); !strings.Contains(msg, "no frame") {
		t.Errorf("a frame of before: %s", msg)
	}
	ask[*dap.StepOutResponse](c, &dap.StepOutRequest{Request: c.request("stepOut"), Arguments: dap.StepOutArguments{ThreadId: thread}})
	thread, _ = c.stopped("step", 10)
	c.points("main.lua", dap.SourceBreakpoint{Line: 9, HitCondition: "2"})
	c.goOn(thread)
	thread, _ = c.stopped("breakpoint", 9)
	ask[*dap.StepInResponse](c, &dap.StepInRequest{Request: c.request("stepIn"), Arguments: dap.StepInArguments{ThreadId: thread}})
	thread, _ = c.stopped("step", 3)
	c.points("main.lua")
	ask[*dap.SetFunctionBreakpointsResponse](c, &dap.SetFunctionBreakpointsRequest{Request: c.request("setFunctionBreakpoints"), Arguments: dap.SetFunctionBreakpointsArguments{Breakpoints: []dap.FunctionBreakpoint{{Name: "work"}}}})
	c.goOn(thread)
	c.end(3)
	if got := c.output("stdout"); got != "hi2\nhi111\nhi6\nhi8\n" {
		t.Errorf("written: %q", got)
	}
	if got := c.output("stderr"); got != "to stderr\n" {
		t.Errorf("written to standard error: %q", got)
	}
}

func TestFunctionBreakpoint(t *testing.T) {
	t.Parallel()
	c := connect(t, map[string]string{"main.lua": program})
	c.begin(nil, func() {
		ask[*dap.SetFunctionBreakpointsResponse](c, &dap.SetFunctionBreakpointsRequest{Request: c.request("setFunctionBreakpoints"), Arguments: dap.SetFunctionBreakpointsArguments{Breakpoints: []dap.FunctionBreakpoint{{Name: "work", Condition: "x == 3"}}}})
	})
	thread, _ := c.stopped("function breakpoint", 3)
	c.goOn(thread)
	c.end(3)
}

func TestExceptions(t *testing.T) {
	t.Parallel()
	source := `pcall(error, "directly")
pcall(function() error("inside") end)
local here = 5
error({code = 7})`
	for _, tt := range []struct {
		filters []string
		lines   []int
	}{{nil, nil}, {[]string{"uncaught"}, []int{4}}, {[]string{"all", "uncaught"}, []int{1, 2, 4}}} {
		t.Run(strings.Join(tt.filters, "+"), func(t *testing.T) {
			t.Parallel()
			c := connect(t, map[string]string{"main.lua": source})
			c.begin(nil, func() {
				ask[*dap.SetExceptionBreakpointsResponse](c, &dap.SetExceptionBreakpointsRequest{Request: c.request("setExceptionBreakpoints"), Arguments: dap.SetExceptionBreakpointsArguments{Filters: tt.filters}})
			})
			for _, line := range tt.lines {
				thread, frames := c.stopped("exception", line)
				info := ask[*dap.ExceptionInfoResponse](c, &dap.ExceptionInfoRequest{Request: c.request("exceptionInfo"), Arguments: dap.ExceptionInfoArguments{ThreadId: thread}}).Body
				if line == 4 {
					if got := c.eval(frames[1].Id, "here").Result; got != "5" || info.BreakMode != "unhandled" || info.Description != "{code = 7}" {
						t.Errorf("here is %s, the error %+v", got, info)
					}
				} else if want := map[int]string{1: "directly", 2: "inside"}[line]; info.BreakMode != "always" || !strings.HasSuffix(info.Description, want) {
					t.Errorf("the error is %+v", info)
				}
				c.goOn(thread)
			}
			c.end(1)
			if got := c.output("stderr"); !strings.Contains(got, "code") {
				t.Errorf("reported %q", got)
			}
		})
	}
}

func TestLongTablesComeInPages(t *testing.T) {
	t.Parallel()
	c := connect(t, map[string]string{"main.lua": "local big = {name = 'x'}\nfor i = 1, 5000 do big[i] = i * 2 end\nreturn big"})
	c.begin(nil, func() { c.points("main.lua", dap.SourceBreakpoint{Line: 3}) })
	thread, frames := c.stopped("breakpoint", 3)
	v := c.eval(frames[0].Id, "big")
	if v.IndexedVariables != 5000 || v.NamedVariables == 0 {
		t.Errorf("big has %d and %d", v.IndexedVariables, v.NamedVariables)
	}
	if got := c.variables(dap.VariablesArguments{VariablesReference: v.VariablesReference, Filter: "indexed", Start: 4997, Count: 100}); got != "[4998]=9996 [4999]=9998 [5000]=10000" {
		t.Errorf("the last page is %s", got)
	}
	if got := c.variables(dap.VariablesArguments{VariablesReference: v.VariablesReference, Filter: "named"}); got != `name="x"` {
		t.Errorf("the names are %s", got)
	}
	if all := c.list(dap.VariablesArguments{VariablesReference: v.VariablesReference}); len(all) != 1001 || all[1000].Value != "4001 more" {
		t.Errorf("without pages there are %d", len(all))
	}
	c.goOn(thread)
	c.end(0)
}

func TestSourceWithoutFile(t *testing.T) {
	t.Parallel()
	c := connect(t, map[string]string{"main.lua": "local f = loadstring('local a = 1\\nreturn a', '@made up')\nreturn f()"})
	c.begin(nil, func() {
		ask[*dap.SetBreakpointsResponse](c, &dap.SetBreakpointsRequest{Request: c.request("setBreakpoints"), Arguments: dap.SetBreakpointsArguments{Source: dap.Source{Name: "made up"}, Breakpoints: []dap.SourceBreakpoint{{Line: 2}}}})
	})
	thread, frames := c.stopped("breakpoint", 2)
	src := frames[0].Source
	if src.Path != "" || src.SourceReference == 0 {
		t.Fatalf("the source is %+v", src)
	}
	text := ask[*dap.SourceResponse](c, &dap.SourceRequest{Request: c.request("source"), Arguments: dap.SourceArguments{SourceReference: src.SourceReference}}).Body.Content
	if text != "local a = 1\nreturn a" {
		t.Errorf("its text is %q", text)
	}
	sources := ask[*dap.LoadedSourcesResponse](c, &dap.LoadedSourcesRequest{Request: c.request("loadedSources")}).Body.Sources
	if len(sources) != 2 {
		t.Errorf("loaded sources: %+v", sources)
	}
	places := ask[*dap.BreakpointLocationsResponse](c, &dap.BreakpointLocationsRequest{Request: c.request("breakpointLocations"), Arguments: &dap.BreakpointLocationsArguments{Source: dap.Source{Path: c.path("main.lua")}, Line: 1, EndLine: 9}}).Body.Breakpoints
	if len(places) != 2 {
		t.Errorf("places of breakpoints: %+v", places)
	}
	c.goOn(thread)
	c.end(0)
}

func TestPauseAndRestart(t *testing.T) {
	t.Parallel()
	c := connect(t, map[string]string{"main.lua": "print('begins', ...)\nlocal n = 0\nwhile not done do\n  n = n + 1\nend"})
	c.begin(map[string]any{"args": []string{"a", "b"}}, nil)
	event[*dap.OutputEvent](c)
	ask[*dap.PauseResponse](c, &dap.PauseRequest{Request: c.request("pause")})
	e := event[*dap.StoppedEvent](c)
	if e.Body.Reason != "pause" || !e.Body.AllThreadsStopped {
		t.Errorf("stopped: %+v", e.Body)
	}
	ask[*dap.RestartResponse](c, &dap.RestartRequest{Request: c.request("restart")})
	if out := event[*dap.OutputEvent](c); out.Body.Output != "begins\ta\tb\n" {
		t.Errorf("after the restart: %q", out.Body.Output)
	}
	ask[*dap.PauseResponse](c, &dap.PauseRequest{Request: c.request("pause")})
	e = event[*dap.StoppedEvent](c)
	frames := c.stack(e.Body.ThreadId)
	c.eval(frames[0].Id, "done = true")
	c.goOn(e.Body.ThreadId)
	c.end(0)
}

func TestTerminate(t *testing.T) {
	t.Parallel()
	c := connect(t, map[string]string{"main.lua": "print 'begins' while true do end"})
	c.begin(nil, nil)
	event[*dap.OutputEvent](c)
	ask[*dap.TerminateResponse](c, &dap.TerminateRequest{Request: c.request("terminate")})
	c.end(0)
}

func TestNoDebug(t *testing.T) {
	t.Parallel()
	c := connect(t, map[string]string{"main.lua": "print 'runs'"})
	c.begin(map[string]any{"noDebug": true, "stopOnEntry": true}, func() { c.points("main.lua", dap.SourceBreakpoint{Line: 1}) })
	c.end(0)
	if got := c.output("stdout"); got != "runs\n" {
		t.Errorf("printed %q", got)
	}
}

func TestEnvironmentAndDirectory(t *testing.T) {
	t.Parallel()
	c := connect(t, map[string]string{"main.lua": "return 1", "sub.lua": "return 2"})
	if err := os.Mkdir(c.path("deep"), 0o755); err != nil {
		t.Fatal(err)
	}
	write(t, c.path("deep/other.lua"), "os.exit(9)")
	c.begin(map[string]any{"program": "other.lua", "cwd": c.path("deep")}, nil)
	c.end(9)
}

// An evaluation that does not end keeps no other request waiting, and ends with
// pause.
func TestEndlessEvaluation(t *testing.T) {
	t.Parallel()
	c := connect(t, map[string]string{"main.lua": "return 1"})
	c.begin(map[string]any{"stopOnEntry": true}, nil)
	thread, frames := c.stopped("entry", 1)
	endless := &dap.EvaluateRequest{Request: c.request("evaluate"), Arguments: dap.EvaluateArguments{Expression: "io.write('on') while true do end", FrameId: frames[0].Id}}
	c.send(endless)
	event[*dap.OutputEvent](c)
	pause := &dap.PauseRequest{Request: c.request("pause"), Arguments: dap.PauseArguments{ThreadId: thread}}
	c.send(pause)
	answered := map[int]bool{}
	for len(answered) < 2 {
		switch m := c.read().(type) {
		case *dap.ErrorResponse:
			if !strings.Contains(m.Body.Error.Format, "interrupted") {
				t.Errorf("refused with %s", m.Body.Error.Format)
			}
			answered[m.RequestSeq] = true
		case *dap.PauseResponse:
			answered[m.RequestSeq] = true
		}
	}
	if !answered[endless.Seq] || !answered[pause.Seq] {
		t.Errorf("answered %v", answered)
	}
	c.goOn(thread)
	c.end(0)
}

func TestRequestsOutOfPlace(t *testing.T) {
	t.Parallel()
	c := connect(t, map[string]string{"main.lua": "while true do end"})
	for _, m := range []dap.RequestMessage{
		&dap.ThreadsRequest{Request: c.request("threads")},
		&dap.LaunchRequest{Request: c.request("launch"), Arguments: []byte(`{"program": "x.lua"}`)},
		&dap.PauseRequest{Request: c.request("pause")},
		&dap.ConfigurationDoneRequest{Request: c.request("configurationDone")},
		&dap.RestartRequest{Request: c.request("restart")},
	} {
		if got := c.refused(m); got == "" {
			t.Errorf("%s is refused without a reason", m.GetRequest().Command)
		}
	}
	c.begin(nil, nil)
	for want, m := range map[string]dap.RequestMessage{
		"already":       &dap.LaunchRequest{Request: c.request("launch"), Arguments: []byte(`{"program": "x.lua"}`)},
		"pause it":      &dap.EvaluateRequest{Request: c.request("evaluate"), Arguments: dap.EvaluateArguments{Expression: "1"}},
		"no thread 999": &dap.StackTraceRequest{Request: c.request("stackTrace"), Arguments: dap.StackTraceArguments{ThreadId: 999}},
		"no frame 999":  &dap.ScopesRequest{Request: c.request("scopes"), Arguments: dap.ScopesArguments{FrameId: 999}},
		"no variables":  &dap.VariablesRequest{Request: c.request("variables"), Arguments: dap.VariablesArguments{VariablesReference: 999}},
		"not supported": &dap.StepBackRequest{Request: c.request("stepBack")},
		"inventions is": &dap.Request{ProtocolMessage: dap.ProtocolMessage{Seq: c.seq + 1, Type: "request"}, Command: "inventions"},
		"not known":     &dap.SourceRequest{Request: c.request("source"), Arguments: dap.SourceArguments{SourceReference: 77}},
	} {
		if got := c.refused(m); !strings.Contains(got, want) {
			t.Errorf("%s is refused with %q, want %q", m.GetRequest().Command, got, want)
		}
	}
}

// Whatever a client sends, and wherever it goes away, the session ends.
func TestClientsThatGoAway(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		raw  string
		want string
	}{
		"nothing":            {"", ""},
		"no protocol":        {"GET / HTTP/1.1\r\nHost: x\r\n\r\n", "without Content-Length"},
		"garbage":            {"\x00\x01\x02\n\n", "without Content-Length"},
		"huge length":        {"Content-Length: 99999999999\r\n\r\n", "Content-Length"},
		"overflowing length": {"Content-Length: 99999999999999999999999\r\n\r\n", "Content-Length"},
		"negative length":    {"Content-Length: -1\r\n\r\n", "Content-Length"},
		"no JSON":            {"Content-Length: 3\r\n\r\n{{{", "no message"},
		"no object":          {"Content-Length: 4\r\n\r\nnull", "no message"},
		"cut off":            {"Content-Length: 300\r\n\r\n{", ""},
		"endless line":       {strings.Repeat("x", 70_000), "without an end"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			ours, theirs := net.Pipe()
			served := make(chan error, 1)
			go func() {
				served <- server.Serve(context.Background(), theirs, server.Options{Run: run, Dir: t.TempDir()})
			}()
			_, _ = ours.Write([]byte(tt.raw))
			ours.Close()
			err := <-served
			if tt.want == "" && err != nil || tt.want != "" && (err == nil || !strings.Contains(err.Error(), tt.want)) {
				t.Errorf("ended with %v, want %q", err, tt.want)
			}
		})
	}
}

// A client that goes away while the script runs, stands still, evaluates or
// writes takes it along.
func TestClientGoesAwayFromAScript(t *testing.T) {
	t.Parallel()
	for name, source := range map[string]string{
		"runs":   "io.write 'on' while true do pcall(function() while true do end end) end",
		"writes": "while true do io.write('on') end",
		"stands": "io.write 'on'\nreturn 1",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := connect(t, map[string]string{"main.lua": source})
			c.begin(nil, func() { c.points("main.lua", dap.SourceBreakpoint{Line: 2}) })
			event[*dap.OutputEvent](c)
			if name == "stands" {
				event[*dap.StoppedEvent](c)
			}
			c.conn.Close()
			if err := <-c.served; err != nil {
				t.Error(err)
			}
			c.served <- nil
		})
	}
}

func TestServerEndsWithItsContext(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(context.Background())
	ours, theirs := net.Pipe()
	defer ours.Close()
	served := make(chan error, 1)
	go func() { served <- server.Serve(ctx, theirs, server.Options{Run: run}) }()
	cancel()
	if err := <-served; err != nil {
		t.Error(err)
	}
}

func TestLinesFromZero(t *testing.T) {
	t.Parallel()
	c := connect(t, map[string]string{"main.lua": program})
	ask[*dap.InitializeResponse](c, &dap.InitializeRequest{Request: c.request("initialize"), Arguments: dap.InitializeRequestArguments{AdapterID: "gscript"}})
	c.points("main.lua", dap.SourceBreakpoint{Line: 3, Condition: "x == 1"})
	ask[*dap.LaunchResponse](c, &dap.LaunchRequest{Request: c.request("launch"), Arguments: fmt.Appendf(nil, `{"program": %q}`, filepath.ToSlash(c.path("main.lua")))})
	ask[*dap.ConfigurationDoneResponse](c, &dap.ConfigurationDoneRequest{Request: c.request("configurationDone")})
	thread, _ := c.stopped("breakpoint", 3)
	c.goOn(thread)
	c.end(3)
}
