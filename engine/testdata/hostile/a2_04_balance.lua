-- A2: %b of quadratic time.
-- want: limit.deadline
string.find(("("):rep(4e6), "%b()")
