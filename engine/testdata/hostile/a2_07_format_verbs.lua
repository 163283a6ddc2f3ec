-- A2 and A3: format knows Lua's verbs, not Go's.
-- want: ok
for _, verb in ipairs{"%[1]d", "%999999d", "%v", "%+v", "%T", "%p", "%U", "%t", "%w", "%100d", "%.100f", "%*d", "%n", "%", "%-", "% "} do
  local ok, e = pcall(string.format, verb, 1)
  assert(not ok and #e < 200, verb)
end
local ok = pcall(string.format, ("%999999[1]d"):rep(3000), 1)
assert(not ok)
local ok, e = pcall(string.format, ("%99d"):rep(1e6), 1)
assert(not ok)
for _, v in ipairs{{}, print, io.stdout, coroutine.create(print), true} do
  for _, verb in ipairs{"%d", "%x", "%c", "%f", "%g", "%q", "%i", "%u", "%o"} do
    local ok, e = pcall(string.format, verb, v)
    assert(not ok and e:find("expected"), verb)
  end
end
assert(not pcall(string.format, "%d", "x"))
assert(#string.format("%s", {}) < 40)
