-- Beyond A1: chunk names as large as strings may be.
-- want: ok
for i = 1, 20 do
  local f, e = load("x x", "=" .. ("n"):rep(1e7) .. i)
  assert(f == nil and #e < 500, #e)
  local f = load("error('x')", "@" .. ("n"):rep(1e7) .. i)
  local ok, e = pcall(f)
  assert(not ok and #e < 500, #e)
end
