-- A5: lengths with nothing but nil behind them.
-- want: limit.deadline
local t = {}
for i = 1, 2^20 do t[i] = i end
for i = 2^20, 1, -1 do t[i] = nil end
while true do
  table.insert(t, 1, nil) table.remove(t) table.getn(t) unpack(t) table.concat(t) table.sort(t) next(t) table.maxn(t)
end
