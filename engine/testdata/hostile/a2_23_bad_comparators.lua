-- A2: comparators that lie.
-- want: ok
local t = {}
for i = 1, 1000 do t[i] = i % 7 end
pcall(table.sort, t, function() return true end)
pcall(table.sort, t, function() return math.random() < 0.5 end)
pcall(table.sort, t, function(a, b) return a <= b end)
local ok, e = pcall(table.sort, {1, "x", 3})
assert(not ok and e:find("compare"), e)
local ok, e = pcall(table.sort, {1, 2, 3}, function() error("why", 0) end)
assert(not ok and e == "why")
local list = {5, 4, 3, 2, 1}
pcall(table.sort, list, function(a, b) list[#list + 1] = 1; for i = 1, #list do list[i] = nil end return a < b end)
