// Package trace writes down what the tasks, workers, jobs and native calls of an
// engine do over time, in the Chrome trace format, which Perfetto
// (https://ui.perfetto.dev) and chrome://tracing show.
//
// A [Recorder] writes events as they happen, so it takes no more memory when the
// script runs longer. The format is the array of the Trace Event Format, whose
// end may be missing: a file that was cut off can still be read. Events name
// functions, lines of scripts and kinds of errors, never arguments, results or
// messages, so no secret of a script gets into a trace.
//
// The states of an engine record when engine.Options.Trace is set. A worker in a
// process of its own has a relay, whose events go to the recorder of the process
// that started it: see [NewRelay] and [Recorder.Process].
package trace

import (
	"bufio"
	"io"
	"os"
	"strconv"
	"sync"
	"time"

	"github.com/gscript-lang/gscript/engine/host"
)

// flushAfter is how long an event may stay in memory: what a process did before
// it was killed is in the file.
const flushAfter = 250 * time.Millisecond

// maxNames bounds how many names of rows are remembered for reuse.
const maxNames = 10_000

// Config adjusts a Recorder.
type Config struct {
	Clock host.Clock // nil is the real time
	Name  string     // of the process; "" is gscript
	PID   int        // 0 is this process's
}

// Recorder records events. It is safe for concurrent use; a nil one records
// nothing.
type Recorder struct {
	clock host.Clock
	start time.Time
	pid   int
	send  func(Event) // of a relay, which writes nothing

	mu     sync.Mutex
	rows   int
	names  map[string]*rowsOf
	closed bool

	out   *bufio.Writer
	line  []byte
	some  bool // an event was written
	timer host.Timer
	armed bool // the timer will flush
	err   error
}

// rowsOf are the rows of one name.
type rowsOf struct {
	made int
	free []int // of tasks that have ended
}

// New makes a recorder that writes to w until Close.
func New(w io.Writer, c Config) *Recorder {
	r := newRecorder(c)
	r.out = bufio.NewWriterSize(w, 64<<10)
	r.pid = c.PID
	if r.pid == 0 {
		r.pid = os.Getpid()
	}
	if c.Name == "" {
		c.Name = "gscript"
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.write(r.pid, Event{Phase: processName, Name: c.Name})
	return r
}

// NewRelay makes a recorder that hands its events to send, one at a time, for
// the recorder of another process. send must not call the relay.
func NewRelay(clock host.Clock, send func(Event)) *Recorder {
	r := newRecorder(Config{Clock: clock})
	r.send = send
	return r
}

func newRecorder(c Config) *Recorder {
	if c.Clock == nil {
		c.Clock = host.New(host.Permissions{}).Clock
	}
	return &Recorder{clock: c.Clock, start: c.Clock.Now(), names: map[string]*rowsOf{}}
}

// Close writes the end and returns the first error that writing met. Events that
// come later are dropped. It does not close what it writes to.
func (r *Recorder) Close() error {
	if r == nil {
		return nil
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.closed {
		return r.err
	}
	r.closed = true
	if r.timer != nil {
		r.timer.Stop()
	}
	if r.out != nil && r.err == nil {
		_, _ = r.out.WriteString("\n]\n") // an error stays with the writer
		r.err = r.out.Flush()
	}
	return r.err
}

// Process is another process whose events go into a recorder.
type Process struct {
	r   *Recorder
	pid int
}

// Process names a process whose events are to come.
func (r *Recorder) Process(pid int, name string) *Process {
	if r == nil {
		return nil
	}
	r.put(pid, Event{Phase: processName, Name: name})
	return &Process{r, pid}
}

// Add records events that a relay in the process has sent. What is not an event
// of a relay is dropped.
func (p *Process) Add(events ...Event) {
	if p == nil {
		return
	}
	for _, e := range events {
		if e.sound() {
			p.r.put(p.pid, e)
		}
	}
}

// stamp is the time of an event: the wall clock, but without its jumps.
func (r *Recorder) stamp(at time.Time) int64 {
	return r.start.UnixNano() + int64(at.Sub(r.start))
}

func (r *Recorder) put(pid int, e Event) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.write(pid, e)
}

// write writes or sends an event. The lock is held. After an error nothing more
// is written: the disk is full, and the script goes on.
func (r *Recorder) write(pid int, e Event) {
	if r.closed || r.err != nil {
		return
	}
	if r.send != nil {
		r.send(e)
		return
	}
	r.line = r.line[:0]
	if r.some {
		r.line = append(r.line, ",\n"...)
	} else {
		r.line = append(r.line, "[\n"...)
	}
	r.some = true
	r.line = e.append(r.line, pid, r.start.UnixNano())
	if _, r.err = r.out.Write(r.line); r.err == nil && !r.armed {
		r.armed = true
		if r.timer == nil {
			r.timer = r.clock.AfterFunc(flushAfter, r.flush)
		} else {
			r.timer.Reset(flushAfter)
		}
	}
}

func (r *Recorder) flush() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.armed = false
	if !r.closed && r.err == nil {
		r.err = r.out.Flush()
	}
}

// row finds a row for a name: one whose task has ended, or a new one. The lock is
// held.
func (r *Recorder) row(name string) int {
	of := r.names[name]
	if of == nil {
		if len(r.names) >= maxNames {
			clear(r.names)
		}
		of = &rowsOf{}
		r.names[name] = of
	}
	if n := len(of.free); n > 0 {
		row := of.free[n-1]
		of.free = of.free[:n-1]
		return row
	}
	of.made++
	r.rows++
	if of.made > 1 {
		name += " #" + strconv.Itoa(of.made)
	}
	r.write(r.pid, Event{Phase: rowName, Row: r.rows, Name: name})
	return r.rows
}

// release gives a row back. The lock is held.
func (r *Recorder) release(name string, row int) {
	if of := r.names[name]; of != nil {
		of.free = append(of.free, row)
	}
}
