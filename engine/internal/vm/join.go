package vm

import (
	"strings"

	lua "github.com/yuin/gopher-lua"
)

// piece is how much of a long string is copied at once. A copy cannot be
// interrupted, not even by Go's collector, for which everything else then waits.
const piece = 1 << 20

// Join puts strings together. It raises when the result would be too large, and
// between the pieces of a long one when the script is to stop.
func Join(L *lua.LState, parts ...string) string {
	n := 0
	for _, p := range parts {
		n += len(p)
	}
	FitString(L, n)
	if n <= piece {
		return strings.Join(parts, "")
	}
	var b strings.Builder
	b.Grow(n)
	for _, p := range parts {
		Append(L, &b, p)
	}
	return b.String()
}

// Append writes s to b in pieces, as Join does.
func Append(L *lua.LState, b *strings.Builder, s string) {
	for len(s) > piece {
		b.WriteString(s[:piece])
		s = s[piece:]
		Spend(L, 0)
	}
	b.WriteString(s)
}
