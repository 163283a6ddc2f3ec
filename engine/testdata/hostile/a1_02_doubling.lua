-- A1 row 2: a string that doubles.
-- want: ok
local ok, e = pcall(function()
  local s = "x"
  for i = 1, 100 do s = s .. s end
end)
assert(not ok and e.kind == "limit.string", tostring(e))
local ok, e = pcall(function()
  local s = ("x"):rep(1e7)
  for i = 1, 100 do s = s .. s .. s .. s end
end)
assert(not ok and e.kind == "limit.string", tostring(e))
local t = setmetatable({}, {__concat = function(a, b) return "meta" end})
assert(t .. "x" == "meta" and "x" .. t == "meta" and 1 .. t == "meta")
