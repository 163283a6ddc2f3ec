package dap

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"sync"

	"github.com/google/go-dap"

	"github.com/gscript-lang/gscript/engine/debug"
)

// life is how far a session has come. It is safe for concurrent use.
type life struct {
	mu          sync.Mutex
	initialized bool
	arguments   *launchArguments // nil before launch and attach
	attached    bool
	configured  bool
	started     bool
	ended       bool // by itself
	restarting  bool
	left        bool                    // the client wants the script no more, and none may start
	letGo       bool                    // the script goes on without the client
	cancel      context.CancelCauseFunc // ends the run
}

var (
	errUninitialized = errors.New("initialize comes first")
	errNotStarted    = errors.New("the script has not been started: launch it, and send configurationDone")
	errRuns          = errors.New("the script runs: pause it first")
	errOver          = errors.New("the script has ended")
	errLeft          = errors.New("the script was ended")
)

// initialize says no when that was done.
func (l *life) initialize() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	again := l.initialized
	l.initialized = true
	return !again
}

// ready says why what looks into the script cannot be done.
func (l *life) ready() error {
	l.mu.Lock()
	defer l.mu.Unlock()
	switch {
	case !l.initialized:
		return errUninitialized
	case l.left:
		return errLeft
	}
	return nil
}

// notStanding says why there is nothing that stands still.
func (l *life) notStanding() error {
	l.mu.Lock()
	defer l.mu.Unlock()
	switch {
	case l.ended:
		return errOver
	case !l.started:
		return errNotStarted
	}
	return errRuns
}

// over says whether the script has ended.
func (l *life) over() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.ended
}

func (l *life) isAttached() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.attached
}

func (l *life) hasLetGo() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.letGo
}

// mayLaunch says why nothing can be launched.
func (l *life) mayLaunch() error {
	if err := l.ready(); err != nil {
		return err
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.arguments != nil {
		return errors.New("the script was launched already")
	}
	return nil
}

// take notes what is to be run.
func (l *life) take(args *launchArguments, attached bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.arguments, l.attached = args, attached
}

// missing is err, or that the script has ended, which is why there is no such
// thing.
func (s *server) missing(err error) error {
	if s.life.over() {
		return errOver
	}
	return err
}

// leave ends the script.
func (s *server) leave(why error) {
	l := &s.life
	l.mu.Lock()
	cancel := l.cancel
	l.restarting, l.left = false, true
	l.mu.Unlock()
	s.breakEvaluation()
	if cancel != nil {
		cancel(why)
	}
	s.d.Disconnect()
}

// letGo lets the script go on by itself.
func (s *server) letGo() {
	s.life.mu.Lock()
	s.life.left, s.life.letGo = true, true
	s.life.mu.Unlock()
	s.breakEvaluation()
	s.d.Disconnect()
}

// begin runs the script once the client has launched and configured it; note
// takes note of one of them.
func (s *server) begin(note func(l *life)) {
	l := &s.life
	l.mu.Lock()
	defer l.mu.Unlock()
	note(l)
	if l.arguments == nil || !l.configured || l.started || l.left {
		return
	}
	l.started = true
	ctx, cancel := context.WithCancelCause(context.Background())
	l.cancel = cancel
	s.all.Go(func() { s.run(ctx) })
}

// run runs the script, again after a restart.
func (s *server) run(ctx context.Context) {
	l := &s.life
	for {
		exit := s.runOnce(ctx)
		l.mu.Lock()
		again := l.restarting
		l.restarting = false
		if again {
			ctx, l.cancel = context.WithCancelCause(context.Background())
			s.d.Restart()
		} else {
			l.cancel, l.ended = nil, true
		}
		l.mu.Unlock()
		if !again {
			s.queue.Tell(scriptEnded{exit})
			return
		}
	}
}

// scriptEnded is an event.
type scriptEnded struct{ exit int }

// runOnce runs the script one time, in a terminal if it is to have one.
func (s *server) runOnce(ctx context.Context) (exit int) {
	s.life.mu.Lock()
	args := s.life.arguments
	s.life.mu.Unlock()
	w := s.what(args)
	if args.Console != "" && args.Console != "internalConsole" {
		conn, err := s.terminals.open(ctx, args)
		if err != nil {
			if ctx.Err() == nil {
				s.note("the script was not started: " + err.Error())
			}
			return 1
		}
		defer conn.Close()
		w.Stdin, w.Stdout, w.Stderr = conn, conn, conn
	}
	return s.opts.Run(ctx, w)
}

// what is what runs next.
func (s *server) what(args *launchArguments) Launch {
	w := Launch{
		Program: args.Program, Args: args.Args, Test: args.Mode == "test", Dir: args.Cwd, Env: args.Env,
		Stdout: &output{s: s, category: "stdout", behind: s.opts.Stdout}, Stderr: &output{s: s, category: "stderr", behind: s.opts.Stderr},
	}
	if !args.NoDebug {
		w.Debugger = s.d
		if args.StopOnEntry {
			s.d.StopOnEntry()
		}
	}
	return w
}

// restart runs the script anew, with other arguments if the client has any.
func (s *server) restart(r *dap.RestartRequest) {
	var given struct {
		Arguments json.RawMessage `json:"arguments"`
	}
	var args *launchArguments
	var err error
	if len(r.Arguments) > 0 {
		err = json.Unmarshal(r.Arguments, &given)
	}
	l := &s.life
	if err == nil && len(given.Arguments) > 0 && !l.isAttached() {
		if args, _, err = readArguments(given.Arguments); err == nil {
			err = s.fillIn(args)
		}
	}
	l.mu.Lock()
	if err == nil && !(l.started && l.cancel != nil) {
		err = errors.New("nothing runs that could be restarted")
	}
	if err == nil {
		l.restarting = true
		if args != nil {
			l.arguments = args
		}
		l.cancel(debug.ErrQuit)
	}
	l.mu.Unlock()
	if err != nil {
		s.refuse(r, err)
		return
	}
	s.reply(r, &dap.RestartResponse{})
}

// pause stops the state of a thread, or all without one, or ends what is
// evaluated there.
func (s *server) pause(r *dap.PauseRequest) {
	if err := s.life.ready(); err != nil {
		s.refuse(r, err)
		return
	}
	only, _, known := s.threads.task(r.Arguments.ThreadId)
	sessions := s.d.Sessions()
	switch {
	case len(sessions) == 0:
		s.refuse(r, s.life.notStanding())
		return
	case !known && r.Arguments.ThreadId != 0:
		s.refuse(r, fmt.Errorf("there is no thread %d", r.Arguments.ThreadId))
		return
	}
	for _, session := range sessions {
		if known && only != session.ID {
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
