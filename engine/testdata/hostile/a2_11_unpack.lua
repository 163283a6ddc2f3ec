-- A2: more values than any stack holds.
-- want: ok
for _, call in ipairs{
  function() return unpack({}, 1, 1e9) end,
  function() return unpack({}, 1, 1e6) end,
  function() return unpack({}, -1e15, 1e15) end,
  function() return string.byte(("x"):rep(1e7), 1, -1) end,
  function() return string.char(unpack({}, 1, 1e8)) end,
  function() return select(-1, unpack({}, 1, 3e5)) end,
  function() return table.concat({}, "x", 1, 1e9) end,
  function() return table.move({}, 1, 1e15, 2) end,
} do
  local ok, e = pcall(call)
  assert(not ok and #tostring(e) < 300, tostring(e):sub(1, 100))
end
assert(select("#", unpack({}, 1, 5000)) == 5000)
assert(select("#", string.byte(("x"):rep(5000), 1, -1)) == 5000)
local t = {}
for i = 1, 6000 do t[i] = i end
assert(#table.concat(t, ",") == 28892)
