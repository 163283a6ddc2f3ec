-- A1 rows 15 and 17: what reaches the whole process.
-- want: ok
assert(_printregs == nil and newproxy == nil and module == nil)
for i = 1, 1e5 do collectgarbage() end
assert(type(collectgarbage("count")) == "number")
for _, option in ipairs{"collect", "stop", "restart", "step", "setpause", "setstepmul"} do
  collectgarbage(option, 1e9)
end
