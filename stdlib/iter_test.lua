local iter = require "iter"
local inspect = require "inspect"

local function same(got, want)
  if not inspect.equal(got, want) then error(inspect.explain(want, got, {names = {"want", "got"}}), 2) end
end

local function raises(text, f, ...)
  local ok, e = pcall(f, ...)
  assert(not ok, "no error")
  assert(tostring(e):find(text, 1, true), tostring(e))
end

local function double(x) return 2 * x end
local function odd(x) return x % 2 == 1 end

function test_sources()
  same(iter{1, 2}:list(), {1, 2})
  same(iter{}:list(), {})
  same(iter{a = 1}:list(), {{"a", 1}})
  same(iter(ipairs{5, 6}):list(), {{1, 5}, {2, 6}})
  same(iter(("a=1,b=2"):gmatch("(%a)=(%d)")):to_map(), {a = "1", b = "2"})
  same(iter("aéz"):list(), {"a", "é", "z"})
  same(iter(coroutine.wrap(function() for i = 1, 3 do coroutine.yield(i) end end)):list(), {1, 2, 3})
  same(iter(iter{1}:map(double)):list(), {2})
  same(iter(setmetatable({}, {__iter = function() return ipairs{7} end})):list(), {{1, 7}})
  same(iter(setmetatable({}, {__pairs = function() return next, {k = 1} end})):list(), {{"k", 1}})
  same(iter.items{1, a = 2}:list(), {1})
  same(iter.pairs{10}:list(), {{1, 10}})
  raises("cannot walk a nil", iter, nil)
  raises("cannot walk a number", iter, 3)
end

function test_generators()
  same(iter.range(3):list(), {1, 2, 3})
  same(iter.range(2, 8, 3):list(), {2, 5, 8})
  same(iter.range(3, 1):list(), {})
  same(iter.range(3, 1, -1):list(), {3, 2, 1})
  same(iter.range(0, 1, 0.1):count(), 11)
  same(iter.count():take(2):list(), {1, 2})
  same(iter.count(0, -5):take(3):list(), {0, -5, -10})
  same(iter.repeat_("x"):take(2):list(), {"x", "x"})
  same(iter.cycle{1, 2}:take(5):list(), {1, 2, 1, 2, 1})
  same(iter.cycle{}:list(), {})
  raises("must not be 0", iter.range, 1, 2, 0)
end

function test_steps()
  same(iter{1, 2, 3}:map(double):filter(odd):list(), {})
  same(iter{1, 2, 3}:filter(odd):map(double):list(), {2, 6})
  same(iter{1, 2, 3}:reject(odd):list(), {2})
  same(iter{1, false, 2}:filter():list(), {1, 2})
  same(iter{{n = 1}, {n = 2}}:map("n"):list(), {1, 2})
  same(iter{a = 1}:map(function(k, v) return k .. v end):list(), {"a1"})
  same(iter{"aXb"}:map(function(s) return s:gsub("X", "-") end):list(), {"a-b"})
  same(iter{1, 2, 3, 4}:drop(1):take(2):list(), {2, 3})
  same(iter{1, 2}:drop(5):list(), {})
  same(iter{1, 2, 5, 1}:take_while(function(x) return x < 3 end):list(), {1, 2})
  same(iter{1, 2, 5, 1}:drop_while(function(x) return x < 3 end):list(), {5, 1})
  same(iter{1, 2}:chain({3}, "ab"):list(), {1, 2, 3, "a", "b"})
  same(iter{1, 2, 3}:zip{"a", "b"}:list(), {{1, "a"}, {2, "b"}})
  same(iter.zip({1}, {2}, {3}):list(), {{1, 2, 3}})
  same(iter{"a"}:enumerate(0):list(), {{0, "a"}})
  same(iter{1, 2, 3}:chunk(2):list(), {{1, 2}, {3}})
  same(iter{1, 2, 3}:window(2):list(), {{1, 2}, {2, 3}})
  same(iter{1}:window(2):list(), {})
  same(iter{3, 1, 3, 2, 1}:unique():list(), {3, 1, 2})
  same(iter{"a", "B", "A"}:unique(string.lower):list(), {"a", "B"})
  same(iter{{1, 2}, {3}}:flat_map():list(), {1, 2, 3})
  same(iter{2, 1}:flat_map(iter.range):list(), {1, 2, 1})
  same(iter{1, 2, 3}:scan(function(a, b) return a + b end, 10):list(), {11, 13, 16})
  same(iter{{"a", 1}}:pairs():list(), {{"a", 1}})
  raises("must be a function", function() iter{1}:map(5) end)
  raises("returned nil", function() iter{1}:map(function() end):list() end)
  raises("whole number", function() iter{1}:take(1.5) end)
  raises("must not be 0", function() iter{1}:chunk(0) end)
