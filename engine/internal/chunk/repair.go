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

// repairFor moves what a generic for computes first out of its head, where
// gopher-lua gives the result of a call no register of its own: in
// for w in (f() + s):gmatch("%a") it overwrites the result of f with s.
func repairFor(loop *ast.GenericForStmt) ast.Stmt {
	adjustFor(loop)
	first := &loop.Exprs[0]
	for {
		call, ok := (*first).(*ast.FuncCallExpr)
		if !ok {
			break
		}
		first = &call.Func
		if call.Receiver != nil {
			first = &call.Receiver
		}
	}
	if !combines(*first) {
		return loop
	}
	const hidden = "(receiver)" // no name that a script can write
	local := &ast.LocalAssignStmt{Names: []string{hidden}, Exprs: []ast.Expr{*first}}
	name := &ast.IdentExpr{Value: hidden}
	block := &ast.DoBlockStmt{Stmts: []ast.Stmt{local, loop}}
	for _, n := range []ast.PositionHolder{local, name, block} {
		n.SetLine(loop.Line())
		n.SetLastLine(loop.LastLine())
	}
	*first = name
	return block
}

// adjustFor gives a generic for as many expressions as it has hidden variables:
// gopher-lua counts by the names of the loop, so for k in next, t has a control
// variable from before and for k in next, f() no state.
func adjustFor(loop *ast.GenericForStmt) {
	const hidden = 3
	n := len(loop.Exprs)
	last := loop.Exprs[n-1]
	if !several(last) {
		for len(loop.Exprs) < hidden {
			loop.Exprs = append(loop.Exprs, beside(loop))
		}
		return
	}
	if n >= hidden {
		loop.Exprs = append(loop.Exprs, beside(loop))
		return
	}
	for len(loop.Names) < n {
		loop.Names = append(loop.Names, "(unused)")
	}
}

// several says whether an expression has any number of values.
func several(e ast.Expr) bool {
	switch e := e.(type) {
	case *ast.FuncCallExpr:
		return !e.AdjustRet
	case *ast.Comma3Expr:
		return !e.AdjustRet
	}
	return false
}

// combines says whether an expression computes several values into one, the
// first of which may come from a call.
func combines(e ast.Expr) bool {
	switch e := e.(type) {
	case *ast.ArithmeticOpExpr, *ast.LogicalOpExpr, *ast.RelationalOpExpr:
		return true
	case *ast.UnaryMinusOpExpr, *ast.UnaryNotOpExpr, *ast.UnaryLenOpExpr:
		return true
	case *ast.AttrGetExpr:
		root := e.Object
		for {
			inner, ok := root.(*ast.AttrGetExpr)
			if !ok {
				_, name := root.(*ast.IdentExpr)
				return !name
			}
			root = inner.Object
		}
	}
	return false
}

// repairAssign keeps a call away from the last parameter of a function: in
// a, b = f(a), 1 gopher-lua puts f into a before it reads the argument, and its
// arguments into the variables behind.
func (w *walker) repairAssign(s *ast.AssignStmt) {
	for i := range min(len(s.Lhs), len(s.Rhs)) {
		target, ok := s.Lhs[i].(*ast.IdentExpr)
		if !ok {
			continue
		}
		call, ok := s.Rhs[i].(*ast.FuncCallExpr)
		if !ok {
			continue
		}
		last := i == len(s.Rhs)-1
		switch {
		case last && len(s.Lhs) == len(s.Rhs):
			call.AdjustRet = false // one value is asked for
		case target.Value == w.last && (call.AdjustRet || !last):
			s.Rhs[i] = only(call)
		}
	}
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
