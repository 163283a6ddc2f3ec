package iolib

import (
	"bytes"
	"context"
	"errors"
	"io"
	"unsafe"

	lua "github.com/yuin/gopher-lua"

	"github.com/gscript-lang/gscript/engine/internal/base/hostcall"
	"github.com/gscript-lang/gscript/engine/internal/vm"
)

const (
	bufferSize = 64 << 10
	// stepSize is how much of a large read is done between two looks at the
	// limits.
	stepSize = 1 << 20
)

// input is the reading side of a file.
type input struct {
	r io.Reader
	// quick says that a read takes no longer than a disk does. Any other read
	// has a goroutine of its own, which is left behind when the task ends
	// before it: nothing can make a read of a terminal return.
	quick bool
	// before is called when a read may have to wait.
	before func(L *lua.LState)

	data    []byte // read and not yet taken, a part of buf
	buf     []byte
	err     error        // came with data; for the next fill
	pending chan outcome // a read that was left behind; its data goes to buf
}

type outcome struct {
	n   int
	err error
}

// fill reads more when everything was taken. The end of the file is io.EOF.
func (in *input) fill(ctx context.Context) error {
	if in.buf == nil {
		in.buf = make([]byte, bufferSize)
	}
	for range 100 {
		if err := in.err; err != nil {
			in.err = nil
			return err
		}
		var o outcome
		if in.quick {
			o.n, o.err = in.r.Read(in.buf)
		} else {
			if in.pending == nil {
				pending := make(chan outcome, 1)
				go func() {
					var n int
					err := vm.Guard(func() (err error) { n, err = in.r.Read(in.buf); return err }, nil)
					pending <- outcome{n, err}
				}()
				in.pending = pending
			}
			select {
			case o = <-in.pending:
				in.pending = nil
			case <-ctx.Done():
				return context.Cause(ctx)
			}
		}
		in.data, in.err = in.buf[:o.n], o.err
		if o.n > 0 {
			return nil
		}
	}
	return io.ErrNoProgress
}

// more fills for a script. It says no at the end of the file.
func (in *input) more(L *lua.LState) (bool, error) {
	if in.before != nil {
		in.before(L)
	}
	err := hostcall.Released(L, in.fill)
	vm.Spend(L, 1+len(in.data)>>10)
	if errors.Is(err, io.EOF) {
		return false, nil
	}
	return err == nil, err
}

// line reads up to the end of a line. ok is false when there was nothing.
func (in *input) line(L *lua.LState, keep bool) (line string, ok bool, err error) {
	var long []byte
	for {
		if i := bytes.IndexByte(in.data, '\n'); i >= 0 {
			end := i
			if keep {
				end++
			}
			part := in.data[:end]
			in.data = in.data[i+1:]
			if long == nil {
				vm.FitString(L, len(part))
				return string(part), true, nil
			}
			vm.FitString(L, len(long)+len(part))
			return string(append(long, part...)), true, nil
		}
		if len(in.data) > 0 {
			vm.FitString(L, len(long)+len(in.data))
			long = append(long, in.data...)
			in.data = nil
		}
		if ok, err := in.more(L); !ok {
			return string(long), long != nil, err
		}
	}
}

// bytes reads n bytes, or what there is; a negative n is all. hint is how much
// that will be, where it is known.
func (in *input) bytes(L *lua.LState, n int, hint int) (string, error) {
	if n >= 0 && n <= len(in.data) {
		vm.FitString(L, n)
		s := string(in.data[:n])
		in.data = in.data[n:]
		return s, nil
	}
	if n >= 0 {
		hint = min(n, hint)
	}
	vm.FitString(L, hint)
	out := make([]byte, 0, max(hint, len(in.data)))
	for {
		part := in.data
		if n >= 0 {
			part = part[:min(len(part), n-len(out))]
		}
		vm.FitString(L, len(out)+len(part))
		out = append(out, part...)
		in.data = in.data[len(part):]
		if len(out) == n {
			break
		}
		if in.quick && cap(out)-len(out) >= bufferSize && in.err == nil {
			// A large read of a file goes where it is to stay.
			got, err := in.direct(L, out, n)
			out = out[:len(out)+got]
			if err != nil || got == 0 {
				return text(out), err
			}
			continue
		}
		if ok, err := in.more(L); !ok {
			return text(out), err
		}
	}
	return text(out), nil
}

// text makes a string of bytes that nobody changes any more.
func text(b []byte) string { return unsafe.String(unsafe.SliceData(b), len(b)) }

// direct reads into the room behind out, at most one step.
func (in *input) direct(L *lua.LState, out []byte, n int) (got int, err error) {
	room := out[len(out):min(cap(out), len(out)+stepSize)]
	if n >= 0 {
		room = room[:min(len(room), n-len(out))]
	}
	err = hostcall.Released(L, func(context.Context) (err error) {
		got, err = in.r.Read(room)
		return err
	})
	vm.Spend(L, 1+got>>10)
	if errors.Is(err, io.EOF) {
		err = nil
	}
	return got, err
}

// peek returns the next byte without taking it.
func (in *input) peek(L *lua.LState) (c byte, ok bool, err error) {
	if len(in.data) == 0 {
		if ok, err := in.more(L); !ok {
			return 0, false, err
		}
	}
	return in.data[0], true, nil
}
