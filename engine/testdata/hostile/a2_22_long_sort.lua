-- A2: a sort of many, over and over.
-- want: limit.deadline
local t = {}
for i = 1, 1e5 do t[i] = (i * 7919) % 100003 end
while true do
  table.sort(t)
  table.sort(t, function(a, b) return a > b end)
end
