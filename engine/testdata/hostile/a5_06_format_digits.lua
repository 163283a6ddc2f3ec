-- A5: floats with all their digits.
-- want: limit.deadline
local n, list = 60000, {}
for i = 1, n do list[i] = 1e-300 end
local f = ("%.99f"):rep(n)
while true do string.format(f, unpack(list)) end
