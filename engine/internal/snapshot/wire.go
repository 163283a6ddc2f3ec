package snapshot

import (
	"encoding/binary"
	"fmt"
	"math"

	lua "github.com/yuin/gopher-lua"

	"github.com/gscript-lang/gscript/engine/internal/fault"
	"github.com/gscript-lang/gscript/engine/internal/wire"
)

// Outside is what a snapshot refers to that is not in it, for Marshal.
type Outside interface {
	// Chunk gives the number by which the other side knows the chunk of a
	// function, and the way to the function in the tree of its prototypes.
	Chunk(p *lua.FunctionProto) (number int, path []int, err error)
	// Export writes a value that crosses by reference.
	Export(v any) ([]byte, error)
	// WriteFault writes an error.
	WriteFault(e *fault.Error) ([]byte, error)
}

// Inside makes again, for Unmarshal, what an Outside wrote.
type Inside interface {
	Proto(number int, path []int) (*lua.FunctionProto, error)
	Import(data []byte) (any, error)
	ReadFault(data []byte) (*fault.Error, error)
}

const (
	tagNone   = 'n'
	tagTrue   = 't'
	tagFalse  = 'f'
	tagNumber = 'd'
	tagString = 's'
	tagRef    = 'r'
	tagNamed  = 'm'
	tagShared = 'h'
	tagError  = 'e'
	tagNull   = '0'
	tagTable  = 'T'
	tagFunc   = 'F'
)

// Marshal writes s behind buf, for another process.
func (s *Snapshot) Marshal(buf []byte, out Outside) ([]byte, error) {
	w := &writer{buf: buf, out: out}
	w.text(s.Type)
	w.node(s.root)
	w.count(len(s.nodes))
	for _, n := range s.nodes {
		w.record(n)
	}
	w.count(len(s.cells))
	for _, c := range s.cells {
		w.node(c)
	}
	w.count(len(s.globals))
	for _, g := range s.globals {
		w.text(g.name)
		w.node(g.node)
	}
	w.count(len(s.Assigned))
	for _, a := range s.Assigned {
		w.text(a.Name)
		w.text(a.At)
	}
	return w.buf, w.err
}

// writer appends to buf until something does not cross.
type writer struct {
	buf []byte
	out Outside
	err error
}

func (w *writer) count(n int) { w.buf = binary.AppendUvarint(w.buf, uint64(n)) }

func (w *writer) text(s string) {
	w.count(len(s))
	w.buf = append(w.buf, s...)
}

func (w *writer) tagged(tag byte, data []byte, err error) {
	if w.err == nil {
		w.err = err
	}
	w.buf = append(w.buf, tag)
	w.count(len(data))
	w.buf = append(w.buf, data...)
}

func (w *writer) node(n node) {
	switch n := n.(type) {
	case nil:
		w.buf = append(w.buf, tagNone)
	case scalar:
		w.scalar(n.v)
	case ref:
		w.buf = append(w.buf, tagRef)
		w.count(n.i)
	case named:
		w.buf = append(w.buf, tagNamed)
		w.text(n.path)
	case null:
		w.buf = append(w.buf, tagNull)
	case shared:
		data, err := w.out.Export(n.v)
		w.tagged(tagShared, data, err)
	case failure:
		data, err := w.out.WriteFault(n.e)
		w.tagged(tagError, data, err)
	}
}

func (w *writer) scalar(v lua.LValue) {
	switch v := v.(type) {
	case lua.LBool:
		tag := byte(tagFalse)
		if v {
			tag = tagTrue
		}
		w.buf = append(w.buf, tag)
	case lua.LNumber:
		w.buf = append(w.buf, tagNumber)
		w.buf = binary.BigEndian.AppendUint64(w.buf, math.Float64bits(float64(v)))
	case lua.LString:
		w.buf = append(w.buf, tagString)
		w.text(string(v))
	default:
		w.buf = append(w.buf, tagNone)
	}
}

func (w *writer) record(n node) {
	switch rec := n.(type) {
	case *tableRec:
		w.buf = append(w.buf, tagTable)
		w.text(rec.meta)
		w.count(len(rec.keys))
		for i, k := range rec.keys {
			w.node(k)
			w.node(rec.values[i])
		}
	case *funcRec:
		w.buf = append(w.buf, tagFunc)
		number, path, err := w.out.Chunk(rec.proto)
		if w.err == nil {
			w.err = err
		}
		w.count(number)
		w.count(len(path))
		for _, step := range path {
			w.count(step)
		}
		w.count(len(rec.upvals))
		for _, cell := range rec.upvals {
			w.count(cell + 1)
		}
	}
}

