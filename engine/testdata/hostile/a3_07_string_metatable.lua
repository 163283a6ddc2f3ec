-- A3: methods of strings mean what they meant.
-- want: ok
assert(getmetatable("") == false)
assert(not pcall(setmetatable, "", {}))
string.rep = nil
