-- A5: large copies one after another.
-- want: limit.deadline
local s = ("x"):rep(60 * 2^20)
while true do
  s:upper() s:reverse() s:sub(2) s:byte(1, 100000); ("%q"):format(s); ("%s"):format(s); s:gsub("x", "x", 1e6) s:find("y") s:find("[^x]")
  s:match(".-y") s:match("(x*)y") s:find("%f[y]") s:match("^(x-)$") table.concat({s}) tostring(s) string.pack("s", s) string.unpack("z", s .. "\0")
  local t = {[s] = 1} rawequal(s, s .. "") local x = s == s:sub(1, -2) .. "x", s < s:sub(1, -2) .. "x"
  loadstring(s) tonumber(s) print(s) io.write(s) select("#", s:byte(1, 100000)) s:find(s:sub(2), 1, true)
end
