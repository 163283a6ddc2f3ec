local list = require "list"
local iter = require "iter"

local function raises(text, f, ...)
  local ok, e = pcall(f, ...)
  assert(not ok, "no error")
  assert(tostring(e):find(text, 1, true), tostring(e))
end

local function is(got, want)
  if tostring(got) ~= want then error(("got %s, want %s"):format(tostring(got), want), 2) end
end

function test_making()
  is(list{1, 2}, "{1, 2}")
  is(list(), "{}")
  is(list("ab"), '{"a", "b"}')
  is(list(pairs{a = 1}), '{{"a", 1}}')
  is(list(iter.range(3)), "{1, 2, 3}")
  is(list.range(3, 1, -1), "{3, 2, 1}")
  local t = {1}
  list(t):append(2)
  assert(#t == 1, "the table it is made of stays")
  assert(list.is(list{}) and not list.is{})
  assert(table.concat(list{1, 2}, "+") == "1+2" and #list{1, 2} == 2 and list{5}[1] == 5)
end

function test_changing()
  local xs = list{1}
  is(xs:append(2, 3):extend({4}, "x"), '{1, 2, 3, 4, "x"}')
  is(xs:insert(1, 0):insert(-1, "y"):insert(99, "z"), '{0, 1, 2, 3, 4, "y", "x", "z"}')
  assert(xs:remove("y") and not xs:remove("y"))
  assert(xs:pop() == "z" and xs:pop(1) == 0 and xs:pop(-1) == "x" and xs:pop(9) == nil)
  is(xs, "{1, 2, 3, 4}")
  is(xs:clear(), "{}")
  assert(xs:pop() == nil)
  is(list{3, 1, 2}:sort(), "{1, 2, 3}")
  is(list{3, 1, 2}:sort(function(a, b) return a > b end), "{3, 2, 1}")
  raises("nil cannot be", xs.append, xs, nil)
  raises("whole number", xs.insert, xs, 1.5, 1)
end

function test_slices()
  local xs = list{1, 2, 3, 4, 5}
  for _, row in ipairs{
    {{}, "{1, 2, 3, 4, 5}"}, {{2}, "{2, 3, 4, 5}"}, {{2, 3}, "{2, 3}"}, {{-2}, "{4, 5}"}, {{1, -2}, "{1, 2, 3, 4}"},
    {{nil, nil, 2}, "{1, 3, 5}"}, {{nil, nil, -1}, "{5, 4, 3, 2, 1}"}, {{4, 2, -1}, "{4, 3, 2}"}, {{4, 2}, "{}"},
    {{-99, 99}, "{1, 2, 3, 4, 5}"}, {{99, -99, -2}, "{5, 3, 1}"}, {{6}, "{}"}, {{0, 0}, "{}"},
  } do
    is(xs:slice(unpack(row[1], 1, 3)), row[2])
  end
  raises("other than 0", xs.slice, xs, 1, 2, 0)
  is(xs:reversed(), "{5, 4, 3, 2, 1}")
  is(list{}:slice(1, 2), "{}")
  assert(xs:at(-1) == 5 and xs:at(9, "none") == "none" and xs:at(9) == nil)
end

function test_splices()
  local function spliced(i, j, values)
    local xs = list{1, 2, 3}
    local out = xs:splice(i, j, values)
    return tostring(out) .. tostring(xs)
  end
  is(spliced(2, 2, {"a", "b"}), '{2}{1, "a", "b", 3}')
  is(spliced(1, -1), "{1, 2, 3}{}")
  is(spliced(2, 1, {"a"}), '{}{1, "a", 2, 3}')
  is(spliced(4, 3, {"a"}), '{}{1, 2, 3, "a"}')
  is(spliced(1, 0, {"a"}), '{}{"a", 1, 2, 3}')
  is(spliced(2, 99), "{2, 3}{1}")
end

function test_finding()
  local xs = list{"a", "b", "a"}
  assert(xs:index("a") == 1 and xs:index("a", 2) == 3 and xs:index("a", -1) == 3 and xs:index("z") == nil)
  assert(xs:has("b") and not xs:has("z") and xs:count("a") == 2)
end

function test_making_others()
  local xs = list{3, 1, 2}
  local function double(x) return 2 * x end
  is(xs:map(double):filter(function(x) return x > 2 end), "{6, 4}")
  is(xs:sorted(), "{1, 2, 3}")
  is(xs:sorted(function(x) return -x end), "{3, 2, 1}")
  is(xs:flat_map(iter.range):unique(), "{1, 2, 3}")
  is(xs:concat({4}, "x"), '{3, 1, 2, 4, "x"}')
  is(xs .. {4}, "{3, 1, 2, 4}")
  is({0} .. xs, "{0, 3, 1, 2}")
  is(list{1}:rep(3), "{1, 1, 1}")
  is(xs, "{3, 1, 2}")
  assert(xs:reduce(function(a, b) return a + b end) == 6 and xs:join("-") == "3-1-2")
  assert(select("#", xs:unpack()) == 3 and xs:iter():sum() == 6)
  raises("joined with a table", function() return xs .. "x" end)
end

function test_equality()
  assert(list{1, {2}} == list{1, {2}} and list{1} ~= list{2} and list{1} ~= list{1, 2})
  assert(list{list{1}} == list{list{1}})
end

function test_as_json()
  local json = require "json"
  is(json.encode{xs = list{}, ys = list{1, list{}}}, '{"xs":[],"ys":[1,[]]}')
  is(json.encode(list{1, 2}:filter(function(x) return x > 2 end)), "[]")
end