// Unmarshal reads the snapshot at the beginning of data, which may be anything,
// and returns what comes after it.
func Unmarshal(data []byte, in Inside) (s *Snapshot, rest []byte, err error) {
	r := &reader{data: data, in: in}
	defer func() {
		if err == nil && r.err != nil {
			s, rest, err = nil, nil, r.err
		}
	}()
	s = &Snapshot{Type: r.text(), root: r.node()}
	for range r.length() {
		s.nodes = append(s.nodes, r.record())
	}
	for range r.length() {
		s.cells = append(s.cells, r.node())
	}
	for range r.length() {
		s.globals = append(s.globals, global{r.text(), r.node()})
	}
	for range r.length() {
		s.Assigned = append(s.Assigned, Assignment{r.text(), r.text()})
	}
	if r.err == nil {
		r.err = s.check(r)
	}
	return s, r.data, nil
}

// check sees to it that every reference leads to something.
func (s *Snapshot) check(r *reader) error {
	if r.refs > 0 && r.maxRef >= len(s.nodes) || r.maxCell > len(s.cells) {
		return wire.ErrGarbled
	}
	return nil
}

type reader struct {
	data    []byte
	in      Inside
	err     error
	refs    int
	maxRef  int
	maxCell int // one more than the greatest
}

func (r *reader) fail(err error) {
	if r.err == nil {
		r.err = err
	}
	r.data = nil
}

func (r *reader) take(n int) []byte {
	if n < 0 || n > len(r.data) {
		r.fail(wire.ErrGarbled)
		return nil
	}
	b := r.data[:n]
	r.data = r.data[n:]
	return b
}

// count reads a number of any size.
func (r *reader) count() int {
	v, n := binary.Uvarint(r.data)
	if n <= 0 || v > math.MaxInt32 {
		r.fail(wire.ErrGarbled)
		return 0
	}
	r.data = r.data[n:]
	return int(v)
}

// length reads how many things follow, each of which takes a byte or more.
func (r *reader) length() int {
	n := r.count()
	if n > len(r.data) {
		r.fail(wire.ErrGarbled)
		return 0
	}
	return n
}

func (r *reader) text() string { return string(r.take(r.length())) }

func (r *reader) tag() byte {
	if b := r.take(1); len(b) == 1 {
		return b[0]
	}
	return 0
}

func (r *reader) node() node {
	switch r.tag() {
	case tagNone:
		return scalar{lua.LNil}
	case tagTrue:
		return scalar{lua.LTrue}
	case tagFalse:
		return scalar{lua.LFalse}
	case tagNumber:
		if b := r.take(8); b != nil {
			return scalar{lua.LNumber(math.Float64frombits(binary.BigEndian.Uint64(b)))}
		}
	case tagString:
		return scalar{lua.LString(r.text())}
	case tagRef:
		i := r.count()
		r.maxRef = max(r.maxRef, i)
		r.refs++
		return ref{i}
	case tagNamed:
		return named{r.text()}
	case tagNull:
		return null{}
	case tagShared:
		v, err := r.in.Import(r.take(r.length()))
		if err != nil {
			r.fail(err)
		}
		return shared{v}
	case tagError:
		e, err := r.in.ReadFault(r.take(r.length()))
		if err != nil {
			r.fail(err)
		}
		return failure{e}
	default:
		r.fail(wire.ErrGarbled)
	}
	return nil
}

func (r *reader) record() node {
	switch r.tag() {
	case tagTable:
		rec := &tableRec{meta: r.text()}
		for range r.length() {
			k := r.node()
			if !usable(k) {
				r.fail(wire.ErrGarbled)
				return rec
			}
			rec.keys, rec.values = append(rec.keys, k), append(rec.values, r.node())
		}
		return rec
	case tagFunc:
		number := r.count()
		path := make([]int, 0, 4)
		for range r.length() {
			path = append(path, r.count())
		}
		rec := &funcRec{}
		for range r.length() {
			cell := r.count()
			r.maxCell = max(r.maxCell, cell)
			rec.upvals = append(rec.upvals, cell-1)
		}
		if r.err != nil {
			return rec
		}
		proto, err := r.in.Proto(number, path)
		if err != nil {
			r.fail(err)
			return rec
		}
		if int(proto.NumUpvalues) != len(rec.upvals) {
			r.fail(fmt.Errorf("%w: a function with %d upvalues instead of %d", wire.ErrGarbled, len(rec.upvals), proto.NumUpvalues))
		}
		rec.proto = proto
		return rec
	}
	r.fail(wire.ErrGarbled)
	return nil
}

// usable says whether a node can be a key of a table.
func usable(n node) bool {
	if s, ok := n.(scalar); ok {
		f, number := s.v.(lua.LNumber)
		return s.v != lua.LNil && (!number || f == f)
	}
	return n != nil
}
