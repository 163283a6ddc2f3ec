package module_test

import (
	"strings"
	"testing"

	"github.com/gscript-lang/gscript/engine/module"
)

func TestHelpLua(t *testing.T) {
	t.Parallel()
	comment := []string{"--- Adds two numbers.", "  ---@param a number the first", "---@param c string has no place", "---@return number sum"}
	for _, c := range []struct{ name, called, code, first string }{
		{"a global", "", "function add(a, b)\n  return a + b\nend", "add(a, b) -> number"},
		{"as it is called", "sum", "  local function add(a, b) return a + b end", "sum(a, b) -> number"},
		{"assigned", "", "local add = function(a,\n  ...) end", "add(a, ...) -> number"},
		{"a method", "", "function Account:add(a) end", "Account:add(a) -> number"},
		{"no head", "", "return function(a) end", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			var b strings.Builder
			done, err := module.HelpLua(&b, c.called, comment, c.code, module.Style{Width: 80})
			if err != nil || done != (c.first != "") {
				t.Fatalf("done %v, %v", done, err)
			}
			first, rest, _ := strings.Cut(b.String(), "\n")
			if first != c.first {
				t.Errorf("begins with %q, want %q", first, c.first)
			}
			if done && (!strings.Contains(rest, "number  sum") || !strings.Contains(rest, "Adds two numbers.") || !strings.Contains(rest, "the first\n") || strings.Contains(rest, "no place")) {
				t.Errorf("goes on with:\n%s", rest)
			}
		})
	}
}
