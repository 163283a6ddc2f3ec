-- A5: formats with much in them and few arguments.
-- want: limit.deadline
local p = ("%%"):rep(2^25)
while true do string.format(p) end
