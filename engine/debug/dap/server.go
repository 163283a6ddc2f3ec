// Package dap serves editors that debug scripts by the Debug Adapter Protocol:
// one session over a pair of streams or a connection. Tasks and workers are the
// protocol's threads.
package dap

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"sync"
	"time"

	"github.com/google/go-dap"

	"github.com/gscript-lang/gscript/engine/debug"
)

// Options configure a session.
type Options struct {
	// Run runs a script, or tests, until they end, or ctx does, and gives the exit
	// code. Its engines have l.Debugger as a probe, unless that is nil.
	Run func(ctx context.Context, l Launch) (exit int)
	// Program and Args are what runs where the client names no program. "" has
	// the client name one.
	Program string
	Args    []string
	Dir     string // that names are relative to, and of the script unless told
	// Stdout and Stderr get what a script writes that goes on when the client has
	// left; nil drops it.
	Stdout, Stderr io.Writer
	// Relay is the command that calls RelayTo in a terminal of the client; nil has
	// none opened.
	Relay []string
}

// Launch is what to run.
type Launch struct {
	Program        string // an absolute path
	Args           []string
	Test           bool // Args are those of gscript test; Program may be ""
	Dir            string
	Env            map[string]string // more environment
	Debugger       *debug.Debugger
	Stdin          io.Reader // nil for that of the server
	Stdout, Stderr io.Writer
}

// server is one session.
type server struct {
	opts  Options
	in    *bufio.Reader
	d     *debug.Debugger
	queue *debug.Queue
	work  chan dap.RequestMessage
	all   sync.WaitGroup // what answers, and runs the script
	quit  chan struct{}  // closed when no request comes any more
	over  chan struct{}  // closed when nothing happens any more

	out     outbox
	threads threads
	life    life

	terminals terminals

	mu        sync.Mutex
	client    dap.InitializeRequestArguments
	points    map[string][]int // breakpoints by file; "" has those of functions
	frames    map[int]frameRef
	variables map[int]variableRef
	next      int
	sources   []string     // those without a file, by their reference from 1 on
	answering int          // the request that is looked into, or was last
	canceled  map[int]bool // requests that need no answer any more
}

// Serve serves one client until it disconnects, or ctx ends, and ends what it has
// started; a script that the client leaves alone ends by itself. The client is
// told of the end of ctx as of that of its script. The error says what was wrong
// with what the client sent.
func Serve(ctx context.Context, rw io.ReadWriteCloser, o Options) error {
	queue := debug.NewQueue()
	s := &server{
		opts: o, in: bufio.NewReader(rw), queue: queue, d: debug.New(queue, debug.Options{Dir: o.Dir}),
		work: make(chan dap.RequestMessage, 1024), quit: make(chan struct{}), over: make(chan struct{}),
		points: map[string][]int{}, threads: newThreads(),
		frames: map[int]frameRef{}, variables: map[int]variableRef{}, canceled: map[int]bool{},
	}
	s.out.changed.L = &s.out.mu
	s.terminals = terminals{s, make(chan error, 1)}
	var written, told sync.WaitGroup
	written.Go(func() { s.out.write(rw) })
	told.Go(s.tellClient)
	s.all.Go(s.answer)

	type ending struct {
		polite bool
		err    error
	}
	read := make(chan ending, 1)
	go func() {
		polite, err := s.read()
		read <- ending{polite, err}
	}()
	var end ending
	select {
	case end = <-read:
	case <-ctx.Done():
		s.leave(context.Cause(ctx)) // before anything waits: nothing starts any more
		end.polite = true
	}
	defer context.AfterFunc(ctx, func() { s.leave(context.Cause(ctx)) })()
	if !end.polite {
		s.leave(debug.ErrQuit)
	}
	drop := func() {
		rw.Close()
		s.out.close()
	}
	if end.polite {
		// It waits for the last answer, but not for ever.
		defer time.AfterFunc(patience, drop).Stop()
	} else {
		drop()
	}
	close(s.quit)
	s.all.Wait()
	close(s.over)
	told.Wait()
	s.out.close()
	sent := make(chan struct{})
	go func() { written.Wait(); close(sent) }()
	within(2*patience, sent) // closing a standard stream does not end a write
	rw.Close()
	return end.err
}

