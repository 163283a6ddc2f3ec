-- A4: arrays of four million slots, one an instruction.
-- memory: 256
-- want: limit.memory
local t = {}
for i = 1, 1e9 do
  t[i] = {}
  t[i][4e6] = 1
end
