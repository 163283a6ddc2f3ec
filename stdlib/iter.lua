--- Lazy chains over lists, maps and iterators.
---
--- A chain takes one item after the other from its source and passes it through
--- its steps; nothing is computed before it is asked for. A chain is walked once.
--- An item is one value or two, such as a key and its value; nil ends a chain.
--- Where a function is expected, the name of a field stands for reading it.
---
---```lua
---local iter = require "iter"
---local words = {"pear", "fig", "apple", "kiwi"}
---for w in iter(words):filter(function(w) return #w > 3 end):map(string.upper) do
---  io.write(w, " ")
---end
---print()   --> PEAR APPLE KIWI
---```
local iter = {}

--- A chain. In a generic for it is its own iterator: for v in iter(xs):take(3) do.
---@class iter.Chain
local Chain = {}
Chain.__index = Chain
Chain.__name = "iter.Chain"
Chain.__call = function(self) return self._next() end

local function chain(next) return setmetatable({_next = next}, Chain) end

local function callable(f)
  if type(f) == "function" then return true end
  local mt = getmetatable(f)
  return type(mt) == "table" and mt.__call ~= nil
end

-- fn is the function that an argument means.
local function fn(f, what)
  if type(f) == "string" then return function(v) return v[f] end end
  if not callable(f) then
    error(("%s must be a function or the name of a field, got %s"):format(what, type(f)), 3)
  end
  return f
end

local function apply(f, a, b)
  if b == nil then return f(a) end -- a second argument, even nil, means something to some
  return f(a, b)
end

-- one is an item as a single value.
local function one(a, b)
  if b == nil then return a end
  return {a, b}
end

local function count_of(n, what)
  if type(n) ~= "number" or n < 0 or n ~= math.floor(n) then
    error(("%s must be a whole number from 0 on, got %s"):format(what, tostring(n)), 3)
  end
  return n
end

local function items_of(t)
  local i = 0
  return function()
    i = i + 1
    return t[i]
  end
end

-- walk asks an iterator no more after its end, which some take amiss.
local function walk(f, state, control)
  return function()
    if not f then return nil end
    local a, b = f(state, control)
    control = a
    if a == nil then f = nil end
    return a, b
  end
end

--- Begin a chain. The source is a list, whose items it yields; another table, whose
--- keys and values it yields; a string, whose characters; a chain; anything with the
--- metamethod __iter, which returns an iterator; or an iterator as a generic for takes
--- it. iter.items and iter.pairs say which of the two a table is.
---@param source any what to walk
---@param state? any of an iterator: what its function gets
---@param control? any of an iterator: what it begins with
---@return iter.Chain
---@call
---```lua
---local iter = require "iter"
---print(iter{1, 2, 3}:map(function(x) return x * x end):sum())   --> 14
---print(iter{a=1}:map(function(k, v) return k .. v end):first())   --> a1
---print(iter("añb"):join("-"))   --> a-ñ-b
---print(iter(("k=v"):gmatch("%a")):list()[2])   --> v
---```
function iter.new(source, state, control)
  local kind, mt = type(source), getmetatable(source)
  if kind == "function" then return chain(walk(source, state, control)) end
  if mt == Chain then return source end
  if kind == "string" then return chain(walk(source:gmatch("[%z\1-\127\192-\255][\128-\191]*"))) end
  if type(mt) == "table" then
    if mt.__iter then return chain(walk(mt.__iter(source))) end
    if mt.__call and kind == "table" then return chain(walk(source, state, control)) end
  end
  if kind == "table" then
    if source[1] ~= nil or mt == nil and next(source) == nil then return chain(items_of(source)) end
    return chain(walk(pairs(source)))
  end
  if kind == "userdata" then
    local ok, f, s, c = pcall(pairs, source)
    if ok then return chain(walk(f, s, c)) end
    return chain(walk(source, state, control))
  end
  error(("cannot walk a %s: a chain begins with a table, a string or an iterator"):format(kind), 2)
