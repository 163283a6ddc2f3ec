--- Sets: values that are each there once. Members are compared as the keys of a table
--- are, so that a table is a member only as itself; nil cannot be one.
local set = {}

local iter = require "iter"
local inspect = require "inspect"

--- A set. for v in iter(s) and for v in pairs(s) walk it, #s counts it. The other
--- operand of an operator must be a set; methods take any source that iter takes.
---
---```lua
---local set = require "set"
---local a, b = set{1, 2, 3}, set{3, 4}
---print(a + b, a * b, a - b, a ^ b)   --> set {1, 2, 3, 4}	set {3}	set {1, 2}	set {1, 2, 4}
---print(set{1} <= a, a < a, set{1, 2} == set{2, 1}, #a)   --> true	false	true	3
---```
---@class set.Set
---@operator add(set.Set): set.Set Make the union.
---@operator mul(set.Set): set.Set Make the intersection.
---@operator sub(set.Set): set.Set Make the difference.
---@operator pow(set.Set): set.Set Make the symmetric difference.
---@operator eq(set.Set): boolean Say whether both have the same members.
---@operator le(set.Set): boolean Say whether all members of the first are in the second.
---@operator lt(set.Set): boolean Say the same of sets that are not equal.
---@operator len: integer Count the members.
local Set = {}
Set.__index = Set
Set.__name = "set"
Set.__members = "_held" -- inspect shows and compares the keys of this field

local function make() return setmetatable({_held = {}, _n = 0}, Set) end

local function is_set(v) return getmetatable(v) == Set end

local function put(s, v)
  if not s._held[v] then
    s._held[v] = true
    s._n = s._n + 1
  end
end

-- held is what the source holds, as keys.
local function held(source)
  if is_set(source) then return source._held end
  return set.new(source)._held
end

--- Make a set of the items of a list, or of what any other source yields.
---@param source? any what iter takes; of items of two values the first is taken
---@return set.Set
---@call
---```lua
---local set = require "set"
---local s = set{"b", "a", "b"}
---print(s, s:has("a"), #s)   --> set {"a", "b"}	true	2
---print(set("hello"))   --> set {"e", "h", "l", "o"}
---```
function set.new(source)
  local s = make()
  if source == nil then return s end
  if is_set(source) then
    for v in next, source._held do put(s, v) end
    return s
  end
  local walk = iter(source)
  if type(source) == "table" and getmetatable(source) == nil and source[1] == nil then
    if next(source) ~= nil then error("a set is made of a list or an iterator, got a table with keys: give iter.pairs(t) for its keys", 2) end
  end
  for v in walk do put(s, v) end
  return s
end

--- Say whether a value is a set.
---@param v any a value
---@return boolean
---```lua
---local set = require "set"
---print(set.is(set{}), set.is{})   --> true	false
---```
function set.is(v) return is_set(v) end

--- Say whether a value is a member.
---@param v any a value
---@return boolean
function Set:has(v) return v ~= nil and self._held[v] == true end

--- Put values in.
---@param ... any values
---@return set.Set # the set itself
function Set:add(...)
  for i = 1, select("#", ...) do
    local v = select(i, ...)
    if v == nil then error("nil cannot be a member of a set", 2) end
    put(self, v)
  end
  return self
end

--- Put in what sources yield.
---@param ... any what iter takes
---@return set.Set # the set itself
function Set:update(...)
  for _, source in ipairs{...} do
    for v in next, held(source) do put(self, v) end
  end
  return self
end

--- Take a value out.
---@param v any a value
---@return boolean # whether it was a member
function Set:remove(v)
  if not self:has(v) then return false end
  self._held[v] = nil
  self._n = self._n - 1
  return true
end

--- Take out any member.
---@return any # the member; nil when the set is empty
function Set:pop()
  local v = next(self._held)
  if v ~= nil then self:remove(v) end
  return v
end

--- Take out all members.
function Set:clear() self._held, self._n = {}, 0 end

--- Make a set of the same members.
---@return set.Set
function Set:copy() return set.new(self) end

--- Count the members, as #s does.
---@return integer
function Set:size() return self._n end

--- Make the set of what is in this one or in a source.
---@param ... any what iter takes
---@return set.Set
function Set:union(...) return self:copy():update(...) end

--- Make the set of what is in this one and in each source.
---@param ... any what iter takes
---@return set.Set
function Set:intersection(...)
  local result = self:copy()
  for _, source in ipairs{...} do
    local other = held(source)
    for v in next, self._held do
      if not other[v] then result:remove(v) end
    end
  end
  return result
end

--- Make the set of what is in this one and in no source.
---@param ... any what iter takes
---@return set.Set
function Set:difference(...)
  local result = self:copy()
  for _, source in ipairs{...} do
    for v in next, held(source) do result:remove(v) end
  end
  return result
end

--- Make the set of what is either in this one or in the source.
---@param source any what iter takes
---@return set.Set
function Set:symmetric(source)
  local result = self:copy()
  for v in next, held(source) do
    if not result:remove(v) then put(result, v) end
  end
  return result
end

--- Say whether all members are in the source.
---@param source any what iter takes
---@return boolean
function Set:is_subset(source)
  local other = held(source)
  for v in next, self._held do
    if not other[v] then return false end
  end
  return true
end

--- Say whether all that the source yields is a member.
---@param source any what iter takes
---@return boolean
function Set:is_superset(source)
  for v in next, held(source) do
    if not self._held[v] then return false end
  end
  return true
end

--- Say whether nothing that the source yields is a member.
---@param source any what iter takes
---@return boolean
function Set:is_disjoint(source)
  for v in next, held(source) do
    if self._held[v] then return false end
  end
  return true
end

--- Begin a chain over the members.
---@return iter.Chain
function Set:iter() return iter(self) end

--- Read the members into a list: sorted, if all are numbers or all are strings.
---@return any[] # the members
---```lua
---local set = require "set"
---print(table.concat(set{3, 1, 2}:list(), " "))   --> 1 2 3
---```
function Set:list()
  local list, kind = {}, nil
  for v in next, self._held do
    list[#list + 1] = v
    kind = (kind == nil or kind == type(v)) and type(v) or false
  end
  if kind == "number" or kind == "string" then table.sort(list) end
  return list
end

local function both(name, f)
  return function(a, b)
    if not (is_set(a) and is_set(b)) then
      error(("a set %s another value: make the other a set, or call a method"):format(name), 2)
    end
    return f(a, b)
  end
end

Set.__add = both("+", Set.union)
Set.__mul = both("*", Set.intersection)
Set.__sub = both("-", Set.difference)
Set.__pow = both("^", Set.symmetric)
Set.__le = both("<=", Set.is_subset)
Set.__lt = both("<", function(a, b) return a._n < b._n and a:is_subset(b) end)
Set.__eq = function(a, b) return is_set(a) and is_set(b) and a._n == b._n and a:is_subset(b) end
Set.__len = Set.size
Set.__tostring = function(s) return inspect(s, {width = -1}) end
Set.__iter = function(s) return next, s._held end
Set.__pairs = Set.__iter

return setmetatable(set, {__call = function(_, ...) return set.new(...) end})
