// Package link connects two processes that use each other's values. Either side
// may call the other's; calls run side by side. What is shared crosses as a
// number, by which the side that has the value knows it; everything else is
// copied.
package link

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"sync"

	"github.com/gscript-lang/gscript/engine"
	"github.com/gscript-lang/gscript/engine/internal/bind"
	"github.com/gscript-lang/gscript/engine/internal/fault"
	"github.com/gscript-lang/gscript/engine/internal/wire"
	"github.com/gscript-lang/gscript/engine/shared"
)

// RootID is the number of the value that each side offers from the start.
const RootID = 0

// maxMessage bounds a message.
const maxMessage = 1 << 30

// The first byte of a message.
const (
	messageCall    = 'c' // the number of the call, the value's, the owner's, the operation, the arguments
	messageReply   = 'r' // the number of the call, the results
	messageRaise   = 'x' // the number of the call, the error
	messageCancel  = 'k' // the number of the call, why
	messageRelease = 'f' // the number of a value, how often it was received
	messageChunk   = 'd' // a number, the name and the source of a chunk
)

// Link is one side of the connection.
type Link struct {
	peer *shared.Peer
	send func(message []byte) error
	pass *passage
	wait func() // before somebody waits for an answer; nil for nothing

	out   sync.Mutex // over encoding and sending, so that chunks come before their functions
	buf   []byte
	batch [][]byte

	mu       sync.Mutex
	nextCall uint64
	calls    map[uint64]*pending
	serving  map[uint64]context.CancelCauseFunc
	owners   owners
	closed   error
	running  sync.WaitGroup // operations for the peer
}

// pending is a call that has not been answered.
type pending struct {
	done func(values []any, err error)
	stop func() bool // takes back the watch on the call's context
}

// end gives the answer.
func (p *pending) end(values []any, err error) {
	if p.stop != nil {
		p.stop()
	}
	p.done(values, err)
}

// New makes a link over which messages go by send, which may be called by one
// goroutine at a time. root, which may be nil, is what the peer finds under
// RootID.
func New(p engine.Passage, peer *shared.Peer, root shared.Served, send func(message []byte) error) *Link {
	l := &Link{
		peer: peer, send: send,
		calls: map[uint64]*pending{}, serving: map[uint64]context.CancelCauseFunc{},
		owners: newOwners(),
	}
	l.pass = newPassage(p, l, root)
	return l
}

// OnWait has f called when a call is about to wait for its answer. It must be
// set before the first one.
func (l *Link) OnWait(f func()) { l.wait = f }

// Peer is the other process.
func (l *Link) Peer() *shared.Peer { return l.peer }

var _ shared.Caller = (*Link)(nil)

// Call asks the peer for an operation on the value that it knows by id. When ctx
// ends the peer is told, and what the operation then ends with is still waited
// for, so that nothing that it took is lost.
func (l *Link) Call(ctx context.Context, id uint64, op string, args []any) (values []any, err error) {
	answered := make(chan struct{})
	l.Begin(ctx, id, op, args, func(out []any, oerr error) {
		values, err = out, oerr
		close(answered)
	})
	if l.wait != nil {
		l.wait()
	}
	<-answered
	return values, err
}

// Begin is Call that does not wait, nor for a peer that does not read. done,
// which must not block, is called once, from any goroutine.
func (l *Link) Begin(ctx context.Context, id uint64, op string, args []any, done func(values []any, err error)) {
	call := &pending{done: done}
	owner := uint64(0)
	if t := bind.TaskOf(ctx); t != nil {
		owner = l.owners.number(t.Owner())
	}
	l.mu.Lock()
	if why := l.closed; why != nil {
		l.mu.Unlock()
		done(nil, why)
		return
	}
	l.nextCall++
	number := l.nextCall
	l.calls[number] = call
	l.mu.Unlock()
	encode := func(buf []byte) ([]byte, error) {
		buf = append(buf, messageCall)
		buf = binary.AppendUvarint(buf, number)
		buf = binary.AppendUvarint(buf, id)
		buf = binary.AppendUvarint(buf, owner)
		buf = binary.AppendUvarint(buf, uint64(len(op)))
		buf = append(buf, op...)
		return wire.Append(buf, "args", args, maxMessage, l.pass)
	}
	if l.out.TryLock() {
		l.dispatch(ctx, number, call, encode)
		return
	}
	go func() {
		l.out.Lock()
		l.dispatch(ctx, number, call, encode)
	}()
}

