package thread

import (
	"runtime"
	"sync/atomic"

	"github.com/gscript-lang/gscript/engine/host"
	"github.com/gscript-lang/gscript/modules/internal/share"
)

// NewSharedBuffer makes a buffer in memory that other processes have, too. Where
// there is none, they ask this process for each number.
func NewSharedBuffer(kind string, n int) (*Buffer, error) {
	b, err := NewBuffer(kind, n, []uint64{})
	if err != nil {
		return nil, err
	}
	core, _ := b.Core()
	words := Words(core.size, n)
	if m, err := host.NewMemory(8 * words); err == nil {
		core.memory, core.words = m, m.Words()
	} else {
		core.words = make([]uint64, words)
	}
	return b, nil
}

// place tells another process where the memory is.
func (b *buffer) place() []any {
	if b.memory == nil {
		return nil
	}
	pid, fd, ok := b.memory.Place()
	if !ok {
		return nil
	}
	return []any{float64(pid), float64(fd), b.kind, float64(b.n)}
}

// Reach opens the memory of another process's buffer.
func (*buffer) Reach(place []any) (*buffer, bool) {
	at := share.Args(place)
	if len(at) != 4 {
		return nil, false
	}
	b, err := NewBuffer(at.Text(2), at.Int(3), []uint64{})
	if err != nil {
		return nil, false
	}
	core, _ := b.Core()
	core.memory, err = host.OpenMemory(at.Int(0), at.Int(1), 8*Words(core.size, core.n))
	if err != nil {
		return nil, false
	}
	core.words = core.memory.Words()
	return core, true
}

// swap sets the number at i if it is what it was.
func (b *buffer) swap(i int, was, n float64) (done bool, err error) {
	defer runtime.KeepAlive(b)
	v, err := b.bits(n)
	if err != nil {
		return false, err
	}
	at := i * b.size
	w := &b.words[at/8]
	for {
		old := atomic.LoadUint64(w)
		if b.number(old>>(at%8*8)) != was {
			return false, nil
		}
		if atomic.CompareAndSwapUint64(w, old, b.replaced(old, at, v)) {
			return true, nil
		}
	}
}
