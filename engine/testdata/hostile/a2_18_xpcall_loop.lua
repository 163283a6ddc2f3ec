-- A2: nor by a handler.
-- want: limit.deadline
local function handler() while true do end end
while true do xpcall(function() while true do end end, handler) end