end

--- Begin a chain over the items 1, 2, … of a table.
---@param list table its items are walked up to the first nil
---@return iter.Chain
---```lua
---local iter = require "iter"
---print(iter.items{10, 20, extra=true}:sum())   --> 30
---```
function iter.items(list) return chain(items_of(list)) end

--- Begin a chain over the keys and values of a table.
---@param map table any table, or a value with the metamethod __pairs
---@return iter.Chain
---```lua
---local iter = require "iter"
---print(iter.pairs{10, 20}:map(function(k, v) return k + v end):list()[2])   --> 22
---```
function iter.pairs(map) return chain(walk(pairs(map))) end

--- Count from one number to another, both included.
---@param first number the first number
---@param last? number without it, from 1 to first
---@param step? number how far each is from the one before; 1
---@return iter.Chain
---```lua
---local iter = require "iter"
---print(iter.range(3):join(" "), iter.range(10, 1, -4):join(" "))   --> 1 2 3	10 6 2
---```
function iter.range(first, last, step)
  if last == nil then first, last = 1, first end
  step = step or 1
  if step == 0 then error("the step of a range must not be 0", 2) end
  if type(first) ~= "number" or type(last) ~= "number" or type(step) ~= "number" then
    error("a range goes from number to number", 2)
  end
  local i = -1
  return chain(function()
    i = i + 1
    local v = first + i * step
    if step > 0 and v <= last or step < 0 and v >= last then return v end
  end)
end

--- Count without end.
---@param first? number where to begin; 1
---@param step? number how far each is from the one before; 1
---@return iter.Chain
---```lua
---local iter = require "iter"
---print(iter.count(10, 5):take(3):join(" "))   --> 10 15 20
---```
function iter.count(first, step) return iter.range(first or 1, (step or 1) < 0 and -math.huge or math.huge, step) end

--- Yield a value again and again.
---@param value any what to yield or to look for
---@param times? integer how often; without it, without end
---@return iter.Chain
---```lua
---local iter = require "iter"
---print(iter.repeat_("ab", 3):join())   --> ababab
---```
function iter.repeat_(value, times)
  local left = times or math.huge
  return chain(function()
    left = left - 1
    if left >= 0 then return value end
  end)
end

--- Yield the items of a source again and again, without end. They are kept meanwhile.
---@param source any what iter takes
---@return iter.Chain
---```lua
---local iter = require "iter"
---print(iter.cycle{"on", "off"}:take(3):join(" "))   --> on off on
---```
function iter.cycle(source)
  local next, kept, n, i = iter.new(source)._next, {}, 0, 0
  return chain(function()
    if next then
      local a, b = next()
      if a ~= nil then
        n = n + 1
        kept[n] = {a, b}
        return a, b
      end
      next = nil
    end
    if n == 0 then return nil end
    i = i % n + 1
    return kept[i][1], kept[i][2]
  end)
end

--- Walk several sources at the same time, to the end of the shortest. Of two it yields
--- two values, of more a list.
---@param ... any what iter takes
---@return iter.Chain
---```lua
---local iter = require "iter"
---for a, b in iter.zip({1, 2, 3}, {"x", "y"}) do io.write(a, b, " ") end
---print()   --> 1x 2y
---```
function iter.zip(...)
  local sources = {...}
  for i, s in ipairs(sources) do sources[i] = iter.new(s)._next end
  local n = #sources
  return chain(function()
    local row = {}
    for i = 1, n do
      row[i] = one(sources[i]())
      if row[i] == nil then return nil end
    end
    if n == 2 then return row[1], row[2] end
    if n > 0 then return row end
  end)
end

--- Walk sources one behind the other.
---@param ... any what iter takes
---@return iter.Chain
---```lua
---local iter = require "iter"
---print(iter.chain({1, 2}, iter.range(3)):join(" "))   --> 1 2 1 2 3
---```
function iter.chain(...)
  local sources, i, next = {...}, 0, nil
  return chain(function()
    while true do
      if next then
        local a, b = next()
        if a ~= nil then return a, b end
      end
      i = i + 1
      if sources[i] == nil then return nil end
      next = iter.new(sources[i])._next
    end
  end)
