// Package lineedit reads lines from a terminal: several at a time where one text
// has several, with history, completion, colours and search. What others write
// meanwhile appears above the text that is being typed.
//
// It asks the terminal nothing: no reply can be missing or late. It writes only
// what every terminal of the last decades understands.
package lineedit

import (
	"bytes"
	"context"
	"errors"
	"io"
	"strings"
	"sync"
)

// ErrInterrupt is returned when Ctrl-C gives the text up.
var ErrInterrupt = errors.New("interrupted")

// Config says what an Editor stands on. In, Out, Raw and Size are needed.
type Config struct {
	In  io.Reader
	Out io.Writer
	// Raw makes the terminal hand out keys as they are pressed, until restore.
	Raw func() (restore func() error, err error)
	// Size is that of the terminal.
	Size func() (columns, rows int)
	// Resized, if set, tells that Size has changed.
	Resized <-chan struct{}
	// Suspend, if set, stops the program at Ctrl-Z until it is to go on.
	Suspend func()
	// Resumed, if set, tells that the program was stopped and goes on, which may
	// have left the terminal in another mode.
	Resumed <-chan struct{}

	Prompt string // before the first line
	More   string // before each other line, as wide as Prompt
	Color  bool

	// Ready says that Enter ends the text; without it every text is ready.
	Ready func(text string) bool
	// Indent, if set, tells how many steps the last line of a text stands in and how
	// many the line that would follow it; -1 is for as it is.
	Indent func(text []rune) (last, next int)
	// Style gives each rune the parameters of a colour sequence, "" for none.
	Style func(text []rune) []string
	// Complete lists what may stand in place of text[start:at].
	Complete func(text []rune, at int) (start int, list []Candidate)
}

// Candidate is one way to complete a word.
type Candidate struct {
	Text string // that is put in place of the word
	Name string // as the list shows it
	Note string // beside it
}

// Editor reads lines. ReadLine is called by one goroutine at a time, the other
// methods by any.
type Editor struct {
	cfg     Config
	history History

	// Of ReadLine.
	line
	pending []byte // read and not used yet
	reads   chan read
	reading bool
	menu    *menu
	search  *search
	recall  int    // the entry of the history that is shown, len for none
	typed   string // what was there before the history was
	err     error  // of In

	// Guarded by mu.
	mu        sync.Mutex
	prompting bool
	restore   func() error // of the terminal's mode, while prompting
	shown     frame
	midline   bool // the last thing written did not end its line
}

type read struct {
	data []byte
	err  error
}

// New makes an editor; history may be nil.
func New(cfg Config, history History) *Editor {
	if history == nil {
		history = NewMemory()
	}
	return &Editor{cfg: cfg, history: history, reads: make(chan read, 1)}
}

// Prompt sets what stands before the lines that ReadLine reads from then on. Only
// who calls ReadLine may call it.
func (e *Editor) Prompt(first, more string) { e.cfg.Prompt, e.cfg.More = first, more }

// ReadLine lets the user type a text and returns it without its last line end.
// It returns ErrInterrupt at Ctrl-C, io.EOF at Ctrl-D or the end of the input,
// and the cause of ctx at its end.
func (e *Editor) ReadLine(ctx context.Context) (string, error) {
	if err := e.open(); err != nil {
		return "", err
	}
	defer e.shut()
	e.line, e.menu, e.search = line{}, nil, nil
	e.recall, e.typed = e.history.Len(), ""
	for {
		for {
			k, n := decode(e.pending)
			if n == 0 {
				break
			}
			e.pending = e.pending[n:]
			done, err := e.press(k)
			if done || err != nil {
				e.leave(err)
				return e.text(), err
			}
		}
		e.draw()
		if err := e.more(ctx); err != nil {
			e.leave(nil)
			return "", err
		}
	}
}

