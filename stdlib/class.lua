--- Classes. A class is a table of methods; calling it makes an object and runs init.
--- What a class does not have is looked for in its parent, metamethods too.
---
---```lua
---local class = require "class"
---local Shape = class("Shape")
---function Shape:init(name) self.name = name end
---function Shape:area() return 0 end
---
---local Square = class("Square", Shape)
---function Square:init(side)
---  Square.super.init(self, "square")
---  self.side = side
---end
---function Square:area() return self.side ^ 2 end
---Square.__eq = function(a, b) return a.side == b.side end
---
---local s = Square(3)
---print(s:area(), s.name, s:is_a(Shape), s == Square(3))   --> 9	square	true	true
---print(s, Square)   --> Square {name = "square", side = 3}	class Square
---```
local class = {}

local inspect = require "inspect"

-- record is what is known of a class: its parent, its children, the metatable of
-- its objects and the metamethods that it has itself.
local function record(v)
  local mt = type(v) == "table" and getmetatable(v)
  return type(mt) == "table" and rawget(mt, "_record") or nil
end

-- with_methods is the __index of objects whose class has one of its own.
local function with_methods(cls, index)
  return function(self, k)
    local v = cls[k]
    if v ~= nil then return v end
    if type(index) == "function" then return index(self, k) end
    return index[k]
  end
end

-- inherit gives a metamethod to the objects of a class, and of its children that
-- have none of their own.
local function inherit(r, event, f)
  r.events[event] = f
  if event == "__index" then
    r.meta.__index = f == nil and r.class or with_methods(r.class, f)
  elseif event == "__tostring" and f == nil then
    r.meta.__tostring = r.shown
  else
    r.meta[event] = f
  end
  for _, child in ipairs(r.children) do
    if child.own[event] == nil then inherit(child, event, f) end
  end
end

local function assign(cls, k, v)
  if type(k) ~= "string" or k:sub(1, 2) ~= "__" then return rawset(cls, k, v) end
  local r = record(cls)
  r.own[k] = v
  if v == nil and r.parent then v = r.parent.events[k] end
  inherit(r, k, v)
end

local function new(cls, ...)
  local object = setmetatable({}, record(cls).meta)
  local init = cls.init
  if init then init(object, ...) end
  return object
end

local function shown(object) return inspect(object, {width = -1}) end

local base = {} -- the methods that every object has

--- Make a class.
---@param name string what tostring and inspect show
---@param parent? table the class whose methods it has where it has none of its own
---@return table # the class: calling it makes an object; its field super is the parent
---@call
---```lua
---local class = require "class"
---local Point = class("Point")
---function Point:init(x, y) self.x, self.y = x, y end
---Point.__add = function(a, b) return Point(a.x + b.x, a.y + b.y) end
---print(Point(1, 2) + Point(3, 4))   --> Point {x = 4, y = 6}
---```
function class.new(name, parent)
  if type(name) ~= "string" or name == "" then error("a class needs a name: class(\"Point\")", 2) end
  local above = record(parent)
  if parent ~= nil and not above then
    error(("the parent of %s must be a class, got %s"):format(name, type(parent)), 2)
  end
  local cls = {super = parent}
  cls.class = cls
  local r = {
    class = cls, parent = above, children = {}, own = {}, events = {}, shown = shown,
    meta = {__name = name, __index = cls, __tostring = shown, _class = cls},
  }
  if above then
    table.insert(above.children, r)
    for event, f in pairs(above.events) do inherit(r, event, f) end
  end
  return setmetatable(cls, {
    __index = parent or base,
    __newindex = assign,
    __call = new,
    __tostring = function() return "class " .. name end,
    _record = r,
  })
end

--- Return the class of an object.
---@param object any any value
---@return table? # nil for what is no object of a class
---```lua
---local class = require "class"
---local A = class("A")
---print(class.of(A()) == A, class.of(1))   --> true	nil
---```
function class.of(object)
  local mt = getmetatable(object)
  return type(mt) == "table" and rawget(mt, "_class") or nil
end

--- Say whether a value is an object of a class or of one that descends from it.
---@param object any any value
---@param cls table a class
---@return boolean
---```lua
---local class = require "class"
---local A = class("A")
---local B = class("B", A)
---print(class.is_a(B(), A), class.is_a(A(), B), class.is_a("text", A))   --> true	false	false
---```
function class.is_a(object, cls)
  local c = class.of(object)
  return c ~= nil and class.descends(c, cls)
end

--- Say whether a class is another one or descends from it.
---@param cls table a class
---@param ancestor table the other class
---@return boolean
---```lua
---local class = require "class"
---local A = class("A")
---print(class.descends(class("B", A), A))   --> true
---```
function class.descends(cls, ancestor)
  local r = record(cls)
  while r do
    if r.class == ancestor then return true end
    r = r.parent
  end
  return false
end

--- Give a class the functions of a table, those that it has of its own excepted.
---@param cls table a class
---@param ... table tables of functions, or other classes
---@return table # the class
---```lua
---local class = require "class"
---local Named = {hello = function(self) return "I am " .. self.name end}
---local Dog = class.mixin(class("Dog"), Named)
---function Dog:init(name) self.name = name end
---print(Dog("Rex"):hello())   --> I am Rex
---```
function class.mixin(cls, ...)
  local r = record(cls)
  if not r then error("the first argument must be a class", 2) end
  local function give(k, v, has)
    if type(v) == "function" and k ~= "init" and has == nil then cls[k] = v end
  end
  for _, source in ipairs{...} do
    for k, v in pairs(source) do
      if type(k) == "string" and k:sub(1, 2) == "__" then give(k, v, r.own[k]) else give(k, v, rawget(cls, k)) end
    end
    local other = record(source)
    for event, f in pairs(other and other.events or {}) do give(event, f, r.own[event]) end
  end
  return cls
end

function base.is_a(object, cls) return class.is_a(object, cls) end

return setmetatable(class, {__call = function(_, ...) return class.new(...) end})
