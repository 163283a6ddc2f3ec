package iolib

import (
	"context"
	"errors"
	"io"
	"runtime"
	"sync"
	"time"

	lua "github.com/yuin/gopher-lua"

	"github.com/gscript-lang/gscript/engine/internal/base/arg"
	"github.com/gscript-lang/gscript/engine/internal/base/hostcall"
	"github.com/gscript-lang/gscript/engine/internal/fault"
)

// File is what a script holds of an open file. It is apart from the handle so
// that a file that the script has forgotten can be closed.
type File struct{ *handle }

// handle is an open file. It is used under the baton and by one at a time; use
// and release see to the latter, because a call that waits has no baton.
type handle struct {
	lib  *Library
	name string
	in   *input    // nil when the file is not open for reading
	out  *output   // nil when it is not open for writing
	seek io.Seeker // nil when it has no position
	size func() int64
	// end closes what is beneath. It is nil for the standard streams, which
	// belong to the host.
	end    func() error
	child  *child // of popen
	closed bool
	over   bool // closed with the run and not by the script
	dirty  bool // the library knows of what is not written yet

	turn    chan struct{}
	once    sync.Once
	forgets runtime.Cleanup
}

// String names the file for people.
func (h *handle) String() string { return "file " + h.name }

// use waits until nobody else uses the file, which may close it meanwhile.
func (h *handle) use(L *lua.LState) {
	select {
	case h.turn <- struct{}{}:
	default:
		h.wait(L)
	}
	if h.closed {
		h.release()
		arg.Raise(L, "attempt to use a closed file")
	}
}

func (h *handle) wait(L *lua.LState) {
	err := hostcall.Released(L, func(ctx context.Context) error {
		select {
		case h.turn <- struct{}{}:
			return nil
		case <-ctx.Done():
			return context.Cause(ctx)
		}
	})
	if err != nil {
		h.lib.world.Throw(L, err)
	}
}

func (h *handle) release() { <-h.turn }

// reading makes the file ready to be read after it was written.
func (h *handle) reading(L *lua.LState) error {
	if h.out != nil && len(h.out.buf) > 0 {
		return h.out.flush(L)
	}
	return nil
}

// writing makes the file ready to be written after it was read: what was read
// ahead is given back.
func (h *handle) writing() error {
	if h.in == nil || len(h.in.data) == 0 || h.seek == nil {
		return nil
	}
	_, err := h.seek.Seek(-int64(len(h.in.data)), io.SeekCurrent)
	h.in.data, h.in.err = nil, nil
	return err
}

// maxHint bounds what is allocated because a file says that it is that large.
const maxHint = 1 << 30

// left is how many bytes a file of known size still has, 0 when nobody knows.
func (h *handle) left() int {
	if h.size == nil || h.seek == nil {
		return 0
	}
	pos, err := h.seek.Seek(0, io.SeekCurrent)
	if err != nil {
		return 0
	}
	return int(min(max(h.size()-pos, 0), maxHint)) + len(h.in.data)
}

// Read lets modules send what is in the file. It needs no baton.
func (f *File) Read(p []byte) (int, error) {
	f.turn <- struct{}{}
	defer f.release()
	switch {
	case f.closed:
		return 0, fault.New(fault.HandleClosed, "the file %s is closed", f.name)
	case f.in == nil:
		return 0, fault.New(fault.ArgsInvalid, "the file %s is not open for reading", f.name)
	}
	if f.out != nil && len(f.out.buf) > 0 {
		if err := f.out.drain(context.Background()); err != nil {
			return 0, err
		}
	}
	if len(f.in.data) == 0 {
		if err := f.in.fill(context.Background()); err != nil {
			return 0, err
		}
	}
	n := copy(p, f.in.data)
	f.in.data = f.in.data[n:]
	return n, nil
}

// closeGrace is how long the end of a script waits for what it wrote to a pipe
// and did not close.
const closeGrace = time.Second

// Close is the end of a file that the script has left open. It needs no baton.
func (h *handle) Close() error {
	var err error
	h.once.Do(func() {
		timer := time.NewTimer(closeGrace)
		defer timer.Stop()
		select {
		case h.turn <- struct{}{}:
			defer h.release()
			err = h.abandon()
		case <-timer.C: // a module is reading; it gets an error
			err = h.end()
		}
	})
	return err
}

// abandon writes what is left and closes the file.
func (h *handle) abandon() error {
	if h.closed {
		return nil
	}
	h.closed, h.over = true, true
	h.lib.written(h)
	ctx, cancel := context.WithTimeout(context.Background(), closeGrace)
	defer cancel()
	var err error
	if h.out != nil {
		err = h.out.drain(ctx)
	}
	if h.child != nil {
		h.child.abandon(ctx)
		return nil
	}
	if err = errors.Join(err, h.end()); err != nil {
		return h.lost("close", err)
	}
	return nil
}

// lost says that what was written to the file is not all there.
func (h *handle) lost(op string, err error) *fault.Error {
	if h.end == nil {
		return fault.LostOutput(err)
	}
	e := *fault.Classify(err)
	e.Op, e.Target = op, h.name
	return &e
}

// forgotten makes the collection of a file close it.
func (f *File) forgotten() {
	f.forgets = runtime.AddCleanup(f, func(h *handle) {
		go func() {
			h.lib.world.Untrack(h)
			if err := h.Close(); err != nil {
				h.lib.host.Log.Warn("a file that was not closed", "file", h.name, "error", err)
			}
		}()
	}, f.handle)
}
