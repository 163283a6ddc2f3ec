-- A5: numerals of many megabytes.
-- want: limit.deadline
local s = ("1"):rep(64 * 2^20)
local z = ("0"):rep(32 * 2^20) .. "." .. ("0"):rep(31 * 2^20) .. "1"
local x = "0x" .. ("f"):rep(60 * 2^20)
while true do
  tonumber(s, 2) tonumber(s, 36) tonumber(x, 16)
  tonumber(s) tonumber(z) tonumber(x) tonumber("." .. s)
  math.abs(s) pcall(function() return s + z end) pcall(function() return -x end)
end
