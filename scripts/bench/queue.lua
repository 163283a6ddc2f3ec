-- 100,000 numbers through one bounded queue, from one thread to another.
local queue, thread = require "queue", require "thread"
local time = require "time"
local n = tonumber(arg[1]) or 100000

local function run()
  local q = queue.new{max=1000}
  local begin = thread.barrier(2)
  local producer = thread.spawn(function()
    begin:wait()
    for i = 1, n do q:put(i) end
  end)
  local consumer = thread.spawn(function()
    begin:wait()
    local start, sum = time.monotonic(), 0
    for _ = 1, n do sum = sum + q:get() end
    return {time.monotonic() - start, sum}
  end)
  producer:join()
  local r = consumer:join()
  assert(r[2] == n * (n + 1) / 2)
  return r[1]
end

local times = {}
for i = 1, 7 do times[i] = run() end
table.sort(times)
print(string.format("%.0f", times[4] * 1e6))
