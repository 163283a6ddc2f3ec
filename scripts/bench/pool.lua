-- Round trips through a pool for scripts/bench/pool: kind of worker, number of
-- jobs. Prints the microseconds of one submit and its result.
local pool, time = require "pool", require "time"
local kind, n = arg[1], tonumber(arg[2])
local function f(x) return x end
pool.with({workers=2, kind=kind}, function(p)
  for i = 1, 100 do assert(p:submit(f, i):result() == i) end
  local before = time.monotonic()
  for i = 1, n do assert(p:submit(f, i):result() == i) end
  print(("%.2f"):format((time.monotonic() - before) / n * 1e6))
end)
