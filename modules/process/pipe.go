package process

import (
	"errors"
	"sync"

	"github.com/gscript-lang/gscript/engine"
	"github.com/gscript-lang/gscript/engine/shared"
	"github.com/gscript-lang/gscript/modules/internal/share"
)

// Connection is one end of a pipe.
type Connection = share.Object[*end]

type end struct {
	in, out *share.Pipe // nil where nothing goes that way

	mu    sync.Mutex
	lent  map[*shared.Peer]bool // the processes that have it
	local bool                  // this process has used it since
	lost  bool                  // they have all ended, so that nobody has it
}

// newPipe makes the ends of a pipe that holds max values on their way.
func newPipe(duplex bool, max int) (a, b *Connection) {
	x, y := &end{}, &end{}
	x.in = share.NewPipe(&share.FIFO{}, max)
	y.out = x.in
	if duplex {
		y.in = share.NewPipe(&share.FIFO{}, max)
		x.out = y.in
	}
	return share.New(x), share.New(y)
}

// Do does an operation.
func (e *end) Do(by share.By, op string, args share.Args) ([]any, error) {
	if by.Peer == nil {
		e.keep()
	}
	switch op {
	case "send":
		if e.out == nil {
			return nil, engine.Invalid("this end of the pipe only receives")
		}
		return nil, closed(e.out.Put(by, args.Item(0), nil))
	case "close":
		e.close()
		return nil, nil
	}
	if e.in == nil {
		return nil, engine.Invalid("this end of the pipe only sends")
	}
	switch op {
	case "receive":
		it, err := e.in.Get(by)
		return []any{it}, closed(err)
	case "ready":
		return []any{e.in.Len() > 0 || e.in.Over()}, nil
	case "await":
		return nil, e.in.Ready(by)
	}
	return nil, shared.ErrUnknownOp
}

// close ends both directions: what was sent can still be received, what was to
// be received here is forgotten.
func (e *end) close() {
	if e.out != nil {
		e.out.Close(false)
	}
	if e.in != nil {
		e.in.Close(true)
	}
}

func closed(err error) error {
	if errors.Is(err, share.ErrClosed) {
		return engine.Errorf(errClosed, "the other end of the pipe is closed, or the processes that had it have ended")
	}
	return err
}

// keep notes that this process uses the end.
func (e *end) keep() {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.local = true
	e.attend(true)
}

// attend says whether there is anybody who has the end. The end is locked.
func (e *end) attend(there bool) {
	if e.lost == !there {
		return
	}
	e.lost = !there
	if e.out != nil {
		e.out.Putters(there)
	}
	if e.in != nil {
		e.in.Getters(there)
	}
}

// Lend notes that a process gets the end. When the processes that have it have
// ended, and this one has not used it since, nobody has it until it is used
// again, or goes to another process.
func (e *end) Lend(p *shared.Peer) {
	e.mu.Lock()
	known := e.lent[p]
	if e.lent == nil {
		e.lent = map[*shared.Peer]bool{}
	}
	e.lent[p] = true
	e.local = false
	e.attend(true)
	e.mu.Unlock()
	if !known {
		p.OnEnd(func() { e.lose(p) })
	}
}

func (e *end) lose(p *shared.Peer) {
	e.mu.Lock()
	defer e.mu.Unlock()
	delete(e.lent, p)
	if len(e.lent) == 0 && !e.local {
		e.attend(false)
	}
}

func pipe(_ *engine.Call, in pipeIn) (engine.Multi, error) {
	if in.Max < 1 {
		return nil, engine.Invalid("argument 'max' must be at least 1, got %d", in.Max)
	}
	a, b := newPipe(in.Duplex, in.Max)
	return engine.Multi{a, b}, nil
}

func send(e *Connection, c *engine.Call, in sendIn) (engine.None, error) {
	it, err := share.Carry(c, "value", in.Value)
	if err != nil {
		return engine.None{}, err
	}
	return share.None(e.Do(c, in.Timeout, "send", it))
}

func receive(e *Connection, c *engine.Call, in share.Within) (any, error) {
	return share.One(e.Do(c, in.Timeout, "receive"))
}

// poll asks first, because a wait of no time is over before it has begun.
func poll(e *Connection, c *engine.Call, in pollIn) (any, error) {
	ready, err := share.One(e.Do(c, nil, "ready"))
	if err != nil || ready == true || in.Timeout <= 0 {
		return ready, err
	}
	_, err = e.Do(c, &in.Timeout, "await")
	if err != nil && engine.Classify(err).Kind == engine.KindTimeout && c.Canceled() == nil {
		return false, nil
	}
	return err == nil, err
}
