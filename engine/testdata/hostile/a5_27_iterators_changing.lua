-- A5: what is being walked, sorted, joined or replaced changes meanwhile.
-- want: ok
local t = {}
local function fill() for i = 1, 100 do t[i] = 100 - i t["k" .. i] = i end end
local function clear() for k in next, t do t[k] = nil end end
fill()
for _, change in ipairs{clear, fill, function() if #t < 3000 then for i = 1, 100 do t[#t + 1] = i end end end, function() t[#t] = nil end,
  function() collectgarbage() setmetatable(t, {__index = function() return 1 end}) end, function() setmetatable(t, nil) end} do
  fill() pcall(table.sort, t, function(a, b) change() return a < b end)
  fill() local n = 0 pcall(table.foreach, t, function() n = n + 1 change() if n > 500 then return true end end)
  fill() pcall(table.foreachi, t, change)
  fill() pcall(string.gsub, ("x"):rep(50), ".", function() change() end)
  fill() pcall(table.concat, t, ",")
  fill() pcall(function() local n = 0 for k in pairs(t) do change() n = n + 1 if n > 500 then break end end end)
  fill() pcall(function() for k in ipairs(t) do if k > 500 then break end change() end end)
  fill() pcall(table.move, t, 1, 50, 2, setmetatable({}, {__newindex = change}))
  fill() pcall(unpack, t)
  fill() pcall(load, function() change() return nil end)
  fill() pcall(table.insert, t, 5, 5) pcall(table.remove, t, 5)
end
