-- A5: sources that take long to compile, one after another.
-- want: limit.deadline
local sources = {}
local function add(s) sources[#sources + 1] = s end
local p = {}
for i = 1, 60000 do p[i] = "g" .. i .. "=1" end add(table.concat(p, " "))
for i = 1, 60000 do p[i] = "'" .. i .. "'" end add("return {" .. table.concat(p, ",") .. "}")
add(("do local a "):rep(150) .. (" end"):rep(150))
add("return " .. ("1+"):rep(9000) .. "1")
add(("x = function() end "):rep(4900))
add(("if a then b() end "):rep(30000))
add(("for i = 1, 2 do local f = function() return i end end "):rep(4000))
add(("goto a ::a:: "):rep(1))
local l = {}
for i = 1, 15000 do l[i] = "::l" .. i .. ":: goto l" .. i end add(table.concat(l, " "))
add(("a.b.c.d = a.b.c.d "):rep(40000))
add(("t[#t+1] = 'x' .. y "):rep(40000))
add(("f{1,2,3} "):rep(80000))
while true do for _, s in ipairs(sources) do loadstring(s) end end
