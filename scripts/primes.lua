-- Find out which of some large numbers are prime, on all cores.
--
--   gscript scripts/primes.lua
--   gscript scripts/primes.lua --workers 4 112272535095293 1099726899285419

local args = require "args"
local pool = require "pool"
local text = require "text"
local time = require "time"

local a = args.parse{
  "Find out which of some large numbers are prime, on all cores.",
  {"numbers", nargs="*", type="number", help="numbers to try; six with 15 digits if none is given"},
  {"--workers", "-w", type="number", default=2, help="how many to try at the same time"},
}

local numbers = a.numbers
if #numbers == 0 then
  numbers = {112272535095293, 112582705942171, 112272535095293, 115280095190773, 115797848077099, 109972689928541}
end

-- Trial division. It runs in the workers: each is a Lua state of its own, so
-- they use as many cores as there are.
local function smallest_factor(n)
  if n % 2 == 0 then return 2 end
  for i = 3, math.floor(math.sqrt(n)), 2 do
    if n % i == 0 then return i end
  end
  return n
end

local start = time.monotonic()
local workers = pool.new{workers=a.workers}
local factors = workers:map(smallest_factor, numbers, {progress=true})
workers:close()

local rows = {}
for i, n in ipairs(numbers) do
  rows[i] = {("%d"):format(n), factors[i] == n and "prime" or ("divisible by %d"):format(factors[i])}
end
io.write(text.table(rows, {header={"number", "result"}}))
print(("%d numbers in %.1f s on %d workers"):format(#numbers, time.monotonic() - start, a.workers))
