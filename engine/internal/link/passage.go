package link

import (
	"encoding"
	"encoding/binary"
	"fmt"
	"sync"

	lua "github.com/yuin/gopher-lua"

	"github.com/gscript-lang/gscript/engine"
	"github.com/gscript-lang/gscript/engine/internal/fault"
	"github.com/gscript-lang/gscript/engine/internal/snapshot"
	"github.com/gscript-lang/gscript/engine/internal/wire"
	"github.com/gscript-lang/gscript/engine/shared"
)

// The first byte of a value that is no plain data.
const (
	extraSnapshot = 's'
	extraRaise    = 'r' // what another state raised that is no error object
	extraShared   = 'v'
)

// The first byte of a shared value.
const (
	sharedMine  = 'm' // of the sender: its number and its type
	sharedYours = 'y' // of the receiver: its number
	sharedFixed = 'b' // one that cannot change: its type and what MarshalBinary wrote
)

// passage takes values over a link.
type passage struct {
	engine engine.Passage
	link   *Link
	chunks *chunks
	depth  int // of values that are read inside one another

	mu      sync.Mutex
	nextID  uint64
	exports map[uint64]*export
	numbers map[shared.Served]uint64
	imports map[uint64]*borrowed
	protos  map[int]*lua.FunctionProto // the peer's chunks
	broken  map[int]error              // those that did not compile
}

func newPassage(p engine.Passage, l *Link, root shared.Served) *passage {
	return &passage{
		engine: p, link: l, chunks: newChunks(p),
		exports: map[uint64]*export{RootID: {value: root}}, numbers: map[shared.Served]uint64{},
		imports: map[uint64]*borrowed{}, protos: map[int]*lua.FunctionProto{}, broken: map[int]error{},
	}
}

var (
	_ wire.Extra       = (*passage)(nil)
	_ snapshot.Outside = (*passage)(nil)
	_ snapshot.Inside  = (*passage)(nil)
)

// Append writes what is no plain data. The link's out is held.
func (p *passage) Append(buf []byte, v any) ([]byte, bool, error) {
	switch v := v.(type) {
	case *engine.Snapshot:
		if v == nil {
			return buf, false, nil
		}
		out, err := v.Marshal(append(buf, extraSnapshot), p)
		return out, true, err
	case *engine.Raise:
		buf = append(buf, extraRaise)
		for _, text := range []string{v.Text, v.Trace} {
			buf = binary.AppendUvarint(buf, uint64(len(text)))
			buf = append(buf, text...)
		}
		out, err := v.Value.Marshal(buf, p)
		return out, true, err
	case shared.Served:
		data, err := p.Export(v)
		return append(append(buf, extraShared), data...), true, err
	}
	return buf, false, nil
}

// maxInside bounds copies and errors inside one another: a peer could have many
// more of them read than Go's stack holds.
const maxInside = 1000

// Read makes again what Append wrote.
func (p *passage) Read(data []byte) (any, error) {
	p.depth++
	defer func() { p.depth-- }()
	if len(data) == 0 || p.depth > maxInside {
		return nil, wire.ErrGarbled
	}
	switch tag, data := data[0], data[1:]; tag {
	case extraSnapshot:
		return p.snapshot(data)
	case extraRaise:
		r := &reader{data: data}
		raise := &engine.Raise{Text: r.text(), Trace: r.text()}
		if r.failed {
			return nil, wire.ErrGarbled
		}
		v, err := p.snapshot(r.data)
		raise.Value = v
		return raise, err
	case extraShared:
		return p.Import(data)
	}
	return nil, wire.ErrGarbled
}

func (p *passage) snapshot(data []byte) (*engine.Snapshot, error) {
	s, rest, err := snapshot.Unmarshal(data, p)
	if err == nil && len(rest) > 0 {
		err = wire.ErrGarbled
	}
	return s, err
}

// Export writes a shared value.
func (p *passage) Export(v any) ([]byte, error) {
	if b, ok := v.(shared.Borrowed); ok {
		if r := b.Remote(); r != nil && r.Link() == shared.Caller(p.link) {
			return binary.AppendUvarint([]byte{sharedYours}, r.ID()), nil
		}
	}
	t := p.engine.TypeOf(v)
	if t == nil {
		return nil, fault.New(fault.CopyRefused, "a %T does not go to another process", v)
	}
	if served, ok := v.(shared.Served); ok && t.Stub != nil {
		if l, ok := v.(shared.Lent); ok {
			l.Lend(p.link.peer)
		}
		p.mu.Lock()
		defer p.mu.Unlock()
		id, known := p.numbers[served]
		if !known {
			p.nextID++
			id = p.nextID
			p.numbers[served], p.exports[id] = id, &export{value: served}
		}
		p.exports[id].sent++
		return append(binary.AppendUvarint([]byte{sharedMine}, id), t.Name...), nil
	}
	if m, ok := v.(encoding.BinaryMarshaler); ok && t.Load != nil {
		data, err := m.MarshalBinary()
		if err != nil {
			return nil, err
		}
		out := binary.AppendUvarint([]byte{sharedFixed}, uint64(len(t.Name)))
		return append(append(out, t.Name...), data...), nil
	}
	return nil, fault.New(fault.CopyRefused, "a %s is shared by the states of one process; it does not go to another", t.Name)
}

// Import makes a stub of what the peer exported, or finds what it was given.
func (p *passage) Import(data []byte) (any, error) {
	if len(data) == 0 {
		return nil, wire.ErrGarbled
	}
	r := &reader{data: data[1:]}
	switch data[0] {
	case sharedYours:
		id := r.number()
		served := p.exported(id)
		if r.failed || served == nil || id == RootID {
			return nil, wire.ErrGarbled
		}
		return served, nil
	case sharedMine:
		id := r.number()
		if r.failed || id == RootID {
			return nil, wire.ErrGarbled
		}
		return p.stub(id, string(r.data))
	case sharedFixed:
		name := r.text()
		t := p.engine.Type(name)
		if r.failed || t == nil || t.Load == nil {
			return nil, wire.ErrGarbled
		}
		v, err := t.Load(r.data)
		if err != nil {
			return nil, fmt.Errorf("%w: %v", wire.ErrGarbled, err)
		}
		return v, nil
	}
	return nil, wire.ErrGarbled
}

// WriteFault writes an error inside a snapshot.
func (p *passage) WriteFault(e *fault.Error) ([]byte, error) {
	return wire.Append(nil, "error", []any{e}, maxMessage, p)
}

// ReadFault reads it again.
func (p *passage) ReadFault(data []byte) (*fault.Error, error) {
	values, err := wire.Read(data, p)
	if err != nil {
		return nil, err
	}
	if len(values) == 1 {
		if e, ok := values[0].(*fault.Error); ok {
			return e, nil
		}
	}
	return nil, wire.ErrGarbled
}
