-- A1 row 8: coroutines inside one another without end.
-- want: ok
local function f() return coroutine.wrap(f)() end
local ok, e = pcall(f)
assert(not ok and tostring(e):find("stack overflow"), tostring(e))
local function g() return coroutine.resume(coroutine.create(g)) end
local results = {g()}
assert(tostring(results[#results]):find("stack overflow"), tostring(results[#results]))
