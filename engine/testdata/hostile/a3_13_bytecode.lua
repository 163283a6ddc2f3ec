-- A3: bytecode is refused.
-- want: ok
local f, e = loadstring("\27Lua\81\0\1\4\8\4\8\0")
assert(f == nil and #e < 200, e)
local f, e = load("\27Lua", "x", "b")
assert(f == nil, e)
assert(not pcall(string.dump, function() end))
