-- A2 and A4: tables without end.
-- memory: 64
-- want: limit.memory
local t = {}
while true do t[#t + 1] = {} end