end

function test_iterators_are_not_asked_after_their_end()
  local function upto(n)
    return iter(coroutine.wrap(function() for i = 1, n do coroutine.yield(i) end end))
  end
  same(upto(3):chunk(2):list(), {{1, 2}, {3}})
  same(upto(3):window(2):list(), {{1, 2}, {2, 3}})
  same(upto(1):drop(5):list(), {})
  same(upto(2):chain(upto(1)):list(), {1, 2, 1})
  same(upto(2):zip(upto(3)):count(), 2)
  same(iter.cycle(upto(2)):take(3):list(), {1, 2, 1})
end

function test_order()
  local people = {{name = "bo", age = 3}, {name = "al", age = 3}, {name = "cy", age = 1}}
  same(iter(people):sorted("age"):map("name"):list(), {"cy", "bo", "al"})
  same(iter(people):sorted("age", true):map("name"):list(), {"bo", "al", "cy"})
  same(iter{3, 1, 2}:sorted():list(), {1, 2, 3})
  same(iter{"b", "c", "a"}:sorted(nil, true):list(), {"c", "b", "a"})
  same(iter{}:sorted():list(), {})
  raises("compare", function() iter{1, "a"}:sorted():list() end)
  same(iter{b = 1, a = 2}:sorted():list(), {{"a", 2}, {"b", 1}})
  same(iter(people):group_by("age"):map(function(age, list) return age .. ":" .. #list end):list(), {"3:2", "1:1"})
end

function test_ends()
  same(iter{1, 2, 3}:reduce(function(a, b) return a + b end), 6)
  same(iter{1, 2}:reduce(function(a, b) return a .. b end, ">"), ">12")
  same(iter{}:reduce(double), nil)
  same({iter{1, 3}:any(odd), iter{2}:any(odd), iter{1, 3}:all(odd), iter{1, 2}:all(odd), iter{}:all()}, {true, false, true, false, true})
  same({iter{1, 2}:has(2), iter{1, 2}:has(3)}, {true, false})
  same({iter{1, 2, 3}:count(), iter{1, 2, 3}:count(odd)}, {3, 2})
  same({iter{1, 2}:sum(), iter{{x = 2}, {x = 3}}:sum("x"), iter{}:sum()}, {3, 5, 0})
  same({iter{2, 1, 3}:min(), iter{2, 1, 3}:max(), iter{"aa", "b"}:max(string.len)}, {1, 3, "aa"})
  same(iter{}:min(), nil)
  same({iter{4, 5}:first(), iter{4, 5}:first(odd), iter{4, 5}:last()}, {4, 5, 5})
  same(iter{"a", "b"}:to_map(function(s) return s end, string.upper), {a = "A", b = "B"})
  same(iter{"a"}:to_map(function(s) return s:upper() end), {A = "a"})
  assert(iter{1, 1, 2}:to_set() == require("set"){1, 2})
  same(iter{1, true, "x"}:join(","), "1,true,x")
  local seen = {}
  iter{a = 1}:each(function(k, v) seen[k] = v end)
  same(seen, {a = 1})
end

function test_is_lazy()
  local asked = 0
  local chain = iter.count():map(function(x) asked = asked + 1 return x end):take(2)
  assert(asked == 0)
  same(chain:next(), 1)
  assert(asked == 1)
  same(chain:list(), {2})
  assert(asked == 2)
end

function test_for()
  local got = {}
  for k, v in iter.pairs{a = 1} do got[k] = v end
  for v in iter{5, 6}:map(double) do got[#got + 1] = v end
  same(got, {10, 12, a = 1})
end

function test_long_chains()
  local chain = iter.range(1e5)
  for _ = 1, 100 do chain = chain:map(function(x) return x end) end
  same(chain:take(10):sum(), 55)
  same(iter.range(1e5):filter(odd):map(double):sum(), 5000000000)
end
