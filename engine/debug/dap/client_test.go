package dap_test

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"net"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-dap"
	"go.uber.org/goleak"

	"github.com/gscript-lang/gscript/engine"
	"github.com/gscript-lang/gscript/engine/debug"
	server "github.com/gscript-lang/gscript/engine/debug/dap"
	"github.com/gscript-lang/gscript/modules"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// client is an editor.
type client struct {
	t      *testing.T
	conn   net.Conn
	r      *bufio.Reader
	seq    int
	early  []dap.Message // events that came while something else was waited for
	served chan error
	dir    string
}

// errSignal ends a server as a signal does.
var errSignal = errors.New("terminated")

// run runs a script as the command does.
func run(ctx context.Context, l server.Launch) int {
	o := engine.Options{Modules: modules.All(), Stdout: l.Stdout, Stderr: l.Stderr, Trusted: true, Dir: l.Dir}
	if l.Debugger != nil {
		o.Probes = []engine.Probe{l.Debugger}
	}
	for name, value := range l.Env {
		o.Env = append(o.Env, name+"="+value)
	}
	e := engine.New(o)
	s := e.NewState(context.Background())
	defer s.Close()
	args := make([]any, len(l.Args))
	for i, a := range l.Args {
		args[i] = a
	}
	_, err := s.RunFile(ctx, l.Program, args...)
	if code, ok := engine.ExitCode(err); ok {
		return code
	}
	if errors.Is(context.Cause(ctx), errSignal) {
		return 143
	}
	if errors.Is(err, debug.ErrQuit) {
		return 0
	}
	if err != nil {
		e.Report(err).Text(l.Stderr, false)
		return 1
	}
	return 0
}

// connect starts a session over a pipe.
func connect(t *testing.T, files map[string]string) *client {
	t.Helper()
	ours, theirs := net.Pipe()
	return serve(t, ours, theirs, files)
}

func serve(t *testing.T, ours, theirs net.Conn, files map[string]string) *client {
	t.Helper()
	return serveWith(t, context.Background(), ours, theirs, files, server.Options{})
}

func serveWith(t *testing.T, ctx context.Context, ours, theirs net.Conn, files map[string]string, o server.Options) *client {
	t.Helper()
	dir := t.TempDir()
	for name, text := range files {
		write(t, filepath.Join(dir, name), text)
	}
	c := &client{t: t, conn: ours, r: bufio.NewReader(ours), served: make(chan error, 1), dir: dir}
	o.Dir = dir
	if o.Run == nil {
		o.Run = run
	}
	go func() { c.served <- server.Serve(ctx, theirs, o) }()
	t.Cleanup(func() {
		ours.Close()
		<-c.served
	})
	return c
}

func (c *client) path(name string) string { return filepath.Join(c.dir, name) }

func (c *client) request(command string) dap.Request {
	c.seq++
	return dap.Request{ProtocolMessage: dap.ProtocolMessage{Seq: c.seq, Type: "request"}, Command: command}
}

func (c *client) send(m dap.Message) {
	c.t.Helper()
	if err := dap.WriteProtocolMessage(c.conn, m); err != nil {
		c.t.Fatal(err)
	}
}

func (c *client) read() dap.Message {
	c.t.Helper()
	m, err := dap.ReadProtocolMessage(c.r)
	if err != nil {
		c.t.Fatalf("the server sent no message: %v", err)
	}
	return m
}

// ask sends a request and waits for its response, which is a success.
func ask[T dap.ResponseMessage](c *client, m dap.RequestMessage) T {
	c.t.Helper()
	got := c.response(m)
	r, ok := got.(T)
	if !ok {
		text, _ := json.Marshal(got)
		c.t.Fatalf("%s was answered with %s", m.GetRequest().Command, text)
	}
	return r
}

// refused sends a request and waits for the error that answers it.
func (c *client) refused(m dap.RequestMessage) string {
	c.t.Helper()
	r, ok := c.response(m).(*dap.ErrorResponse)
	if !ok || r.Success || r.Body.Error == nil {
		c.t.Fatalf("%s was not refused", m.GetRequest().Command)
	}
	return r.Body.Error.Format
}

func (c *client) response(m dap.RequestMessage) dap.Message {
	c.t.Helper()
	c.send(m)
	for {
		got := c.read()
		if r, ok := got.(dap.ResponseMessage); ok {
			if r.GetResponse().RequestSeq != m.GetRequest().Seq {
				c.t.Fatalf("a response to request %d, want %d", r.GetResponse().RequestSeq, m.GetRequest().Seq)
			}
			return got
		}
		c.early = append(c.early, got)
	}
}

// event waits for an event of a type; others before it are kept.
func event[T dap.EventMessage](c *client) T {
	c.t.Helper()
	for i, m := range c.early {
		if e, ok := m.(T); ok {
			c.early = slices.Delete(c.early, i, i+1)
			return e
		}
	}
	for {
		m := c.read()
		if e, ok := m.(T); ok {
			return e
		}
		c.early = append(c.early, m)
	}
}

