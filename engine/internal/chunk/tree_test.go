package chunk

import (
	"testing"

	"github.com/yuin/gopher-lua/ast"
)

func TestParseTreeKnowsColumns(t *testing.T) {
	t.Parallel()
	source := "#!/usr/bin/env gscript\nlocal s, t = [==[\na\r\n\"b\\\n]==], 0x10\n\tprint(\"x\\\ny\\z\n   z\\x41\" --[[ c\n]], t)\nf\n(s)"
	tree, err := ParseTree("x.lua", source, Trusted)
	if err != nil {
		t.Fatal(err)
	}
	local := tree.Stmts[0].(*ast.LocalAssignStmt)
	if got := local.Exprs[0].(*ast.StringExpr).Value; got != "a\n\"b\\\n" {
		t.Errorf("long string %q", got)
	}
	call := tree.Stmts[1].(*ast.FuncCallStmt).Expr.(*ast.FuncCallExpr)
	if got := call.Args[0].(*ast.StringExpr).Value; got != "x\nyzA" {
		t.Errorf("string %q", got)
	}
	for _, c := range []struct {
		node         ast.PositionHolder
		text         string
		line, column int32
	}{
		{local, "local", 2, 1},
		{local.Exprs[1], "0x10", 5, 7},
		{call, "print", 6, 2},
		{call.Args[1], "t", 9, 5},
		{tree.Stmts[2], "f", 10, 1},
	} {
		token := tree.Tokens[c.node.Line()-1]
		if token.Text != c.text || token.Line != c.line || token.Column != c.column {
			t.Errorf("%q at %d:%d, want %q at %d:%d", token.Text, token.Line, token.Column, c.text, c.line, c.column)
		}
	}
}

func TestParseTreeRefuses(t *testing.T) {
	t.Parallel()
	for _, source := range []string{"x = = 1", "x = 'a", "end", "local x <", "return return"} {
		if _, err := ParseTree("x.lua", source, Trusted); err == nil {
			t.Errorf("%q is parsed", source)
		}
	}
}
