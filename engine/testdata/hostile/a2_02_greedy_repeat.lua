-- A2: the greedy one, caught and tried again.
-- want: limit.deadline
local s = "9" .. ("a"):rep(4e6)
while true do pcall(string.find, s, "a.*.*%d") end
