-- A3: a wrapped coroutine that died.
-- want: ok
local f = coroutine.wrap(function() error("first", 0) end)
local ok, e = pcall(f)
assert(not ok and e == "first")
for i = 1, 3 do
  local ok, e = pcall(f)
  assert(not ok and tostring(e):find("cannot resume dead coroutine"), tostring(e))
end
assert(coroutine.running() == nil)
