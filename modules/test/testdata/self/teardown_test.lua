local env, fs = require "env", require "fs"

-- What a fixture gets while it is made is there until its own teardown has run.
test.fixture("file", function(use, tmp)
  local name = tmp .. "/data"
  fs.write(name, "x")
  use(name)
  fs.remove(name)
end)

test.fixture("mode", function(use, t)
  t:setenv("SELF_MODE", "fast")
  use(env.get("SELF_MODE"))
  assert(env.get("SELF_MODE") == "fast", "the variable is gone before the teardown")
end)

local order = {}

test.fixture("outer", function(use, t)
  t:cleanup(function() order[#order + 1] = "clean-up of outer" end)
  use()
  order[#order + 1] = "teardown of outer"
end)

test.fixture("inner", function(use, outer)
  use()
  order[#order + 1] = "teardown of inner"
end)

function test_file(t, file) t.eq(fs.read(file), "x") end

function test_mode(t, mode) t.eq(mode, "fast") end

function test_order(t, inner)
  t:cleanup(function() order[#order + 1] = "clean-up of the test" end)
end

function test_order_was(t)
  t.eq(order, {"clean-up of the test", "teardown of inner", "teardown of outer", "clean-up of outer"})
end
