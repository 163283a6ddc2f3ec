// Package debug stops scripts at breakpoints, steps through them and looks into
// them, whatever front end shows it: package terminal is one, package dap
// another.
//
// A [Debugger] is a probe of an engine. Each state that the engine makes gets a
// [Session], so workers are debugged as the script itself is. A state that stops
// waits in the instruction that is about to run, and with it all its tasks; other
// states go on. The debugger tells its [Front] of a [Stop], through which the
// front end looks at the frames and says how to go on.
//
// Process workers run in a child that knows nothing of the debugger: they do not
// stop.
package debug

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"sync/atomic"

	"github.com/gscript-lang/gscript/engine"
)

// ErrQuit is what a script ends with that was ended from the debugger.
var ErrQuit = errors.New("ended from the debugger")

// Front shows what a debugger sees.
type Front interface {
	// Tell is called by whoever runs the script, and must not block.
	Tell(e Event)
}

// Event is a Stopped, Resumed, Bound, Logged, Loaded, Began, Ended or Beyond.
type Event any

type (
	// Stopped says that a state stands still.
	Stopped struct{ Stop *Stop }
	// Resumed says that it runs again.
	Resumed struct{ Stop *Stop }
	// Bound says that a breakpoint has found its place, or another one.
	Bound struct{ Breakpoint Breakpoint }
	// Logged is the message of a log point.
	Logged struct {
		Text, Source string
		Line         int
	}
	// Loaded says that code of a source runs for the first time.
	Loaded struct{ Source string }
	// Began says that a state was made.
	Began struct{ Session *Session }
	// Ended says that it was closed.
	Ended struct{ Session *Session }
	// Beyond says that the script has started a first worker process, and that such
	// processes do not stop.
	Beyond struct{ Name string }
)

// String tells people what it means.
func (b Beyond) String() string {
	return fmt.Sprintf("the script has started a worker process (%s): nothing stops there, neither at breakpoints nor at errors; with kind=\"thread\" it would", b.Name)
}

// Filter says at which errors scripts stop.
type Filter string

// The filters.
const (
	All      Filter = "all"      // those too that a pcall, xpcall or try keeps
	Uncaught Filter = "uncaught" // those that nothing in their task keeps
	None     Filter = "none"
)

// Options configure a Debugger.
type Options struct {
	// Dir is what relative names of sources are relative to.
	Dir string
	// StopOnEntry stops the first state at its first line.
	StopOnEntry bool
	// Catch says at which errors to stop; "" is None.
	Catch Filter
	// Library is the beginning of the names of sources that steps do not enter;
	// "" is "stdlib/". Breakpoints in them work.
	Library string
}

// Debugger is a probe that stops scripts. It is safe for concurrent use.
type Debugger struct {
	opts  Options
	front Front

	version atomic.Int64 // of all that sessions derive from what follows
	catch   atomic.Pointer[map[Filter]string]

	mu       sync.Mutex
	off      chan struct{} // closed by Disconnect
	isOff    bool
	points   []*point
	nextID   int
	sessions []*Session
	made     int // sessions
	sources  map[string]*source
	entry    bool // the next session stops at its first line
	beyond   bool // Beyond was told
}

var _ engine.ProcessProbe = (*Debugger)(nil)

// New makes a debugger.
func New(front Front, o Options) *Debugger {
	if o.Library == "" {
		o.Library = "stdlib/"
	}
	d := &Debugger{opts: o, front: front, off: make(chan struct{}), sources: map[string]*source{}, entry: o.StopOnEntry}
	d.Catch(o.Catch)
	return d
}

// Attach makes the session of a state.
func (d *Debugger) Attach(state *engine.State) engine.StateProbe {
	d.mu.Lock()
	d.made++
	s := &Session{ID: d.made, d: d, state: state, codes: map[proto]*code{}}
	if d.entry {
		d.entry = false
		s.want.Store(int32(wantEntry))
	}
	s.version.Store(-1)
	d.sessions = append(d.sessions, s)
	d.mu.Unlock()
	d.front.Tell(Began{s})
	return s
}

// ProcessBegan tells the first time that breakpoints do not work there.
func (d *Debugger) ProcessBegan(name string) {
	d.mu.Lock()
	told := d.beyond || d.isOff
	d.beyond = true
	d.mu.Unlock()
	if !told {
		d.front.Tell(Beyond{name})
	}
}

func (d *Debugger) ended(s *Session) {
	d.mu.Lock()
	d.sessions = slices.DeleteFunc(d.sessions, func(o *Session) bool { return o == s })
	d.mu.Unlock()
	d.front.Tell(Ended{s})
}

// Sessions lists the states that are debugged, in the order in which they were
// made.
func (d *Debugger) Sessions() []*Session {
	d.mu.Lock()
	defer d.mu.Unlock()
	return slices.Clone(d.sessions)
}

// Catch sets at which errors scripts stop.
func (d *Debugger) Catch(f Filter) {
	conditions := map[Filter]string{}
	if f == All || f == Uncaught {
		conditions[f] = ""
	}
	d.CatchWhen(conditions)
}

// CatchWhen sets at which errors scripts stop: at those that one of the filters
// picks and its condition is true of, which is Lua that sees the error as err; ""
// is true of all.
func (d *Debugger) CatchWhen(conditions map[Filter]string) { d.catch.Store(&conditions) }

// Catching is the widest filter that is set.
func (d *Debugger) Catching() Filter {
	set := *d.catch.Load()
	for _, f := range []Filter{All, Uncaught} {
		if _, ok := set[f]; ok {
			return f
		}
	}
	return None
}

// Library says that a source is one of Options.Library.
func (d *Debugger) Library(source string) bool {
	return strings.HasPrefix(source, d.opts.Library)
}

// StopOnEntry stops the next state that is made at its first line.
func (d *Debugger) StopOnEntry() {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.entry = true
}

// Pause stops all states at the next line that they run.
func (d *Debugger) Pause() {
	for _, s := range d.Sessions() {
		s.Pause()
	}
}

// Disconnect lets everything go on without the debugger: nothing stops any more.
func (d *Debugger) Disconnect() {
	d.mu.Lock()
	defer d.mu.Unlock()
	if !d.isOff {
		d.isOff = true
		close(d.off)
	}
	d.points = nil
	d.Catch(None)
	d.version.Add(1)
}

// Disconnected says that Disconnect was called.
func (d *Debugger) Disconnected() bool {
	select {
	case <-d.off:
		return true
	default:
		return false
	}
}

// Restart forgets what was loaded, so that the script may run anew; breakpoints
// stay, and count from 0 again.
func (d *Debugger) Restart() {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.sources = map[string]*source{}
	d.made = 0
	d.entry, d.beyond = d.opts.StopOnEntry, false
	for _, p := range d.points {
		p.Hits, p.Source, p.At, p.Message = 0, "", 0, pending
		p.proto = nil
	}
	d.version.Add(1)
}
