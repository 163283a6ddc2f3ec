-- A1 row 1: string.rep beyond any memory.
-- want: ok
for _, n in ipairs{1e9, 1e10, 1e12, 1e15, 1e18, math.huge} do
  for _, call in ipairs{
    function() return string.rep("x", n) end,
    function() return ("x"):rep(n) end,
    function() return ("x"):rep(n, ", ") end,
    function() return (""):rep(n, ", ") end,
  } do
    local ok, e = pcall(call)
    assert(not ok and e.kind == "limit.string", tostring(e))
  end
end
assert((""):rep(1e9) == "" and ("x"):rep(-1) == "" and ("x"):rep(3, ",") == "x,x,x")
