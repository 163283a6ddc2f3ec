-- A5: messages with values of many megabytes in them.
-- want: ok
local s = ("n"):rep(60 * 2^20)
local m = setmetatable({}, {__name = s})
for _, call in ipairs{
  function() collectgarbage(s) end, function() error(s) end, function() error(s, 2) end, function() io.open(s) end,
  function() io.open("x", s) end, function() io.stdout:setvbuf(s) end, function() io.stdout:seek(s) end, function() io.read(s) end,
  function() os.setlocale(s, s) end, function() os.date(s) end, function() os.time({year = s, month = 1, day = 1}) end,
  function() load(s, s, s) end, function() load("x = = 1", s) end, function() loadstring("return " .. s:sub(1, 1000), "=" .. s)() end,
  function() require(s) end, function() dofile(s) end, function() loadfile(s) end, function() os.getenv(s) end, function() os.remove(s) end,
  function() string.format(s .. "%") end, function() ("x"):rep(1, s) end, function() ("x"):find(s) end, function() s:gsub(s, s) end,
  function() return m .. nil end, function() return m + 1 end, function() return m < m end, function() return s < 1 end, function() m() end,
  function() string.pack(s) end, function() string.unpack(s, s) end, function() string.packsize(s) end, function() math.floor(m) end,
  function() _G[s]() end, function() _G[s].x = 1 end, function() local t = {} t[s]() end, function() s[s]() end, function() s[s] = 1 end,
  function() debug.traceback(s) end, function() assert(false, s) end, function() assert(nil, m) end, function() tostring(m) end,
  function() table.concat({s, s}, s) end, function() table.concat({m}) end, function() setmetatable(m, s) end, function() select(s) end,
  function() coroutine.wrap(error)(s) end, function() coroutine.resume(s) end, function() io.lines(s) end, function() io.output(s) end,
} do
  local ok, e = pcall(call)
  assert(ok or e ~= nil)
end
