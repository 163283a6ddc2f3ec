-- A5: tail calls that were replaced are levels of a traceback.
-- want: limit.deadline
local rep = string.rep
local function f(n)
  if n == 0 then
    while true do pcall(rep, "x", 1e12) debug.traceback("x", 1e7) end
  end
  return f(n - 1)
end
f(1e6)
