package cover

import (
	"regexp"

	lua "github.com/yuin/gopher-lua"
)

// decision is an instruction with two ways on.
type decision struct {
	pc, line int
	taken    int // an instruction that runs as often as the first way was taken
}

// decisions finds those of a function. A condition is a test before a jump: the
// jump runs as often as the test said to jump. A loop's instruction goes back to
// its body, whose first instruction nothing else leads to.
func decisions(p *lua.FunctionProto) (all []decision) {
	for pc, inst := range p.Code {
		line := p.DbgSourcePositions[pc]
		switch opcode(inst) {
		case lua.OP_TEST, lua.OP_TESTSET:
			all = append(all, decision{pc, line, pc + 1})
		case lua.OP_EQ, lua.OP_LT, lua.OP_LE:
			if !isValue(p, pc) {
				all = append(all, decision{pc, line, pc + 1})
			}
		case lua.OP_FORLOOP:
			if body := pc + 1 + offset(inst); body != pc { // an empty body is no place to count at
				all = append(all, decision{pc, line, body})
			}
		case lua.OP_TFORLOOP:
			if body := pc + 2 + offset(p.Code[pc+1]); body != pc {
				all = append(all, decision{pc, line, body})
			}
		}
	}
	return all
}

func opcode(inst uint32) int { return int(inst >> 26) }

// offset is how far a jump goes.
func offset(inst uint32) int { return int(inst&0x3ffff) - 0x1ffff }

// isValue says that the comparison at pc only makes true or false.
func isValue(p *lua.FunctionProto, pc int) bool {
	return pc+2 < len(p.Code) && opcode(p.Code[pc+2]) == lua.OP_LOADBOOL && opcode(p.Code[pc+1]) == lua.OP_JMP
}

// hasCode says that the instruction makes its line one with code: not the return
// that the compiler puts at the end of each function, nor a bare jump.
func hasCode(p *lua.FunctionProto, pc int) bool {
	op := opcode(p.Code[pc])
	return op != lua.OP_JMP && op != lua.OP_CLOSE && op != lua.OP_NOP && pc < len(p.Code)-1
}

var noCover = regexp.MustCompile(`--+\s*no cover\b`)

// exclusions are the lines that a comment "-- no cover" takes out: its own, and
// the whole of a function that begins there.
func exclusions(source []string, p *lua.FunctionProto) map[int]bool {
	lines := map[int]bool{}
	for i, text := range source {
		if noCover.MatchString(text) {
			lines[i+1] = true
		}
	}
	if len(lines) > 0 {
		excludeFunctions(lines, p)
	}
	return lines
}

func excludeFunctions(lines map[int]bool, p *lua.FunctionProto) {
	for _, inner := range p.FunctionPrototypes {
		if lines[inner.LineDefined] {
			for n := inner.LineDefined; n <= inner.LastLineDefined; n++ {
				lines[n] = true
			}
		}
		excludeFunctions(lines, inner)
	}
}
