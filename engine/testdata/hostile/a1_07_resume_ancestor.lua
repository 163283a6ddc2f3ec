-- A1 row 7: a coroutine resumes its ancestor.
-- want: ok
local inner
local a
a = coroutine.create(function()
  local b = coroutine.create(function() inner = {coroutine.resume(a)} end)
  coroutine.resume(b)
end)
assert(coroutine.resume(a))
assert(inner[1] == false and inner[2]:find("non%-suspended"), inner[2])
local x, y
x = coroutine.wrap(function() y() end)
y = coroutine.wrap(function() x() end)
local ok, e = pcall(x)
assert(not ok and tostring(e):find("non%-suspended"), tostring(e))
local co
co = coroutine.create(function() return coroutine.resume(co) end)
local ok, inner_ok, why = coroutine.resume(co)
assert(ok and inner_ok == false and why:find("non%-suspended"), why)
