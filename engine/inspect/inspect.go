// Package inspect shows Lua values to people, compares them deeply and tells
// what differs. It reads tables without their metatables and never runs Lua
// unless a function to do so is given, so that it is safe in a debugger and
// with the baton held. Cycles, depth and size are bounded.
package inspect

import (
	"github.com/gscript-lang/gscript/engine"
)

// Options bound what is shown. The zero value has the defaults; a negative
// number takes a bound away.
type Options struct {
	Depth int // levels of tables within tables: 8
	Items int // entries shown of each table: 100
	Width int // columns of a line: 80; a negative width keeps all on one line
	Text  int // bytes shown of each string: 1000

	Color bool // ANSI colours

	// Tostring runs the metamethod __tostring of a table or handle that has
	// one; ok is false to have the value shown as without it. Nil runs nothing.
	Tostring func(v engine.Value) (text string, ok bool)
}

// These hold whatever the options say: a value of few tables that share each
// other may have more paths than memory has room for.
const (
	mostDepth = 1000
	mostNodes = 200_000
)

func (o Options) filled() Options {
	set := func(n *int, fallback, most int) {
		if *n == 0 {
			*n = fallback
		} else if *n < 0 || *n > most {
			*n = most
		}
	}
	set(&o.Depth, 8, mostDepth)
	set(&o.Items, 100, mostNodes)
	set(&o.Text, 1000, 1<<62)
	set(&o.Width, 80, 1<<30)
	return o
}

// Sprint shows a value: on one line where it fits the width, else indented.
// Strings are quoted so that they can be read back, keys sorted: numbers,
// strings, then all others. A table whose metatable has a __name is shown with
// it. It needs the baton.
func Sprint(v engine.Value, o Options) string {
	o = o.filled()
	b := &builder{Options: o, path: map[any]*place{}, left: mostNodes}
	p := printer{Options: o}
	p.node(b.node(v, nil, 0), 0, 0, 0)
	return p.String()
}
