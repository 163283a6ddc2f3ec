package link

import (
	"runtime"
	"sync"
	"weak"

	"github.com/gscript-lang/gscript/engine/shared"
)

// owners numbers the tasks of this process for the peer. Those that have ended
// are forgotten.
type owners struct {
	mu      *sync.Mutex
	next    uint64
	numbers map[weak.Pointer[shared.Owner]]uint64
}

func newOwners() owners {
	return owners{mu: new(sync.Mutex), numbers: map[weak.Pointer[shared.Owner]]uint64{}}
}

func (o *owners) number(owner *shared.Owner) uint64 {
	p := weak.Make(owner)
	o.mu.Lock()
	defer o.mu.Unlock()
	n := o.numbers[p]
	if n == 0 {
		o.next++
		n = o.next
		o.numbers[p] = n
		runtime.AddCleanup(owner, o.forget, p)
	}
	return n
}

func (o *owners) forget(p weak.Pointer[shared.Owner]) {
	o.mu.Lock()
	defer o.mu.Unlock()
	delete(o.numbers, p)
}
