package snapshot

import (
	"fmt"
	"slices"

	lua "github.com/yuin/gopher-lua"
)

// The layout of an instruction: opcode in the top six bits, then A, C and B, or
// A and Bx. gopher-lua does not export its accessors.
func opcode(inst uint32) int { return int(inst >> 26) }
func argB(inst uint32) int   { return int(inst & 0x1ff) }
func argBx(inst uint32) int  { return int(inst & 0x3ffff) }

// globalsRead lists the globals that the function and those inside it read, in
// the order of the code.
func globalsRead(p *lua.FunctionProto) []string {
	var names []string
	seen := map[string]bool{}
	var walk func(p *lua.FunctionProto)
	walk = func(p *lua.FunctionProto) {
		for pc := 0; pc < len(p.Code); pc++ {
			inst := p.Code[pc]
			switch opcode(inst) {
			case lua.OP_GETGLOBAL:
				if name, ok := p.Constants[argBx(inst)].(lua.LString); ok && !seen[string(name)] {
					seen[string(name)] = true
					names = append(names, string(name))
				}
			case lua.OP_CLOSURE:
				walk(p.FunctionPrototypes[argBx(inst)])
			}
		}
	}
	walk(p)
	return names
}

// readsGlobals says whether the function, or one inside it, reads a global.
func readsGlobals(p *lua.FunctionProto) bool {
	for _, inst := range p.Code {
		if opcode(inst) == lua.OP_GETGLOBAL {
			return true
		}
	}
	return slices.ContainsFunc(p.FunctionPrototypes, readsGlobals)
}

// assignedUpvalues says which upvalues of p the function, or one inside it,
// assigns, and where it does so first.
func assignedUpvalues(p *lua.FunctionProto) map[int]string {
	assigned := map[int]string{}
	note := func(upvalue int, at string) {
		if _, known := assigned[upvalue]; !known {
			assigned[upvalue] = at
		}
	}
	for pc := 0; pc < len(p.Code); pc++ {
		inst := p.Code[pc]
		switch opcode(inst) {
		case lua.OP_SETUPVAL:
			at := ""
			if pc < len(p.DbgSourcePositions) {
				at = fmt.Sprintf("%s:%d", p.SourceName, p.DbgSourcePositions[pc])
			}
			note(argB(inst), at)
		case lua.OP_CLOSURE:
			// A pseudo instruction for each upvalue of the inner function
			// follows: GETUPVAL hands on one of ours.
			inner := p.FunctionPrototypes[argBx(inst)]
			innerAssigned := assignedUpvalues(inner)
			for n := range int(inner.NumUpvalues) {
				pc++
				if at, ok := innerAssigned[n]; ok && opcode(p.Code[pc]) == lua.OP_GETUPVAL {
					note(argB(p.Code[pc]), at)
				}
			}
		}
	}
	return assigned
}
