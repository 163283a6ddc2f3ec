package iolib

import (
	"bytes"
	"context"
	"io"

	lua "github.com/yuin/gopher-lua"

	"github.com/gscript-lang/gscript/engine/internal/base/hostcall"
	"github.com/gscript-lang/gscript/engine/internal/vm"
)

// buffering is what setvbuf sets.
type buffering int

const (
	full buffering = iota
	lines
	none
)

// output is the writing side of a file.
type output struct {
	w io.Writer
	// quick says that a write takes no longer than a disk does. Any other one
	// has a goroutine of its own, which is left behind when the task ends
	// before it.
	quick bool
	// held says that writes keep the baton: those of the standard streams, so
	// that a line of print does not let another task in.
	held bool

	mode    buffering
	size    int
	buf     []byte
	pending chan error // a write that was left behind
}

// write takes text, and writes what the mode says.
func (o *output) write(L *lua.LState, text string) error {
	if len(o.buf)+len(text) <= o.size {
		o.buf = append(o.buf, text...)
	} else if err := o.spill(L, text); err != nil {
		return err
	}
	return nil
}

// settle ends a call of write: what the mode does not let wait is written.
func (o *output) settle(L *lua.LState) error {
	if len(o.buf) == 0 || o.mode == full || o.mode == lines && bytes.IndexByte(o.buf, '\n') < 0 {
		return nil
	}
	return o.flush(L)
}

// spill writes the buffer and a text that does not fit into it.
func (o *output) spill(L *lua.LState, text string) error {
	room := max(o.size-len(o.buf), 0)
	o.buf = append(o.buf, text[:room]...)
	text = text[room:]
	for {
		if err := o.flush(L); err != nil {
			return err
		}
		if len(text) <= o.size {
			o.buf = append(o.buf, text...)
			return nil
		}
		n := min(len(text), stepSize)
		o.buf = append(o.buf, text[:n]...)
		text = text[n:]
	}
}

// flush writes the buffer. What could not be written is gone, as in C.
func (o *output) flush(L *lua.LState) error {
	switch {
	case len(o.buf) == 0 && o.pending == nil:
		return nil
	case o.held:
		return o.put()
	case o.quick:
		return hostcall.Unheld(L, o.put)
	}
	return hostcall.Released(L, o.drain)
}

// put writes the buffer of a quick output.
func (o *output) put() error {
	_, err := o.w.Write(o.buf)
	o.buf = o.buf[:0]
	if cap(o.buf) > 2*stepSize {
		o.buf = nil
	}
	return err
}

// drain writes the buffer under ctx, which a quick output does not need.
func (o *output) drain(ctx context.Context) error {
	if o.quick {
		return o.put()
	}
	for o.pending != nil || len(o.buf) > 0 {
		if o.pending == nil {
			data, pending := o.buf, make(chan error, 1)
			o.buf = nil
			go func() {
				pending <- vm.Guard(func() error { _, err := o.w.Write(data); return err }, nil)
			}()
			o.pending = pending
		}
		select {
		case err := <-o.pending:
			o.pending = nil
			if err != nil {
				return err
			}
		case <-ctx.Done():
			return context.Cause(ctx)
		}
	}
	return nil
}
