-- A2: the deadline reaches coroutines, whenever they were made.
-- want: limit.deadline
local co = coroutine.wrap(function()
  coroutine.yield()
  while true do end
end)
co()
co()
