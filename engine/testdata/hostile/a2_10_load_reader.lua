-- A2: load with a reader that never ends.
-- want: ok
local f, e = load(os.date)
assert(f == nil and #e < 500, e)
local f, e = load(function() return "x = 1 " end)
assert(f == nil and #e < 500, e)
local f, e = load(function() return {} end)
assert(f == nil, e)
local ok, f, e = pcall(load, function() error("reader", 0) end)
assert(not ok and f == "reader" or f == nil and e == "reader", tostring(f))
