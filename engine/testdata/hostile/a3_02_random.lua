-- A3: empty intervals.
-- want: ok
for _, args in ipairs{{0}, {-1}, {2, 1}, {2^62, -2^62}, {1, 2, 3}} do
  local ok, e = pcall(math.random, unpack(args))
  assert(not ok and (e:find("interval is empty") or e:find("wrong number")), tostring(e))
end
for _, args in ipairs{{1}, {2^53}, {-2^62, 2^62}, {1, math.huge}, {0/0}} do
  pcall(math.random, unpack(args))
end
math.randomseed(1)
local a = math.random(1000)
math.randomseed(1)
assert(a == math.random(1000))
