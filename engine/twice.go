package engine

import "github.com/gscript-lang/gscript/engine/internal/chunk"

// Twice is a name by which a block of a source defines two functions, so that the
// first is lost.
type Twice = chunk.Twice

// DefinedTwice finds the functions of a source whose last name begins with prefix
// and that the same block defines again. The error is that of a source that does
// not compile.
func (e *Engine) DefinedTwice(name, source, prefix string) ([]Twice, error) {
	return chunk.DefinedTwice(name, source, prefix, e.chunks.limits)
}
