package int64

import (
	"encoding"
	"strconv"
)

var _ encoding.BinaryMarshaler = Value(0)

// MarshalBinary writes the value for another process.
func (v Value) MarshalBinary() ([]byte, error) {
	return strconv.AppendInt(nil, int64(v), 10), nil
}

// load reads what MarshalBinary wrote.
func load(data []byte) (Value, error) {
	n, err := strconv.ParseInt(string(data), 10, 64)
	return Value(n), err
}
