-- A5: a comparator that is native and slow.
-- want: limit.deadline
local m = setmetatable({}, {__name = ("n"):rep(60 * 2^20)})
local t = {}
for i = 1, 1000 do t[i] = m end
while true do pcall(table.sort, t, tostring) end
