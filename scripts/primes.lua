-- Find out which of some large numbers are prime, on all cores. The answers come
-- in the order of the numbers, each as soon as it and those before it are known.
--
--   gscript scripts/primes.lua
--   gscript scripts/primes.lua --workers 4 --kind process 112272535095293 97

local args = require "args"
local pool = require "pool"
local time = require "time"

local a = args.parse{
  "Find out which of some large numbers are prime, on all cores.",
  {"numbers", nargs="*", type="number", help="numbers to try; six with 15 and 16 digits if none is given"},
  {"--workers", "-w", type="number", default=2, help="how many to try at the same time"},
  {"--kind", default="thread", choices={"thread", "process"}, help="what a worker is: thread or process"},
}

local numbers = a.numbers
if #numbers == 0 then
  numbers = {112272535095293, 112582705942171, 112272535095293, 115280095190773, 115797848077099, 1099726899285419}
end

-- Trial division. It runs in the workers: each is a Lua state of its own, so
-- they use as many cores as there are.
local function is_prime(n)
  if n < 2 then return false end
  if n % 2 == 0 then return n == 2 end
  for i = 3, math.floor(math.sqrt(n)), 2 do
    if n % i == 0 then return false end
  end
  return true
end

local start = time.monotonic()
pool.with({workers=a.workers, kind=a.kind}, function(p)
  local i = 0
  for prime in p:imap(is_prime, numbers) do
    i = i + 1
    print(("%d is prime: %s"):format(numbers[i], tostring(prime)))
  end
end)
print(("%d numbers in %.1f s on %d workers"):format(#numbers, time.monotonic() - start, a.workers))
