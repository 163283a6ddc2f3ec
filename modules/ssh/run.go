package ssh

import (
	"context"
	"encoding/binary"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"

	"golang.org/x/crypto/ssh"

	"github.com/gscript-lang/gscript/engine"
)

// output is what a command left.
type output struct {
	Out       string   `lua:"out" doc:"what it wrote to standard output"`
	Err       string   `lua:"err" doc:"what it wrote to standard error"`
	Code      *int     `lua:"code" doc:"its exit code; nil when a signal ended it"`
	Signal    *string  `lua:"signal" doc:"the signal that ended it, such as \"KILL\"; nil otherwise"`
	Truncated bool     `lua:"truncated" doc:"whether out or err is longer than max_output and was cut"`
	Refused   []string `lua:"refused" doc:"names of env that the server did not take"`
}

func (x *Client) run(c *engine.Call, in runIn) (output, error) {
	command, err := in.line()
	if err != nil {
		return output{}, err
	}
	for name, value := range in.Env {
		if name == "" || strings.ContainsAny(name, "=\x00") || strings.Contains(value, "\x00") {
			return output{}, engine.Invalid("env.%s cannot be an environment variable", name)
		}
	}
	ctx, cancel := c.WithTimeout(in.Timeout)
	defer cancel()
	s, err := x.open(ctx, c)
	if err != nil {
		return output{}, x.late(ctx, in, err)
	}
	r := &running{client: x, session: s, out: capture{max: int(in.MaxOutput)}, err: capture{max: int(in.MaxOutput)}, ended: make(chan struct{})}
	c.Go(r.requests)
	var result output
	var cut bool
	result.Refused, err = r.start(ctx, c, in, command)
	if err == nil {
		err = r.wait(ctx, c, in)
	}
	result.Out, result.Truncated = r.out.finish()
	result.Err, cut = r.err.finish()
	result.Truncated = result.Truncated || cut
	if err != nil {
		c.Go(r.abandon)
		return result, withOutput(x.late(ctx, in, err), result)
	}
	s.Close()
	return x.judge(c, r, in, result)
}

func (in runIn) line() (string, error) {
	switch {
	case in.Command != "" && len(in.Argv) > 0:
		return "", engine.Invalid("give the command as one text or as a list, not as both")
	case in.Command == "" && len(in.Argv) == 0:
		return "", engine.Invalid("the command is missing")
	}
	line := in.Command
	if len(in.Argv) > 0 {
		line = quote(in.Argv)
	}
	return line, noNUL("the command", line)
}

// running is a command on its way.
type running struct {
	client   *Client
	session  *session
	out, err capture

	ended  chan struct{} // closed with the channel; the fields below hold from then on
	code   *int
	signal *string
}

// requests takes what the server says beside the streams, until it closes the
// channel.
func (r *running) requests() {
	defer close(r.ended)
	for req := range r.session.reqs {
		switch req.Type {
		case "exit-status":
			if len(req.Payload) >= 4 {
				code := int(binary.BigEndian.Uint32(req.Payload))
				r.code = &code
			}
		case "exit-signal":
			var m struct {
				Signal     string
				CoreDumped bool
				Error      string
				Lang       string
			}
			if ssh.Unmarshal(req.Payload, &m) == nil {
				m.Signal = printable(m.Signal)
				r.signal = &m.Signal
			}
		}
		if req.WantReply {
			req.Reply(false, nil)
		}
	}
}

func (r *running) start(ctx context.Context, c *engine.Call, in runIn, command string) (refused []string, err error) {
	return await(ctx, c, func() (refused []string, err error) {
		for _, name := range slices.Sorted(maps.Keys(in.Env)) {
			ok, err := r.session.SendRequest("env", true, ssh.Marshal(struct{ Name, Value string }{name, in.Env[name]}))
			if err != nil {
				return nil, err
			}
			if !ok {
				refused = append(refused, name)
			}
		}
		if in.PTY {
			if err := r.ask("pty-req", "a terminal", ssh.Marshal(ptyRequest{Term: "xterm", Columns: 80, Rows: 24, Modes: "\x00"})); err != nil {
				return nil, err
			}
		}
		return refused, r.ask("exec", "to run commands", ssh.Marshal(struct{ Command string }{command}))
	}, nil)
}

type ptyRequest struct {
	Term          string
	Columns, Rows uint32
	Width, Height uint32
	Modes         string
}

// ask sends a request that must be granted.
func (r *running) ask(request, what string, payload []byte) error {
	ok, err := r.session.SendRequest(request, true, payload)
	if err == nil && !ok {
		e := engine.Errorf(errProtocol, "the server refuses %s", what)
		e.Target = r.client.addr
		return e
	}
	return err
}

