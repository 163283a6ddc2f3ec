--- Lists with methods. A list is a table with the items 1, 2, …, so that everything that
--- takes a table takes it; its methods stand beside. Positions count from 1, negative
--- ones from the end: -1 is the last. Both ends of a range are included, as in
--- string.sub. An item cannot be nil.
local list = {}

local iter = require "iter"
local inspect = require "inspect"

--- A list. Methods that change it say so; all others return new values.
---
---```lua
---local list = require "list"
---local xs = list{1, 2, 3}
---print(xs .. {4}, xs == list{1, 2, 3}, #xs)   --> {1, 2, 3, 4}	true	3
---```
---@class list.List
---@operator concat(any): list.List Make a list of the items of both.
---@operator eq(list.List): boolean Say whether both have equal items, deeply.
local List = {}
List.__index = List
List.__name = "list"

local function make(t) return setmetatable(t, List) end

-- at turns a position into one that counts from 1.
local function at(xs, i, what)
  if type(i) ~= "number" or i ~= math.floor(i) then
    error(("%s must be a whole number, got %s"):format(what, tostring(i)), 3)
  end
  if i < 0 then return #xs + 1 + i end
  return i
end

--- Make a list of the items of a table, or of what any other source yields.
---@param source? any what iter takes
---@param state? any of an iterator: what its function gets
---@param control? any of an iterator: what it begins with
---@return list.List
---@call
---```lua
---local list = require "list"
---print(list{3, 1, 2}:sorted(), list("abc"), list(pairs{a=1})[1][2])   --> {1, 2, 3}	{"a", "b", "c"}	1
---```
function list.new(source, state, control)
  if source == nil then return make{} end
  return make(iter(source, state, control):list())
end

--- Make a list of numbers from one to another, both included.
---@param first number the first number
---@param last? number without it, from 1 to first
---@param step? number 1
---@return list.List
---```lua
---local list = require "list"
---print(list.range(0, 10, 5))   --> {0, 5, 10}
---```
function list.range(first, last, step) return make(iter.range(first, last, step):list()) end

--- Say whether a value is a list with these methods.
---@param v any a value
---@return boolean
---```lua
---local list = require "list"
---print(list.is(list{}), list.is{})   --> true	false
---```
function list.is(v) return getmetatable(v) == List end

--- Return an item.
---@param i integer a position
---@param default? any what is returned where there is none
---@return any # the item
function List:at(i, default)
  local v = self[at(self, i, "the position")]
  if v == nil then return default end
  return v
end

