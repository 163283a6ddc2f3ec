-- A3: functions do not hand out environments.
-- want: ok
assert(getfenv == nil and setfenv == nil)
local f = load("return print", "f", "t", {})
assert(f() == nil)
