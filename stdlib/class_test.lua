local class = require "class"
local inspect = require "inspect"

local function raises(text, f, ...)
  local ok, e = pcall(f, ...)
  assert(not ok, "no error")
  assert(tostring(e):find(text, 1, true), tostring(e))
end

function test_objects()
  local Point = class("Point")
  function Point:init(x, y) self.x, self.y = x, y end
  function Point:sum() return self.x + self.y end
  Point.origin = "static"
  local p = Point(1, 2)
  assert(p:sum() == 3 and p.origin == "static" and p.class == Point)
  assert(p:is_a(Point) and class.of(p) == Point and class.is_a(p, Point))
  assert(tostring(p) == "Point {x = 1, y = 2}" and tostring(Point) == "class Point")
  assert(inspect{p} == "{Point {x = 1, y = 2}}")
  assert(Point.super == nil and next(class("Empty")()) == nil)
end

function test_inheritance()
  local A = class("A")
  function A:init(n) self.n = n end
  function A:who() return "A" .. self.n end
  function A:both() return self:who() end
  local B = class("B", A)
  function B:init(n, m)
    B.super.init(self, n)
    self.m = m
  end
  function B:who() return "B" .. B.super.who(self) .. self.m end
  local C = class("C", B)
  local c = C(1, 2)
  assert(c:both() == "BA12" and C.super == B)
  assert(c:is_a(A) and c:is_a(B) and c:is_a(C) and not A(1):is_a(B))
  assert(class.descends(C, A) and not class.descends(A, C) and class.descends(A, A))
  function A:late() return "late" end
  assert(c:late() == "late")
end

function test_metamethods_are_inherited()
  local A = class("A")
  A.__add = function(a, b) return a.n + b.n end
  A.__eq = function(a, b) return a.n == b.n end
  A.__tostring = function(a) return "n" .. a.n end
  A.__call = function(a, x) return a.n * x end
  function A:init(n) self.n = n end
  local B = class("B", A)
  local x, y = B(1), B(2)
  assert(x + y == 3 and x == B(1) and x ~= y and tostring(x) == "n1" and y(4) == 8)
  A.__len = function() return 7 end -- after the child was made
  assert(#x == 7)
  B.__tostring = function(b) return "b" .. b.n end
  assert(tostring(x) == "b1" and tostring(A(1)) == "n1")
  A.__tostring = function() return "changed" end
  assert(tostring(x) == "b1" and tostring(A(1)) == "changed")
  B.__tostring = nil
  assert(tostring(x) == "changed")
  A.__tostring = nil
  assert(tostring(x) == "B {n = 1}")
end

function test_index()
  local A = class("A")
  A.__index = function(_, k) return k .. "?" end
  function A:real() return "real" end
  local B = class("B", A)
  assert(A().x == "x?" and A():real() == "real" and B().y == "y?" and B():real() == "real")
  A.__index = {z = 1}
  assert(A().z == 1 and B().z == 1 and B().q == nil)
end

function test_mixin()
  local Walks = {walk = function(self) return self.name .. " walks" end, __len = function() return 4 end, data = 1}
  local Dog = class("Dog")
  function Dog:init(name) self.name = name end
  assert(class.mixin(Dog, Walks) == Dog)
  assert(Dog("rex"):walk() == "rex walks" and #Dog("rex") == 4 and Dog.data == nil)
  local Own = class("Own")
  function Own:walk() return "own" end
  class.mixin(Own, Walks)
  assert(Own():walk() == "own")
  local Other = class("Other")
  Other.__add = function() return "sum" end
  function Other:other() return "other" end
  class.mixin(Own, Other)
  assert(Own():other() == "other" and Own() + Own() == "sum")
end

function test_bad_use()
  raises("a class needs a name", class)
  raises("must be a class", class, "A", {})
  raises("must be a class", class.mixin, {}, {})
  assert(class.of(nil) == nil and class.of("x") == nil and class.of{} == nil and class.of(class("A")) == nil)
end
