-- A1 row 10, the other side: what people and programs write compiles.
-- want: ok
local function compiles(source)
  local fn, e = loadstring(source)
  return assert(fn, e)()
end
assert(compiles("return " .. ("("):rep(150) .. "7" .. (")"):rep(150)) == 7)
assert(compiles("return " .. ("{"):rep(150) .. ("}"):rep(150)))
assert(#compiles("local a = 'x' return a" .. (" .. a"):rep(200)) == 201)
assert(compiles("local a = 1 return a" .. (" + a"):rep(190)) == 191)
local lines = {"return {"}
for i = 1, 5000 do lines[#lines + 1] = "  {id = " .. i .. ", name = 'item " .. i .. "'}," end
lines[#lines + 1] = "}"
assert(#compiles(table.concat(lines, "\n")) == 5000)
