package share

import (
	"context"
	"errors"
	"math/rand/v2"
	"slices"
	"sync"
	"testing"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// under is a task of this process whose waits end with ctx.
func under(ctx context.Context) By {
	return By{
		Context: func() context.Context { return ctx }, check: func() error { return nil },
		wait: func(f func(context.Context) error) error { return f(ctx) },
	}
}

func TestFIFOKeepsTheOrder(t *testing.T) {
	t.Parallel()
	f := &FIFO{}
	r := rand.New(rand.NewPCG(1, 2))
	in, out := 0, 0
	for range 200_000 {
		if grow := r.IntN(100) < 50; grow && in < 60_000 || f.Len() == 0 {
			f.Put(ItemOf(float64(in)), nil)
			in++
		} else if got := f.Take().Data(); got != float64(out) {
			t.Fatalf("item %v in place of %d", got, out)
		} else {
			out++
		}
		if f.Len() != in-out {
			t.Fatalf("%d items, want %d", f.Len(), in-out)
		}
	}
}

func TestPriorityIsStable(t *testing.T) {
	t.Parallel()
	p := &Priority{}
	r := rand.New(rand.NewPCG(3, 4))
	for i := range 1000 {
		p.Put(ItemOf(float64(i)), float64(r.IntN(5)))
	}
	last := rank{number: -1}
	for p.Len() > 0 {
		top := p.ranks[0]
		p.Take()
		if top.number < last.number || top.number == last.number && top.order < last.order {
			t.Fatalf("%v after %v", top, last)
		}
		last = top
	}
}

func TestFirstComeFirstServed(t *testing.T) {
	t.Parallel()
	p := NewPipe(&FIFO{}, Unbounded)
	var served []int
	var waiters []*waiter
	for i := range 5 {
		waiters = append(waiters, p.enter(&p.getters, func() bool {
			if p.store.Len() == 0 {
				return false
			}
			p.store.Take()
			served = append(served, i)
			return true
		}, nil))
	}
	if !p.leave(waiters[1]) || p.leave(waiters[1]) {
		t.Error("one that waits leaves once")
	}
	for range 6 {
		if _, err := p.TryPut(Item{}, nil); err != nil {
			t.Fatal(err)
		}
	}
	if !slices.Equal(served, []int{0, 2, 3, 4}) || p.Len() != 2 || p.leave(waiters[0]) {
		t.Errorf("served %v, %d left", served, p.Len())
	}
}

// Whoever leaves a line by the end of its context has not done the operation;
// everybody else has, each item once.
func TestWaitersThatLeave(t *testing.T) {
	t.Parallel()
	for _, max := range []int{0, 1, 5} {
		p := NewPipe(&FIFO{}, max)
		const n = 400
		var (
			mu         sync.Mutex
			put        = map[int]bool{}
			got        = map[int]int{}
			producers  sync.WaitGroup
			consumers  sync.WaitGroup
			otherPipes = []*Pipe{p, NewPipe(&FIFO{}, 1)}
		)
		take := func(it Item) {
			mu.Lock()
			defer mu.Unlock()
			got[int(it.Data().(float64))]++
		}
		for w := range 4 {
			producers.Go(func() {
				for i := range n {
					ctx, cancel := context.WithCancel(t.Context())
					if i%3 == 0 {
						go cancel()
					}
					id := w*n + i
					if err := p.Put(under(ctx), ItemOf(float64(id)), nil); err == nil {
						mu.Lock()
						put[id] = true
						mu.Unlock()
					} else if !errors.Is(err, context.Canceled) {
						t.Errorf("put: %v", err)
					}
					cancel()
				}
			})
			consumers.Go(func() {
				for i := 0; ; i++ {
					ctx, cancel := context.WithCancel(t.Context())
					if i%2 == 0 {
						go cancel()
					}
					var it Item
					var err error
					if w%2 == 0 {
						it, err = p.Get(under(ctx))
					} else {
						_, it, err = Select(under(ctx), otherPipes)
					}
					cancel()
					if err == nil {
						take(it)
					} else if err == ErrClosed {
						return
					}
				}
			})
		}
		producers.Wait()
		p.Close(false)
		otherPipes[1].Close(false)
		consumers.Wait()
		if len(put) != len(got) || p.Len() != 0 {
			t.Errorf("max %d: %d put, %d got, %d left", max, len(put), len(got), p.Len())
		}
		for id, times := range got {
			if times != 1 || !put[id] {
				t.Errorf("max %d: item %d came %d times, put %v", max, id, times, put[id])
			}
		}
		for _, l := range []*Line{&p.getters, &p.putters} {
			if l.n != 0 || l.first != nil {
				t.Errorf("max %d: %d still in line", max, l.n)
			}
		}
	}
}

func BenchmarkPipe(b *testing.B) {
	p := NewPipe(&FIFO{}, 1000)
	by := under(context.Background())
	go func() {
		for range b.N {
			_ = p.Put(by, Item{}, nil)
		}
	}()
	for range b.N {
		_, _ = p.Get(by)
	}
}
