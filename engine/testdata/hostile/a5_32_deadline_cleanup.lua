-- A5: clean-up code does not outlive the deadline.
-- want: limit.deadline
local function spin() while true do pcall(string.rep, "x", 1e6) end end
finally(function() with({close = spin}, function() pcall(spin) end) end, function() finally(spin, spin) end)
