-- A2: a replacement function that does not end.
-- want: limit.deadline
(("x"):rep(10)):gsub(".", function() while true do end end)
