package ssh

import (
	"context"
	"io"
	"net"
	"sync/atomic"

	"github.com/gscript-lang/gscript/engine"
)

// await runs f, which nothing can interrupt, and leaves it behind when ctx ends
// first; late then gets what f returns after all. Requests and reads of the
// library end only with the answer or the connection.
func await[T any](ctx context.Context, c *engine.Call, f func() (T, error), late func(T)) (T, error) {
	type outcome struct {
		v   T
		err error
	}
	done := make(chan outcome)
	deliver := func(o outcome) {
		select {
		case done <- o:
		case <-ctx.Done():
			if o.err == nil && late != nil {
				late(o.v)
			}
		}
	}
	c.Go(func() {
		v, err := f()
		deliver(outcome{v, err})
	}, func(err error) { deliver(outcome{err: err}) })
	select {
	case o := <-done:
		return o.v, o.err
	case <-ctx.Done():
		var none T
		return none, context.Cause(ctx)
	}
}

// wire is a channel as a connection that closes at once and knows deadlines,
// which an ssh channel does not: its reads and writes end only when the other
// side answers.
type wire struct {
	net.Conn
	received atomic.Int64
}

type halfCloser interface{ CloseWrite() error }

func newWire(c *engine.Call, ch io.ReadWriteCloser) *wire {
	near, far := net.Pipe()
	w := &wire{Conn: near}
	c.Go(func() {
		io.Copy(far, io.TeeReader(ch, (*counter)(&w.received)))
		far.Close()
		ch.Close()
	})
	c.Go(func() {
		io.Copy(ch, far)
		if half, ok := ch.(halfCloser); ok {
			half.CloseWrite()
		}
		ch.Close()
	})
	return w
}

type counter atomic.Int64

func (n *counter) Write(p []byte) (int, error) {
	(*atomic.Int64)(n).Add(int64(len(p)))
	return len(p), nil
}
