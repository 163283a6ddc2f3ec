package chunk

import (
	"slices"
	"testing"

	lua "github.com/yuin/gopher-lua"
)

func TestEachLineHasAnInstruction(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		source string
		want   []int // lines with an instruction that the machine stops at; the last is the end
		moves  int   // instructions of more than one move
	}{
		{"local a, b = ...\nlocal c = a\nlocal d = b\nc = d\nd = c\nreturn c, d", []int{1, 2, 3, 4, 5, 6, 7}, 1},
		{"local a, b = ...\na, b = b, a\na, b = b, a\nreturn a, b", []int{1, 2, 3, 4, 5}, 3},
		{"local a, b = ...\nlocal f, c = function() return a, b end, a\nlocal d = b\nreturn c, d", []int{1, 2, 3, 4, 5}, 1},
	} {
		compiled, err := Compile("x.lua", c.source, Trusted)
		if err != nil {
			t.Fatal(err)
		}
		var lines []int
		many, p := 0, compiled.Proto
		for pc := 0; pc < len(p.Code); pc++ {
			lines = append(lines, p.DbgSourcePositions[pc])
			switch inst := p.Code[pc]; int(inst >> opcodeShift) {
			case lua.OP_CLOSURE:
				pc += int(p.FunctionPrototypes[inst&0x3ffff].NumUpvalues)
			case lua.OP_MOVEN:
				many++
				pc += int(inst >> blockShift & blockMask)
			}
		}
		if got := slices.Compact(lines); !slices.Equal(got, c.want) || many != c.moves {
			t.Errorf("%q stops at the lines %v with %d instructions of more moves, want %v and %d", c.source, got, many, c.want, c.moves)
		}
	}
}
