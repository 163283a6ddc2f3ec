-- A5: table.foreach with a native function that returns nothing.
-- want: limit.deadline
local m = setmetatable({}, {__name = ("n"):rep(60 * 2^20)})
local t = {}
for i = 1, 4 * 10^5 do t[i] = i end
while true do table.foreach(t, coroutine.running) table.foreachi(t, coroutine.running) end