// atOnce is how large a message may be to be sent by the caller: there is room
// for it on the way, whether the peer reads or not.
const atOnce = 8 << 10

// dispatch sends a call. It is called with out and gives it back.
func (l *Link) dispatch(ctx context.Context, number uint64, call *pending, encode func(buf []byte) ([]byte, error)) {
	messages, err := l.encoded(encode)
	if err != nil {
		l.out.Unlock()
		l.mu.Lock()
		_, open := l.calls[number] // or Close has answered
		delete(l.calls, number)
		l.mu.Unlock()
		if open {
			call.done(nil, err)
		}
		return
	}
	size := 0
	for _, m := range messages {
		size += len(m)
	}
	finish := func() {
		_ = l.transmit(messages) // a link that fails closes, which answers
		l.out.Unlock()
		l.watch(ctx, number, call)
	}
	if size > atOnce {
		go finish()
	} else {
		finish()
	}
}

// watch tells the peer when the call is not wanted any more.
func (l *Link) watch(ctx context.Context, number uint64, call *pending) {
	if ctx.Done() == nil {
		return
	}
	stop := context.AfterFunc(ctx, func() { l.cancel(ctx, number) })
	l.mu.Lock()
	_, open := l.calls[number]
	if open {
		call.stop = stop
	}
	l.mu.Unlock()
	if !open {
		stop()
	}
}

// cancel tells the peer that the call is not wanted any more.
func (l *Link) cancel(ctx context.Context, number uint64) {
	why := engine.Classify(context.Cause(ctx))
	_ = l.message(func(buf []byte) ([]byte, error) { // a link that fails closes, which answers
		buf = append(buf, messageCancel)
		buf = binary.AppendUvarint(buf, number)
		return wire.Append(buf, "why", []any{why}, maxMessage, l.pass)
	})
}

// message encodes and sends one message, after the chunks that it needs.
func (l *Link) message(encode func(buf []byte) ([]byte, error)) error {
	l.out.Lock()
	defer l.out.Unlock()
	messages, err := l.encoded(encode)
	if err != nil {
		return err
	}
	return l.transmit(messages)
}

// encoded encodes a message, and the chunks that it needs before it. What it
// returns is valid while out is held.
func (l *Link) encoded(encode func(buf []byte) ([]byte, error)) (messages [][]byte, err error) {
	buf, err := encode(l.buf[:0])
	if err != nil {
		return nil, err
	}
	if l.buf = buf; cap(buf) > 1<<20 {
		l.buf = nil
	}
	l.batch = append(append(l.batch[:0], l.pass.chunks.take()...), buf)
	return l.batch, nil
}

// transmit sends what encoded has made. out is held.
func (l *Link) transmit(messages [][]byte) error {
	for _, m := range messages {
		if l.send(m) != nil {
			return errLost
		}
	}
	return nil
}

// errLost is a message that could not be sent: the peer has gone, or is about to.
var errLost = errors.New("the other process has gone")

// Receive takes a message of the peer, which may be anything. It does not block.
// What is to be done for a call is returned: serve may block, and must be called.
func (l *Link) Receive(message []byte) (serve func(), err error) {
	if len(message) == 0 {
		return nil, wire.ErrGarbled
	}
	r := &reader{data: message[1:]}
	switch message[0] {
	case messageCall:
		return l.called(r)
	case messageReply, messageRaise:
		return nil, l.answered(r, message[0] == messageRaise)
	case messageCancel:
		return nil, l.canceled(r)
	case messageRelease:
		id, n := r.number(), r.number()
		if r.failed {
			return nil, wire.ErrGarbled
		}
		return nil, l.pass.release(id, n)
	case messageChunk:
		number, name, source := r.number(), r.text(), string(r.data)
		if r.failed {
			return nil, wire.ErrGarbled
		}
		return nil, l.pass.define(int(number), name, source)
	}
	return nil, wire.ErrGarbled
}

