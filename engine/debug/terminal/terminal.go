// Package terminal is the debugger that people type commands into: those of
// Python's pdb, and what is not a command is Lua that runs where the script
// stands.
package terminal

import (
	"fmt"
	"io"
	"io/fs"
	"slices"
	"strings"
	"sync"
	"sync/atomic"

	"github.com/gscript-lang/gscript/engine/debug"
	"github.com/gscript-lang/gscript/engine/module"
)

// Options configure a Terminal.
type Options struct {
	// In and Out are read from and written to where nothing is set for Editing.
	In  io.Reader
	Out io.Writer
	// Editing edits lines on a terminal; nil reads them from In.
	Editing *Editing
	// Modules lists those whose names are completed, with their docs; nil is none.
	Modules func() []*module.Module
	// ReadDir lists the files whose names are completed; nil is none.
	ReadDir func(name string) ([]fs.DirEntry, error)
	Color   bool
	Width   int // columns; 0 is 80
	// Commands run at the first stop, before any is read.
	Commands []string
	// Quit ends the whole script, 0 to end the state that stands still only.
	Quit func()
	// Restarts says that whoever runs the script asks Ended whether to run it
	// again.
	Restarts bool
	// Arguments are those of the script, which restart may replace.
	Arguments []string
	// GoOn lets the script go on without the debugger at the end of the input,
	// which otherwise ends the script.
	GoOn bool
	// Fresh says that the cursor stands at the start of a line, and that something
	// is about to be written; nil is always.
	Fresh func() bool
	// WithLast ends the terminal when the last state that is debugged is closed.
	WithLast bool
	// Debug configures the debugger.
	Debug debug.Options
}

// Terminal is a front end of a debugger.
type Terminal struct {
	Options
	d     *debug.Debugger
	queue *debug.Queue
	input input

	// Of the goroutine that serves.
	commands map[string]*command
	stops    []*debug.Stop // that stand still, the first come first
	stop     *debug.Stop   // that is looked at
	task     int           // whose frames are looked at, 0 for the one that stopped
	frame    int
	listed   int // the line after the last listed
	last     string
	returned string
	scripted map[int][]string // commands of breakpoints
	displays []display
	nextShow int
	aliases  map[string]string
	waiting  waiting
	defining int      // the breakpoint whose commands are read, 0 for none
	drafted  []string // those that were read
	inLua    bool     // interact reads
	givenUp  bool     // the line that was read last, by Ctrl-C
	over     *ended   // the script has ended and somebody waits for an answer
	empty    bool     // a state was closed, and it was the last

	mu       sync.Mutex
	quitting bool
	again    bool
	done     chan struct{} // closed by Close
	served   chan struct{}
	pausing  atomic.Bool // Interrupt was called while the script ran
	cut      atomic.Bool // no more of the commands that wait are to run
}

// ended is the question what to do after the end of the script.
type ended struct{ answer chan bool }

type display struct {
	id   int
	expr string
}

// Start makes a terminal with its debugger and serves it until Close.
func Start(o Options) *Terminal {
	if o.Width == 0 {
		o.Width = 80
	}
	t := &Terminal{
		Options: o, queue: debug.NewQueue(),
		scripted: map[int][]string{}, aliases: map[string]string{}, waiting: waiting{list: slices.Clone(o.Commands)},
		done: make(chan struct{}), served: make(chan struct{}),
	}
	t.commands = commands()
	if o.Editing != nil {
		t.editWith(o.Editing)
	} else {
		t.input = newPlain(o.In, o.Out, t.paint)
	}
	t.d = debug.New(t.queue, o.Debug)
	go t.serve()
	return t
}

// Debugger is the probe for the engine whose scripts are debugged.
func (t *Terminal) Debugger() *debug.Debugger { return t.d }

// Over is closed when the terminal has ended.
func (t *Terminal) Over() <-chan struct{} { return t.served }

// Close lets everything go on and ends the terminal. A read of the input that is
// under way is left to the input's end.
func (t *Terminal) Close() {
	t.d.Disconnect()
	close(t.done)
	<-t.served
}

// Interrupt is for Ctrl-C: a script that runs stops at its next line, an evaluation
// ends, and so do the commands of a breakpoint. It says no when that was asked for already and has not
// happened, as of a script that waits in native code.
func (t *Terminal) Interrupt() (heard bool) {
	if t.Fresh != nil {
		fmt.Fprintln(t.Out) // behind the ^C of the terminal
	}
	t.cut.Store(true)
	stopped := false
	heard = true
	for _, s := range t.d.Sessions() {
		if s.Stopped() != nil {
			stopped = true
			heard = s.Break() && heard
		}
	}
	if stopped {
		return heard
	}
	if t.pausing.Swap(true) {
		return false
	}
	t.d.Pause()
	return true
}

// Quitting says that the script was ended from here.
func (t *Terminal) Quitting() bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.quitting
}

