package vm

import (
	lua "github.com/yuin/gopher-lua"
)

// localName is the name of the local variable that register reg holds at
// instruction pc, "" when it holds none.
func localName(p *lua.FunctionProto, pc, reg int) string {
	for _, v := range p.DbgLocals {
		if v.StartPc > pc {
			break
		}
		if pc <= v.EndPc {
			if reg == 0 {
				return v.Name
			}
			reg--
		}
	}
	return ""
}

// objectName says where the value in register reg at instruction pc came from,
// as C Lua's messages and debug.getinfo do: its name and the sort of that.
func objectName(p *lua.FunctionProto, pc, reg int) (name, kind string) {
	if name := localName(p, pc, reg); name != "" {
		if name[0] == '(' { // a loop's own variable
			return "", ""
		}
		return name, "local"
	}
	pc = lastSet(p, pc, reg)
	if pc < 0 {
		return "", ""
	}
	inst := p.Code[pc]
	b, c, bx := int(inst&0x1ff), int(inst>>9)&0x1ff, int(inst&0x3ffff)
	switch int(inst >> 26) {
	case lua.OP_GETGLOBAL:
		return constantName(p, bx), "global"
	case lua.OP_MOVE, lua.OP_MOVEN:
		if b < reg {
			return objectName(p, pc, b)
		}
	case lua.OP_GETTABLE, lua.OP_GETTABLEKS:
		return rkName(p, c), "field"
	case lua.OP_SELF:
		return rkName(p, c), "method"
	case lua.OP_GETUPVAL:
		if b < len(p.DbgUpvalues) {
			return p.DbgUpvalues[b], "upvalue"
		}
	}
	return "", ""
}

func constantName(p *lua.FunctionProto, i int) string {
	if s, ok := p.Constants[i].(lua.LString); ok {
		return string(s)
	}
	return "?"
}

func rkName(p *lua.FunctionProto, rk int) string {
	const constant = 1 << 8
	if rk&constant == 0 {
		return "?"
	}
	return constantName(p, rk&^constant)
}

// lastSet finds the instruction before last that put the value into reg; -1
// when a jump makes that uncertain.
func lastSet(p *lua.FunctionProto, last, reg int) int {
	set, target := -1, 0 // instructions before target may have been jumped over
	for pc := 0; pc < last; pc++ {
		inst := p.Code[pc]
		op, a, b, bx := int(inst>>26), int(inst>>18)&0xff, int(inst&0x1ff), int(inst&0x3ffff)
		at, sets := pc, false
		switch op {
		case lua.OP_LOADNIL:
			sets = a <= reg && reg <= b
		case lua.OP_CALL, lua.OP_TAILCALL, lua.OP_VARARG:
			sets = reg >= a
		case lua.OP_TFORLOOP:
			sets = reg >= a+2
		case lua.OP_FORLOOP, lua.OP_FORPREP:
			sets = a <= reg && reg <= a+3
		case lua.OP_SELF:
			sets = reg == a || reg == a+1
		case lua.OP_JMP:
			const zero = 1<<17 - 1
			if dest := pc + 1 + bx - zero; pc < dest && dest <= last && dest > target {
				target = dest
			}
		case lua.OP_CLOSURE:
			sets = reg == a
			pc += int(p.FunctionPrototypes[bx].NumUpvalues) // that say where the upvalues are
		case lua.OP_SETLIST:
			if int(inst>>9)&0x1ff == 0 {
				pc++ // that holds the number of the block
			}
		case lua.OP_SETGLOBAL, lua.OP_SETUPVAL, lua.OP_SETTABLE, lua.OP_SETTABLEKS, lua.OP_EQ, lua.OP_LT,
			lua.OP_LE, lua.OP_TEST, lua.OP_RETURN, lua.OP_CLOSE, lua.OP_NOP:
		default:
			sets = reg == a
		}
		if sets {
			if set = at; at < target {
				set = -1
			}
		}
	}
	return set
}
