-- A5: require puts the module's name into each pattern of package.path.
-- want: ok
package.path = ("?"):rep(2^20)
assert(not pcall(require, ("x"):rep(2^20)))
package.path = ("?;"):rep(2^20)
assert(not pcall(require, "x.y"))
package.path = (";"):rep(60 * 2^20)
assert(not pcall(require, "x.y"))
package.path = ""
local ok, e = pcall(require, ("."):rep(60 * 2^20))
assert(not ok and #tostring(e) < 5000, #tostring(e))
package.path = nil
assert(not pcall(require, "x"))
package.path = {}
assert(not pcall(require, "x"))
local huge = ("x"):rep(2^20)
for _, call in ipairs{{"x", ("?"):rep(2^20)}, {huge, "?"}, {huge, "?", "x", huge}, {"x.x", "?", ".", huge}, {"x", (";"):rep(2^25)}, {huge, "?", "", huge}} do
  local ok, e = pcall(package.searchpath, unpack(call))
  assert(not ok and #tostring(e) < 5000, e)
end
