local get = require "get"
local inspect = require "inspect"

local function raises(text, f, ...)
  local ok, e = pcall(f, ...)
  assert(not ok, "no error")
  assert(tostring(e):find(text, 1, true), tostring(e))
end

local data = {users = {{name = "ann", ["a.b"] = {[-1] = "minus"}, off = false}}, ["1"] = "text", n = 0}

function test_reading()
  for _, row in ipairs{
    {"users[1].name", "ann"}, {"users.1.name", "ann"}, {'users[1]["a.b"][-1]', "minus"}, {"users[1]['a.b'][-1]", "minus"},
    {"users[2].name", nil}, {"users[1].name.x", nil}, {"n.x", nil}, {"1", "text"}, {"n", 0}, {"users[1].off", false},
    {"[1]", nil}, {"no.such.thing", nil}, {"a b", nil},
  } do
    local got = get(data, row[1])
    assert(got == row[2], row[1] .. " gave " .. tostring(got))
  end
  assert(get(data, "users[9].name", "nobody") == "nobody" and get(data, "users[1].off", true) == false)
  assert(get(data, {"users", 1, "name"}) == "ann" and get({5}, 1) == 5)
  assert(get(nil, "a", "d") == "d" and get("text", "len", "d") == "d" and get(data, "") == data)
  assert(get(setmetatable({}, {__index = function(_, k) return k .. "!" end}), "x") == "x!")
  assert(get.has(data, "users[1].off") and not get.has(data, "x"))
  assert(get(io.stdout, "no_such_member", "d") == "d")
end

function test_writing()
  local t = {}
  assert(get.set(t, "a.b[2].c", 1) == t)
  assert(inspect.equal(t, {a = {b = {[2] = {c = 1}}}}))
  get.set(t, "a.b.2.c", 2)
  assert(t.a.b[2].c == 2)
  get.set(t, "a.b[2].c", nil)
  get.set(t, "x.y", nil)
  assert(inspect.equal(t, {a = {b = {[2] = {}}}}), inspect(t))
  assert(get.update(t, "n", function(n) return n + 1 end, 10) == 11 and t.n == 11)
  raises("cannot set n.x: n is a number", get.set, t, "n.x", 1)
  raises("the path is empty", get.set, t, "", 1)
end

function test_bad_paths()
  for _, path in ipairs{"a..b", "a.", "[x]", "a[1", "a]", "[]", ".a"} do
    raises("cannot read the path", get, {}, path)
  end
  raises("a path is text or a list", get, {}, true)
end
