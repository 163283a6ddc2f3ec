package dap

import (
	"context"
	"errors"
	"path/filepath"

	"github.com/google/go-dap"

	"github.com/gscript-lang/gscript/engine/debug"
)

// launchArguments are those of launch.json.
type launchArguments struct {
	Program     string            `json:"program"`
	Args        []string          `json:"args"`
	Cwd         string            `json:"cwd"`
	Env         map[string]string `json:"env"`
	StopOnEntry bool              `json:"stopOnEntry"`
	NoDebug     bool              `json:"noDebug"`
}

func (s *server) initialize(r *dap.InitializeRequest) {
	s.mu.Lock()
	again := s.client.AdapterID != "" || s.d != nil
	s.client = r.Arguments
	if s.d == nil {
		// Breakpoints may come before launch, which says where the script is.
		s.d = debug.New(s.queue, debug.Options{Dir: s.opts.Dir})
	}
	s.mu.Unlock()
	if again {
		s.refuse(r, errors.New("the session is initialized already"))
		return
	}
	s.reply(r, &dap.InitializeResponse{Body: dap.Capabilities{
		SupportsConfigurationDoneRequest:   true,
		SupportsFunctionBreakpoints:        true,
		SupportsConditionalBreakpoints:     true,
		SupportsHitConditionalBreakpoints:  true,
		SupportsLogPoints:                  true,
		SupportsEvaluateForHovers:          true,
		SupportsSetVariable:                true,
		SupportsSetExpression:              true,
		SupportsCompletionsRequest:         true,
		SupportsRestartRequest:             true,
		SupportsTerminateRequest:           true,
		SupportTerminateDebuggee:           true,
		SupportsExceptionInfoRequest:       true,
		SupportsLoadedSourcesRequest:       true,
		SupportsBreakpointLocationsRequest: true,
		ExceptionBreakpointFilters: []dap.ExceptionBreakpointsFilter{
			{Filter: string(debug.All), Label: "All errors", Description: "Stop at every error, also one that a pcall catches"},
			{Filter: string(debug.Uncaught), Label: "Uncaught errors", Description: "Stop at an error that nothing catches", Default: true},
		},
	}})
	s.tell("initialized", &dap.InitializedEvent{})
}

func (s *server) launched(r *dap.LaunchRequest) {
	args := &launchArguments{}
	err := decode(r.Arguments, args)
	s.mu.Lock()
	switch {
	case err != nil:
	case s.d == nil:
		err = errors.New("initialize comes first")
	case s.launch != nil:
		err = errors.New("the script was launched already")
	case args.Program == "" && s.opts.Program == "":
		err = errors.New("launch names no program: give the path of a script as \"program\"")
	}
	if err == nil {
		s.launch = args
	}
	s.mu.Unlock()
	if err != nil {
		s.refuse(r, err)
		return
	}
	if args.Cwd == "" {
		args.Cwd = s.opts.Dir
	}
	if args.Program == "" {
		args.Args = append(s.opts.Args[:len(s.opts.Args):len(s.opts.Args)], args.Args...)
		args.Program = s.opts.Program
	}
	if !filepath.IsAbs(args.Program) {
		args.Program = filepath.Join(args.Cwd, args.Program)
	}
	s.reply(r, &dap.LaunchResponse{})
	s.start()
}

// start runs the script once the client has launched and configured it.
func (s *server) start() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.launch == nil || !s.configured || s.started || s.left {
		return
	}
	s.started = true
	ctx, cancel := context.WithCancelCause(context.Background())
	s.cancel = cancel
	s.all.Go(func() { s.run(ctx) })
}

// run runs the script, again after a restart.
func (s *server) run(ctx context.Context) {
	for {
		l := Launch{
			Program: s.launch.Program, Args: s.launch.Args, Dir: s.launch.Cwd, Env: s.launch.Env,
			Stdout: &output{s, "stdout"}, Stderr: &output{s, "stderr"},
		}
		if !s.launch.NoDebug {
			l.Debugger = s.d
			if s.launch.StopOnEntry {
				s.d.StopOnEntry()
			}
		}
		exit := s.opts.Run(ctx, l)
		s.mu.Lock()
		again := s.restarting
		s.restarting = false
		if !again {
			s.cancel = nil
		} else {
			ctx, s.cancel = context.WithCancelCause(context.Background())
			s.d.Restart()
		}
		s.mu.Unlock()
		if !again {
			s.tell("exited", &dap.ExitedEvent{Body: dap.ExitedEventBody{ExitCode: exit}})
			s.tell("terminated", &dap.TerminatedEvent{})
			return
		}
	}
}

func (s *server) restart(r *dap.RestartRequest) {
	var args struct {
		Arguments *launchArguments `json:"arguments"`
	}
	err := decode(r.Arguments, &args)
	s.mu.Lock()
	running := s.started && s.cancel != nil
	if err == nil && running {
		s.restarting = true
		s.cancel(debug.ErrQuit)
	}
	s.mu.Unlock()
	switch {
	case err != nil:
		s.refuse(r, err)
	case !running:
		s.refuse(r, errors.New("nothing runs that could be restarted"))
	default:
		s.reply(r, &dap.RestartResponse{})
	}
}

func (s *server) pause(r *dap.PauseRequest) {
	s.mu.Lock()
	d := s.d
	key, known := s.keys[r.Arguments.ThreadId]
	s.mu.Unlock()
	if d == nil {
		s.refuse(r, errors.New("initialize comes first"))
		return
	}
	for _, session := range d.Sessions() {
		if known && key.session != session.ID {
			continue
		}
		if session.Stopped() != nil {
			session.Break() // an evaluation
			continue
		}
		session.Pause()
	}
	s.reply(r, &dap.PauseResponse{})
}

// output sends what the script writes.
type output struct {
	s        *server
	category string
}

func (o *output) Write(p []byte) (int, error) {
	m := &dap.OutputEvent{Body: dap.OutputEventBody{Category: o.category, Output: string(p)}}
	m.Type, m.Event.Event = "event", "output"
	o.s.out.putOutput(m, &m.Seq)
	return len(p), nil
}
