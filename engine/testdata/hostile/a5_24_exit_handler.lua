-- A5: os.exit in the handler of xpcall, of a stack overflow too.
-- want: exit 3
local function deep() return 1 + deep() end
xpcall(deep, function() os.exit(3) end)
while true do end
