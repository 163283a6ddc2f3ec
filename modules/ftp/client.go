package ftp

import (
	"bytes"
	"context"
	"fmt"
	"net"
	"sync/atomic"
	"time"

	"github.com/gscript-lang/gscript/engine"
)

// Client is the handle ftp.Client: a session that several tasks may use, one
// call at a time.
type Client struct {
	session *session
	busy    chan struct{} // holds one token while a call works
	holder  atomic.Pointer[engine.Call]
	closed  atomic.Bool
	debug   *engine.Func
	host    string
	port    int
}

// farewell is how long the reply to QUIT may take.
const farewell = 2 * time.Second

// Close says goodbye and closes the connection. A call that works in another
// task is cut off.
func (cl *Client) Close() error {
	if cl.closed.Swap(true) {
		return nil
	}
	s := cl.session
	select {
	case cl.busy <- struct{}{}:
		defer func() { <-cl.busy }()
	default:
		s.patience.each(func(c net.Conn) { c.Close() })
		return nil
	}
	ctx, cancel := context.WithTimeout(context.Background(), farewell)
	defer cancel()
	defer s.patience.under(ctx, 0)()
	s.control.trace = nil // a closing script runs no more callbacks
	if s.control.broken == nil {
		s.control.exchange("QUIT")
		s.control.Close()
	}
	return nil
}

// call runs f as the one user of the session.
func (cl *Client) call(c *engine.Call, limit engine.Duration, f func(ctx context.Context, s *session) error) error {
	if holder := cl.holder.Load(); holder != nil && holder.SameTask(c) {
		return &engine.Error{
			Kind: engine.KindInvalid, Target: cl.session.patience.peer,
			Message: "the connection is in the middle of " + holder.Name(),
			Hint:    "a progress or debug function cannot use the connection that it watches",
		}
	}
	ctx, cancel := c.WithTimeout(limit)
	defer cancel()
	select {
	case cl.busy <- struct{}{}:
	case <-ctx.Done():
		return context.Cause(ctx)
	}
	cl.holder.Store(c)
	defer func() {
		cl.holder.Store(nil)
		<-cl.busy
	}()
	s := cl.session
	if cl.closed.Load() {
		return &engine.Error{Kind: engine.KindHandleClosed, Target: s.patience.peer, Message: "the connection was closed by the script"}
	}
	if s.control.broken != nil {
		return &engine.Error{
			Kind: engine.KindNetClosed, Target: s.patience.peer, Retryable: true,
			Message: fmt.Sprintf("the connection was given up earlier: %s", engine.Classify(s.control.broken).Message),
			Hint:    "open a new one with ftp.connect",
		}
	}
	defer s.patience.under(ctx, limit.Std())()
	s.control.trace = cl.tracer(ctx)
	returned := false
	defer func() {
		if !returned { // a panic, which may have left half a dialogue
			s.control.fail(protocolError("an internal error broke off the dialogue"))
		}
	}()
	err := f(ctx, s)
	returned = true
	return err
}

// tracer calls the script's debug function as part of the call of ctx.
func (cl *Client) tracer(ctx context.Context) func(direction, line string) error {
	if cl.debug == nil {
		return nil
	}
	return func(direction, line string) error {
		_, err := cl.debug.Call(ctx, direction, line)
		return err
	}
}

// do is call for what has no result.
func (cl *Client) do(c *engine.Call, limit engine.Duration, f func(ctx context.Context, s *session) error) (engine.None, error) {
	return engine.None{}, cl.call(c, limit, f)
}

// bounded is a buffer with a limit.
type bounded struct {
	bytes.Buffer
	max  int64
	name string
}

func (b *bounded) Write(p []byte) (int, error) {
	if int64(b.Len()+len(p)) > b.max {
		e := engine.Errorf(errTooLarge, "it has more than %s", engine.FormatSize(b.max))
		e.Target = b.name
		e.Hint = "get it into a file, or allow more with max="
		return 0, e
	}
	return b.Buffer.Write(p)
}
