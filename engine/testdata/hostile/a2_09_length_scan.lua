-- A2: the length of a table that is mostly empty, over and over.
-- want: limit.deadline
local t = {}
t[4e6] = 1
t[4e6] = nil
while true do local n = #t end
