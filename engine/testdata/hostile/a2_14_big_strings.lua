-- A2: a chain of operations on strings of a gigabyte.
-- want: limit.string
string.rep("x", 1e9):reverse():upper()
