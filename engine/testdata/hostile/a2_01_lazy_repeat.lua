-- A2: lazy repeats that never find their end, quadratic in the subject.
-- want: limit.deadline
assert(string.find(("a"):rep(2e4), ".-b") == nil)
string.find("9" .. ("a"):rep(4e6), "a.-.-%d")
