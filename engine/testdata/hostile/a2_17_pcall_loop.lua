-- A2: a deadline cannot be caught.
-- want: limit.deadline
while true do pcall(function() while true do end end) end
