-- A3: a yield that would cross native code is an error at the yield, and the
-- coroutine may go on.
-- want: ok
local yield = coroutine.yield
local function refused(f)
  local co = coroutine.create(function()
    local ok, e = pcall(f)
    coroutine.yield("next")
    return ok, e
  end)
  local status, v = coroutine.resume(co)
  assert(status and v == "next", tostring(v))
  local _, ok, e = coroutine.resume(co)
  assert(ok == false and tostring(e):find("attempt to yield across"), tostring(e))
end
refused(function() yield(1) end)
local function raised(f)
  local co = coroutine.create(f)
  local ok, e = coroutine.resume(co)
  assert(ok == false and tostring(e):find("attempt to yield across"), tostring(e))
  assert(coroutine.status(co) == "dead")
end
raised(function() pcall(yield, 1) error(select(2, pcall(yield, 1)), 0) end)
raised(function() table.sort({3, 2, 1}, function(a, b) yield() return a < b end) end)
raised(function() return (("x"):gsub(".", function() yield() end)) end)
raised(function() return setmetatable({}, {__index = function() yield() end}).x end)
raised(function() setmetatable({}, {__newindex = function() yield() end}).x = 1 end)
raised(function() return setmetatable({}, {__add = function() yield() end}) + 1 end)
raised(function() return setmetatable({}, {__concat = function() yield() end}) .. "x" end)
local mt = {__eq = function() yield() end, __lt = function() yield() end}
raised(function() return setmetatable({}, mt) == setmetatable({}, mt) end)
raised(function() return setmetatable({}, mt) < setmetatable({}, mt) end)
raised(function() return tostring(setmetatable({}, {__tostring = function() yield() end})) end)
raised(function() return load(function() yield() end) end)
raised(function() for x in function() yield() end do end end)
local ok, e = pcall(yield, 1)
assert(not ok and tostring(e):find("outside"), tostring(e))
-- These are legal.
local co = coroutine.wrap(function() local t = setmetatable({}, {__call = function(_, v) return yield(v) end}) return t(1) end)
assert(co() == 1 and co(2) == 2)
local co = coroutine.wrap(function() return yield(1) end)
assert(co() == 1 and co(2) == 2)
local function each(f) return coroutine.wrap(f) end
local sum = 0
for v in each(function() for i = 1, 10 do yield(i) end end) do sum = sum + v end
assert(sum == 55)
