-- A1 row 14: os.exit ends the script, not the process, and runs what cleans up.
-- want: exit 7
local out = io.stdout
assert(not out:close())
assert(not io.stderr:close())
assert(not io.stdin:close())
pcall(os.exit, 7)
while true do end
