-- A2: programs are not run without a grant.
-- want: ok
for _, call in ipairs{
  function() return os.execute("sleep 5") end,
  function() return io.popen("sleep 5"):read("*a") end,
} do
  local ok, e = pcall(call)
  assert(not ok and e.kind == "permission.denied", tostring(e))
end
