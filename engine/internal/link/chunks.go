package link

import (
	"encoding/binary"
	"fmt"

	lua "github.com/yuin/gopher-lua"

	"github.com/gscript-lang/gscript/engine"
	"github.com/gscript-lang/gscript/engine/internal/wire"
)

// chunks numbers the chunks of this side. The first message with a function of
// one is preceded by the chunk's source.
type chunks struct {
	engine  engine.Passage
	known   map[*lua.FunctionProto]place
	numbers map[[2]string]int // by name and source
	pending [][]byte          // definitions to be sent
}

type place struct {
	chunk int
	path  []int
}

func newChunks(p engine.Passage) *chunks {
	return &chunks{engine: p, known: map[*lua.FunctionProto]place{}, numbers: map[[2]string]int{}}
}

func (c *chunks) place(p *lua.FunctionProto) (place, error) {
	if at, ok := c.known[p]; ok {
		return at, nil
	}
	name, source, path, err := c.engine.Locate(p)
	if err != nil {
		return place{}, err
	}
	key := [2]string{name, source}
	number, ok := c.numbers[key]
	if !ok {
		number = len(c.numbers) + 1
		c.numbers[key] = number
		def := binary.AppendUvarint([]byte{messageChunk}, uint64(number))
		def = binary.AppendUvarint(def, uint64(len(name)))
		c.pending = append(c.pending, append(append(def, name...), source...))
	}
	at := place{number, path}
	c.known[p] = at
	return at, nil
}

func (c *chunks) take() [][]byte {
	defs := c.pending
	c.pending = nil
	return defs
}

// Chunk tells the peer where a function is. The link's out is held.
func (p *passage) Chunk(proto *lua.FunctionProto) (int, []int, error) {
	at, err := p.chunks.place(proto)
	return at.chunk, at.path, err
}

// define compiles a chunk of the peer.
func (p *passage) define(number int, name, source string) error {
	proto, err := p.engine.Compile(name, source)
	p.mu.Lock()
	defer p.mu.Unlock()
	if err != nil {
		p.broken[number] = err
		return nil
	}
	p.protos[number] = proto
	return nil
}

// Proto finds a function of the peer.
func (p *passage) Proto(number int, path []int) (*lua.FunctionProto, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	proto := p.protos[number]
	if proto == nil {
		if err := p.broken[number]; err != nil {
			return nil, err
		}
		return nil, fmt.Errorf("%w: a function of an unknown chunk", wire.ErrGarbled)
	}
	for _, step := range path {
		if step < 0 || step >= len(proto.FunctionPrototypes) {
			return nil, fmt.Errorf("%w: the way to a function", wire.ErrGarbled)
		}
		proto = proto.FunctionPrototypes[step]
	}
	return proto, nil
}
