// Package meter is the progress= option, the same for every transfer and map:
// true draws a bar on a terminal and nothing elsewhere, a function is called
// with what is done.
package meter

import (
	"io"
	"sync"
	"time"

	"github.com/gscript-lang/gscript/engine"
)

// Unit is what a Meter counts.
type Unit int

const (
	// Bytes is the unit of transfers, and of a Meter that is given none.
	Bytes Unit = iota
	// Items is the unit of maps and loops.
	Items
)

// interval is the least time between two calls of a function.
const interval = 100 * time.Millisecond

// Meter shows how work goes on. A nil *Meter is silent. It may be used from
// several goroutines.
type Meter struct {
	call  *engine.Call
	fn    *engine.Func
	unit  Unit
	board *board // nil where nothing is drawn

	calling sync.Mutex // held while fn runs

	mu   sync.Mutex
	bars map[*Bar]struct{}
}

// New reads the progress= option: nil, false, true or a function(done, total,
// name). The unit is Bytes unless one is given.
func New(c *engine.Call, option any, unit ...Unit) (*Meter, error) {
	m := &Meter{call: c, bars: map[*Bar]struct{}{}}
	if len(unit) > 0 {
		m.unit = unit[0]
	}
	switch option := option.(type) {
	case nil:
		return nil, nil
	case bool:
		if !option {
			return nil, nil
		}
		m.board = boardOf(c)
	case *engine.Func:
		m.fn = option
		c.Context() // is made at its first use, which must not be a race
	default:
		return nil, engine.Invalid("progress is true, false or a function(done, total, name), not %T", option)
	}
	return m, nil
}

// Start begins a piece of work of total units, -1 when nobody knows.
func (m *Meter) Start(name string, total int64) *Bar {
	if m == nil {
		return nil
	}
	b := &Bar{m: m, name: name, total: total}
	m.mu.Lock()
	m.bars[b] = struct{}{}
	m.mu.Unlock()
	if m.board != nil {
		b.row = m.board.add(name, total, m.unit)
	}
	return b
}

// Close takes the bars that are not finished off the screen.
func (m *Meter) Close() {
	if m == nil {
		return
	}
	m.mu.Lock()
	open := m.bars
	m.bars = map[*Bar]struct{}{}
	m.mu.Unlock()
	for b := range open {
		b.leave()
	}
}

// Bar is one piece of work. A nil *Bar is silent. It may be used from several
// goroutines.
type Bar struct {
	m     *Meter
	name  string
	total int64

	mu       sync.Mutex
	row      *row
	done     int64
	reported int64
	calls    int
	last     time.Time // of the last call
	err      error     // of the function: the work should stop
	finished bool
}

// Add says that n more units are done. The error is the function's: the work
// should stop.
func (b *Bar) Add(n int64) error {
	return b.change(func() { b.done += n })
}

// Set says how many units are done in all.
func (b *Bar) Set(done int64) error {
	return b.change(func() { b.done = done })
}

// Done returns how many units are done.
func (b *Bar) Done() int64 {
	if b == nil {
		return 0
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.done
}

func (b *Bar) change(count func()) error {
	if b == nil {
		return nil
	}
	b.mu.Lock()
	if b.finished {
		defer b.mu.Unlock()
		return b.err
	}
	count()
	last := b.done == b.total
	if b.row != nil {
		b.row.set(b.done)
	}
	b.mu.Unlock()
	if b.m.fn == nil {
		return nil
	}
	return b.report(last)
}

// report calls the function: always for the last count, otherwise when the
// last call is long enough ago and no other goroutine is calling.
func (b *Bar) report(last bool) error {
	if last {
		b.m.calling.Lock()
	} else if !b.m.calling.TryLock() {
		return b.failed()
	}
	defer b.m.calling.Unlock()

	b.mu.Lock()
	now := b.m.call.Host().Clock.Now()
	due := b.calls == 0 || last && b.done != b.reported || !last && now.Sub(b.last) >= interval
	if b.err != nil || !due {
		defer b.mu.Unlock()
		return b.err
	}
	b.calls++
	b.last, b.reported = now, b.done
	done := b.done
	b.mu.Unlock()

	_, err := b.m.call.Invoke(b.m.fn, done, b.total, b.name)
	if err != nil {
		b.mu.Lock()
		b.err = err
		b.mu.Unlock()
	}
	return err
}

func (b *Bar) failed() error {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.err
}

// Finish ends the piece of work and takes its bar off the screen; err says that
// it failed. It returns err, or what the function raised when it was told the
// last count.
func (b *Bar) Finish(err error) error {
	if b == nil {
		return err
	}
	b.leave()
	b.m.mu.Lock()
	delete(b.m.bars, b)
	b.m.mu.Unlock()
	if err == nil && b.m.fn != nil {
		err = b.report(true)
	}
	return err
}

func (b *Bar) leave() {
	b.mu.Lock()
	b.finished = true
	r := b.row
	b.row = nil
	b.mu.Unlock()
	if r != nil {
		r.remove()
	}
}

// Reader counts what is read from r.
func (b *Bar) Reader(r io.Reader) io.Reader {
	if b == nil {
		return r
	}
	return &reader{r, b}
}

type reader struct {
	r io.Reader
	b *Bar
}

func (r *reader) Read(p []byte) (int, error) {
	n, err := r.r.Read(p)
	if n > 0 {
		if berr := r.b.Add(int64(n)); berr != nil {
			return n, berr
		}
	}
	return n, err
}

// Writer counts what is written to w.
func (b *Bar) Writer(w io.Writer) io.Writer {
	if b == nil {
		return w
	}
	return &writer{w, b}
}

type writer struct {
	w io.Writer
	b *Bar
}

func (w *writer) Write(p []byte) (int, error) {
	n, err := w.w.Write(p)
	if n > 0 {
		if berr := w.b.Add(int64(n)); berr != nil && err == nil {
			err = berr
		}
	}
	return n, err
}
