-- A2: a lazy repeat that never finds its end, quadratic in the subject.
-- want: limit.deadline
string.find(("a"):rep(4e6), ".-b")
