-- A2: the greedy one, caught and tried again.
-- want: limit.deadline
local s = ("a"):rep(4e6)
while true do pcall(string.find, s, ".*b") end