// more waits for keys.
func (e *Editor) more(ctx context.Context) error {
	if e.err != nil {
		return e.err
	}
	if !e.reading {
		e.reading = true
		go func() {
			buf := make([]byte, 4096)
			n, err := e.cfg.In.Read(buf)
			e.reads <- read{buf[:n], err}
		}()
	}
	select {
	case r := <-e.reads:
		e.reading = false
		e.pending = append(e.pending, r.data...)
		if r.err != nil {
			e.err = r.err
			if len(r.data) == 0 {
				return r.err
			}
		}
	case <-e.cfg.Resized:
	case <-e.cfg.Resumed:
		return e.resume()
	case <-ctx.Done():
		return context.Cause(ctx)
	}
	return nil
}

const (
	pasteOn  = "\x1b[?2004h"
	pasteOff = "\x1b[?2004l"
)

// open makes the terminal ready for keys.
func (e *Editor) open() error {
	e.mu.Lock()
	defer e.mu.Unlock()
	restore, err := e.cfg.Raw()
	if err != nil {
		return err
	}
	e.restore = restore
	e.prompting, e.shown = true, frame{}
	start := pasteOn
	if e.midline {
		start = "\r\n" + start
		e.midline = false
	}
	_, err = io.WriteString(e.cfg.Out, start)
	return err
}

// shut gives the terminal back as it was.
func (e *Editor) shut() {
	e.mu.Lock()
	defer e.mu.Unlock()
	if !e.prompting {
		return
	}
	e.prompting = false
	_ = e.restore()
	_, _ = io.WriteString(e.cfg.Out, pasteOff)
}

// suspend stops the program; the text is shown again when it goes on.
func (e *Editor) suspend() error {
	at := e.at
	e.leave(nil)
	e.at = at
	e.shut()
	e.cfg.Suspend()
	return e.open()
}

// resume makes the terminal ready again and shows the text in the row in which
// the cursor stands now.
func (e *Editor) resume() error {
	e.shut()
	if err := e.open(); err != nil {
		return err
	}
	_, err := io.WriteString(e.cfg.Out, "\r\x1b[J")
	return err
}

// leave shows the text a last time and goes to the line below it.
func (e *Editor) leave(err error) {
	e.menu, e.search = nil, nil
	e.at = len(e.runes)
	e.draw()
	end := "\r\n"
	if err == ErrInterrupt {
		end = "^C\r\n"
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	_, _ = io.WriteString(e.cfg.Out, end)
	e.shown = frame{}
}

// Write writes output to the terminal: above the text that is being typed, if
// there is one. A line is ended there that p does not end.
func (e *Editor) Write(p []byte) (int, error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if len(p) == 0 {
		return 0, nil
	}
	if !e.prompting {
		e.midline = p[len(p)-1] != '\n'
		return e.cfg.Out.Write(p)
	}
	var b strings.Builder
	columns, _ := e.cfg.Size()
	b.WriteString(e.shown.erase(columns))
	b.Write(bytes.ReplaceAll(p, []byte("\n"), []byte("\r\n")))
	if p[len(p)-1] != '\n' {
		b.WriteString("\r\n")
	}
	b.WriteString(e.shown.String())
	if _, err := io.WriteString(e.cfg.Out, b.String()); err != nil {
		return 0, err
	}
	return len(p), nil
}

// EndLine goes to a new line, unless the cursor is at the beginning of one.
func (e *Editor) EndLine() {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.midline && !e.prompting {
		_, _ = io.WriteString(e.cfg.Out, "\n")
		e.midline = false
	}
}

// draw shows the text as it is now.
func (e *Editor) draw() {
	columns, rows := e.cfg.Size()
	next := e.frame(columns, rows)
	e.mu.Lock()
	defer e.mu.Unlock()
	_, _ = io.WriteString(e.cfg.Out, e.shown.erase(columns)+next.String())
	e.shown = next
}

func (e *Editor) bell() {
	e.mu.Lock()
	defer e.mu.Unlock()
	_, _ = io.WriteString(e.cfg.Out, "\a")
}
