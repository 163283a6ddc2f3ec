package strlib_test

import "testing"

func TestArithmetic(t *testing.T) {
	t.Parallel()
	check(t, []example{
		{`"10" + 1, 1 + "10", "10" + "1", "010" + 0, " 0x10 " + 0, "1e2" * "2", "-5" - 1`, `11 11 11 10 16 200 -6`},
		{`"10" - 4, "10" * 2, "10" / 4, "10" % 4, "-1" % 3, "2" ^ 10, -"3", -"-0x10"`, `6 20 2.5 2 2 1024 -3 16`},
		{`"5" % -3, "-5" % "3", "1" / 0, "inf" - 1`, `-1 1 inf inf`},
		{`"0b1" + 1`, `! attempt to perform arithmetic on a string value`},
		{`"1_000" + 1`, `! attempt to perform arithmetic on a string value`},
		{`"0o7" + 1`, `! attempt to perform arithmetic on a string value`},
		{`"" + 1`, `! attempt to perform arithmetic on a string value`},
		{`1 + "x"`, `! attempt to perform arithmetic on a string value`},
		{`-"x"`, `! attempt to perform arithmetic on a string value`},
		{`"10" + {}`, `! attempt to perform arithmetic on a table value`},
		{`{} + "10"`, `! attempt to perform arithmetic on a table value`},
		{`"x" + {}`, `! attempt to perform arithmetic on a string value`},
		{`"10" + nil`, `! attempt to perform arithmetic on a nil value`},
		{`nil * "10"`, `! attempt to perform arithmetic on a nil value`},
		{`"10" ^ print`, `! attempt to perform arithmetic on global 'print' (a function value)`},
		{`true / "10"`, `! attempt to perform arithmetic on a boolean value`},

		// The other operand's metamethods, on either side, get the string as it is.
		{`"10" + setmetatable({}, {__add = function(a, b) return type(a) .. type(b) end})`, `'stringtable'`},
		{`setmetatable({}, {__add = function(a, b) return type(a) .. type(b) end}) + "x"`, `'tablestring'`},
		{`"x" % setmetatable({}, {__mod = function(a, b) return a end})`, `'x'`},
		{`"10" + setmetatable({}, {__sub = print})`, `! attempt to perform arithmetic on a table value`},
		{`pcall(function() return "1" + setmetatable({}, {__add = function() error("mine", 0) end}) end)`, `false 'mine'`},

		{`string.__add, string.__index, string.__metatable, getmetatable("")`, `nil nil nil false`},
		{`("x").nothing, ("x").len == string.len`, `nil true`},
	})
}
