package lex

import "testing"

func TestIndent(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		text       string
		last, next int
	}{
		{"", -1, 0},
		{"x = 1", -1, 0},
		{"for i = 1, 2 do", -1, 1},
		{"while f(x) do", -1, 1},
		{"if a then", -1, 1},
		{"if a then\n  x()\n  else", 0, 1},
		{"if a then\n  x()\n  elseif b then", 0, 1},
		{"if a then\n  if b then\n    end", 1, 1},
		{"if a then\n  if b then\n    end\nend", 0, 0},
		{"f(function()", -1, 1},
		{"f(function()\n  x()\n  end)", 0, 0},
		{"f({\n  a = function()\n    x()\n    end,", 1, 1},
		{"t = {\n  1,\n  }", 0, 0},
		{"repeat\n  x()\n  until y", 0, 0},
		{"local function f() return 1 end", -1, 0},
		{"x = 'do' -- do", -1, 0},
		{"s = [[\nif", -1, -1},
		{"s = [[\nif]] if x then", -1, 1},
		{"end end )", -1, 0},
		{"do\n", -1, 1},
	} {
		if last, next := Indent([]rune(tt.text)); last != tt.last || next != tt.next {
			t.Errorf("Indent(%q): %d, %d; want %d, %d", tt.text, last, next, tt.last, tt.next)
		}
	}
}
