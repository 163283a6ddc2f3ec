-- A5: a short list of long strings.
-- want: limit.deadline
local a = ("x"):rep(30 * 2^20)
local t = {a .. "4", a .. "2", a .. "3", a .. "1"}
local u = {t[1], t[2], t[3], t[4], t[1], t[2], t[3], t[4], t[1], t[2], t[3], t[4]}
while true do table.sort({unpack(u)}) end