// Ended asks, once the script has ended, whether to run it again.
func (t *Terminal) Ended(how string) (again bool) {
	t.mu.Lock()
	again, quitting := t.again, t.quitting
	t.pausing.Store(false) // what was to pause has ended
	t.again, t.quitting = false, quitting && !again
	t.mu.Unlock()
	switch {
	case again:
		t.d.Restart()
		return true
	case quitting || t.d.Disconnected():
		return false
	}
	t.print(how)
	question := &ended{make(chan bool, 1)}
	t.queue.Tell(question)
	select {
	case again = <-question.answer:
	case <-t.served:
	}
	if again {
		t.d.Restart()
	}
	return again
}

// Args are the arguments with which the script is to run again.
func (t *Terminal) Args() []string {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.Arguments
}

// serve takes what stops, one at a time.
func (t *Terminal) serve() {
	defer close(t.served)
	defer t.input.close()
	for {
		t.notice()
		switch {
		case t.over != nil:
			again := t.after()
			t.over.answer <- again
			t.over = nil
			continue
		case len(t.stops) > 0:
			t.attend(t.stops[0])
			continue
		case t.empty && t.WithLast:
			t.d.Disconnect() // a state that was attached meanwhile goes on
			return
		}
		select {
		case <-t.queue.Wake():
		case <-t.done:
			return
		}
	}
}

// notice takes what the debugger has told.
func (t *Terminal) notice() {
	for _, e := range t.queue.Take() {
		switch e := e.(type) {
		case debug.Stopped:
			if t.Quitting() {
				e.Stop.Resume(debug.Move{Kind: debug.Quit})
				continue
			}
			t.pausing.Store(false)
			t.stops = append(t.stops, e.Stop)
			if t.stop != nil {
				t.print(fmt.Sprintf("%s has stopped, too: 'thread %d' looks at it", e.Stop.Session.Name(), e.Stop.Session.ID))
			}
		case debug.Resumed:
			t.stops = slices.DeleteFunc(t.stops, func(s *debug.Stop) bool { return s == e.Stop })
		case debug.Bound:
			b := e.Breakpoint
			switch {
			case b.Source == "":
				t.print(fmt.Sprintf("breakpoint %d: %s", b.ID, b.Message))
			case b.Message != "":
				t.print(fmt.Sprintf("breakpoint %d at %s:%d: %s", b.ID, b.Source, b.At, b.Message))
			}
		case debug.Logged:
			t.print(e.Text)
		case debug.Beyond:
			t.print(e.String())
		case debug.Ended:
			t.empty = len(t.d.Sessions()) == 0
		case *ended:
			t.over = e
		}
	}
}

// attend shows a stop and does what is typed until it runs again.
func (t *Terminal) attend(st *debug.Stop) {
	t.look(st)
	t.announce()
	for _, id := range slices.Backward(st.Breakpoints) {
		t.waiting.begin(t.scripted[id])
	}
	t.loop(func() bool { return t.stop == nil })
}

// look makes a stop the one that commands are about.
func (t *Terminal) look(st *debug.Stop) {
	t.stop, t.task, t.listed = st, 0, 0
	t.toFirst()
}

// after reads commands when the script has ended.
func (t *Terminal) after() (again bool) {
	t.stop = nil
	t.loop(func() bool { return t.Quitting() || t.isAgain() })
	t.mu.Lock()
	defer t.mu.Unlock()
	if again = t.again; again {
		t.again, t.quitting = false, false
	}
	return again
}

func (t *Terminal) isAgain() bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.again
}

// quit ends the script; again has it run anew.
func (t *Terminal) quit(again bool) {
	t.mu.Lock()
	t.quitting, t.again = true, again
	t.mu.Unlock()
	if t.waiting.resumed(); !again {
		t.waiting = waiting{}
	}
	st := t.stop
	t.stop = nil
	if t.Quit != nil {
		t.Quit()
	}
	if st == nil {
		return
	}
	for _, other := range slices.Clone(t.stops) {
		if other != st {
			other.Resume(debug.Move{Kind: debug.Quit})
		}
	}
	st.Resume(debug.Move{Kind: debug.Quit})
	t.drop(st)
}

// drop takes a stop that runs again from the list before the debugger has told.
func (t *Terminal) drop(st *debug.Stop) {
	t.stops = slices.DeleteFunc(t.stops, func(s *debug.Stop) bool { return s == st })
}

// resume lets what is looked at go on.
func (t *Terminal) resume(m debug.Move) {
	st := t.stop
	t.waiting.resumed()
	t.stop = nil
	st.Resume(m)
	t.drop(st)
}

func (t *Terminal) print(text string) { t.write(printable(text)) }

// write is print for text that has colors.
func (t *Terminal) write(text string) {
	if t.Fresh != nil && !t.Fresh() {
		text = "\n" + text
	}
	fmt.Fprintln(t.Out, strings.TrimRight(text, "\n"))
}

func (t *Terminal) printf(format string, args ...any) { t.print(fmt.Sprintf(format, args...)) }

func (t *Terminal) paint(code, text string) string {
	if !t.Color || text == "" {
		return text
	}
	return "\x1b[" + code + "m" + text + "\x1b[0m"
}

// printable keeps values from steering the terminal.
func printable(s string) string {
	return strings.Map(func(c rune) rune {
		if c == '\n' || c == '\t' || c >= ' ' && c != 0x7f && (c < 0x80 || c > 0x9f) {
			return c
		}
		return '\ufffd'
	}, s)
}
