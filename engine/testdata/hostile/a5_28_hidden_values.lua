-- A5: the function behind '..' and the tables of literals, which states share,
-- are not to be had.
-- want: ok
local parts = {}
for i = 1, 3000 do parts[i] = "'lit" .. i .. "'" end
local many = assert(loadstring("local probe = ... local a = {" .. table.concat(parts, ",") .. "} local function f(...) probe(...) end f(" ..
  "'lit2999', 'lit3000', 'lit2998') local x = 'lit2997' .. probe() .. 'y' return a, coroutine.yield('lit2996', 'lit2995'), 'lit2994'"))
local seen = {}
local function look(v)
  assert(type(v) ~= "function" and (type(v) ~= "table"), type(v))
end
local function probe(...)
  for i = 1, select("#", ...) do look((select(i, ...))) end
  debug.traceback()
  return "x"
end
local co = coroutine.wrap(many)
look(co(probe))
local a, b, c = co()
assert(a[3000] == "lit3000" and b == nil and c == "lit2994")
local m = setmetatable({}, {__concat = function(...) assert(select("#", ...) == 2) return debug.traceback() end})
assert(not (m .. 1):find("\0", 1, true))
local ok, e = pcall(function() return nil .. {} end)
assert(not e:find("\0", 1, true), e)
local _, e = pcall(function() local t = {} t.x.y = ("a" .. t.z) end)
assert(not e:find("\0", 1, true), e)
assert(getfenv == nil and debug.getinfo == nil and debug.getlocal == nil)
