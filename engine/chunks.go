package engine

import (
	"slices"
	"sync"

	lua "github.com/yuin/gopher-lua"

	"github.com/gscript-lang/gscript/engine/internal/chunk"
)

// maxKept bounds the bytes of source of which compiled chunks are kept; the
// oldest go first.
const maxKept = 64 << 20

type chunkKey struct{ name, source string }

// chunks keeps what was compiled, so that states and the workers of a pool
// share it, and the sources, for the lines that error reports show.
type chunks struct {
	limits chunk.Limits

	mu       sync.Mutex
	compiled map[chunkKey]*chunk.Chunk
	begun    map[chunkKey]chan struct{}                    // being compiled; closed at its end
	sources  map[string]string                             // the last of each name, compiled or not
	order    []chunkKey                                    // the oldest first
	trees    map[*chunk.Chunk]map[*lua.FunctionProto][]int // of chunks whose functions were looked for
	size     int
}

func newChunks(limits chunk.Limits) *chunks {
	return &chunks{limits: limits, compiled: map[chunkKey]*chunk.Chunk{}, begun: map[chunkKey]chan struct{}{}, sources: map[string]string{}, trees: map[*chunk.Chunk]map[*lua.FunctionProto][]int{}}
}

// compile is the one way from source to a function. Of states that ask for the
// same at a time one compiles it.
func (c *chunks) compile(name, source string) (*chunk.Chunk, error) {
	key := chunkKey{name, source}
	c.mu.Lock()
	if kept := c.compiled[key]; kept != nil {
		c.mu.Unlock()
		return kept, nil
	}
	other := c.begun[key]
	if other == nil {
		own := make(chan struct{})
		c.begun[key] = own
		defer c.compiledNow(key, own)
	}
	c.mu.Unlock()
	if other != nil {
		<-other
		if kept := c.kept(key); kept != nil {
			return kept, nil
		} // each has an error of its own
	}
	made, err := chunk.Compile(name, source, c.limits)
	c.keep(key, made)
	return made, err
}

// compiledNow tells those who wait that a source is compiled, or cannot be.
func (c *chunks) compiledNow(key chunkKey, done chan struct{}) {
	c.mu.Lock()
	defer c.mu.Unlock()
	delete(c.begun, key)
	close(done)
}

func (c *chunks) kept(key chunkKey) *chunk.Chunk {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.compiled[key]
}

// keep remembers a chunk, nil for a source that does not compile.
func (c *chunks) keep(key chunkKey, made *chunk.Chunk) {
	size := len(key.name) + len(key.source)
	if size > maxKept/4 {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if _, known := c.compiled[key]; known {
		return
	}
	c.compiled[key] = made
	c.sources[key.name] = key.source
	c.order = append(c.order, key)
	c.size += size
	for c.size > maxKept {
		oldest := c.order[0]
		c.order = c.order[1:]
		c.size -= len(oldest.name) + len(oldest.source)
		delete(c.trees, c.compiled[oldest])
		delete(c.compiled, oldest)
		if c.sources[oldest.name] == oldest.source {
			delete(c.sources, oldest.name)
		}
	}
}

// locate finds the chunk of a function and the way to it in the tree of the
// chunk's prototypes.
func (c *chunks) locate(p *lua.FunctionProto) (found *chunk.Chunk, path []int, ok bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for key, compiled := range c.compiled {
		if key.name != p.SourceName || compiled == nil {
			continue
		}
		tree := c.trees[compiled]
		if tree == nil {
			tree = map[*lua.FunctionProto][]int{}
			grow(tree, compiled.Proto, nil)
			c.trees[compiled] = tree
		}
		if path, ok := tree[p]; ok {
			return compiled, path, true
		}
	}
	return nil, nil, false
}

func grow(tree map[*lua.FunctionProto][]int, p *lua.FunctionProto, path []int) {
	tree[p] = path
	for i, inner := range p.FunctionPrototypes {
		grow(tree, inner, append(slices.Clip(path), i))
	}
}

func (c *chunks) source(name string) (string, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	s, ok := c.sources[name]
	return s, ok
}

// show has reports show another text than was compiled for the name.
func (c *chunks) show(name, text string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.sources[name] = text
}
