-- A2: a pattern of exponential time.
-- want: limit.deadline
string.find(("a"):rep(40), ("a?"):rep(40) .. ("a"):rep(40))
