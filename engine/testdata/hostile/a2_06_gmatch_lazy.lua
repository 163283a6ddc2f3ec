-- A2: gmatch looks for a match when it is asked for one.
-- want: ok
local s = ("x"):rep(3e7)
local n = 0
for c in s:gmatch(".") do
  n = n + 1
  if n == 10 then break end
end
assert(n == 10)
