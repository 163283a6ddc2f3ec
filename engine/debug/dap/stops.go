package dap

import (
	"errors"
	"fmt"

	"github.com/google/go-dap"

	"github.com/gscript-lang/gscript/engine"
	"github.com/gscript-lang/gscript/engine/debug"
)

type frameRef struct {
	stop        *debug.Stop
	task, index int
}

// tellClient turns what the debugger tells into events.
func (s *server) tellClient() {
	for {
		for _, e := range s.queue.Take() {
			s.event(e)
		}
		select {
		case <-s.queue.Wake():
		case <-s.over:
			for _, e := range s.queue.Take() {
				s.event(e)
			}
			return
		}
	}
}

func (s *server) event(e debug.Event) {
	switch e := e.(type) {
	case debug.Stopped:
		s.stopped(e.Stop)
	case debug.Resumed:
		s.forget(e.Stop)
	case debug.Bound:
		s.tell("breakpoint", &dap.BreakpointEvent{Body: dap.BreakpointEventBody{Reason: "changed", Breakpoint: s.point(e.Breakpoint)}})
	case debug.Logged:
		s.tell("output", &dap.OutputEvent{Body: dap.OutputEventBody{Category: "console", Output: e.Text + "\n", Source: s.sourceOf(e.Source), Line: s.lineOut(e.Line)}})
	case debug.Beyond:
		s.tell("output", &dap.OutputEvent{Body: dap.OutputEventBody{Category: "important", Output: e.String() + "\n"}})
	case debug.Loaded:
		s.tell("loadedSource", &dap.LoadedSourceEvent{Body: dap.LoadedSourceEventBody{Reason: "new", Source: *s.sourceOf(e.Source)}})
	case scriptEnded:
		s.tell("exited", &dap.ExitedEvent{Body: dap.ExitedEventBody{ExitCode: e.exit}})
		s.tell("terminated", &dap.TerminatedEvent{})
	case debug.Began:
		s.tellThread("started", s.threads.begin(e.Session))
	case taskEnded:
		s.exited(func(key threadKey) bool { return key == e.key })
	case debug.Ended:
		s.exited(func(key threadKey) bool { return key.session == e.Session.ID })
	}
}

var reasons = map[debug.Reason]string{
	debug.Entry: "entry", debug.Hit: "breakpoint", debug.Stepped: "step", debug.Returning: "step", debug.Paused: "pause",
	debug.Raised: "exception", debug.Watched: "data breakpoint", debug.Called: "breakpoint", debug.PostFact: "exception",
}

func (s *server) stopped(st *debug.Stop) {
	var thread int
	var fresh bool
	if st.Do(func(at engine.Spot) { thread, fresh = s.see(st, at.Tasks(), st.Task.ID) }) != nil {
		return // it runs again
	}
	if fresh {
		s.tellThread("started", thread)
	}
	body := dap.StoppedEventBody{
		Reason: reasons[st.Reason], Text: st.Text, HitBreakpointIds: st.Breakpoints,
		ThreadId: thread, AllThreadsStopped: len(s.d.Sessions()) == 1,
	}
	if st.Reason == debug.Called {
		body.Description = "debugger.stop"
	}
	for _, b := range s.d.Breakpoints() {
		if len(st.Breakpoints) > 0 && b.ID == st.Breakpoints[0] && b.Function != "" {
			body.Reason = "function breakpoint"
		}
	}
	s.tell("stopped", &dap.StoppedEvent{Body: body})
}

// forget drops what refers to a stop.
func (s *server) forget(st *debug.Stop) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for id, f := range s.frames {
		if f.stop == st {
			delete(s.frames, id)
		}
	}
	for id, v := range s.variables {
		if v.frame.stop == st {
			delete(s.variables, id)
		}
	}
}

// stopOf is the stop that a thread belongs to.
func (s *server) stopOf(thread int) (st *debug.Stop, task int, err error) {
	id, task, ok := s.threads.task(thread)
	if !ok {
		return nil, 0, s.missing(fmt.Errorf("there is no thread %d", thread))
	}
	for _, session := range s.d.Sessions() {
		if session.ID == id {
			if st := session.Stopped(); st != nil {
				return st, task, nil
			}
		}
	}
	return nil, 0, debug.ErrRunning
}

func (s *server) stackTrace(r *dap.StackTraceRequest) {
	st, task, err := s.stopOf(r.Arguments.ThreadId)
	var list []dap.StackFrame
	total := 0
	if err == nil {
		err = st.Do(func(at engine.Spot) {
			frames, _ := debug.Frames(at, task, mostFrames)
			total = len(frames)
			to := total
			if r.Arguments.Levels > 0 {
				to = min(to, r.Arguments.StartFrame+r.Arguments.Levels)
			}
			for i := max(r.Arguments.StartFrame, 0); i < to; i++ {
				list = append(list, s.frame(st, task, i, frames[i]))
			}
		})
	}
	if err != nil {
		s.refuse(r, err)
		return
	}
	if list == nil {
		list = []dap.StackFrame{}
	}
	s.reply(r, &dap.StackTraceResponse{Body: dap.StackTraceResponseBody{StackFrames: list, TotalFrames: total}})
}

const mostFrames = 10_000

func (s *server) frame(st *debug.Stop, task, index int, f engine.StackFrame) dap.StackFrame {
	s.mu.Lock()
	s.next++
	id := s.next
	s.frames[id] = frameRef{st, task, index}
	s.mu.Unlock()
	if f.Native {
		return dap.StackFrame{Id: id, Name: f.Name, PresentationHint: "subtle"}
	}
	return dap.StackFrame{Id: id, Name: f.Name, Source: s.sourceOf(f.Source), Line: s.lineOut(f.Line), Column: s.lineOut(1)}
}

func (s *server) goOn(r *dap.ContinueRequest) {
	st, _, err := s.stopOf(r.Arguments.ThreadId)
	if err != nil {
		s.refuse(r, err)
		return
	}
	only := len(s.d.Sessions()) == 1
	s.reply(r, &dap.ContinueResponse{Body: dap.ContinueResponseBody{AllThreadsContinued: only}})
	st.Resume(debug.Move{})
}

func (s *server) step(r dap.RequestMessage, thread int, kind debug.Kind, done dap.ResponseMessage) {
	st, task, err := s.stopOf(thread)
	m := debug.Move{Kind: kind, Task: task}
	if err == nil {
		err = st.Do(func(at engine.Spot) {
			if frames, first := debug.Frames(at, task, mostFrames); len(frames) > 0 {
				m.Depth = frames[first].Depth()
			}
		})
	}
	if err != nil {
		s.refuse(r, err)
		return
	}
	s.reply(r, done)
	st.Resume(m)
}

func (s *server) exceptionInfo(r *dap.ExceptionInfoRequest) {
	st, _, err := s.stopOf(r.Arguments.ThreadId)
	if err == nil && st.Reason != debug.Raised && st.Reason != debug.PostFact {
		err = errors.New("the thread has not stopped at an error")
	}
	if err != nil {
		s.refuse(r, err)
		return
	}
	body := dap.ExceptionInfoResponseBody{ExceptionId: "error", Description: st.Text, BreakMode: "unhandled"}
	if st.Caught {
		body.BreakMode = "always"
	}
	if e := debug.ErrorOf(st.Value); e != nil {
		body.ExceptionId = e.Kind
		body.Details = &dap.ExceptionDetails{Message: e.Error(), TypeName: e.Kind, StackTrace: e.Traceback}
	}
	s.reply(r, &dap.ExceptionInfoResponse{Body: body})
}
