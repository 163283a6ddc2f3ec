-- A5: os.exit in a reader of load.
-- want: exit 4
pcall(load, function() os.exit(4) end)
while true do end
