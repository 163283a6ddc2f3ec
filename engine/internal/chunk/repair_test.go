package chunk

import (
	"fmt"
	"strings"
	"testing"

	lua "github.com/yuin/gopher-lua"
)

func TestTableConstructors(t *testing.T) {
	t.Parallel()
	list := func(n int) string { return strings.Repeat("0,", n) }
	for _, tt := range []struct {
		table, want string // its length, first and last item, k and j
	}{
		{`{"a", k=f(1, 2, 3)}`, "1 a a 1 nil"},
		{`{"a", k=o:m(1, 2, 3)}`, "1 a a 1 nil"},
		{`{"a", k=...}`, "1 a a 10 nil"},
		{`{"a", ["k"]=f(1, 2)}`, "1 a a 1 nil"},
		{`{"a", k=f(1, 2), "b"}`, "2 a b 1 nil"},
		{`{k=f(1, 2)}`, "0 nil nil 1 nil"},
		{`{"a", f(1, 2)}`, "3 a 2 nil nil"},
		{`{"a", k=1, ...}`, "3 a 20 1 nil"},
		{`{"a", k=f(1, 2), f(3, 4)}`, "3 a 4 1 nil"},
		{`{` + list(50) + `k=f("v"), j=f("w", 2)}`, "50 0 0 v w"},
		{`{` + list(50) + `k=f("v"), j=f("w"), 9}`, "51 0 9 v w"},
		{`{` + list(50) + `k=f("v"), 9, j=f("w")}`, "51 0 9 v w"},
		{`{` + list(100) + `k=f("v"), j=f("w"), f(8, 9)}`, "102 0 9 v w"},
		{`{k=f("v"), ` + list(50) + `j=f("w")}`, "50 0 0 v w"},
		{`{` + list(49) + `f(1, 2), k=f("v")}`, "50 0 1 v nil"},
		{`{` + list(50) + `f(8, 9)}`, "52 0 9 nil nil"},
		{`{` + list(100) + `...}`, "102 0 20 nil nil"},
		{`{` + list(99) + `{` + list(50) + `f(1, 2)}, ...}`, "102 0 20 nil nil"},
		{`{` + list(30000) + `7}`, "30001 0 7 nil nil"},
		{`{` + list(30000) + `k="v", f(7, 8)}`, "30002 0 8 v nil"},
	} {
		name := tt.table
		if len(name) > 60 {
			name = fmt.Sprintf("%d fields …%s", strings.Count(name, ","), strings.TrimLeft(name, "{0,"))
		}
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c, err := Compile("t", `local o = {m=function(self, ...) return ... end}
				local function f(...) return ... end
				local function make(...) return `+tt.table+` end
				local t = make(10, 20)
				for i = 2, #t - 3 do if type(t[i]) ~= "table" then assert(t[i] == 0, i) end end
				return #t .. " " .. tostring(t[1]) .. " " .. tostring(t[#t]) .. " " .. tostring(t.k) .. " " .. tostring(t.j)`, Guarded)
			if err != nil {
				t.Fatal(err)
			}
			L := lua.NewState()
			defer L.Close()
			L.Push(L.NewFunctionFromProto(c.Proto))
			if err := L.PCall(0, 1, nil); err != nil {
				t.Fatal(err)
			}
			if got := L.ToString(-1); got != tt.want {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
}

func TestLoopHeads(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ head, want string }{
		{`(f() .. s):gmatch("%a")`, "a b "},
		{`(s .. f()):gmatch("%a")`, "b a "},
		{`(f() .. f() .. s):gmatch("%a")`, "a a b "},
		{`f():gmatch("%a")`, "a "},
		{`(f() or s):gmatch("%a")`, "a "},
		{`(nothing() or f()):gmatch("%a")`, "a "},
		{`string.gmatch(f() .. s, "%a")`, "a b "},
		{`ipairs({f() .. s, f()})`, "1 2 "},
		{`(nothing() or ipairs)({1, 2})`, "1 2 "},
		{`s:rep(2):gsub("b", f()):gmatch("%a")`, "a a "},
	} {
		t.Run(tt.head, func(t *testing.T) {
			t.Parallel()
			source := `
				local s, out = "b", ""
				local function f() return "a" end
				local function nothing() end
				for w in ` + tt.head + ` do out = out .. w .. " " end
				return out`
			c, err := Compile("x", source, Guarded)
			if err != nil {
				t.Fatal(err)
			}
			L := lua.NewState()
			defer L.Close()
			L.Push(L.NewFunctionFromProto(c.Proto))
			if err := L.PCall(0, 1, nil); err != nil {
				t.Fatal(err)
			}
			if got := L.Get(-1).String(); got != tt.want {
				t.Errorf("walked %q, want %q", got, tt.want)
			}
		})
	}
}
