local set = require "set"
local iter = require "iter"
local inspect = require "inspect"

local function raises(text, f, ...)
  local ok, e = pcall(f, ...)
  assert(not ok, "no error")
  assert(tostring(e):find(text, 1, true), tostring(e))
end

function test_members()
  local s = set{1, 2, 2}
  assert(#s == 2 and s:size() == 2 and s:has(1) and not s:has(3) and not s:has(nil))
  assert(s:add(3, 3) == s and #s == 3)
  assert(s:remove(3) and not s:remove(3) and #s == 2)
  assert(#set() == 0 and #set{} == 0 and #set("aba") == 2 and #set(iter.range(5)) == 5)
  s:clear()
  assert(#s == 0 and s:pop() == nil)
  local t = set{"x"}
  assert(t:pop() == "x" and #t == 0)
  local a = set{1}
  local b = a:copy():add(2)
  assert(#a == 1 and #b == 2)
  assert(#set{false, 1} == 2 and set{false}:has(false))
  raises("nil cannot be", s.add, s, nil)
  raises("a table with keys", set, {a = 1})
  raises("cannot walk a number", set, 5)
end

function test_algebra()
  local a, b = set{1, 2, 3}, set{3, 4}
  assert(a + b == set{1, 2, 3, 4} and a:union({5}, b) == set{1, 2, 3, 4, 5})
  assert(a * b == set{3} and a:intersection{2, 3, 9} == set{2, 3} and a:intersection(b, {4}) == set{})
  assert(a - b == set{1, 2} and a:difference({1}, {2}) == set{3})
  assert(a ^ b == set{1, 2, 4} and a:symmetric{1} == set{2, 3})
  assert(a == set{1, 2, 3} and a ~= b and a ~= set{1, 2, 4})
  assert(set{1} <= a and a <= a and not (a < a) and set{1} < a and a >= set{1} and not (b <= a))
  assert(set{1}:is_subset{1, 2} and a:is_superset{1} and a:is_disjoint{9} and not a:is_disjoint(b))
  assert(#a == 3 and #b == 2, "the operands stay")
  a:update(b, {7})
  assert(a == set{1, 2, 3, 4, 7})
  raises("a set + another value", function() return a + {1} end)
end

function test_walking()
  local seen = 0
  for v in pairs(set{1, 2}) do seen = seen + v end
  for v in iter(set{3, 4}) do seen = seen + v end
  for v in set{5}:iter() do seen = seen + v end
  assert(seen == 15)
  assert(table.concat(set{"b", "a"}:list()) == "ab")
  assert(#set{1, "a"}:list() == 2)
end

function test_shown()
  assert(tostring(set{2, 1, "x"}) == 'set {1, 2, "x"}')
  assert(inspect.equal({set{1, 2}}, {set{2, 1}}) and not inspect.equal(set{1}, set{2}))
  assert(set.is(set{}) and not set.is{} and not set.is(nil))
end
