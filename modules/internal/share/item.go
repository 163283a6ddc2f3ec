package share

import (
	"github.com/gscript-lang/gscript/engine"
)

// Item is a value that a shared value holds for the states. The zero Item is
// nil.
type Item struct {
	plain engine.Value // nil, a boolean, a number or a string: as it is, for they are nobody's
	other any          // a *engine.Snapshot, or plain data that came from another process
}

// Carry copies the argument called name out of the calling state. Only inline
// functions may call it.
func Carry(c *engine.Call, name string, v engine.Value) (Item, error) {
	switch v.Type() {
	case "nil", "boolean", "number", "string":
		return Item{plain: v}, nil
	}
	s, err := c.Copy(name, v)
	return Item{other: s}, err
}

// ItemOf makes an Item of plain data or a *engine.Snapshot.
func ItemOf(v any) Item {
	if it, ok := v.(Item); ok {
		return it
	}
	return Item{other: v}
}

// IsNil says that the item is nil.
func (it Item) IsNil() bool { return it.other == nil && it.plain.IsNil() }

// Result is the item as a handler returns it.
func (it Item) Result() any {
	if it.other != nil {
		return it.other
	}
	return it.plain.Lua()
}

// Data is the item as it goes to another process: nil, a boolean, a float64, a
// string or a *engine.Snapshot.
func (it Item) Data() any {
	if it.other != nil {
		return it.other
	}
	return it.plain.Portable()
}

// Args are the arguments of an operation. One that is missing, or of another
// kind, reads as nothing: they may come from another process.
type Args []any

// Item returns an argument that is a value.
func (a Args) Item(i int) Item {
	if i < len(a) {
		return ItemOf(a[i])
	}
	return Item{}
}

// Number returns a number.
func (a Args) Number(i int) float64 {
	n, _ := a.Item(i).Data().(float64)
	return n
}

// Int returns a whole number.
func (a Args) Int(i int) int { return int(a.Number(i)) }

// Text returns a string.
func (a Args) Text(i int) string {
	s, _ := a.Item(i).Data().(string)
	return s
}

// Bool returns a boolean.
func (a Args) Bool(i int) bool {
	b, _ := a.Item(i).Data().(bool)
	return b
}