end

--- Take one item, as a generic for does.
---@return any a # nil at the end
---@return any b # the second value of an item of two
function Chain:next() return self._next() end

--- Replace each item by what a function makes of it: one value.
---@param f fun(a: any, b?: any): any what to call with each item, or the name of a field
---@return iter.Chain
---```lua
---local iter = require "iter"
---print(iter{{name="ann"}, {name="bob"}}:map("name"):join(" "))   --> ann bob
---```
function Chain:map(f)
  f = fn(f, "what map calls")
  local next = self._next
  return chain(function()
    local a, b = next()
    if a == nil then return nil end
    local v
    if b == nil then v = f(a) else v = f(a, b) end
    if v == nil then error("what map calls returned nil, which would end the chain: filter such items out first, or return false", 0) end
    return v
  end)
end

--- Replace each item by two values: what a function returns, or without one the two
--- items of the list that each item is.
---@param f? fun(a: any, b?: any): any, any what to call with each item, or the name of a field
---@return iter.Chain
---```lua
---local iter = require "iter"
---print(iter{{"a", 1}, {"b", 2}}:pairs():to_map().b)   --> 2
---```
function Chain:pairs(f)
  f = f and fn(f, "what pairs calls") or function(v) return v[1], v[2] end
  local next = self._next
  return chain(function()
    local a, b = next()
    if a ~= nil then return apply(f, a, b) end
  end)
end

--- Keep the items for which a function returns neither nil nor false. Without one,
--- keep what is not false itself.
---@param f? fun(a: any, b?: any): any what to call with each item, or the name of a field
---@return iter.Chain
function Chain:filter(f)
  f = f and fn(f, "what filter calls") or function(v) return v end
  local next = self._next
  return chain(function()
    while true do
      local a, b = next()
      if a == nil then return nil end
      local keep
      if b == nil then keep = f(a) else keep = f(a, b) end
      if keep then return a, b end
    end
  end)
end

--- Leave out the items for which a function returns neither nil nor false.
---@param f fun(a: any, b?: any): any what to call with each item, or the name of a field
---@return iter.Chain
function Chain:reject(f)
  f = fn(f, "what reject calls")
  return self:filter(function(...) return not f(...) end)
end

--- Replace each item by the items of what a function makes of it. Without a function,
--- the items are sources themselves.
---@param f? fun(a: any, b?: any): any what to call with each item, or the name of a field
---@return iter.Chain
---```lua
---local iter = require "iter"
---print(iter{"ab", "c"}:flat_map():join(" "))   --> a b c
---```
function Chain:flat_map(f)
  f = f and fn(f, "what flat_map calls") or function(v) return v end
  local next, inner = self._next, nil
  return chain(function()
    while true do
      if inner then
        local a, b = inner()
        if a ~= nil then return a, b end
      end
      local a, b = next()
      if a == nil then return nil end
      inner = iter.new(apply(f, a, b))._next
    end
  end)
end

--- Yield only the first items.
---@param n integer how many
---@return iter.Chain
function Chain:take(n)
  local next, left = self._next, count_of(n, "what take takes")
  return chain(function()
    if left <= 0 then return nil end -- the source is not asked for one more
    left = left - 1
    return next()
  end)
end

--- Pass over the first items.
---@param n integer how many
---@return iter.Chain
function Chain:drop(n)
  local next, left = self._next, count_of(n, "what drop drops")
  return chain(function()
    for _ = 1, left do
      if next() == nil then break end
    end
    left = 0
    return next()
  end)
end

