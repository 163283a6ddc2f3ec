-- A5: steps are not caught by any means.
-- steps: 300000
-- want: limit.steps
local function spin() while true do end end
local function again() return pcall(spin) end
while true do
  xpcall(spin, again) try(spin) pcall(finally, spin, spin) pcall(with, {close = spin}, spin)
  coroutine.resume(coroutine.create(spin)) pcall(table.sort, {3, 2, 1}, spin) pcall(load, spin) pcall(string.gsub, "x", ".", spin)
end
