-- A5: the copy of a result ends with the deadline.
-- want: limit.deadline or limit.table
local list = {}
for i = 1, 2000 do list[i] = i end
for i = 1, 3 do
  local outer = {}
  for j = 1, 2000 do outer[j] = list end
  list = outer
end
return list
