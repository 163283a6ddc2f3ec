// Package jsonconv is the JSON of all modules: text to the engine's plain data
// and back. Objects keep their order, null stays null, and both ways are bounded
// in depth, so that no text and no table can overflow Go's stack.
package jsonconv

import (
	"github.com/gscript-lang/gscript/engine"
)

// MaxDepth bounds arrays and objects inside one another, both ways.
const MaxDepth = 200

// ErrSyntax is the kind of error of text that is not JSON.
var ErrSyntax = engine.Kind("json.syntax", "The text is not JSON. e.line, e.column and e.offset (all from 1) say where.")

// ErrValue is the kind of error of a value that JSON cannot hold.
var ErrValue = engine.Kind("json.value", "The value cannot be written as JSON, such as nan, a function or a string that is not UTF-8. e.path says where it is.")

// ErrRange is the kind of error of a whole number that does not fit in 64 bits,
// where whole numbers are to be exact.
var ErrRange = engine.Kind("json.range", "A whole number in the text does not fit in 64 bits. e.line, e.column and e.offset (all from 1) say where.")

// DecodeOptions adjust Decode.
type DecodeOptions struct {
	// BigAsText keeps integers of 2^53 and beyond, which a Lua number cannot
	// hold exactly, as strings.
	BigAsText bool
	// Box makes the value of such an integer instead. One beyond 64 bits is
	// then refused.
	Box func(n int64) any
}

// EncodeOptions adjust Encode.
type EncodeOptions struct {
	Indent string // for each level; "" writes one line
	Sort   bool   // keys by their bytes instead of the table's order
}

// Decode reads one JSON value: engine.Object in the order of the text,
// engine.List, float64, string, bool or engine.Null. Anything but white space
// after it is refused. Of equal keys the last one counts.
func Decode(data []byte) (any, error) { return DecodeWith(data, DecodeOptions{}) }

// DecodeWith is Decode with options.
func DecodeWith(data []byte, o DecodeOptions) (any, error) {
	d := &decoder{data: data, options: o}
	return d.document()
}

// Encode writes plain data as JSON: nil and engine.Null, bool, numbers, strings,
// engine.List and []any, engine.Object, and map[string]any by sorted keys. A
// value with the method Int64() int64 is written as that integer.
func Encode(v any, o EncodeOptions) ([]byte, error) {
	e := &encoder{options: o}
	if err := e.value(v, 0); err != nil {
		return nil, err
	}
	return e.out, nil
}

// failure is an error of the text at a place.
func failure(kind *engine.ErrorKind, data []byte, at int, problem string) *engine.Error {
	line, column := 1, 1
	for _, b := range data[:at] {
		switch {
		case b == '\n':
			line, column = line+1, 1
		case b&0xC0 != 0x80: // not the inside of a UTF-8 sequence
			column++
		}
	}
	e := engine.Errorf(kind, "%s at line %d, column %d", problem, line, column)
	e.Fields = map[string]any{"line": line, "column": column, "offset": at + 1}
	return e
}
