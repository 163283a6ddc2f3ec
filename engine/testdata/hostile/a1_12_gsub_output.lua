-- A1 row 12: a replacement that repeats the subject.
-- want: ok
local s = ("x"):rep(1e5)
local ok, e = pcall(s.gsub, s, "^(.*)$", ("%1"):rep(1e5))
assert(not ok and e.kind == "limit.string", tostring(e))
local ok, e = pcall(s.gsub, s, "", s)
assert(not ok and e.kind == "limit.string", tostring(e))
local ok, e = pcall(s.gsub, s, ".", function() return s end)
assert(not ok and e.kind == "limit.string", tostring(e))
