package dap

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/google/go-dap"

	"github.com/gscript-lang/gscript/engine"
	"github.com/gscript-lang/gscript/engine/debug"
)

// threadKey is a task of a state; task 0 stands for a state of which no task is
// known.
type threadKey struct{ session, task int }

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
		case <-s.quit:
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
	case debug.Loaded:
		s.tell("loadedSource", &dap.LoadedSourceEvent{Body: dap.LoadedSourceEventBody{Reason: "new", Source: *s.sourceOf(e.Source)}})
	case debug.Ended:
		s.ended(e.Session)
	}
}

var reasons = map[debug.Reason]string{
	debug.Entry: "entry", debug.Hit: "breakpoint", debug.Stepped: "step", debug.Returning: "step", debug.Paused: "pause",
	debug.Raised: "exception", debug.Watched: "data breakpoint", debug.Called: "breakpoint", debug.PostFact: "exception",
}

func (s *server) stopped(st *debug.Stop) {
	body := dap.StoppedEventBody{
		Reason: reasons[st.Reason], Text: st.Text, HitBreakpointIds: st.Breakpoints,
		ThreadId:          s.thread(st.Session, st.Task),
		AllThreadsStopped: len(s.d.Sessions()) == 1,
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

// thread is the number of a task.
func (s *server) thread(session *debug.Session, task engine.TaskInfo) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	key := threadKey{session.ID, task.ID}
	id := s.threads[key]
	if id == 0 {
		s.next++
		id = s.next
		s.threads[key], s.keys[id] = id, key
	}
	s.names[id] = threadName(session, task)
	return id
}

func threadName(session *debug.Session, task engine.TaskInfo) string {
	name := session.Name()
	if task.ID == 0 || task.Name == "main" {
		return name
	}
	if session.ID == 1 {
		name = ""
	} else {
		name += ": "
	}
	name += fmt.Sprintf("%s %d", task.Name, task.ID)
	if task.Origin != "" {
		name += " of " + task.Origin
	}
	return name
}

// ended drops the threads of a state.
func (s *server) ended(session *debug.Session) {
	s.mu.Lock()
	var gone []int
	for key, id := range s.threads {
		if key.session == session.ID {
			gone = append(gone, id)
			delete(s.threads, key)
			delete(s.keys, id)
			delete(s.names, id)
		}
	}
	s.mu.Unlock()
	for _, id := range gone {
		s.tell("thread", &dap.ThreadEvent{Body: dap.ThreadEventBody{Reason: "exited", ThreadId: id}})
	}
}

// listThreads lists the tasks of what stands still, and of what runs those that
// were seen last.
func (s *server) listThreads(r *dap.ThreadsRequest) {
	list := []dap.Thread{}
	for _, session := range s.d.Sessions() {
		if st := session.Stopped(); st != nil {
			var tasks []engine.TaskInfo
			if st.Do(func(at engine.Spot) { tasks = at.Tasks() }) == nil {
				s.drop(session, tasks)
				for _, t := range tasks {
					list = append(list, dap.Thread{Id: s.thread(session, t), Name: threadName(session, t)})
				}
				continue
			}
		}
		s.mu.Lock()
		var seen []dap.Thread
		for id, key := range s.keys {
			if key.session == session.ID && key.task != 0 {
				seen = append(seen, dap.Thread{Id: id, Name: s.names[id]})
			}
		}
		s.mu.Unlock()
		if len(seen) == 0 {
			seen = []dap.Thread{{Id: s.thread(session, engine.TaskInfo{}), Name: session.Name()}}
		}
		list = append(list, seen...)
	}
	s.reply(r, &dap.ThreadsResponse{Body: dap.ThreadsResponseBody{Threads: list}})
}

// drop forgets the threads of a state whose tasks have ended.
func (s *server) drop(session *debug.Session, tasks []engine.TaskInfo) {
	alive := map[int]bool{}
	for _, t := range tasks {
		alive[t.ID] = true
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	for key, id := range s.threads {
		if key.session == session.ID && !alive[key.task] {
			delete(s.threads, key)
			delete(s.keys, id)
			delete(s.names, id)
		}
	}
}

var errRuns = errors.New("the script runs: pause it first")

// stopOf is the stop that a thread belongs to.
func (s *server) stopOf(thread int) (st *debug.Stop, task int, err error) {
	s.mu.Lock()
	key, ok := s.keys[thread]
	s.mu.Unlock()
	if !ok {
		return nil, 0, fmt.Errorf("there is no thread %d", thread)
	}
	for _, session := range s.d.Sessions() {
		if session.ID == key.session {
			if st := session.Stopped(); st != nil {
				return st, key.task, nil
			}
		}
	}
	return nil, 0, errRuns
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

// sourceOf is a source as clients see it: by its file, or where it has none by a
// reference by which they ask for the text.
func (s *server) sourceOf(name string) *dap.Source {
	file := s.d.Abs(name)
	if filepath.IsAbs(file) {
		if info, err := os.Stat(file); err == nil && info.Mode().IsRegular() {
			return &dap.Source{Name: filepath.Base(file), Path: file}
		}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	for i, known := range s.sources {
		if known == name {
			return &dap.Source{Name: name, SourceReference: i + 1}
		}
	}
	s.sources = append(s.sources, name)
	return &dap.Source{Name: name, SourceReference: len(s.sources)}
}

// sourceName is the source of a reference, "" for none.
func (s *server) sourceName(reference int) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	if reference < 1 || reference > len(s.sources) {
		return ""
	}
	return s.sources[reference-1]
}

func (s *server) source(r *dap.SourceRequest) {
	name := s.sourceName(r.Arguments.SourceReference)
	text := s.d.Text(name)
	if text == "" {
		s.refuse(r, errors.New("the text of this source is not known"))
		return
	}
	s.reply(r, &dap.SourceResponse{Body: dap.SourceResponseBody{Content: text, MimeType: "text/x-lua"}})
}

func (s *server) loadedSources(r *dap.LoadedSourcesRequest) {
	list := []dap.Source{}
	for _, name := range s.d.Sources() {
		list = append(list, *s.sourceOf(name))
	}
	s.reply(r, &dap.LoadedSourcesResponse{Body: dap.LoadedSourcesResponseBody{Sources: list}})
}
