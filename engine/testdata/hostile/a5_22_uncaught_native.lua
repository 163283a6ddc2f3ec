-- A5: the error that ends the script is looped or has native metamethods.
-- want: error
local t = {}
setmetatable(t, {__tostring = tostring, __name = ("x"):rep(2^20), __index = error})
error(t)