--- Yield items up to the first for which a function returns nil or false.
---@param f fun(a: any, b?: any): any what to call with each item, or the name of a field
---@return iter.Chain
function Chain:take_while(f)
  f = fn(f, "what take_while calls")
  local next, ended = self._next, false
  return chain(function()
    if ended then return nil end
    local a, b = next()
    if a ~= nil and apply(f, a, b) then return a, b end
    ended = true
  end)
end

--- Pass over items up to the first for which a function returns nil or false.
---@param f fun(a: any, b?: any): any what to call with each item, or the name of a field
---@return iter.Chain
function Chain:drop_while(f)
  f = fn(f, "what drop_while calls")
  local next, begun = self._next, false
  return chain(function()
    local a, b = next()
    while not begun and a ~= nil and apply(f, a, b) do a, b = next() end
    begun = true
    return a, b
  end)
end

--- Walk another source behind this one.
---@param ... any what iter takes
---@return iter.Chain
function Chain:chain(...) return iter.chain(self, ...) end

--- Walk other sources at the same time, to the end of the shortest.
---@param ... any what iter takes
---@return iter.Chain
function Chain:zip(...) return iter.zip(self, ...) end

--- Put a number before each item.
---@param first? integer the first number; 1
---@return iter.Chain
---```lua
---local iter = require "iter"
---for i, v in iter{"a", "b"}:enumerate() do io.write(i, v, " ") end
---print()   --> 1a 2b
---```
function Chain:enumerate(first)
  local next, i = self._next, (first or 1) - 1
  return chain(function()
    local v = one(next())
    if v == nil then return nil end
    i = i + 1
    return i, v
  end)
end

--- Gather the items in lists of a length; the last may be shorter.
---@param n integer how many items each has
---@return iter.Chain
---```lua
---local iter = require "iter"
---print(iter.range(5):chunk(2):map(table.concat):join(" "))   --> 12 34 5
---```
function Chain:chunk(n)
  if count_of(n, "the length of a chunk") == 0 then error("the length of a chunk must not be 0", 2) end
  local next = self._next
  return chain(function()
    local list = {}
    for i = 1, n do
      local v = one(next())
      if v == nil then break end
      list[i] = v
    end
    if list[1] ~= nil then return list end
  end)
end

--- Yield each run of items that stand side by side, as a list.
---@param n integer how many items a list has
---@return iter.Chain
---```lua
---local iter = require "iter"
---print(iter.range(4):window(2):map(table.concat):join(" "))   --> 12 23 34
---```
function Chain:window(n)
  if count_of(n, "the length of a window") == 0 then error("the length of a window must not be 0", 2) end
  local next, held = self._next, {}
  return chain(function()
    local list = {}
    for i = 1, n - 1 do list[i] = held[i + 1] end
    for i = #list + 1, n do
      local v = one(next())
      if v == nil then return nil end
      list[i] = v
    end
    held = list
    return {unpack(list, 1, n)}
  end)
end

--- Yield each item once, the first time it comes. Items are told apart by what a
--- function makes of them, or by themselves.
---@param key? fun(a: any, b?: any): any what to call with each item, or the name of a field
---@return iter.Chain
function Chain:unique(key)
  key = key and fn(key, "the key of unique") or function(v) return v end
  local seen = {}
  return self:filter(function(...)
    local k = key(...)
    if seen[k] then return false end
    seen[k] = true
    return true
  end)
end

