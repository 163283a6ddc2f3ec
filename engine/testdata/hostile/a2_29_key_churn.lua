-- A2: keys that come and go. gopher-lua keeps their places.
-- memory: 64
-- want: limit.memory
local t = {}
for i = 1, 1e9 do
  t["k" .. i] = 1
  t["k" .. i] = nil
end
