-- A5: a chain of '..' whose metamethod is native.
-- want: limit.deadline
local m = setmetatable({}, {__name = ("n"):rep(60 * 2^20), __concat = function(a, b) return b end})
getmetatable(m).__concat = function(a) return a end
local chain = assert(loadstring("local m = ... return " .. ("m .. "):rep(2000) .. "m"))
local meta = getmetatable(m)
meta.__concat = tostring
local again = assert(loadstring("local m = ... return " .. ("m .. "):rep(2000) .. "m"))
while true do pcall(again, m) pcall(chain, m) end
