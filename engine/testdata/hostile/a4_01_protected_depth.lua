-- Beyond A1: protected calls and coroutines at the bottom of deep native
-- recursion, each with a stack of its own. The Go stack must not overflow.
-- want: ok
local function deep(n, k)
  if n == 0 then return k() end
  return setmetatable({}, {__index = function() return deep(n - 1, k) end}).x
end
local function again() return pcall(deep, 1800, again) end
again()
local function more() return coroutine.resume(coroutine.create(function() return deep(1800, more) end)) end
more()
local function sorted(n, k)
  if n == 0 then return k() end
  table.sort({2, 1}, function() sorted(n - 1, k) return false end)
end
local function bottom() return pcall(sorted, 900, bottom) end
bottom()
