-- A3: debug is for those who are trusted.
-- want: ok
for name in pairs(debug) do assert(name == "traceback", name) end
assert(type(debug.traceback("x")) == "string")
assert(not pcall(setmetatable, "s", {}))
assert(getmetatable("") == false)
local ok = pcall(function() ("x").k = 1 end)
assert(not ok)