// chunk is output for the callback.
type chunk struct {
	stream string
	text   []byte
}

// wait moves the three streams, all at once, until the server has closed the
// channel. The callback runs here, so that it is part of the calling task.
func (r *running) wait(ctx context.Context, c *engine.Call, in runIn) error {
	chunks := make(chan chunk)
	gone := make(chan struct{})
	defer close(gone)
	drained := make(chan error, 2)
	drain := func(stream string, from io.Reader, to *capture) {
		var w io.Writer = to
		if in.OnOutput != nil {
			w = io.MultiWriter(to, writerFunc(func(p []byte) (int, error) {
				select {
				case chunks <- chunk{stream, slices.Clone(p)}:
					return len(p), nil
				case <-gone:
					return 0, errDone
				}
			}))
		}
		c.Go(func() {
			_, err := io.Copy(w, from)
			drained <- err
		}, func(err error) { drained <- err })
	}
	drain("out", r.session, &r.out)
	drain("err", r.session.Stderr(), &r.err)
	c.Go(func() {
		io.Copy(r.session, strings.NewReader(in.Input)) // fails when the command does not read it, which is its business
		r.session.CloseWrite()
	})
	ended := r.ended
	for left := 3; left > 0; {
		select {
		case ch := <-chunks:
			if _, err := c.Invoke(in.OnOutput, string(ch.text), ch.stream); err != nil {
				return err
			}
		case err := <-drained:
			left--
			if err != nil {
				return err
			}
		case <-ended:
			left--
			ended = nil
		case <-ctx.Done():
			return context.Cause(ctx)
		}
	}
	return nil
}

type writerFunc func(p []byte) (int, error)

func (f writerFunc) Write(p []byte) (int, error) { return f(p) }

// abandon tells the server to end the command. Nobody waits for its answer.
func (r *running) abandon() {
	r.session.SendRequest("signal", false, ssh.Marshal(struct{ Signal string }{"KILL"}))
	r.session.Close()
}

// judge says what the end of a command means.
func (x *Client) judge(c *engine.Call, r *running, in runIn, result output) (output, error) {
	result.Code, result.Signal = r.code, r.signal
	if r.signal != nil {
		result.Code = nil
	}
	var e *engine.Error
	switch {
	case result.Code == nil && result.Signal == nil:
		e = engine.Errorf(errProtocol, "no exit status: the server ended the command without saying how")
		if x.lost(c) {
			e = &engine.Error{Kind: engine.KindNetClosed, Message: "the connection was closed while the command ran"}
		}
	case !in.Check:
		return result, nil
	case result.Signal != nil:
		e = engine.Errorf(errExit, "the command was ended by signal %s", *result.Signal)
	case *result.Code != 0:
		e = engine.Errorf(errExit, "the command ended with code %d", *result.Code)
	default:
		return result, nil
	}
	e.Target = x.addr
	if result.Code != nil {
		e.Code = *result.Code
	}
	if e.Kind == errExit.Name {
		e.Message += lastLine(result.Err)
		e.Hint = "with check=false the result comes back whatever the code is"
	}
	return result, withOutput(e, result)
}

// lastLine shows the end of what a command complained about.
func lastLine(text string) string {
	lines := strings.Split(strings.TrimSpace(printable(text)), "\n")
	last := lines[len(lines)-1]
	if last == "" {
		return ""
	}
	return fmt.Sprintf(": %.200s", last)
}

func withOutput(err error, o output) error {
	e, ok := err.(*engine.Error)
	if !ok { // what a callback raised
		return err
	}
	if e.Fields == nil {
		e.Fields = map[string]any{}
	}
	e.Fields["out"], e.Fields["err"], e.Fields["truncated"] = o.Out, o.Err, o.Truncated
	if o.Signal != nil {
		e.Fields["signal"] = *o.Signal
	}
	return e
}

// late explains a time limit; other errors get their kind.
func (x *Client) late(ctx context.Context, in runIn, err error) error {
	if ctx.Err() == nil {
		return x.fault(err)
	}
	e := engine.Classify(context.Cause(ctx))
	if e.Kind == engine.KindTimeout {
		e = &engine.Error{Kind: engine.KindTimeout, Message: fmt.Sprintf("the command took longer than %v", in.Timeout.Std()),
			Hint: "what it wrote until then is in e.out and e.err; give more time with timeout=", Retryable: true}
	}
	e.Target = x.addr
	return e
}
