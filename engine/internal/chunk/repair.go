package chunk

import (
	lua "github.com/yuin/gopher-lua"
	"github.com/yuin/gopher-lua/ast"
)

// gopher-lua stores the items of a table constructor in blocks of 50 and gets
// four cases wrong, without a word:
//
//   - a call as the last field counts as a list of values also when it has a
//     key, so that {"cat", input=read()} gets the input as a second item;
//   - a field with a key behind 50, 100, … items stores the last block again,
//     from registers that hold other values by then;
//   - a list of values behind 50, 100, … items overwrites the last block;
//   - the blocks from the 512th on go nowhere.
//
// repairTable rewrites the tree for the first two, repairBlocks the code for
// the others.

func repairTable(t *ast.TableExpr) {
	items := 0 // the last of them stands before a field that is moved
	for i, f := range t.Fields {
		if f.Key == nil {
			items++
			continue
		}
		one(f.Value)
		if items > 0 && items%lua.FieldsPerFlush == 0 {
			before := t.Fields[i-1]
			one(before.Value) // it may become the last field
			t.Fields[i-1], t.Fields[i] = f, before
		}
	}
}

// repairFor moves the receiver of a method call out of the head of a generic
// for: in for w in (f() .. s):gmatch("%a") gopher-lua overwrites the result of f
// with s, because a call in the first register of the head counts for nothing.
func repairFor(loop *ast.GenericForStmt) ast.Stmt {
	call, ok := loop.Exprs[0].(*ast.FuncCallExpr)
	if !ok || call.Receiver == nil {
		return loop
	}
	switch call.Receiver.(type) {
	case *ast.StringConcatOpExpr, *ast.ArithmeticOpExpr, *ast.LogicalOpExpr, *ast.RelationalOpExpr:
	default:
		return loop
	}
	const hidden = "(receiver)" // no name that a script can write
	local := &ast.LocalAssignStmt{Names: []string{hidden}, Exprs: []ast.Expr{call.Receiver}}
	name := &ast.IdentExpr{Value: hidden}
	block := &ast.DoBlockStmt{Stmts: []ast.Stmt{local, loop}}
	for _, n := range []ast.PositionHolder{local, name, block} {
		n.SetLine(loop.Line())
		n.SetLastLine(loop.LastLine())
	}
	call.Receiver = name
	return block
}

// one makes an expression give one value, as parentheses do.
func one(e ast.Expr) {
	switch e := e.(type) {
	case *ast.FuncCallExpr:
		e.AdjustRet = true
	case *ast.Comma3Expr:
		e.AdjustRet = true
	}
}

const (
	opcodeShift = 26
	blockShift  = 9
	blockMask   = 0x1ff // the number of a block; 0 means that it is in the next word
	registers   = 256
)

// repairBlocks numbers the blocks of every constructor. It returns false where
// the code has no room for a number.
func repairBlocks(p *lua.FunctionProto) bool {
	var stored [registers]uint32 // blocks of the table in the register
	for pc := 0; pc < len(p.Code); pc++ {
		inst := p.Code[pc]
		table := inst >> 18 & 0xff
		switch int(inst >> opcodeShift) {
		case lua.OP_NEWTABLE:
			stored[table] = 0
		case lua.OP_SETLIST:
			stored[table]++
			switch n := stored[table]; {
			case inst>>blockShift&blockMask == 0:
				pc++
				p.Code[pc] = n
			case n > blockMask:
				return false
			default:
				p.Code[pc] = inst&^(blockMask<<blockShift) | n<<blockShift
			}
		}
	}
	for _, inner := range p.FunctionPrototypes {
		if !repairBlocks(inner) {
			return false
		}
	}
	return true
}
