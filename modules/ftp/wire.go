package ftp

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"sync"
	"time"

	"github.com/gscript-lang/gscript/engine"
	"github.com/gscript-lang/gscript/engine/host"
)

// patience is how long a session waits: for the whole of a call, whose context
// it holds, and for each single answer or piece of data. FTP's library calls
// take no context, so the connections keep the time.
type patience struct {
	clock host.Clock
	idle  time.Duration
	peer  string

	mu    sync.Mutex
	ctx   context.Context
	limit time.Duration // of the call, for the message
	what  string        // what is waited for
	conns map[net.Conn]bool
}

func newPatience(clock host.Clock, idle time.Duration, peer string) *patience {
	return &patience{clock: clock, idle: idle, peer: peer, ctx: context.Background(), conns: map[net.Conn]bool{}}
}

// under makes ctx the one to obey until the returned function is called.
func (p *patience) under(ctx context.Context, limit time.Duration) (done func()) {
	p.mu.Lock()
	p.ctx, p.limit = ctx, limit
	p.mu.Unlock()
	stop := context.AfterFunc(ctx, func() { p.each(func(c net.Conn) { c.SetDeadline(time.Unix(1, 0)) }) })
	return func() {
		stop()
		p.mu.Lock()
		p.ctx, p.limit = context.Background(), 0
		p.mu.Unlock()
	}
}

func (p *patience) each(f func(net.Conn)) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for c := range p.conns {
		f(c)
	}
}

func (p *patience) context() context.Context {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.ctx
}

func (p *patience) waitFor(what string) {
	p.mu.Lock()
	p.what = what
	p.mu.Unlock()
}

// arm sets a deadline. Looking at the context afterwards leaves no gap in which
// its end could be overwritten.
func (p *patience) arm(set func(time.Time) error) error {
	if err := set(p.clock.Now().Add(p.idle)); err != nil {
		return err
	}
	if p.context().Err() != nil {
		return p.ended()
	}
	return nil
}

// explain says what a network error means for the call.
func (p *patience) explain(err error) error {
	switch {
	case err == nil:
		return nil
	case p.context().Err() != nil:
		return p.ended()
	case errors.Is(err, os.ErrDeadlineExceeded):
		p.mu.Lock()
		defer p.mu.Unlock()
		return &engine.Error{
			Kind: engine.KindNetTimeout, Target: p.peer, Retryable: true, Cause: err,
			Message: fmt.Sprintf("nothing came for %v, waiting for %s", p.idle, p.what),
			Hint:    "the server is stuck or cut off; idle_timeout= sets how long to wait",
		}
	}
	return err
}

func (p *patience) ended() error {
	p.mu.Lock()
	defer p.mu.Unlock()
	cause := context.Cause(p.ctx)
	if !errors.Is(cause, context.DeadlineExceeded) || p.limit <= 0 {
		return cause
	}
	return &engine.Error{
		Kind: engine.KindTimeout, Target: p.peer, Retryable: true, Cause: cause,
		Message: fmt.Sprintf("took longer than %v, waiting for %s", p.limit, p.what),
		Hint:    "give more time with timeout=, or check that the server answers",
	}
}

// wire is a TCP connection under patience.
type wire struct {
	net.Conn
	patience *patience
	ended    bool // the peer has closed its side
}

func (p *patience) wire(conn net.Conn) *wire {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.conns[conn] = true
	return &wire{Conn: conn, patience: p}
}

func (w *wire) Read(b []byte) (int, error) {
	if err := w.patience.arm(w.Conn.SetReadDeadline); err != nil {
		return 0, err
	}
	n, err := w.Conn.Read(b)
	w.ended = w.ended || err == io.EOF
	return n, w.patience.explain(err)
}

func (w *wire) Write(b []byte) (int, error) {
	if err := w.patience.arm(w.Conn.SetWriteDeadline); err != nil {
		return 0, err
	}
	n, err := w.Conn.Write(b)
	return n, w.patience.explain(err)
}

// SetDeadline and its like do nothing: patience sets the deadlines.
func (w *wire) SetDeadline(time.Time) error      { return nil }
func (w *wire) SetReadDeadline(time.Time) error  { return nil }
func (w *wire) SetWriteDeadline(time.Time) error { return nil }

func (w *wire) Close() error {
	w.patience.mu.Lock()
	delete(w.patience.conns, w.Conn)
	w.patience.mu.Unlock()
	return w.Conn.Close()
}

// closeWrite tells the peer that no more comes.
func (w *wire) closeWrite() error {
	if c, ok := w.Conn.(interface{ CloseWrite() error }); ok {
		return c.CloseWrite()
	}
	return nil
}

// reset closes in such a way that the peer cannot take it for a regular end.
func (w *wire) reset() error {
	if c, ok := w.Conn.(interface{ SetLinger(int) error }); ok {
		c.SetLinger(0)
	}
	return w.Close()
}
