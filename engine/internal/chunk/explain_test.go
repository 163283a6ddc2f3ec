package chunk

import (
	"strings"
	"testing"

	lua "github.com/yuin/gopher-lua"
	"github.com/yuin/gopher-lua/ast"
	"github.com/yuin/gopher-lua/parse"
)

func TestExprText(t *testing.T) {
	t.Parallel()
	for _, text := range []string{
		"a == b", "a.b.c ~= nil", "#list > 3", "not (a and b)", "a and b or c", "(a or b) and c", "f(1, \"x\", {1, x=2})",
		"o:m(a)[i].x", "a + b * c", "(a + b) * c", "a - (b - c)", "a ^ b ^ c", "(a ^ b) ^ c", "-x ^ 2", "(-x) ^ 2", "a .. b .. c", "...", "(f)()",
		"t[\"a b\"]", "({1})[1]", "not a == b", "a < b == true",
	} {
		stmts, err := parse.Parse(strings.NewReader("return "+text), "x")
		if err != nil {
			t.Fatal(err)
		}
		once := exprText(stmts[0].(*ast.ReturnStmt).Exprs[0])
		stmts, err = parse.Parse(strings.NewReader("return "+once), "x")
		if err != nil {
			t.Errorf("%s is written %s, which does not parse: %v", text, once, err)
			continue
		}
		if again := exprText(stmts[0].(*ast.ReturnStmt).Exprs[0]); again != once {
			t.Errorf("%s is written %s and then %s", text, once, again)
		}
	}
}

// explained runs source and gives what @check was called with.
func explained(t *testing.T, source string) (calls [][]string) {
	t.Helper()
	limits := Trusted
	limits.Explain = true
	c, err := Compile("x.lua", source, limits)
	if err != nil {
		t.Fatal(err)
	}
	L := lua.NewState()
	defer L.Close()
	L.SetGlobal(Explained, L.NewFunction(func(L *lua.LState) int {
		var args []string
		for i := 1; i <= L.GetTop(); i++ {
			if i != 2 {
				args = append(args, strings.ReplaceAll(L.Get(i).String(), "\x00", "|"))
			}
		}
		calls = append(calls, args)
		return 0
	}))
	L.SetGlobal("check", L.NewFunction(func(L *lua.LState) int {
		calls = append(calls, []string{"plain"})
		return 0
	}))
	L.Push(L.NewFunctionFromProto(c.Proto))
	if err := L.PCall(0, 0, nil); err != nil {
		t.Fatal(err)
	}
	return calls
}

func TestExplain(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ source, want string }{
		{`local a, c = {b=1}, 2 check(a.b == c)`, "a.b == c|a.b|c|a.b|c, false, 1, 2"},
		{`local function two() return 1, 2 end check(two() < two(), "message")`, "two() < two()|two()|two(), false, 1, 1"},
		{`local x check(not x)`, "not x|x|x, true, nil"},
		{`local x, y = 1 check(x and y)`, "x and y|x|y, nil"},
		{`check("value")`, `"value"|, value`},
		{`check(...)`, "...|"},
		{`local n = 1 local function f(...) return nil, ... end check(f(n))`, "f(n)||n, nil, 1"},
		{`local x = {y=1} check(x.y)`, "x.y||x.y, 1"},
		{`local check = check check(1 == 2)`, "plain"},
		{`local function f(check) check(1 == 2) end f(check)`, "plain"},
		{`check()`, "plain"},
	} {
		calls := explained(t, tt.source)
		if len(calls) != 1 || strings.Join(calls[0], ", ") != tt.want {
			t.Errorf("%s calls %q, want %s", tt.source, calls, tt.want)
		}
	}
}
