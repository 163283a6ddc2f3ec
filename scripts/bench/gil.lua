-- The work of scripts/bench/gil: JOBS pieces of pure Lua on WORKERS workers of
-- one pool. Arguments: workload, workers, jobs.

local pool = require "pool"

local work = {}

-- Comparisons and numbers up to 255, which take no memory.
function work.small()
  local hits = 0
  for _ = 1, 1000 do
    for a = 1, 250 do
      local odd = false
      for b = 1, 40 do
        if a == b then odd = not odd end
      end
      if odd then hits = a end
    end
  end
  return hits
end

-- A loop over large numbers: each is boxed, so that memory is taken and
-- collected.
function work.large()
  local sum = 0
  for i = 1, 8000000 do
    sum = sum + i % 7 * 1000
  end
  return sum
end

-- Tables and strings, as most scripts make them.
function work.tables()
  local total = 0
  for i = 1, 150000 do
    local t = {i, i + 1, name = "n" .. i}
    total = total + #t.name + t[2]
  end
  return total
end

local name, workers, jobs = arg[1], tonumber(arg[2]), tonumber(arg[3])
local list = {}
for i = 1, jobs do list[i] = i end
pool.with({workers = workers}, function(p)
  local results = p:map(work[name], list)
  print(name, results[1], #results)
end)
