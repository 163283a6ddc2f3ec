-- A5: comparing long strings takes long.
-- want: limit.deadline
local a = ("x"):rep(60 * 2^20)
local s = {a .. "1", a .. "2", a .. "3"}
local t = {}
for i = 1, 20000 do t[i] = s[i % 3 + 1] end
while true do table.sort(t) end
