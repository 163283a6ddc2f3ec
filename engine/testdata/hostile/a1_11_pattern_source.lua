-- A1 row 11: a pattern that overflows the pattern parser's stack.
-- want: ok
for _, pattern in ipairs{("("):rep(1e6), ("("):rep(5e6), ("%("):rep(1e6), ("[a"):rep(1e6), ("a?"):rep(1e6), ("(a"):rep(40)} do
  local ok, e = pcall(string.find, "x", pattern)
  assert(not ok and #tostring(e) < 500 or ok, tostring(e):sub(1, 200))
  local ok, e = pcall(string.gsub, "x", pattern, "")
  assert(not ok and #tostring(e) < 500 or ok)
end
local ok, e = pcall(string.find, "x", ("("):rep(5e6))
assert(not ok)
local ok, e = pcall(string.match, ("a"):rep(1e6), ("(a"):rep(31) .. (")"):rep(31))
assert(ok, e)