--- Gather the items by what a function makes of them: yields each key with the list of
--- its items, in the order in which the keys come first. All items are read first.
---@param key fun(a: any, b?: any): any what to call with each item, or the name of a field
---@return iter.Chain
---```lua
---local iter = require "iter"
---local by = iter{"fig", "kiwi", "nut"}:group_by(string.len):to_map()
---print(#by[3], by[4][1])   --> 2	kiwi
---```
function Chain:group_by(key)
  key = fn(key, "the key of group_by")
  local next = self._next
  local groups, order, i
  return chain(function()
    if not order then
      groups, order, i = {}, {}, 0
      for a, b in next do
        local k = apply(key, a, b)
        if k == nil then error("the key of group_by is nil for an item", 0) end
        if not groups[k] then
          groups[k] = {}
          order[#order + 1] = k
        end
        table.insert(groups[k], one(a, b))
      end
    end
    i = i + 1
    local k = order[i]
    return k, k ~= nil and groups[k] or nil
  end)
end

-- plain sorts values of one simple type fast: equal ones cannot be told apart. It
-- returns nil for others.
local function plain(rows, descending)
  local kind = rows[1] and type(rows[1][3])
  if kind ~= "number" and kind ~= "string" then return nil end
  local values = {}
  for i, row in ipairs(rows) do
    if row[4] ~= nil or type(row[3]) ~= kind or row[3] ~= row[3] then return nil end
    values[i] = row[3]
  end
  table.sort(values)
  local n = #values
  for i, v in ipairs(values) do rows[descending and n + 1 - i or i][3] = v end
  return true
end

--- Put the items in order. All are read first; items that are equal stay in their order.
---@param key? fun(v: any): any what is compared: a function of the item or the name of a field; without it, the items themselves
---@param descending? boolean the greatest comes first
---@return iter.Chain
---```lua
---local iter = require "iter"
---print(iter{"pear", "fig", "kiwi"}:sorted(string.len):join(" "))   --> fig pear kiwi
---print(iter{3, 1, 2}:sorted(nil, true):join(" "))   --> 3 2 1
---```
function Chain:sorted(key, descending)
  key = key and fn(key, "the key of sorted")
  local next = self._next
  local rows, i
  return chain(function()
    if not rows then
      rows, i = {}, 0
      for a, b in next do
        local k = a
        if key then k = apply(key, a, b) end
        rows[#rows + 1] = {k, #rows, a, b}
      end
      if key or not plain(rows, descending) then
        table.sort(rows, function(x, y)
          if x[1] == y[1] then return x[2] < y[2] end
          if descending then return y[1] < x[1] end
          return x[1] < y[1]
        end)
      end
    end
    i = i + 1
    local row = rows[i]
    if row then return row[3], row[4] end
  end)
end

--- Yield what a function makes of each item and all before it, as reduce does.
---@param f fun(total: any, v: any): any what to call with each item, or the name of a field
---@param first? any the total before the first item; without it, the first item is the total
---@return iter.Chain
---```lua
---local iter = require "iter"
---print(iter.range(4):scan(function(a, b) return a + b end):join(" "))   --> 1 3 6 10
---```
function Chain:scan(f, first)
  f = fn(f, "what scan calls")
  local next, total = self._next, first
  return chain(function()
    local v = one(next())
    if v == nil then return nil end
    if total == nil then total = v else total = f(total, v) end
    return total
  end)
end

--- Read the items into a list. An item of two values becomes a list of both.
---@return any[] # the items
function Chain:list()
  local next, list, n = self._next, {}, 0
  while true do
    local a, b = next()
    if a == nil then return list end
    n = n + 1
    if b == nil then list[n] = a else list[n] = {a, b} end
  end
end

--- Read the items into a table by key; the last of equal keys stays. Without functions,
--- the items are a key and its value.
---@param key? fun(a: any, b?: any): any the key of an item
---@param value? fun(a: any, b?: any): any the value of an item; without it, the item
---@return table # the values by their keys
---```lua
---local iter = require "iter"
---local squares = iter.range(3):to_map(function(x) return x end, function(x) return x * x end)
---print(squares[3])   --> 9
---```
function Chain:to_map(key, value)
  local map = {}
  key, value = key and fn(key, "the key of to_map"), value and fn(value, "the value of to_map")
  for a, b in self._next do
    local k, v = a, b
    if key then k, v = apply(key, a, b), one(a, b) end
    if value then v = apply(value, a, b) end
    if v == nil then v = true end
    if k == nil then error("the key of to_map is nil for an item", 2) end
    map[k] = v
  end
  return map
end

--- Read the items into a set.
---@return set.Set
function Chain:to_set() return require("set")(self) end

--- Call a function for each item.
---@param f fun(a: any, b?: any) what to call with each item, or the name of a field
function Chain:each(f)
  f = fn(f, "what each calls")
  for a, b in self._next do apply(f, a, b) end
end

--- Fold the items into one value.
---@param f fun(total: any, v: any): any what to call with each item, or the name of a field
---@param first? any the total before the first item; without it, the first item is the total
---@return any # the total; nil for no items
---```lua
---local iter = require "iter"
---print(iter.range(5):reduce(function(a, b) return a * b end))   --> 120
---```
function Chain:reduce(f, first)
  f = fn(f, "what reduce calls")
  local total = first
  for a, b in self._next do
    if total == nil then total = one(a, b) else total = f(total, one(a, b)) end
  end
  return total
end

--- Say whether a function returns neither nil nor false for some item. Without one, the
--- items themselves are asked.
---@param f? fun(a: any, b?: any): any what to call with each item, or the name of a field
---@return boolean
function Chain:any(f)
  f = f and fn(f, "what any calls") or function(v) return v end
  for a, b in self._next do
    if apply(f, a, b) then return true end
  end
  return false
end

--- Say whether a function returns neither nil nor false for all items.
---@param f? fun(a: any, b?: any): any what to call with each item, or the name of a field
---@return boolean
function Chain:all(f)
  f = f and fn(f, "what all calls") or function(v) return v end
  for a, b in self._next do
    if not apply(f, a, b) then return false end
  end
  return true
end

--- Say whether some item equals a value.
---@param value any what to yield or to look for
---@return boolean
function Chain:has(value)
  for a in self._next do
    if a == value then return true end
  end
  return false
end

--- Count the items.
---@param f? fun(a: any, b?: any): any counts only those for which it returns neither nil nor false
---@return integer
function Chain:count(f)
  local n = 0
  for _ in (f and self:filter(f) or self)._next do n = n + 1 end
  return n
end

--- Add up the items.
---@param f? fun(a: any, b?: any): number what is added for an item
---@return number
function Chain:sum(f)
  local total = 0
  f = f and fn(f, "what sum calls")
  for a, b in self._next do total = total + (f and apply(f, a, b) or a) end
  return total
end

local function best(self, key, better)
  local found, second, rank
  for a, b in self._next do
    local r = a
    if key then r = apply(key, a, b) end
    if found == nil or better(r, rank) then found, second, rank = a, b, r end
  end
  return found, second
end

--- Find the least item; the first of equal ones.
---@param key? fun(a: any, b?: any): any what is compared; without it, the items
---@return any # nil for no items
---```lua
---local iter = require "iter"
---print(iter{"pear", "fig"}:min(string.len), iter{a=2, b=1}:min(function(_, v) return v end))   --> fig	b	1
---```
function Chain:min(key) return best(self, key and fn(key, "the key of min"), function(a, b) return a < b end) end

--- Find the greatest item; the first of equal ones.
---@param key? fun(a: any, b?: any): any what is compared; without it, the items
---@return any # nil for no items
function Chain:max(key) return best(self, key and fn(key, "the key of max"), function(a, b) return b < a end) end

--- Return the first item, or the first for which a function returns neither nil nor false.
---@param f? fun(a: any, b?: any): any what to call with each item, or the name of a field
---@return any # nil for none
function Chain:first(f) return (f and self:filter(f) or self)._next() end

--- Return the last item.
---@return any # nil for none
function Chain:last()
  local last, second
  for a, b in self._next do last, second = a, b end
  return last, second
end

--- Write the items one behind the other, each as tostring does.
---@param separator? string what stands between them; nothing
---@return string
function Chain:join(separator)
  local list = self:list()
  for i, v in ipairs(list) do list[i] = tostring(v) end
  return table.concat(list, separator)
end

return setmetatable(iter, {__call = function(_, ...) return iter.new(...) end})
