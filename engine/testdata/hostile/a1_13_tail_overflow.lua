-- A1 row 13: a tail call that overflows the registry, which escapes pcall in
-- stock gopher-lua and leaves the state unusable.
-- want: ok
local many = {}
for i = 1, 130900 do many[i] = i end
local function f(...) return f(1, ...) end
local ok, e = pcall(function() f(unpack(many)) end)
assert(not ok and e.kind == "limit.stack", tostring(e))
local ok, e = coroutine.resume(coroutine.create(function() f(unpack(many)) end))
assert(not ok and e.kind == "limit.stack", tostring(e))
