-- A5: next looks at each key that was ever in a table.
-- want: limit.deadline
local t = {}
for i = 1, 2e5 do t["k" .. i] = i end
for i = 1, 2e5 do t["k" .. i] = nil end
while true do next(t) pairs(t) table.maxn(t) end
