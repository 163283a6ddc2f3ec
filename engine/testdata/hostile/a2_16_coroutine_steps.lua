-- A2: instructions in coroutines count.
-- steps: 1000000
-- want: limit.steps
local function work() while true do end end
while true do pcall(coroutine.wrap(work)) end
