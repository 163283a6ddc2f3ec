package link

import (
	"encoding/binary"
	"fmt"
	"runtime"
	"weak"

	"github.com/gscript-lang/gscript/engine/internal/wire"
	"github.com/gscript-lang/gscript/engine/shared"
)

// export is a value that the peer knows by a number. It is kept until the peer
// has given back as many as were sent.
type export struct {
	value shared.Served
	sent  uint64
}

// borrowed is a value of the peer, as long as something here has its stub.
type borrowed struct {
	id       uint64
	remote   weak.Pointer[shared.Remote]
	received uint64
}

// stub makes the stub of a value of the peer, or finds the one that there is.
func (p *passage) stub(id uint64, name string) (any, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if b := p.imports[id]; b != nil {
		if r := b.remote.Value(); r != nil {
			b.received++
			return r.Stub(), nil
		}
	}
	t := p.engine.Type(name)
	if t == nil || t.Stub == nil {
		return nil, fmt.Errorf("%w: a value of the type %q", wire.ErrGarbled, name)
	}
	r := shared.NewRemote(p.link, id)
	r.SetStub(t.Stub(r))
	b := &borrowed{id: id, remote: weak.Make(r), received: 1}
	p.imports[id] = b
	runtime.AddCleanup(r, p.giveBack, b)
	return r.Stub(), nil
}

// giveBack tells the peer that a value of it is not used here any more.
func (p *passage) giveBack(b *borrowed) {
	p.mu.Lock()
	if p.imports[b.id] == b {
		delete(p.imports, b.id)
	}
	n := b.received
	p.mu.Unlock()
	go func() {
		_ = p.link.message(func(buf []byte) ([]byte, error) { // without a peer there is nobody to tell
			buf = append(buf, messageRelease)
			return binary.AppendUvarint(binary.AppendUvarint(buf, b.id), n), nil
		})
	}()
}

// release forgets a value of this side when nothing on the other has it.
func (p *passage) release(id, n uint64) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	e := p.exports[id]
	if e == nil || id == RootID || n > e.sent {
		return wire.ErrGarbled
	}
	if e.sent -= n; e.sent == 0 {
		delete(p.exports, id)
		delete(p.numbers, e.value)
	}
	return nil
}

func (p *passage) exported(id uint64) shared.Served {
	p.mu.Lock()
	defer p.mu.Unlock()
	if e := p.exports[id]; e != nil {
		return e.value
	}
	return nil
}
