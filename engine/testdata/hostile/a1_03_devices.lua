-- A1 row 3: endless devices and absurd sizes.
-- grant: read
-- want: ok
local f = assert(io.open("/dev/zero"))
local ok, e = pcall(f.read, f, "*a")
assert(not ok and e.kind == "limit.string", tostring(e))
local ok, e = pcall(f.read, f, 4e9)
assert(not ok and e.kind == "limit.string", tostring(e))
local ok, e = pcall(f.read, f, "*l")
assert(not ok and e.kind == "limit.string", tostring(e))
f:setvbuf("full", 1e11)
assert(#f:read(10) == 10)
f:close()
package.path = "/dev/zero"
local ok, e = pcall(require, "x")
assert(not ok and #tostring(e) < 500, tostring(e))
local fn, e = loadfile("/dev/zero")
assert(fn == nil and #tostring(e) < 500, tostring(e))
local ok, e = pcall(dofile, "/dev/zero")
assert(not ok and #tostring(e) < 500, tostring(e))
