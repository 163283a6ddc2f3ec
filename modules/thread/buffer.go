package thread

import (
	"fmt"
	"math"
	"runtime"
	"slices"
	"sync/atomic"

	"github.com/gscript-lang/gscript/engine"
	"github.com/gscript-lang/gscript/engine/host"
	"github.com/gscript-lang/gscript/engine/shared"
	"github.com/gscript-lang/gscript/modules/internal/share"
)

// Buffer is an array of numbers of one kind that tasks share. Each access is
// atomic.
type Buffer = share.Object[*buffer]

type buffer struct {
	kind  string
	n     int
	size  int // bytes of a number
	words []uint64

	memory *host.Memory // the words, if other processes can have them
}

// NewBuffer makes a buffer of n zeros. Words, if given, are the memory for it.
func NewBuffer(kind string, n int, words []uint64) (*Buffer, error) {
	bits := 0
	if _, err := fmt.Sscanf(kind[1:], "%d", &bits); err != nil {
		return nil, engine.Invalid("a buffer of %q", kind)
	}
	b := &buffer{kind: kind, n: n, size: bits / 8, words: words}
	if words == nil {
		b.words = make([]uint64, Words(b.size, n))
	}
	return share.New(b), nil
}

// Words is how many words n numbers of size bytes take.
func Words(size, n int) int { return (n*size + 7) / 8 }

// Do does an operation.
func (b *buffer) Do(_ share.By, op string, args share.Args) ([]any, error) {
	i := args.Int(0)
	switch op {
	case "kind":
		return []any{b.kind}, nil
	case "len":
		return []any{float64(b.n)}, nil
	case "memory":
		return b.place(), nil
	case "get", "set", "add", "compare_and_set":
		if err := b.within(i, i); err != nil {
			return nil, err
		}
	}
	switch op {
	case "get":
		return []any{b.get(i - 1)}, nil
	case "set":
		return nil, b.set(i-1, args.Number(1))
	case "add":
		n, err := b.add(i-1, args.Number(1))
		return []any{n}, err
	case "compare_and_set":
		done, err := b.swap(i-1, args.Number(1), args.Number(2))
		return []any{done}, err
	case "fill":
		from, to := args.Int(1), args.Int(2)
		if to == 0 {
			to = b.n
		}
		if err := b.within(from, to); err != nil {
			return nil, err
		}
		for k := from; k <= to; k++ {
			if err := b.set(k-1, args.Number(0)); err != nil {
				return nil, err
			}
		}
		return nil, nil
	case "items":
		from, to := i, args.Int(1)
		if to == 0 {
			to = b.n
		}
		if err := b.within(from, to); err != nil {
			return nil, err
		}
		out := make([]any, 0, max(to-from+1, 0))
		for k := from; k <= to; k++ {
			out = append(out, b.get(k-1))
		}
		return out, nil
	}
	return nil, shared.ErrUnknownOp
}

// within checks the bounds of a range, which may be empty.
func (b *buffer) within(from, to int) error {
	switch {
	case from < 1 || from > b.n+1 || from == b.n+1 && to >= from:
		return outside(from, b.n)
	case to > b.n:
		return outside(to, b.n)
	}
	return nil
}

// get reads the number at i, from 0.
func (b *buffer) get(i int) float64 {
	at := i * b.size
	w := atomic.LoadUint64(&b.words[at/8])
	runtime.KeepAlive(b) // or the memory goes
	return b.number(w >> (at % 8 * 8))
}

// number is what the lowest bytes of a word mean.
func (b *buffer) number(w uint64) float64 {
	switch b.kind {
	case "f64":
		return math.Float64frombits(w)
	case "f32":
		return float64(math.Float32frombits(uint32(w)))
	case "i64":
		return float64(int64(w))
	case "i32":
		return float64(int32(w))
	case "i16":
		return float64(int16(w))
	case "i8":
		return float64(int8(w))
	case "u32":
		return float64(uint32(w))
	case "u16":
		return float64(uint16(w))
	case "u8":
		return float64(uint8(w))
	}
	return float64(w)
}

// bits is a number as the buffer has it.
func (b *buffer) bits(n float64) (uint64, error) {
	switch b.kind {
	case "f64":
		return math.Float64bits(n), nil
	case "f32":
		return uint64(math.Float32bits(float32(n))), nil
	}
	low, high := 0.0, math.Ldexp(1, 8*b.size)
	if b.kind[0] == 'i' {
		high /= 2
		low = -high
	}
	if n != math.Trunc(n) || n < low || n >= high {
		e := engine.Invalid("%s is no value of a buffer of %s", engine.FormatNumber(n), b.kind)
		if e.Hint = "it holds whole numbers"; b.size < 8 {
			e.Hint = fmt.Sprintf("it holds whole numbers from %.0f to %.0f", low, high-1)
		}
		return 0, e
	}
	if n < 0 {
		return uint64(int64(n)), nil
	}
	return uint64(n), nil
}

func (b *buffer) set(i int, n float64) error {
	v, err := b.bits(n)
	if err != nil {
		return err
	}
	defer runtime.KeepAlive(b)
	at := i * b.size
	w := &b.words[at/8]
	if b.size == 8 {
		atomic.StoreUint64(w, v)
		return nil
	}
	for {
		old := atomic.LoadUint64(w)
		if atomic.CompareAndSwapUint64(w, old, b.replaced(old, at, v)) {
			return nil
		}
	}
}

// replaced is a word with other bits at a byte.
func (b *buffer) replaced(word uint64, at int, v uint64) uint64 {
	if b.size == 8 {
		return v
	}
	shift := at % 8 * 8
	mask := (uint64(1)<<(8*b.size) - 1) << shift
	return word&^mask | v<<shift&mask
}

// add adds to the number at i and returns the sum.
func (b *buffer) add(i int, n float64) (sum float64, err error) {
	defer runtime.KeepAlive(b)
	at := i * b.size
	w := &b.words[at/8]
	for {
		old := atomic.LoadUint64(w)
		sum = b.number(old>>(at%8*8)) + n
		v, err := b.bits(sum)
		if err != nil {
			return 0, err
		}
		if atomic.CompareAndSwapUint64(w, old, b.replaced(old, at, v)) {
			return sum, nil
		}
	}
}

func newBuffer(_ *engine.Call, in bufferIn) (*Buffer, error) {
	if in.N < 0 || in.N > 1<<31 {
		return nil, engine.Invalid("argument 'n' must be between 0 and 2^31, got %d", in.N)
	}
	return NewBuffer(in.Kind, in.N, nil)
}

// at is b[i]; local ones go the short way.
func at(b *Buffer, c *engine.Call, in indexIn) (float64, error) {
	core, ok := b.Core()
	if !ok {
		n, err := share.One(b.Do(c, nil, "get", float64(in.Index)))
		v, _ := n.(float64)
		return v, err
	}
	if in.Index < 1 || in.Index > core.n {
		return 0, outside(in.Index, core.n)
	}
	return core.get(in.Index - 1), nil
}

func setAt(b *Buffer, c *engine.Call, in setAtIn) (engine.None, error) {
	core, ok := b.Core()
	if !ok {
		return share.None(b.Do(c, nil, "set", float64(in.Index), in.Value))
	}
	if in.Index < 1 || in.Index > core.n {
		return engine.None{}, outside(in.Index, core.n)
	}
	return engine.None{}, core.set(in.Index-1, in.Value)
}

func numbers(b *Buffer, c *engine.Call, in rangeIn) (engine.List, error) {
	out, err := b.Do(c, nil, "items", float64(in.From), float64(in.To))
	return engine.List(slices.Clip(out)), err
}
