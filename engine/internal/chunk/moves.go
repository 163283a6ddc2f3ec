package chunk

import lua "github.com/yuin/gopher-lua"

const (
	operandMask = 1<<opcodeShift - 1
	countField  = blockMask << blockShift
)

// partMoves gives each line of a run of moves an instruction of its own. The
// compiler makes one instruction of all moves that follow one another, so that
// coverage and breakpoints would never see the later lines.
func partMoves(proto *lua.FunctionProto) {
	code, line := proto.Code, proto.DbgSourcePositions
	for pc := 0; pc < len(code); pc++ {
		switch inst := code[pc]; int(inst >> opcodeShift) {
		case lua.OP_CLOSURE:
			pc += int(proto.FunctionPrototypes[inst&0x3ffff].NumUpvalues) // what it captures
		case lua.OP_SETLIST:
			if inst>>blockShift&blockMask == 0 {
				pc++ // the number of the block
			}
		case lua.OP_MOVEN:
			last := pc + int(inst>>blockShift&blockMask)
			for first := pc; first <= last; first = pc {
				for pc = first + 1; pc <= last && line[pc] == line[first]; pc++ {
				}
				code[first] = moves(code[first], pc-first)
			}
			pc = last
		}
	}
}

// moves is the first of n moves that are done at once.
func moves(inst uint32, n int) uint32 {
	inst = inst & operandMask &^ countField
	if n == 1 {
		return uint32(lua.OP_MOVE)<<opcodeShift | inst
	}
	return uint32(lua.OP_MOVEN)<<opcodeShift | uint32(n-1)<<blockShift | inst
}
