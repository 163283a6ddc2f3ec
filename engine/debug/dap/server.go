// Package dap serves editors that debug scripts by the Debug Adapter Protocol:
// one session over a pair of streams or a connection. Tasks and workers are the
// protocol's threads.
package dap

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/google/go-dap"

	"github.com/gscript-lang/gscript/engine/debug"
)

// Options configure a session.
type Options struct {
	// Run runs a script until it ends, or ctx does, and gives its exit code. Its
	// engine has l.Debugger as a probe, unless that is nil.
	Run func(ctx context.Context, l Launch) (exit int)
	// Program and Args are what runs where the client names no program. "" has
	// the client name one.
	Program string
	Args    []string
	Dir     string // that names are relative to, and of the script unless told
}

// Launch is what to run.
type Launch struct {
	Program        string // an absolute path, or "" for what the command line names
	Args           []string
	Dir            string
	Env            map[string]string // more environment
	Debugger       *debug.Debugger
	Stdout, Stderr io.Writer
}

// server is one session.
type server struct {
	opts  Options
	in    *bufio.Reader
	d     *debug.Debugger
	queue *debug.Queue
	work  chan dap.RequestMessage
	all   sync.WaitGroup
	quit  chan struct{}

	out outbox

	mu         sync.Mutex
	client     dap.InitializeRequestArguments
	launch     *launchArguments
	configured bool
	started    bool
	restarting bool
	left       bool                    // the client wants the script no more, and none may start
	cancel     context.CancelCauseFunc // ends the run
	points     map[string][]int        // breakpoints by file; "" has those of functions
	threads    map[threadKey]int
	keys       map[int]threadKey
	names      map[int]string
	frames     map[int]frameRef
	variables  map[int]variableRef
	next       int
	sources    []string // those without a file, by their reference from 1 on
}

// Serve serves one client until it disconnects, or ctx ends, and ends what it has
// started. The error says what was wrong with what the client sent.
func Serve(ctx context.Context, rw io.ReadWriteCloser, o Options) error {
	s := &server{
		opts: o, in: bufio.NewReader(rw), queue: debug.NewQueue(),
		work: make(chan dap.RequestMessage, 1024), quit: make(chan struct{}),
		points: map[string][]int{}, threads: map[threadKey]int{}, keys: map[int]threadKey{}, names: map[int]string{},
		frames: map[int]frameRef{}, variables: map[int]variableRef{},
	}
	stop := context.AfterFunc(ctx, func() { rw.Close() })
	defer stop()
	s.out.changed.L = &s.out.mu
	var written sync.WaitGroup
	written.Go(func() { s.out.write(rw) })
	s.all.Go(s.tellClient)
	s.all.Go(s.answer)
	polite, err := s.read(ctx)
	s.leave()
	drop := func() {
		rw.Close()
		s.out.close()
	}
	if polite {
		// It waits for the last answer, but not for ever.
		defer time.AfterFunc(patience, drop).Stop()
	} else {
		drop()
	}
	close(s.work)
	close(s.quit)
	s.all.Wait()
	s.out.close()
	sent := make(chan struct{})
	go func() { written.Wait(); close(sent) }()
	select {
	case <-sent:
	case <-time.After(2 * patience): // closing a standard stream does not end a write
	}
	rw.Close()
	return err
}

// patience is how long a client that has disconnected may take to read what it
// was sent.
const patience = time.Second

// leave ends the script.
func (s *server) leave() {
	s.mu.Lock()
	d, cancel := s.d, s.cancel
	s.restarting, s.left = false, true
	s.mu.Unlock()
	if d != nil {
		for _, session := range d.Sessions() {
			session.Break()
		}
	}
	if cancel != nil {
		cancel(debug.ErrQuit)
	}
	if d != nil {
		d.Disconnect()
	}
}

// read reads requests. Those that look into the script are answered in their
// order elsewhere, so that an evaluation that does not end keeps none of the
// others waiting.
// polite says that the client has disconnected.
func (s *server) read(ctx context.Context) (polite bool, err error) {
	for {
		m, err := readMessage(s.in)
		var unknown *dap.DecodeProtocolMessageFieldError
		switch {
		case errors.As(err, &unknown) && unknown.SubType == "Request":
			s.refuse(&dap.Request{ProtocolMessage: dap.ProtocolMessage{Seq: unknown.Seq}, Command: unknown.FieldValue}, fmt.Errorf("%s is not supported", unknown.FieldValue))
			continue
		case errors.Is(err, io.EOF) || ctx.Err() != nil:
			return false, nil
		case err != nil:
			return false, fmt.Errorf("the client sent what is no message of the protocol: %w", err)
		}
		req, ok := m.(dap.RequestMessage)
		if !ok {
			continue // a response to nothing that was asked
		}
		if end := s.control(req); end {
			return true, nil
		}
	}
}

// largest bounds a message in bytes.
const largest = 16 << 20

// readMessage reads a message. That of package go-dap believes any length.
func readMessage(r *bufio.Reader) (dap.Message, error) {
	size := -1
	for {
		line, err := readHeader(r)
		if err != nil {
			return nil, err
		}
		if line == "" {
			break
		}
		name, value, _ := strings.Cut(line, ":")
		if strings.EqualFold(name, "Content-Length") {
			if size, err = strconv.Atoi(strings.TrimSpace(value)); err != nil || size < 0 || size > largest {
				return nil, fmt.Errorf("a Content-Length of %q", strings.TrimSpace(value))
			}
		}
	}
	if size < 0 {
		return nil, errors.New("a header without Content-Length")
	}
	body := make([]byte, size)
	if _, err := io.ReadFull(r, body); err != nil {
		return nil, io.EOF // it went away in the middle
	}
	return dap.DecodeProtocolMessage(body)
}

