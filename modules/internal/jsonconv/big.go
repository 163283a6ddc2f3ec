package jsonconv

import (
	"errors"

	"github.com/gscript-lang/gscript/engine"
	boxes "github.com/gscript-lang/gscript/modules/int64"
)

// Big is the option of functions that read JSON for scripts. Their modules name
// the type of int64 in Uses and ErrRange among their kinds.
type Big struct {
	Big string `lua:"big,opt" enum:"int64|text|number" default:"int64" doc:"what becomes of whole numbers of 2^53 and beyond, which a Lua number cannot hold exactly: values of the module int64, which refuses those beyond 64 bits; their digits as a string; or the nearest number"`
}

// Decode reads one JSON value.
func (b Big) Decode(data []byte) (any, error) {
	o := DecodeOptions{BigAsText: b.Big == "text"}
	if b.Big == "int64" {
		o.Box = func(n int64) any { return boxes.Value(n) }
	}
	v, err := DecodeWith(data, o)
	var e *engine.Error
	if errors.As(err, &e) && e.Kind == ErrRange.Name {
		e.Hint = `big="text" keeps the digits, big="number" rounds`
	}
	return v, err
}
