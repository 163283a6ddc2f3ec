-- A5: loops in the library over metamethods and callbacks that are native too,
-- so that no instruction comes between them.
-- want: limit.deadline
local slow = {__name = ("n"):rep(60 * 2^20), __index = tostring, __concat = tostring}
local m = setmetatable({}, slow)
while true do
  table.move(m, 1, 1000, 1, {})
end
