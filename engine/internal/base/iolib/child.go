package iolib

import (
	"context"
	"errors"
	"io"
	"time"

	lua "github.com/yuin/gopher-lua"

	"github.com/gscript-lang/gscript/engine/host"
	"github.com/gscript-lang/gscript/engine/internal/base/arg"
	"github.com/gscript-lang/gscript/engine/internal/base/hostcall"
	"github.com/gscript-lang/gscript/engine/internal/vm"
)

// childGrace is how long a child may take to end when it is asked to.
const childGrace = 500 * time.Millisecond

// child is the process behind a file of popen.
type child struct {
	proc host.Process
	pipe io.Closer // our end: its close ends what the child does with its own
	stop context.CancelFunc

	ended chan struct{}
	exit  host.Exit // valid once ended
	err   error
}

func (l *Library) popen(L *lua.LState) int {
	line := arg.String(L, 1)
	mode := arg.OptString(L, 2, "r")
	if mode != "r" && mode != "w" {
		arg.Error(L, 2, "invalid mode")
	}
	h := l.handle(line)
	c := &child{ended: make(chan struct{})}
	h.child = c
	cmd := hostcall.Shell(l.host, line)
	cmd.Grace = childGrace
	r, w := io.Pipe()
	if mode == "r" {
		cmd.Stdout, c.pipe = w, r
		h.in = &input{r: r}
	} else {
		cmd.Stdin, c.pipe = r, w
		h.out = &output{w: w, size: bufferSize}
	}
	h.end = c.pipe.Close
	ctx, stop := context.WithCancel(context.Background())
	c.stop = stop
	err := hostcall.Released(L, func(context.Context) (err error) {
		c.proc, err = l.host.Processes.Start(ctx, cmd)
		return err
	})
	if err != nil {
		stop()
		return hostcall.Failed(L, line, err)
	}
	t := vm.TaskOf(L)
	unwatch := context.AfterFunc(t.HardContext(), func() {
		// The task's own end leaves the child to whoever has the file.
		if context.Cause(t.HardContext()) != context.Canceled {
			c.kill()
		}
	})
	go func() {
		defer close(c.ended)
		c.exit, c.err = c.proc.Wait()
		unwatch()
		stop()
		if mode == "r" {
			w.Close()
		} else {
			r.Close()
		}
	}()
	l.world.Track(h)
	L.Push(l.wrap(&File{h}))
	return 1
}

// kill ends the child and what it has started, now.
func (c *child) kill() {
	_ = c.proc.Kill() // it may have ended
	c.stop()
	c.pipe.Close()
}

// close waits for the child's end and pushes how it ended.
func (c *child) close(L *lua.LState, lost error) int {
	c.pipe.Close()
	err := hostcall.Released(L, func(ctx context.Context) error {
		select {
		case <-c.ended:
			return nil
		case <-ctx.Done():
			return context.Cause(ctx)
		}
	})
	if err != nil {
		c.kill()
		return hostcall.Failed(L, "", err)
	}
	// That the child wrote more than was read is no failure.
	if err := errors.Join(lost, c.err); err != nil && !errors.Is(c.err, io.ErrClosedPipe) {
		return hostcall.Failed(L, "", err)
	}
	what, code := hostcall.How(c.exit)
	if what == "exit" && code == 0 {
		L.Push(lua.LTrue)
	} else {
		L.Push(lua.LNil)
	}
	L.Push(lua.LString(what))
	L.Push(lua.LNumber(code))
	return 3
}

// abandon is the end of a child that the script did not wait for. One that
// reads may use up its input until ctx ends; then it is ended.
func (c *child) abandon(ctx context.Context) {
	c.pipe.Close()
	if _, reads := c.pipe.(*io.PipeWriter); reads {
		select {
		case <-c.ended:
		case <-ctx.Done():
		}
	}
	c.stop()
	<-c.ended
}
