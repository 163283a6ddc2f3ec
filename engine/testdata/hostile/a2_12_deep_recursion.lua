-- A2: a stack overflow is an error, and its traceback is not quadratic.
-- want: ok
local function f() return 1 + f() end
for i = 1, 20 do
  local ok, e = pcall(f)
  assert(not ok and e.kind == "limit.stack", tostring(e))
  local ok, e = xpcall(f, function(e) return e end)
  assert(not ok and e.kind == "limit.stack", tostring(e))
end
local t = setmetatable({}, {})
getmetatable(t).__index = function(t, k) return t[k + 1] end
local ok, e = pcall(function() return t[1] end)
assert(not ok and e.kind == "limit.stack", tostring(e))
getmetatable(t).__index = t
assert(not pcall(function() return t.x end))
getmetatable(t).__tostring = function(t) return tostring(t) end
assert(not pcall(tostring, t))
local function s() table.sort({3, 2, 1}, s) end
assert(not pcall(s))
local function g() return (("x"):gsub(".", g)) end
assert(not pcall(g))
local function h() return load(h) end
pcall(h)
local function x() return xpcall(error, x) end
pcall(x)
local function p() return pcall(p) end
p()
