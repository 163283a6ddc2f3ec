-- A3: a start beyond the end.
-- want: ok
assert(("a"):find("b", 10, true) == nil)
assert(("a"):find("", 10) == 2)
assert(("a"):find("", 2) == 2)
assert(("a"):match("a", -100) == "a")
assert(("a"):find("a", math.huge) == nil)
assert(("a"):find("a", -math.huge) == 1)
assert(("abc"):sub(-1e308, 1e308) == "abc")
assert(("abc"):byte(1e18) == nil)
