-- Beyond A1: keys that are not keys.
-- want: ok
local t = {}
assert(not pcall(function() t[0/0] = 1 end))
assert(not pcall(function() t[nil] = 1 end))
assert(not pcall(rawset, t, 0/0, 1))
assert(t[0/0] == nil and t[nil] == nil)
assert(next(t) == nil)
local ok, e = pcall(next, {}, "nokey")
assert(not ok, "next takes any key")
