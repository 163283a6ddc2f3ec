package link

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"runtime"
	"sync"
	"testing"

	"go.uber.org/goleak"

	"github.com/gscript-lang/gscript/engine"
	"github.com/gscript-lang/gscript/engine/internal/wire"
	"github.com/gscript-lang/gscript/engine/shared"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// box is a shared value: it echoes, holds values, and waits.
type box struct {
	remote *shared.Remote
	mu     sync.Mutex
	held   any
	last   *shared.Owner
	lend   func() // when it goes to another process
}

func (b *box) Lend(*shared.Peer) {
	if b.lend != nil {
		b.lend()
	}
}

func (b *box) Remote() *shared.Remote { return b.remote }

func (b *box) Serve(ctx context.Context, r *shared.Request) ([]any, error) {
	if b.remote != nil {
		return b.remote.Serve(ctx, r)
	}
	b.mu.Lock()
	b.last = r.Owner
	b.mu.Unlock()
	switch r.Op {
	case "echo":
		return r.Args, nil
	case "put":
		b.held = r.Args[0]
		return nil, nil
	case "get":
		return []any{b.held}, nil
	case "fail":
		return nil, &engine.Error{Kind: "box.fail", Message: "m", Code: 7.0, Hint: "h", Fields: map[string]any{"f": "v"}}
	case "panic":
		panic("boom")
	case "strange":
		return []any{make(chan int)}, nil
	case "wait":
		<-ctx.Done()
		return []any{"late but whole"}, nil
	}
	return nil, shared.ErrUnknownOp
}

func boxes() *engine.Engine {
	t := engine.TypeOf[*box]("box.Box", "A box.")
	t.Shared = true
	t.Stub = func(r *shared.Remote) any { return &box{remote: r} }
	e := engine.New(engine.Options{Modules: []engine.Entry{engine.Provide(&engine.Module{Name: "box", Types: []*engine.Type{t}})}})
	e.Module("box")
	return e
}

// pair makes two links that are each other's peer.
func pair(t *testing.T, root shared.Served) (a, b *Link) {
	t.Helper()
	ea, eb := boxes(), boxes()
	a = New(ea.Passage(), shared.NewPeer("b"), nil, func(m []byte) error { return receive(b, m) })
	b = New(eb.Passage(), shared.NewPeer("a"), root, func(m []byte) error { return receive(a, m) })
	t.Cleanup(func() {
		a.Close(errors.New("the end"))
		b.Close(errors.New("the end"))
	})
	return a, b
}

func receive(l *Link, message []byte) error {
	serve, err := l.Receive(append([]byte{}, message...))
	if serve != nil {
		go serve()
	}
	return err
}

