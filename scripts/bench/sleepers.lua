local async = require "async"

local n = tonumber(arg[1])
local function nap()
	async.sleep(1)
	return 1
end
local tasks = {}
for i = 1, n do tasks[i] = async.spawn(nap) end
local sum = 0
for task in async.as_completed(tasks) do sum = sum + task:await() end
print(sum)