func readHeader(r *bufio.Reader) (string, error) {
	line, err := r.ReadSlice('\n')
	switch {
	case errors.Is(err, bufio.ErrBufferFull):
		return "", errors.New("a header line without an end")
	case err != nil:
		return "", io.EOF
	}
	return strings.TrimRight(string(line), "\r\n"), nil
}

// control answers what must not wait, and hands on the rest.
func (s *server) control(m dap.RequestMessage) (end bool) {
	switch r := m.(type) {
	case *dap.InitializeRequest:
		s.initialize(r)
	case *dap.LaunchRequest:
		s.launched(r)
	case *dap.PauseRequest:
		s.pause(r)
	case *dap.RestartRequest:
		s.restart(r)
	case *dap.TerminateRequest:
		s.reply(r, &dap.TerminateResponse{})
		s.leave()
	case *dap.DisconnectRequest:
		s.leave()
		s.reply(r, &dap.DisconnectResponse{})
		return true
	default:
		select {
		case s.work <- m:
		default:
			// Waiting here would keep the end of the session waiting, too.
			s.refuse(m, errors.New("too many requests wait for one that does not end; pause ends it"))
		}
	}
	return false
}

// answer answers what looks into the script, one after another.
func (s *server) answer() {
	for m := range s.work {
		if s.ready(m) {
			s.look(m)
		}
	}
}

// ready refuses what comes before the client has said what it debugs, and after
// it has ended that.
func (s *server) ready(m dap.RequestMessage) bool {
	s.mu.Lock()
	initialized, left := s.d != nil, s.left
	s.mu.Unlock()
	switch {
	case !initialized:
		s.refuse(m, errors.New("initialize comes first"))
	case left:
		s.refuse(m, errors.New("the script was ended"))
	}
	return initialized && !left
}

// look answers one request.
func (s *server) look(m dap.RequestMessage) {
	switch r := m.(type) {
	case *dap.ConfigurationDoneRequest:
		s.mu.Lock()
		s.configured = true
		s.mu.Unlock()
		s.reply(r, &dap.ConfigurationDoneResponse{})
		s.start()
	case *dap.SetBreakpointsRequest:
		s.setBreakpoints(r)
	case *dap.SetFunctionBreakpointsRequest:
		s.setFunctionBreakpoints(r)
	case *dap.SetExceptionBreakpointsRequest:
		s.setExceptionBreakpoints(r)
	case *dap.BreakpointLocationsRequest:
		s.breakpointLocations(r)
	case *dap.ThreadsRequest:
		s.listThreads(r)
	case *dap.StackTraceRequest:
		s.stackTrace(r)
	case *dap.ScopesRequest:
		s.scopes(r)
	case *dap.VariablesRequest:
		s.listVariables(r)
	case *dap.SetVariableRequest:
		s.setVariable(r)
	case *dap.SetExpressionRequest:
		s.setExpression(r)
	case *dap.EvaluateRequest:
		s.evaluate(r)
	case *dap.CompletionsRequest:
		s.complete(r)
	case *dap.ContinueRequest:
		s.goOn(r)
	case *dap.NextRequest:
		s.step(r, r.Arguments.ThreadId, debug.Next, &dap.NextResponse{})
	case *dap.StepInRequest:
		s.step(r, r.Arguments.ThreadId, debug.Step, &dap.StepInResponse{})
	case *dap.StepOutRequest:
		s.step(r, r.Arguments.ThreadId, debug.Out, &dap.StepOutResponse{})
	case *dap.ExceptionInfoRequest:
		s.exceptionInfo(r)
	case *dap.SourceRequest:
		s.source(r)
	case *dap.LoadedSourcesRequest:
		s.loadedSources(r)
	default:
		s.refuse(m, fmt.Errorf("%s is not supported", m.GetRequest().Command))
	}
}

// reply sends the response to a request.
func (s *server) reply(to dap.RequestMessage, m dap.ResponseMessage) {
	r, q := m.GetResponse(), to.GetRequest()
	r.Type, r.RequestSeq, r.Command, r.Success = "response", q.Seq, q.Command, true
	s.out.put(m, &r.Seq)
}

// refuse answers a request with an error.
func (s *server) refuse(to dap.RequestMessage, err error) {
	q := to.GetRequest()
	m := &dap.ErrorResponse{}
	m.Type, m.RequestSeq, m.Command, m.Message = "response", q.Seq, q.Command, err.Error()
	m.Body.Error = &dap.ErrorMessage{Id: 1, Format: err.Error(), ShowUser: true}
	s.out.put(m, &m.Seq)
}

// tell sends an event.
func (s *server) tell(name string, m dap.EventMessage) {
	e := m.GetEvent()
	e.Type, e.Event = "event", name
	s.out.put(m, &e.Seq)
}

// decode reads the arguments of a request, which may be absent.
func decode(raw json.RawMessage, into any) error {
	if len(raw) == 0 {
		return nil
	}
	return json.Unmarshal(raw, into)
}