// within waits for done, but not for ever.
func within(d time.Duration, done <-chan struct{}) {
	select {
	case <-done:
	case <-time.After(d):
	}
}

// patience is how long a client that has disconnected may take to read what it
// was sent.
const patience = time.Second

// read reads requests. Those that look into the script are answered in their
// order elsewhere, so that an evaluation that does not end keeps none of the
// others waiting.
// polite says that the client has disconnected.
func (s *server) read() (polite bool, err error) {
	for {
		body, err := readMessage(s.in)
		if errors.Is(err, io.EOF) {
			return false, nil
		}
		var m dap.Message
		var broken *dap.Request
		if err == nil {
			m, broken, err = decodeMessage(body)
		}
		if broken != nil {
			s.refuse(broken, err)
			continue
		}
		if err != nil {
			return false, fmt.Errorf("the client sent what is no message of the protocol: %w", err)
		}
		req, ok := m.(dap.RequestMessage)
		if !ok {
			s.terminals.answered(m)
			continue
		}
		if end := s.control(req, body); end {
			return true, nil
		}
	}
}

// control answers what must not wait, and hands on the rest.
func (s *server) control(m dap.RequestMessage, body []byte) (end bool) {
	switch r := m.(type) {
	case *dap.InitializeRequest:
		s.initialize(r)
	case *dap.LaunchRequest:
		s.launched(r)
	case *dap.AttachRequest:
		s.attached(r)
	case *dap.PauseRequest:
		s.pause(r)
	case *dap.RestartRequest:
		s.restart(r)
	case *dap.CancelRequest:
		s.cancelRequest(r)
	case *dap.TerminateRequest:
		s.reply(r, &dap.TerminateResponse{})
		s.leave(debug.ErrQuit)
	case *dap.DisconnectRequest:
		if s.staysBehind(body) {
			s.letGo()
		} else {
			s.leave(debug.ErrQuit)
		}
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
	for {
		select {
		case m := <-s.work:
			s.answerOne(m)
			continue
		default:
		}
		select {
		case m := <-s.work:
			s.answerOne(m)
		case <-s.quit:
			return
		}
	}
}

func (s *server) answerOne(m dap.RequestMessage) {
	seq := m.GetRequest().Seq
	s.mu.Lock()
	s.answering = seq
	canceled := s.canceled[seq]
	s.mu.Unlock()
	if err := s.life.ready(); err != nil {
		s.refuse(m, err)
	} else if canceled {
		s.refuse(m, errCanceled)
	} else {
		s.lookInto(m)
	}
	s.mu.Lock()
	delete(s.canceled, seq)
	s.mu.Unlock()
}

// lookInto is look; a defect of it is an answer, not the end of the process.
func (s *server) lookInto(m dap.RequestMessage) {
	defer func() {
		if r := recover(); r != nil {
			s.refuse(m, fmt.Errorf("internal error: %v; this is a defect of gscript, please report it", r))
		}
	}()
	s.look(m)
}

// look answers one request.
func (s *server) look(m dap.RequestMessage) {
	switch r := m.(type) {
	case *dap.ConfigurationDoneRequest:
		s.reply(r, &dap.ConfigurationDoneResponse{})
		s.begin(func(l *life) { l.configured = true })
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
	if errors.Is(err, debug.ErrRunning) {
		err = s.life.notStanding()
	}
	s.mu.Lock()
	if s.canceled[q.Seq] {
		err = errCanceled
	}
	s.mu.Unlock()
	m := &dap.ErrorResponse{}
	m.Type, m.RequestSeq, m.Command, m.Message = "response", q.Seq, q.Command, err.Error()
	m.Body.Error = &dap.ErrorMessage{Id: 1, Format: err.Error(), ShowUser: userActs(q.Command)}
	s.out.put(m, &m.Seq)
}

// userActs says that a request is what the user has just asked for. Clients show
// errors of these in a window, which would come up at each hover otherwise.
func userActs(command string) bool {
	switch command {
	case "launch", "attach", "restart", "pause", "continue", "next", "stepIn", "stepOut":
		return true
	}
	return false
}

// tell sends an event.
func (s *server) tell(name string, m dap.EventMessage) {
	e := m.GetEvent()
	e.Type, e.Event = "event", name
	s.out.put(m, &e.Seq)
}
