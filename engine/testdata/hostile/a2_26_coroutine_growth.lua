-- A2 and A4: coroutines without end.
-- want: limit.coroutines
local t = {}
while true do t[#t + 1] = coroutine.create(function() end) end
