-- A5: one call of print, or of tostring, with more text than a string may have.
-- want: ok
local s = ("x"):rep(64 * 2^20)
local list = {}
for i = 1, 2000 do list[i] = s end
local ok, e = pcall(print, unpack(list))
assert(not ok and e.kind == "limit.string", tostring(e))
