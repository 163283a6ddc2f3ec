-- A2: a comparator that does not end.
-- want: limit.deadline
table.sort({3, 2, 1}, function() while true do end end)
