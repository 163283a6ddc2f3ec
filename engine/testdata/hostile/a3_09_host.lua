-- A3: the host is not there unless it was granted.
-- want: ok
assert(os.setenv == nil)
for name, call in pairs{
  remove = function() return os.remove("/tmp/x") end,
  rename = function() return os.rename("/tmp/x", "/tmp/y") end,
  tmpname = function() return os.tmpname() end,
  getenv = function() return os.getenv("HOME") end,
  open = function() return io.open("/etc/passwd") end,
  write = function() return io.open("/tmp/x", "w") end,
  lines = function() return io.lines("/etc/passwd") end,
  input = function() return io.input("/etc/passwd") end,
  output = function() return io.output("/tmp/x") end,
  tmpfile = function() return io.tmpfile() end,
  popen = function() return io.popen("id") end,
  execute = function() return os.execute("id") end,
  dofile = function() return dofile("/etc/passwd") end,
} do
  local ok, e = pcall(call)
  assert(not ok and e.kind == "permission.denied", name .. ": " .. tostring(e))
end
local f, e = loadfile("/etc/passwd")
assert(f == nil and not tostring(e):find("root:"), tostring(e))
package.path = "/etc/passwd;/etc/?"
local ok, e = pcall(require, "passwd")
assert(not ok and not tostring(e):find("root:"), tostring(e))
