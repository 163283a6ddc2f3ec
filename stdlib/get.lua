--- Reach into nested tables by a path, without asking at each step whether there is
--- anything. A path is text such as users[1].name, where other keys than names stand in
--- brackets, ["a b"]; or a list of keys.
local get = {}

local parsed, kept = {}, 0 -- paths that were read before

local function bad(path, at, level)
  local shown = #path > 60 and path:sub(1, 60) .. "…" or path
  error(("cannot read the path %q at position %d: write a.b[1][\"c d\"]"):format(shown, at), level + 1)
end

local function parse(path, level)
  local keys, n, at = {}, 0, 1
  while at <= #path do
    local name, after = path:match("^%.?([^%.%[%]]+)()", at)
    if name and (at == 1) ~= (path:sub(at, at) == ".") then
      n, at = n + 1, after
      keys[n] = name
    else
      local number, behind = path:match("^%[(%-?%d+)%]()", at)
      local quote, text, last = path:match("^%[([\"'])(.-)%1%]()", at)
      if number then
        n, at = n + 1, behind
        keys[n] = tonumber(number)
      elseif quote then
        n, at = n + 1, last
        keys[n] = text
      else
        bad(path, at, level + 1)
      end
    end
  end
  return keys
end

local function keys_of(path, level)
  if type(path) == "table" then return path end
  if type(path) == "number" then return {path} end
  if type(path) ~= "string" then
    error(("a path is text or a list of keys, got %s"):format(type(path)), level + 1)
  end
  local keys = parsed[path]
  if not keys then
    keys = parse(path, level + 1)
    if kept >= 1000 then parsed, kept = {}, 0 end
    parsed[path], kept = keys, kept + 1
  end
  return keys
end

local function index(v, k) return v[k] end

-- step reads one key; a name of digits is a number where there is no such name.
local function step(v, k)
  local kind = type(v)
  local item
  if kind == "table" then
    item = v[k]
    if item == nil and type(k) == "string" then
      local n = tonumber(k)
      if n then item = v[n] end
    end
  elseif kind == "userdata" then
    local ok, found = pcall(index, v, k)
    if ok then item = found end
  end
  return item
end

--- Read the value at a path.
---@param t any where to begin
---@param path string|any[] the way to the value
---@param default? any what is returned where there is nothing
---@return any # the value; false and null are values
---@call
---```lua
---local get = require "get"
---local t = {users={{name="ann", tags={["a b"]=1}}}}
---print(get(t, "users[1].name"), get(t, "users[2].name", "nobody"), get(t, 'users[1].tags["a b"]'))   --> ann	nobody	1
---print(get(t, {"users", 1, "name"}), get(nil, "a.b", 0), get(t, "users.1.name"))   --> ann	0	ann
---```
function get.at(t, path, default)
  local v = t
  for _, k in ipairs(keys_of(path, 2)) do
    v = step(v, k)
    if v == nil then return default end
  end
  if v == nil then return default end
  return v
end

--- Say whether there is a value at a path.
---@param t any where to begin
---@param path string|any[] the way to the value
---@return boolean
---```lua
---local get = require "get"
---print(get.has({a={b=false}}, "a.b"), get.has({a={}}, "a.b"))   --> true	false
---```
function get.has(t, path) return get.at(t, path) ~= nil end

-- holder walks to the table that has the last key; make says to make what is missing.
local function holder(t, keys, path, make)
  if #keys == 0 then error("the path is empty", 3) end
  local v = t
  for i = 1, #keys do
    if type(v) ~= "table" and type(v) ~= "userdata" then
      error(("cannot set %s: %s is a %s"):format(type(path) == "string" and path or keys[#keys],
        i == 1 and "the value" or tostring(keys[i - 1]), type(v)), 3)
    end
    if i == #keys then return v, keys[i] end
    local inner = step(v, keys[i])
    if inner == nil then
      if not make then return nil end
      inner = {}
      v[keys[i]] = inner
    end
    v = inner
  end
end

--- Set the value at a path. Tables that are missing on the way are made.
---@param t table where to begin
---@param path string|any[] the way to the value
---@param value any nil takes the value away
---@return table # t
---```lua
---local get = require "get"
---local t = get.set({}, "a.b[1].c", 5)
---print(t.a.b[1].c)   --> 5
---```
function get.set(t, path, value)
  local at, k = holder(t, keys_of(path, 2), path, value ~= nil)
  if at then
    if type(k) == "string" and rawequal(at[k], nil) and tonumber(k) and at[tonumber(k)] ~= nil then k = tonumber(k) end
    at[k] = value
  end
  return t
end

--- Change the value at a path by a function.
---@param t table where to begin
---@param path string|any[] the way to the value
---@param f fun(v: any): any gets the value, or default
---@param default? any what f gets where there is nothing
---@return any # the new value
---```lua
---local get = require "get"
---local counts = {}
---for w in ("a b a"):gmatch("%a") do get.update(counts, {w}, function(n) return n + 1 end, 0) end
---print(counts.a, counts.b)   --> 2	1
---```
function get.update(t, path, f, default)
  local value = f(get.at(t, path, default))
  get.set(t, path, value)
  return value
end

return setmetatable(get, {__call = function(_, ...) return get.at(...) end})
