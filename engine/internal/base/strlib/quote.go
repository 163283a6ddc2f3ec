package strlib

import (
	"strings"

	lua "github.com/yuin/gopher-lua"

	"github.com/gscript-lang/gscript/engine/internal/vm"
)

// quote appends s as a literal that load reads back to the same bytes.
func quote(L *lua.LState, b []byte, s string) []byte {
	const piece = 64 << 10
	b = append(b, '"')
	for len(s) > piece {
		b = appendQuoted(b, s[:piece])
		s = s[piece:]
		vm.Spend(L, 64)
		vm.FitString(L, len(b)+len(s))
	}
	b = appendQuoted(b, s)
	return append(b, '"')
}

func appendQuoted(b []byte, s string) []byte {
	for {
		i := strings.IndexAny(s, "\"\\\n\r\x00")
		if i < 0 {
			return append(b, s...)
		}
		b = append(b, s[:i]...)
		switch c := s[i]; c {
		case '\r':
			b = append(b, `\r`...)
		case 0:
			b = append(b, `\000`...)
		default:
			b = append(b, '\\', c)
		}
		s = s[i+1:]
	}
}
