-- A5: each sort of callback inside itself and inside each other one, in
-- coroutines and protected calls, is refused before Go's stack is full.
-- want: ok
local list = {}
local function meta(name, use)
  list[#list + 1] = function(f)
    local m = {} m[name] = function() f() return "" end
    return use(setmetatable({}, m), setmetatable({}, m))
  end
end
meta("__index", function(a) return a.x end)
meta("__newindex", function(a) a.x = 1 end)
meta("__call", function(a) return (a()) end)
meta("__concat", function(a, b) return a .. b end)
meta("__concat", function(a, b) return a .. "x" .. b .. 1 end)
meta("__add", function(a, b) return a + b end)
meta("__unm", function(a) return -a end)
meta("__len", function(a) return #a end)
meta("__eq", function(a, b) a = a == b end)
meta("__tostring", function(a) a = tostring(a) end)
meta("__tostring", function(a) a = string.format("%s", a) end)
meta("__tostring", function(a) print(a) end)
meta("__pairs", function(a) for _ in pairs(a) do end end)
meta("__index", function(a) a = table.move(a, 1, 1, 1, {}) end)
meta("__newindex", function(a) table.move({1}, 1, 1, 1, a) end)
meta("__index", function(a) a = os.time(a) end)
meta("__index", function(a) a = ("x"):gsub(".", a) end)
meta("__lt", function(a, b) table.sort{a, b} end)
for _, use in ipairs{
  function(f) table.sort({2, 1}, f) end,
  function(f) f = ("x"):gsub(".", f) end,
  function(f) f = pcall(f) end,
  function(f) f = xpcall(f, f) end,
  function(f) xpcall(error, f) end,
  function(f) f = try(f) end,
  function(f) finally(f, function() end) end,
  function(f) finally(function() end, f) end,
  function(f) with({close = f}, function() end) end,
  function(f) with({close = print}, f) end,
  function(f) f = load(f) end,
  function(f) table.foreach({1}, f) end,
  function(f) table.foreachi({1}, f) end,
  function(f) for _ in f do break end end,
  function(f) coroutine.wrap(f)() end,
  function(f) f = coroutine.resume(coroutine.create(f)) end,
  function(f) package.preload.m = f package.loaded.m = nil require("m") package.loaded.m = nil end,
} do list[#list + 1] = use end
local turns -- caught failures make a tree of calls
local function run(pick)
  turns = 0
  local function f()
    turns = turns + 1
    if turns < 3000 then list[pick(turns)](f) end
  end
  pcall(f)
end
for i = 1, #list do run(function() return i end) end
for i = 1, 60 do run(function(n) return (n * i + n % 7) % #list + 1 end) end
