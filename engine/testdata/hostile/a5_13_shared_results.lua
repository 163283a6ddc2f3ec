-- A5: a result in which each table is in the one around it twice.
-- want: limit.table
local t = {}
for i = 1, 100 do t = {t, t} end
return t
