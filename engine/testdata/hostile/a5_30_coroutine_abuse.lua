-- A5: coroutines resumed, closed and wrapped from where they run.
-- want: ok
local co
co = coroutine.create(function()
  assert(not pcall(coroutine.close, co))
  assert(not coroutine.resume(co))
  table.sort({3, 2, 1}, function() assert(not coroutine.resume(co)) return false end)
  ;("x"):gsub(".", function() assert(not pcall(coroutine.close, co)) end)
  coroutine.yield()
  error({})
end)
assert(coroutine.resume(co))
local other = coroutine.wrap(function() coroutine.yield(coroutine.close(co)) return coroutine.status(co) end)
assert(other() == true and other() == "dead")
local w
w = coroutine.wrap(function() return w() end)
assert(not pcall(w))
for i = 1, 20000 do
  local c = coroutine.create(coroutine.yield)
  coroutine.resume(c, i)
  if i % 2 == 0 then coroutine.close(c) end
end
local main = coroutine.running()
assert(main == nil or not pcall(coroutine.close, main))
local loops = {}
for i = 1, 100 do
  loops[i] = coroutine.wrap(function(...)
    local n = ...
    while true do n = coroutine.yield(n and loops[i % 100 + 1](n > 0 and n - 1 or nil)) end
  end)
end
pcall(loops[1], 99)
pcall(loops[1], 1e6)
local ok, e = pcall(coroutine.wrap(function() local t = setmetatable({}, {__index = coroutine.yield}) return t.x end))
assert(not ok)
for _, f in ipairs{pcall, xpcall, error, assert, coroutine.yield, coroutine.wrap, coroutine.create, table.sort, string.gsub, load, next, print, try, finally, with, require, setmetatable} do
  for _, a in ipairs{print, coroutine.yield, 1, "x", {}} do
    local c = coroutine.create(f)
    for i = 1, 4 do coroutine.resume(c, a, f, a) end
    coroutine.close(c)
    local c = coroutine.wrap(f)
    for i = 1, 3 do pcall(c, f, a) end
  end
end