func call(t *testing.T, l *Link, op string, args ...any) []any {
	t.Helper()
	out, err := l.Call(t.Context(), RootID, op, args)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func TestCalls(t *testing.T) {
	t.Parallel()
	a, _ := pair(t, &box{})
	if out := call(t, a, "echo", 1.5, "x\x00", nil, true); fmt.Sprint(out) != "[1.5 x\x00 <nil> true]" {
		t.Errorf("echo: %v", out)
	}
	_, err := a.Call(t.Context(), RootID, "fail", nil)
	var e *engine.Error
	if !errors.As(err, &e) || e.Kind != "box.fail" || e.Code != 7.0 || e.Fields["f"] != "v" {
		t.Errorf("fail: %#v", err)
	}
	for op, want := range map[string]string{"panic": "internal", "strange": "copy.refused", "nothing": "failed"} {
		if _, err := a.Call(t.Context(), RootID, op, nil); engine.KindOf(engine.Classify(err)) != want {
			t.Errorf("%s: %v", op, err)
		}
	}
	if _, err := a.Call(t.Context(), 99, "echo", nil); engine.KindOf(err) != engine.KindHandleClosed {
		t.Errorf("an unknown value: %v", err)
	}
	if _, err := a.Call(t.Context(), RootID, "echo", []any{func() {}}); engine.KindOf(err) != "copy.refused" {
		t.Errorf("a function of Go: %v", err)
	}
}

// A value that crosses is one stub there, and itself when it comes back.
func TestSharedValues(t *testing.T) {
	t.Parallel()
	root := &box{}
	a, _ := pair(t, root)
	mine := &box{}
	call(t, a, "put", mine)
	stub, ok := root.held.(*box)
	if !ok || stub.remote == nil {
		t.Fatalf("the other side has %#v", root.held)
	}
	if out := call(t, a, "get"); out[0] != any(mine) {
		t.Errorf("it comes back as %#v", out[0])
	}
	call(t, a, "put", mine)
	if root.held != any(stub) {
		t.Error("it becomes a second stub")
	}
	out, err := stub.remote.Call(t.Context(), "echo", "through the stub")
	if err != nil || out[0] != "through the stub" {
		t.Errorf("the stub: %v, %v", out, err)
	}
	// Back through both processes: the stub is called as a value of b.
	out, err = stub.Serve(t.Context(), &shared.Request{Op: "echo", Args: []any{1.0}})
	if err != nil || out[0] != 1.0 {
		t.Errorf("a stub that serves: %v, %v", out, err)
	}
}

// A canceled call waits for what the operation ends with: it may have taken
// something.
func TestCancel(t *testing.T) {
	t.Parallel()
	a, _ := pair(t, &box{})
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	out, err := a.Call(ctx, RootID, "wait", nil)
	if err != nil || len(out) != 1 || out[0] != "late but whole" {
		t.Errorf("got %v, %v", out, err)
	}
}

func TestClose(t *testing.T) {
	t.Parallel()
	var a *Link
	var sent sync.WaitGroup
	sent.Add(1)
	a = New(boxes().Passage(), shared.NewPeer("b"), nil, func([]byte) error { sent.Done(); return nil })
	ended := make(chan struct{})
	a.Peer().OnEnd(func() { close(ended) })
	forget := a.Peer().OnEnd(func() { t.Error("a hook that was taken back ran") })
	forget()
	why := errors.New("gone")
	go func() {
		sent.Wait()
		a.Close(why)
	}()
	if _, err := a.Call(t.Context(), RootID, "echo", nil); err != why {
		t.Errorf("a call that was under way: %v", err)
	}
	<-ended
	if _, err := a.Call(t.Context(), RootID, "echo", nil); err != why {
		t.Errorf("a later call: %v", err)
	}
	late := false
	a.Peer().OnEnd(func() { late = true })
	if !late {
		t.Error("a hook that comes late is not called")
	}
}

// A link that closes while a call is encoded which does not cross answers once.
func TestCloseWhileEncoding(t *testing.T) {
	t.Parallel()
	a, _ := pair(t, &box{})
	why := errors.New("gone")
	if _, err := a.Call(t.Context(), RootID, "echo", []any{&box{lend: func() { a.Close(why) }}, func() {}}); err != why {
		t.Errorf("got %v", err)
	}
}

// What is inside itself so often that reading it would fill Go's stack is refused.
func TestNested(t *testing.T) {
	t.Parallel()
	nested := []byte("l\x00\x00\x00\x00")
	for range 2 * maxInside {
		fault := append([]byte{'e'}, binary.AppendUvarint(nil, uint64(len(nested)))...)
		copied := append(append([]byte("s\x00"), append(fault, nested...)...), 0, 0, 0, 0)
		head := binary.BigEndian.AppendUint32([]byte("l\x00\x00\x00\x01x"), uint32(len(copied)))
		nested = append(head, copied...)
	}
	l := New(boxes().Passage(), shared.NewPeer("b"), nil, func([]byte) error { return nil })
	defer l.Close(errors.New("the end"))
	if _, err := wire.Read(nested, l.pass); err != wire.ErrGarbled || l.pass.depth != 0 {
		t.Errorf("got %v, depth %d", err, l.pass.depth)
	}
}

// Many calls both ways at the same time, over lines that break nothing up.
func TestManyCalls(t *testing.T) {
	t.Parallel()
	root := &box{}
	a, _ := pair(t, root)
	mine := &box{}
	call(t, a, "put", mine)
	back := root.held.(*box).remote
	var all sync.WaitGroup
	for i := range 50 {
		all.Go(func() {
			for k := range 20 {
				want := float64(i*100 + k)
				var out []any
				var err error
				if i%2 == 0 {
					out, err = a.Call(t.Context(), RootID, "echo", []any{want})
				} else {
					out, err = back.Call(t.Context(), "echo", want)
				}
				if err != nil || out[0] != want {
					t.Errorf("got %v, %v", out, err)
				}
			}
		})
	}
	all.Wait()
}

// Whatever a peer says, it is refused or understood, and does no harm.
func FuzzReceive(f *testing.F) {
	var said [][]byte
	e := boxes()
	l := New(e.Passage(), shared.NewPeer("b"), nil, func(m []byte) error {
		said = append(said, append([]byte{}, m...))
		return errors.New("gone")
	})
	go func() { l.Close(errors.New("gone")) }()
	_, _ = l.Call(context.Background(), RootID, "echo", []any{1.0, "x", nil, true, &box{}, &engine.Error{Kind: "k"}})
	for _, m := range said {
		f.Add(m)
	}
	for _, m := range []string{"r\x01l\x00\x00\x00\x00", "x\x01", "k\x01", "d\x01\x01areturn 1", "c\x01\x00\x00\x04echol\x00\x00\x00\x01x\x00\x00\x00\x02sx", ""} {
		f.Add([]byte(m))
	}
	f.Fuzz(func(t *testing.T, message []byte) {
		l := New(e.Passage(), shared.NewPeer("b"), &box{}, func([]byte) error { return nil })
		err := receive(l, message)
		l.Close(errors.New("the end"))
		if err != nil && !errors.Is(err, wire.ErrGarbled) {
			t.Errorf("%q: %v", message, err)
		}
	})
}

// A value that nothing on the other side has any more is forgotten, but not
// while one is on its way there.
func TestRelease(t *testing.T) {
	t.Parallel()
	root := &box{}
	a, _ := pair(t, root)
	kept, dropped := &box{}, &box{}
	call(t, a, "put", dropped)
	call(t, a, "put", kept)
	exports := func() int {
		a.pass.mu.Lock()
		defer a.pass.mu.Unlock()
		return len(a.pass.exports)
	}
	for exports() > 2 { // the root and kept; the test's time bounds it
		runtime.GC()
	}
	if out := call(t, a, "get"); out[0] != any(kept) {
		t.Errorf("what is held has become %#v", out[0])
	}
	call(t, a, "put", dropped)
	if stub, ok := root.held.(*box); !ok || stub.remote == nil {
		t.Errorf("sent again it is %#v", root.held)
	}
	if err := receive(a, []byte("f\x00\x01")); !errors.Is(err, wire.ErrGarbled) {
		t.Errorf("the root was given back: %v", err)
	}
}