// begin initializes, launches with more arguments, and sets up before the script
// runs.
func (c *client) begin(arguments map[string]any, setUp func()) {
	c.t.Helper()
	caps := ask[*dap.InitializeResponse](c, &dap.InitializeRequest{Request: c.request("initialize"), Arguments: dap.InitializeRequestArguments{AdapterID: "gscript", LinesStartAt1: true, ColumnsStartAt1: true}})
	if !caps.Body.SupportsLogPoints || !caps.Body.SupportsConfigurationDoneRequest {
		c.t.Error("capabilities are missing")
	}
	event[*dap.InitializedEvent](c)
	all := map[string]any{"program": c.path("main.lua")}
	for k, v := range arguments {
		all[k] = v
	}
	raw, err := json.Marshal(all)
	if err != nil {
		c.t.Fatal(err)
	}
	ask[*dap.LaunchResponse](c, &dap.LaunchRequest{Request: c.request("launch"), Arguments: raw})
	if setUp != nil {
		setUp()
	}
	ask[*dap.ConfigurationDoneResponse](c, &dap.ConfigurationDoneRequest{Request: c.request("configurationDone")})
}

// points sets breakpoints of a file.
func (c *client) points(file string, list ...dap.SourceBreakpoint) []dap.Breakpoint {
	c.t.Helper()
	return ask[*dap.SetBreakpointsResponse](c, &dap.SetBreakpointsRequest{Request: c.request("setBreakpoints"), Arguments: dap.SetBreakpointsArguments{Source: dap.Source{Path: c.path(file)}, Breakpoints: list}}).Body.Breakpoints
}

// stopped waits for a stop for a reason and gives its stack.
func (c *client) stopped(reason string, line int) (thread int, frames []dap.StackFrame) {
	c.t.Helper()
	e := event[*dap.StoppedEvent](c)
	if e.Body.Reason != reason {
		c.t.Errorf("stopped by %s, want %s", e.Body.Reason, reason)
	}
	frames = c.stack(e.Body.ThreadId)
	for _, f := range frames {
		if f.Line > 0 {
			if f.Line != line {
				c.t.Errorf("stopped at line %d, want %d", f.Line, line)
			}
			break
		}
	}
	return e.Body.ThreadId, frames
}

func (c *client) stack(thread int) []dap.StackFrame {
	c.t.Helper()
	return ask[*dap.StackTraceResponse](c, &dap.StackTraceRequest{Request: c.request("stackTrace"), Arguments: dap.StackTraceArguments{ThreadId: thread}}).Body.StackFrames
}

func (c *client) goOn(thread int) {
	c.t.Helper()
	ask[*dap.ContinueResponse](c, &dap.ContinueRequest{Request: c.request("continue"), Arguments: dap.ContinueArguments{ThreadId: thread}})
}

// scope lists the variables of a scope as "name=value".
func (c *client) scope(frame int, name string) (reference int, variables string) {
	c.t.Helper()
	for _, s := range ask[*dap.ScopesResponse](c, &dap.ScopesRequest{Request: c.request("scopes"), Arguments: dap.ScopesArguments{FrameId: frame}}).Body.Scopes {
		if s.Name == name {
			return s.VariablesReference, c.variables(dap.VariablesArguments{VariablesReference: s.VariablesReference})
		}
	}
	return 0, ""
}

func (c *client) variables(a dap.VariablesArguments) string {
	c.t.Helper()
	var all []string
	for _, v := range c.list(a) {
		all = append(all, v.Name+"="+v.Value)
	}
	return strings.Join(all, " ")
}

func (c *client) list(a dap.VariablesArguments) []dap.Variable {
	c.t.Helper()
	return ask[*dap.VariablesResponse](c, &dap.VariablesRequest{Request: c.request("variables"), Arguments: a}).Body.Variables
}

func (c *client) eval(frame int, expr string) dap.EvaluateResponseBody {
	c.t.Helper()
	return ask[*dap.EvaluateResponse](c, &dap.EvaluateRequest{Request: c.request("evaluate"), Arguments: dap.EvaluateArguments{Expression: expr, FrameId: frame, Context: "watch"}}).Body
}

// end waits for the end of the script and leaves.
func (c *client) end(exit int) {
	c.t.Helper()
	if e := event[*dap.ExitedEvent](c); e.Body.ExitCode != exit {
		c.t.Errorf("exit code %d, want %d", e.Body.ExitCode, exit)
	}
	event[*dap.TerminatedEvent](c)
	ask[*dap.DisconnectResponse](c, &dap.DisconnectRequest{Request: c.request("disconnect")})
	if err := <-c.served; err != nil {
		c.t.Error(err)
	}
	c.served <- nil
}

// output is what the script has written so far that was read.
func (c *client) output(category string) string {
	var text strings.Builder
	for _, m := range c.early {
		if e, ok := m.(*dap.OutputEvent); ok && e.Body.Category == category {
			text.WriteString(e.Body.Output)
		}
	}
	return text.String()
}
