-- A1 row 13: the same without help; it takes longer than it may.
-- want: limit.deadline
local function f(...) return f(1, ...) end
f()
