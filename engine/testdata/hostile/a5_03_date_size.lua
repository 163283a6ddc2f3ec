-- A5: what os.date writes has the size of a string.
-- want: ok
local ok, e = pcall(os.date, ("%c"):rep(2^22))
assert(not ok and e.kind == "limit.string", #tostring(e))
