-- A3: coroutines that nobody resumes are collected.
-- want: ok
for i = 1, 20000 do
  local co = coroutine.wrap(function() coroutine.yield() end)
  co()
end
