package debug

import (
	"errors"
	"fmt"
	"sync"

	"github.com/gscript-lang/gscript/engine"
)

// Reason is why a script stopped.
type Reason string

// The reasons.
const (
	Entry     Reason = "entry"
	Hit       Reason = "breakpoint"
	Stepped   Reason = "step"
	Returning Reason = "return"
	Paused    Reason = "pause"
	Raised    Reason = "error"
	Watched   Reason = "watch"
	Called    Reason = "stop" // debugger.stop()
	PostFact  Reason = "post-mortem"
)

// Stop is a state that stands still.
type Stop struct {
	Session     *Session
	Reason      Reason
	Text        string // more on the reason, "" for no more
	Breakpoints []int
	Value       engine.Value   // what was raised
	Caught      bool           // a protected call keeps it
	Returned    []engine.Value // what the function is about to return
	Task        engine.TaskInfo
	Source      string // of the innermost Lua function
	Line        int
	Function    string // for people

	work  chan *job
	moves chan Move
	gone  chan struct{}
}

// job is a function for the goroutine of the script.
type job struct {
	f    func(at engine.Spot)
	err  error
	done chan struct{}
}

// ErrRunning is what a Stop gives when the state runs again.
var ErrRunning = errors.New("the script runs")

// Gone is closed when the state runs again.
func (st *Stop) Gone() <-chan struct{} { return st.gone }

// Do calls f where the script stands. What it evaluates with Session.Eval does
// not stop.
func (st *Stop) Do(f func(at engine.Spot)) error {
	j := &job{f: f, done: make(chan struct{})}
	select {
	case st.work <- j:
		<-j.done
		return j.err
	case <-st.gone:
		return ErrRunning
	}
}

// Resume lets the state go on; ok says that it stood still.
func (st *Stop) Resume(m Move) (ok bool) {
	select {
	case st.moves <- m:
		<-st.gone
		return true
	case <-st.gone:
		return false
	}
}

// stop stands still until somebody says how to go on, the task is to end, or the
// debugger disconnects.
func (s *Session) stop(at engine.Spot, why Stop) {
	s.step = nil
	s.want.Store(int32(wantNothing))
	if why.Reason != Watched && why.Text == "" && len(s.watches) > 0 {
		why.Text, _ = s.watched(at)
	}
	for {
		if s.d.Disconnected() {
			break
		}
		st := why
		st.Session, st.Task = s, at.Task()
		st.work, st.moves, st.gone = make(chan *job), make(chan Move), make(chan struct{})
		s.place(at, &st)
		s.current.Store(&st)
		s.d.front.Tell(Stopped{&st})
		s.quiet++
		m := st.wait(at)
		s.quiet--
		s.current.Store(nil)
		close(st.gone)
		s.d.front.Tell(Resumed{&st})
		if m.Kind != Nested {
			s.move(at, m)
			break
		}
		why = s.nested(at, m)
	}
	s.proto = nil // what is armed may be another
	s.armed()
}

// place fills in where the state stands. What runs may have begun before the
// session did.
func (s *Session) place(at engine.Spot, st *Stop) {
	for _, f := range at.Frames(mostFrames) {
		_, p := f.Function()
		if p == nil {
			continue
		}
		if st.Source == "" {
			st.Source, st.Line, st.Function = f.Source, f.Line, f.Name
		}
		s.d.code(p, s.state)
	}
}

// mostFrames bounds the frames that are looked through.
const mostFrames = 10_000

func (st *Stop) wait(at engine.Spot) Move {
	for {
		select {
		case j := <-st.work:
			j.run(at)
		case m := <-st.moves:
			return m
		case <-at.Stopped():
			at.Expired()
			return Move{}
		case <-st.Session.d.off:
			return Move{}
		}
	}
}

func (j *job) run(at engine.Spot) {
	defer close(j.done)
	defer func() {
		if r := recover(); r != nil {
			j.err = fmt.Errorf("internal error: %v", r)
		}
	}()
	j.f(at)
}

// move arms what m asks for.
func (s *Session) move(at engine.Spot, m Move) {
	if m.Task == 0 {
		m.Task = at.Task().ID
	}
	switch m.Kind {
	case Continue:
	case Quit:
		at.End(ErrQuit)
	default:
		s.step = &step{m}
	}
}

// nested steps through code in the frame where the script stands.
func (s *Session) nested(at engine.Spot, m Move) Stop {
	frames := at.Frames(mostFrames)
	if m.Frame >= len(frames) {
		return Stop{Reason: Stepped, Text: errNoFrame.Error()}
	}
	s.step = &step{Move{Kind: Step, Task: at.Task().ID}}
	s.proto, s.busy = nil, true
	values, err := frames[m.Frame].Eval(m.Code)
	s.step = nil
	text := fmt.Sprintf("%s has ended", m.Code)
	if err != nil {
		text = fmt.Sprintf("%s has failed: %v", m.Code, err)
	}
	return Stop{Reason: Stepped, Text: text, Returned: values}
}

// StopHere stops the state where an inline native function was called. Text says
// more on the reason.
func (s *Session) StopHere(at engine.Spot, reason Reason, text string, v engine.Value) {
	if s.quiet == 0 {
		s.stop(at, Stop{Reason: reason, Text: text, Value: v})
	}
}

// StepInto stops at the next line that the task runs.
func (s *Session) StepInto(at engine.Spot) {
	if s.quiet == 0 && !s.d.Disconnected() {
		s.step = &step{Move{Kind: Step, Task: at.Task().ID}}
		s.proto = nil
		s.armed()
	}
}

// Frames are the frames of a task of the stop, 0 for the one that stopped, and
// the place of the innermost that is no native code.
func Frames(at engine.Spot, task, max int) (frames []engine.StackFrame, first int) {
	if task != 0 && task != at.Task().ID {
		other, ok := at.Of(task)
		if !ok {
			return nil, 0
		}
		at = other
	}
	frames = at.Frames(max)
	for i, f := range frames {
		if !f.Native {
			return frames, i
		}
	}
	return frames, 0
}

// Queue is a list of events that never blocks who puts them in.
type Queue struct {
	mu     sync.Mutex
	events []Event
	wake   chan struct{}
}

// NewQueue makes a queue, which is a Front that keeps what it is told.
func NewQueue() *Queue { return &Queue{wake: make(chan struct{}, 1)} }

// Tell puts an event in.
func (q *Queue) Tell(e Event) {
	q.mu.Lock()
	q.events = append(q.events, e)
	q.mu.Unlock()
	select {
	case q.wake <- struct{}{}:
	default:
	}
}

// Wake receives when something was put in.
func (q *Queue) Wake() <-chan struct{} { return q.wake }

// Take takes the events out.
func (q *Queue) Take() []Event {
	q.mu.Lock()
	defer q.mu.Unlock()
	events := q.events
	q.events = nil
	return events
}