func (l *Link) called(r *reader) (serve func(), err error) {
	number, id, owner, op := r.number(), r.number(), r.number(), r.text()
	if r.failed {
		return nil, wire.ErrGarbled
	}
	args, err := wire.Read(r.data, l.pass)
	if errors.Is(err, wire.ErrGarbled) {
		return nil, err
	}
	served := l.pass.exported(id)
	if err == nil && served == nil {
		err = fault.New(fault.HandleClosed, "the value is not there any more")
	}
	if refusal := err; refusal != nil {
		return func() { l.reply(number, nil, refusal) }, nil
	}
	req := &shared.Request{From: l.peer, Op: op, Args: args}
	if owner > 0 {
		req.Owner = l.peer.Owner(owner)
	}
	ctx, cancel := context.WithCancelCause(context.Background())
	l.mu.Lock()
	if l.closed != nil {
		l.mu.Unlock()
		cancel(nil)
		return nil, nil
	}
	l.serving[number] = cancel
	l.running.Add(1)
	l.mu.Unlock()
	return func() {
		defer l.running.Done()
		defer cancel(nil)
		values, err := operate(ctx, served, req)
		l.mu.Lock()
		delete(l.serving, number)
		l.mu.Unlock()
		l.reply(number, values, err)
		if req.After != nil {
			req.After()
		}
	}, nil
}

func operate(ctx context.Context, s shared.Served, req *shared.Request) (values []any, err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fault.New(fault.Internal, "internal error in %s: %v", req.Op, r)
		}
	}()
	return s.Serve(ctx, req)
}

// reply answers a call. Results that do not cross become the error that says so.
func (l *Link) reply(number uint64, values []any, err error) {
	if err == nil {
		err = l.message(func(buf []byte) ([]byte, error) {
			return wire.Append(binary.AppendUvarint(append(buf, messageReply), number), "result", values, maxMessage, l.pass)
		})
		if err == nil || errors.Is(err, errLost) {
			return
		}
	}
	_ = l.message(func(buf []byte) ([]byte, error) { // it fails only when nobody is left
		head := binary.AppendUvarint(append(buf, messageRaise), number)
		out, werr := wire.Append(head, "error", []any{portable(err)}, maxMessage, l.pass)
		if werr != nil {
			out, werr = wire.Append(head, "error", []any{fault.New(engine.KindOf(err), "%v", err)}, maxMessage, l.pass)
		}
		return out, werr
	})
}

// portable is an error as a value of the wire.
func portable(err error) any {
	var raise *engine.Raise
	if errors.As(err, &raise) {
		return raise
	}
	return engine.Classify(err)
}

func (l *Link) answered(r *reader, raised bool) error {
	number := r.number()
	if r.failed {
		return wire.ErrGarbled
	}
	values, err := wire.Read(r.data, l.pass)
	if errors.Is(err, wire.ErrGarbled) {
		return err
	}
	l.mu.Lock()
	call := l.calls[number]
	delete(l.calls, number)
	l.mu.Unlock()
	if call == nil {
		return fmt.Errorf("%w: an answer that nobody waits for", wire.ErrGarbled)
	}
	if err == nil && raised {
		if len(values) != 1 {
			return wire.ErrGarbled
		}
		e, ok := values[0].(error)
		if !ok {
			return wire.ErrGarbled
		}
		values, err = nil, e
	}
	call.end(values, err)
	return nil
}

func (l *Link) canceled(r *reader) error {
	number := r.number()
	values, err := wire.Read(r.data, l.pass)
	if r.failed || err != nil || len(values) != 1 {
		return wire.ErrGarbled
	}
	why, ok := values[0].(*fault.Error)
	if !ok {
		return wire.ErrGarbled
	}
	l.mu.Lock()
	cancel := l.serving[number]
	l.mu.Unlock()
	if cancel != nil {
		cancel(why)
	}
	return nil
}

// Close ends the link because the peer has gone: calls raise why, and what runs
// for the peer is canceled and waited for.
func (l *Link) Close(why error) {
	l.mu.Lock()
	if l.closed != nil {
		l.mu.Unlock()
		return
	}
	l.closed = why
	calls, serving := l.calls, l.serving
	l.calls, l.serving = map[uint64]*pending{}, map[uint64]context.CancelCauseFunc{}
	l.mu.Unlock()
	for _, call := range calls {
		call.end(nil, why)
	}
	for _, cancel := range serving {
		cancel(why)
	}
	l.running.Wait()
	l.peer.End()
}
