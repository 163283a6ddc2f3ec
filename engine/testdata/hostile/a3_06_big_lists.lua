-- A3: lists that a small stack cannot take.
-- want: ok
local t = {}
for i = 1, 1e5 do t[i] = "item" end
assert(#table.concat(t, ",") == 499999)
assert(select("#", ("x"):rep(1e5):byte(1, -1)) == 1e5)
local function count(...) return select("#", ...) end
assert(count(unpack(t, 1, 5e4)) == 5e4)
local first = math.max(unpack((function() local n = {} for i = 1, 2e4 do n[i] = i end return n end)()))
assert(first == 2e4)