--- Put values at the end. It changes the list.
---@param ... any values
---@return list.List # the list itself
function List:append(...)
  for i = 1, select("#", ...) do
    local v = select(i, ...)
    if v == nil then error("nil cannot be an item of a list", 2) end
    self[#self + 1] = v
  end
  return self
end

--- Put what sources yield at the end. It changes the list.
---@param ... any what iter takes
---@return list.List # the list itself
function List:extend(...)
  for _, source in ipairs{...} do
    for _, v in ipairs(iter(source):list()) do self[#self + 1] = v end
  end
  return self
end

--- Put a value before the one at a position. It changes the list.
---@param i integer a position
---@param v any a value
---@return list.List # the list itself
function List:insert(i, v)
  if v == nil then error("nil cannot be an item of a list", 2) end
  table.insert(self, math.max(1, math.min(at(self, i, "the position"), #self + 1)), v)
  return self
end

--- Take out the first item that equals a value. It changes the list.
---@param v any a value
---@return boolean # whether there was one
function List:remove(v)
  local i = self:index(v)
  if i then table.remove(self, i) end
  return i ~= nil
end

--- Take out the item at a position. It changes the list.
---@param i? integer the last
---@return any # the item; nil where there is none
function List:pop(i)
  i = at(self, i or -1, "the position")
  if i < 1 or i > #self then return nil end
  return table.remove(self, i)
end

--- Take out all items. It changes the list.
---@return list.List # the list itself
function List:clear()
  for i = #self, 1, -1 do self[i] = nil end
  return self
end

--- Find the first item that equals a value.
---@param v any a value
---@param from? integer where the search begins
---@return integer? # its position
function List:index(v, from)
  for i = math.max(1, at(self, from or 1, "the position")), #self do
    if self[i] == v then return i end
  end
end

--- Say whether an item equals a value.
---@param v any a value
---@return boolean
function List:has(v) return self:index(v) ~= nil end

--- Count the items that equal a value.
---@param v any a value
---@return integer
function List:count(v)
  local n = 0
  for i = 1, #self do
    if self[i] == v then n = n + 1 end
  end
  return n
end

--- Copy a range of items. Positions beyond the ends stand for the ends.
---@param i? integer the first: 1, or with a negative step the last
---@param j? integer the last, which is included
---@param step? integer how far to go each time; a negative one goes backwards
---@return list.List
---```lua
---local list = require "list"
---local xs = list{10, 20, 30, 40, 50}
---print(xs:slice(2, 4), xs:slice(-2), xs:slice(1, -2, 2))   --> {20, 30, 40}	{40, 50}	{10, 30}
---print(xs:slice(nil, nil, -1), xs:slice(4, 2))   --> {50, 40, 30, 20, 10}	{}
---```
function List:slice(i, j, step)
  step = step or 1
  if type(step) ~= "number" or step == 0 or step ~= math.floor(step) then
    error("the step of a slice must be a whole number other than 0", 2)
  end
  local n, out = #self, make{}
  i, j = at(self, i or step > 0 and 1 or -1, "the first position"), at(self, j or step > 0 and -1 or 1, "the last position")
  if step > 0 then i, j = math.max(i, 1), math.min(j, n) else i, j = math.min(i, n), math.max(j, 1) end
  for k = i, j, step do out[#out + 1] = self[k] end
  return out
end

--- Put values in the place of a range of items; without values, the range is taken out.
--- It changes the list.
---@param i integer the first
---@param j integer the last, which is included; i - 1 inserts before i
---@param values? any what iter takes
---@return list.List # what was taken out
---```lua
---local list = require "list"
---local xs = list{1, 2, 3, 4}
---print(xs:splice(2, 3, {"a", "b", "c"}), xs)   --> {2, 3}	{1, "a", "b", "c", 4}
---print(xs:splice(-2, -1), xs)   --> {"c", 4}	{1, "a", "b"}
---```
function List:splice(i, j, values)
  local n = #self
  i, j = at(self, i, "the first position"), at(self, j, "the last position")
  i = math.max(1, math.min(i, n + 1))
  j = math.max(i - 1, math.min(j, n))
  local out, rest = self:slice(i, j), {}
  if j < i then out = make{} end
  for k = j + 1, n do rest[#rest + 1] = self[k] end
  for k = n, i, -1 do self[k] = nil end
  if values ~= nil then self:extend(values) end
  for k = 1, #rest do self[#self + 1] = rest[k] end
  return out
end

--- Copy the list.
---@return list.List
function List:copy() return self:slice() end

--- Copy the list in the opposite order.
---@return list.List
function List:reversed() return self:slice(nil, nil, -1) end

--- Copy the list in order; items that are equal stay in their order.
---@param key? fun(v: any): any what is compared: a function or the name of a field; without it, the items
---@param descending? boolean the greatest comes first
---@return list.List
---```lua
---local list = require "list"
---print(list{"pear", "fig"}:sorted(string.len), list{1, 3, 2}:sorted(nil, true))   --> {"fig", "pear"}	{3, 2, 1}
---```
function List:sorted(key, descending) return make(iter.items(self):sorted(key, descending):list()) end

--- Put the list in order. It changes the list.
---@param less? fun(a: any, b: any): boolean whether a comes before b
---@return list.List # the list itself
function List:sort(less)
  table.sort(self, less)
  return self
end

--- Begin a lazy chain over the items.
---@return iter.Chain
function List:iter() return iter.items(self) end

--- Make a list of what a function makes of each item.
---@param f fun(v: any): any a function or the name of a field
---@return list.List
---```lua
---local list = require "list"
---print(list{1, 2, 3, 4}:filter(function(x) return x > 2 end):map(function(x) return x * x end))   --> {9, 16}
---```
function List:map(f) return make(iter.items(self):map(f):list()) end

--- Make a list of the items for which a function returns neither nil nor false.
---@param f? fun(v: any): any without it, of those that are not false
---@return list.List
function List:filter(f) return make(iter.items(self):filter(f):list()) end

--- Make a list of the items that a function yields for each item.
---@param f? fun(v: any): any without it, of the items of the items
---@return list.List
function List:flat_map(f) return make(iter.items(self):flat_map(f):list()) end

--- Make a list without items that came before.
---@param key? fun(v: any): any by what items are told apart
---@return list.List
function List:unique(key) return make(iter.items(self):unique(key):list()) end

--- Fold the items into one value.
---@param f fun(total: any, v: any): any what to call with each item, or the name of a field
---@param first? any the total before the first item; without it, the first item
---@return any # the total
function List:reduce(f, first) return iter.items(self):reduce(f, first) end

--- Call a function for each item.
---@param f fun(v: any) what to call with each item, or the name of a field
function List:each(f) iter.items(self):each(f) end

--- Make a list of the items of this one and of sources.
---@param ... any what iter takes
---@return list.List
function List:concat(...) return self:copy():extend(...) end

--- Make a list of the items, several times over.
---@param n integer how often
---@return list.List
function List:rep(n)
  local out = make{}
  for _ = 1, n do out:extend(self) end
  return out
end

--- Write the items one behind the other, each as tostring does.
---@param separator? string what stands between them; nothing
---@return string
function List:join(separator) return iter.items(self):join(separator) end

--- Return the items as several values.
---@return any ... # the items
function List:unpack() return unpack(self) end

List.__concat = function(a, b)
  if type(a) ~= "table" or type(b) ~= "table" then error("a list is joined with a table: use tostring(xs) for its text", 2) end
  return list.new(a):extend(b)
end
List.__eq = function(a, b) return inspect.equal(a, b) end
List.__tostring = function(xs) return inspect(xs, {width = -1}) end
List.__iter = function(xs) return iter.items(xs) end

return setmetatable(list, {__call = function(_, ...) return list.new(...) end})
