package chunk

import (
	"slices"

	lua "github.com/yuin/gopher-lua"

	"github.com/gscript-lang/gscript/engine/internal/base/concat"
	"github.com/gscript-lang/gscript/engine/internal/fault"
)

const maxUpvalues = 255 // what a byte of the function's description counts

// patcher finishes compiled code.
type patcher struct {
	hidden map[lua.LValue]lua.LValue // by marker
}

func newPatcher(pool *literals) *patcher {
	p := &patcher{hidden: map[lua.LValue]lua.LValue{
		lua.LString(valuesMarker()): &lua.LFunction{IsG: true, GFunction: concat.Values},
		lua.LString(listMarker()):   &lua.LFunction{IsG: true, GFunction: concat.List},
	}}
	for i, t := range pool.tables() {
		p.hidden[lua.LString(poolMarker(i))] = t
	}
	return p
}

// patch puts the hidden values in the places of their markers and gives calls
// of '..' the names of their operands.
func (p *patcher) patch(name string, proto *lua.FunctionProto, f *function) error {
	if n := len(proto.DbgUpvalues); n > maxUpvalues {
		return fault.New(fault.SourceSize, "%s:%d: a function uses more than %d variables of the functions around it", name, max(proto.LineDefined, 1), maxUpvalues)
	}
	if len(f.calls) > 0 {
		nameCalls(proto, f.calls)
	}
	for i, v := range proto.Constants {
		if s, ok := v.(lua.LString); ok && len(s) > 0 && s[0] == 0 {
			if h, ok := p.hidden[v]; ok {
				proto.Constants[i] = h
			}
		}
	}
	// The compiler takes 12 KB for the code of each function.
	proto.Code = slices.Clone(proto.Code)
	proto.DbgSourcePositions = slices.Clone(proto.DbgSourcePositions)
	partMoves(proto)
	for i, inner := range proto.FunctionPrototypes {
		if err := p.patch(name, inner, f.inner[i]); err != nil {
			return err
		}
	}
	return nil
}

// nameCalls finds the calls of '..', in the order of the code: each is the
// first one of a register behind the instruction that loads the marker there.
func nameCalls(proto *lua.FunctionProto, names []string) {
	values, list := lua.LString(valuesMarker()), lua.LString(listMarker())
	var loaded [registers]bool
	calls := proto.DbgCalls
	for pc := 0; pc < len(proto.Code) && len(names) > 0; pc++ {
		inst := proto.Code[pc]
		a := inst >> 18 & 0xff
		switch int(inst >> opcodeShift) {
		case lua.OP_LOADK:
			v := proto.Constants[inst&0x3ffff]
			loaded[a] = v == values || v == list
		case lua.OP_SETLIST:
			if inst>>blockShift&blockMask == 0 {
				pc++ // the number of the block
			}
		case lua.OP_CALL:
			if !loaded[a] {
				continue
			}
			loaded[a] = false
			for len(calls) > 0 && calls[0].Pc < pc {
				calls = calls[1:]
			}
			if len(calls) > 0 && calls[0].Pc == pc {
				calls[0].Name = names[0]
			}
			names = names[1:]
		}
	}
}
