-- A2: the length of a table that is mostly empty, over and over.
-- want: limit.deadline
local t = {}
t[1e6] = 1
t[1e6] = nil
while true do local n = #t end
