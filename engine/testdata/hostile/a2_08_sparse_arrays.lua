-- A2: an index far away does not fill the way there.
-- want: ok
for round = 1, 100 do
  local t = {}
  t[67108863] = 1
  t[2^31] = 1
  t[2^53] = 1
  assert(t[67108863] == 1)
  t[67108863] = nil
  for i = 1, 100 do assert(#t == 0) end
end
local t = {}
rawset(t, 6e7, 1)
pcall(table.insert, t, 6e7, 1)
