-- Text work for scripts/bench/text: one workload by name, a number of times.
-- It runs in gscript and in Lua 5.1 alike.
local name, times = arg[1], tonumber(arg[2])

local page = (("<p class=\"x\">Tom & Jerry's \"day\"</p> plain words between them, and more of them\n"):rep(7600))
local big = ("the quick brown fox jumps over the lazy dog 12345 "):rep(200000)
local items = {}
if name == "concat" then
  for i = 1, 1000000 do items[i] = "item" end
end

local work = {
  escape = function()
    local entities = {["&"] = "&amp;", ["<"] = "&lt;", [">"] = "&gt;", ['"'] = "&quot;", ["'"] = "&#39;"}
    return #page:gsub("[&<>\"']", entities)
  end,
  gmatch = function()
    local n = 0
    for word in big:gmatch("%a+") do n = n + #word end
    return n
  end,
  concat = function()
    return #table.concat(items, ",")
  end,
  format = function()
    local n = 0
    for i = 1, 200000 do n = n + #string.format("%d %5.2f %s %x", i, i / 3, "name", i) end
    return n
  end,
  find = function()
    local n = 0
    local s = ("a"):rep(2000) .. "b"
    for i = 1, 20000 do n = n + select(2, s:find(".-b")) end
    return n
  end,
}

local result
for i = 1, times do result = work[name]() end
print(result)
