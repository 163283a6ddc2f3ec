-- A2: gsub is linear.
-- want: ok
local s, n = (("a"):rep(3e5)):gsub("a", "bb")
assert(n == 3e5 and #s == 6e5)
