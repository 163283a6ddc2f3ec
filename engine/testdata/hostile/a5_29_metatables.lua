-- A5: metatables in circles, with odd fields, and that change while in use.
-- want: ok
for _, name in ipairs{"__index", "__newindex", "__call", "__concat", "__add", "__eq", "__lt", "__le", "__len", "__unm", "__tostring",
  "__name", "__metatable", "__mode", "__gc", "__pairs", "__close", "__idiv"} do
  for _, value in ipairs{1, "x", true, {}, setmetatable({}, {}), print, coroutine.create(print), io.stdout, function() error() end, pcall, next, rawset, tostring, coroutine.yield, coroutine.wrap} do
    local a, b = {}, {}
    local ma, mb = {[name] = value}, {[name] = b}
    setmetatable(a, ma) setmetatable(b, mb)
    mb[name] = a
    if type(value) == "table" then setmetatable(value, ma) end
    for _, v in ipairs{a, b, value} do
      for _, use in ipairs{function() return v.x end, function() v.x = 1 end, function() return v() end, function() return v .. v, v .. 1 end,
        function() return v + v, v % 1 end, function() return v == a, v ~= b end, function() return v < a, v <= b end, function() return #v end,
        function() return -v end, function() return tostring(v) end, function() return getmetatable(v) end, function() return setmetatable(v, ma) end,
        function() for _ in pairs(v) do break end end, function() for _ in ipairs(v) do break end end, function() print(v) end,
        function() table.sort({v, a, b}) end, function() error(v) end, function() return ("x"):gsub(".", v) end,
        function() with(v, print) end, function() for _ in v do break end end} do
        pcall(use)
        coroutine.wrap(pcall)(use)
      end
    end
  end
end
