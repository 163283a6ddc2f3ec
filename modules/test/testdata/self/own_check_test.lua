-- A script may have a global check of its own.
local asserts = check
function check(value, more) return value, more, "mine" end

function test_own_check(t)
	t.eq(check(1 == 2, "x"), false)
	t.raises("got false", asserts, false)
end
