--- Text from a template: {name:>10} stands for a value and how it is written, in the
--- notation of Python's format. {{ and }} are the braces themselves.
---
--- - {} and {2}: the next argument, the second argument. Of one single table they are its items.
--- - {name}, {user.tags[1]}: a field of the table that is the only or the last argument.
--- - {x!r}: the value as inspect shows it. {x=} puts the name in front: x=1.
--- - {x:spec}: fill and alignment (< > ^ =), sign (+ - or a blank), #, 0, width, a grouping
---   comma or _, .precision and a type of b c d e E f F g G n o s x X %.
--- - {x:{width}.{precision}}: parts of the specification may be fields themselves.
---
--- A field that is not there is an error.
local fmt = {}

local get = require "get"
local inspect = require "inspect"
local text = require "text"

local function fail(field, message, ...)
  if #field > 60 then field = field:sub(1, 60) .. "…" end
  error(("fmt: field {%s}: %s"):format(field, message:format(...)), 0)
end

-- memory is a table of what was made before by the texts it was made of.
local function memory(make, most)
  local known, n = {}, 0
  return function(key, field)
    local v = known[key]
    if v == nil then
      v = make(key, field)
      if n >= most then known, n = {}, 0 end
      known[key], n = v, n + 1
    end
    return v
  end
end

-- spec_of reads [[fill]align][sign][#][0][width][,][.precision][type].
local spec_of = memory(function(spec, field)
  local s = {}
  local rest = spec
  local fill, align, after = rest:match("^([%z\1-\127\192-\255][\128-\191]*)([<>=^])()")
  if align then
    s.fill, s.align, rest = fill, align, rest:sub(after)
  else
    align = rest:match("^[<>=^]")
    if align then s.align, rest = align, rest:sub(2) end
  end
  local sign, alternate, zero, width, group, tail = rest:match("^([-+ ]?)(#?)(0?)(%d*)([,_]?)(.*)$")
  local precision, kind = tail:match("^%.(%d+)(.*)$")
  kind = kind or tail
  if #kind > 1 or not ("bcdeEfFgGnosxX%"):find(kind, 1, true) then
    fail(field, "cannot read %q: it is [[fill]align][sign][#][0][width][,][.precision][type]", spec)
  end
  s.sign, s.alternate, s.group, s.kind = sign, alternate ~= "", group, kind
  s.width, s.precision = tonumber(width) or 0, tonumber(precision)
  if s.width > 100000 or (s.precision or 0) > 99 then
    fail(field, "a width may be 100000 and a precision 99, got %q", spec)
  end
  if zero ~= "" then s.fill, s.align = s.fill or "0", s.align or "=" end
  s.fill = s.fill or " "
  return s
end, 500)

local function grouped(digits, mark, size)
  if mark == "" then return digits end
  local head = #digits % size
  local parts = {}
  if head > 0 then parts[1] = digits:sub(1, head) end
  for i = head + 1, #digits, size do parts[#parts + 1] = digits:sub(i, i + size - 1) end
  return table.concat(parts, mark)
end

-- is_number says whether v can be written as a number: of Lua, or of 64 bits.
local function is_number(v)
  return type(v) == "number" or type(v) == "userdata" and tostring(v):match("^-?%d+$") ~= nil
end

local function is_whole(v)
  return type(v) ~= "number" or v == math.floor(v) and v - v == 0
end

local function magnitude(v)
  local negative
  if type(v) == "number" then
    negative = v < 0 or v == 0 and 1 / v < 0
    return math.abs(v), negative
  end
  negative = tostring(v):sub(1, 1) == "-"
  if negative then v = -v end
  return v, negative
end

local bits = {["0"] = "000", ["1"] = "001", ["2"] = "010", ["3"] = "011", ["4"] = "100", ["5"] = "101", ["6"] = "110", ["7"] = "111"}

local whole = {d = "%d", x = "%x", X = "%X", o = "%o", b = "%o"}
local prefixes = {x = "0x", X = "0X", o = "0o", b = "0b"}

-- plain_float is what no type means: as tostring, or in so many digits.
local function plain_float(v, precision)
  if not precision then return tostring(v) end
  return ("%." .. math.max(precision, 1) .. "g"):format(v)
end

-- digits writes a number without its sign.
local function digits(v, s, field)
  local kind = s.kind
  if kind == "n" then kind = is_whole(v) and not s.precision and "d" or "g" end
  if kind == "" and is_whole(v) and not s.precision and (type(v) ~= "number" or v < 2 ^ 53) then kind = "d" end
  if whole[kind] then
    if not is_whole(v) then fail(field, "%s is not whole, which {:%s} wants; {:.0f} rounds", tostring(v), kind) end
    if type(v) == "number" and v > 2 ^ 53 then return ("%.0f"):format(v), "" end
    local out = whole[kind]:format(v)
    if kind == "b" then out = out:gsub(".", bits):gsub("^0+(.)", "%1") end
    return out, s.alternate and prefixes[kind] or ""
  end
  if type(v) ~= "number" then v = tonumber(tostring(v)) end
  if v ~= v or v == math.huge then
    local out = tostring(v) .. (kind == "%" and "%" or "")
    return (kind == "E" or kind == "F" or kind == "G") and out:upper() or out, ""
  end
  if kind == "%" then return ("%." .. (s.precision or 6) .. "f"):format(v * 100) .. "%", "" end
  if kind == "" then return plain_float(v, s.precision), "" end
  local lower = kind == "F" and "f" or kind
  return ("%" .. (s.alternate and "#" or "") .. "." .. (s.precision or 6) .. lower):format(v), ""
end

local function pad(s, body, align, head)
  local gap = s.width - text.width(head) - text.width(body)
  if gap <= 0 then return head .. body end
  if align == "<" then return head .. body .. s.fill:rep(gap) end
  if align == ">" then return s.fill:rep(gap) .. head .. body end
  if align == "=" then return head .. s.fill:rep(gap) .. body end
  local left = math.floor(gap / 2)
  return s.fill:rep(left) .. head .. body .. s.fill:rep(gap - left)
end

local function as_number(v, s, field)
  local size, negative = magnitude(v)
  local body, prefix = digits(size, s, field)
  local sign = negative and "-" or s.sign == "-" and "" or s.sign
  if s.group ~= "" then
    local by = prefixes[s.kind] and 4 or 3
    local int, rest = body:match(by == 4 and "^(%x+)(.*)$" or "^(%d+)(.*)$")
    if int then
      if s.fill == "0" and s.align == "=" then -- the zeros are grouped, too
        local room = s.width - #sign - #prefix - #rest
        while #grouped(int, s.group, by) < room do int = "0" .. int end
      end
      body = grouped(int, s.group, by) .. rest
    end
  end
  return pad(s, body, s.align or ">", sign .. prefix)
end

-- cut takes the first characters of a text.
local function cut(v, n)
  local out, i = {}, 0
  for c in v:gmatch("[%z\1-\127\192-\255][\128-\191]*") do
    i = i + 1
    if i > n then break end
    out[i] = c
  end
  return table.concat(out)
end

local function as_text(v, s, field)
  local out = tostring(v)
  if s.kind == "c" then
    if type(v) ~= "number" or v < 0 or v > 0x10ffff or not is_whole(v) then fail(field, "{:c} wants the number of a character, got %s", out) end
    out = require("utf8").char(v)
  end
  if s.sign ~= "" or s.group ~= "" or s.align == "=" then
    fail(field, "a sign, grouping and zeros are for numbers, got %s %s", type(v) == "string" and "the string" or "a", type(v) == "string" and ("%q"):format(v) or type(v))
  end
  if s.precision then out = cut(out, s.precision) end
  return pad(s, out, s.align or "<", "")
end

local function value(v, spec, field)
  local mt = getmetatable(v)
  if type(mt) == "table" and type(v) == "table" and mt.__format then return tostring(mt.__format(v, spec)) end
  if spec == "" then return tostring(v) end
  local s = spec_of(spec, field)
  if s.kind == "s" or s.kind == "c" or s.kind == "" and not is_number(v) then return as_text(v, s, field) end
  if not is_number(v) then
    fail(field, "{:%s} wants a number, got %s", s.kind, type(v) == "string" and ("the string %q"):format(v) or "a " .. type(v))
  end
  return as_number(v, s, field)
end

-- find_end is where the field that begins at a brace ends.
local function find_end(template, from)
  local depth = 0
  for at, brace in template:gmatch("()([{}])", from) do
    if at >= from then
      depth = depth + (brace == "{" and 1 or -1)
      if depth == 0 then return at end
    end
  end
end

-- parts_of makes a list of texts and fields.
local parts_of = memory(function(template)
  local parts, at = {}, 1
  while at <= #template do
    local brace = template:find("[{}]", at)
    if not brace then
      parts[#parts + 1] = template:sub(at)
      break
    end
    local c = template:sub(brace, brace)
    if template:sub(brace + 1, brace + 1) == c then
      parts[#parts + 1] = template:sub(at, brace)
      at = brace + 2
    else
      if brace > at then parts[#parts + 1] = template:sub(at, brace - 1) end
      local last = c == "{" and find_end(template:sub(brace), 1)
      if not last then
        error(("fmt: a single %s at position %d: write %s for the brace itself"):format(c, brace, c .. c), 0)
      end
      local field = template:sub(brace + 1, brace + last - 2)
      local name, spec = field, ""
      local colon = field:gsub("%b[]", function(s) return ("x"):rep(#s) end):find(":", 1, true)
      if colon then name, spec = field:sub(1, colon - 1), field:sub(colon + 1) end
      local base, conversion = name:match("^(.-)!(%a)$")
      base = base or name
      if conversion and conversion ~= "r" and conversion ~= "s" then fail(field, "!%s is not known: there are !r and !s", conversion) end
      local path, shown = base:match("^(.-)%s*=$"), nil
      if path and path ~= "" then base, shown = path, base end
      parts[#parts + 1] = {field = field, name = base, spec = spec, conversion = conversion, shown = shown}
      at = brace + last
    end
  end
  return parts
end, 500)

-- way_of tells the number of an argument with what stands behind it, or the name.
local way_of = memory(function(name)
  local number, rest = name:match("^(%d+)(.*)$")
  if number and (rest == "" or rest:match("^[.%[]")) then
    return {number = tonumber(number), rest = rest ~= "" and rest:gsub("^%.", "") or nil}
  end
  return {plain = name:match("^[%a_][%w_]*$") ~= nil}
end, 500)

-- reach reads a path.
local function reach(v, path, field)
  local ok, found = pcall(get, v, path)
  if not ok then fail(field, "cannot read the name %q", path) end
  return found
end

-- lookup returns the value of a field. state counts the fields without a name.
local function lookup(name, field, args, state)
  local only = args.n == 1 and type(args[1]) == "table"
  local v
  if name == "" then
    state.next = state.next + 1
    name = tostring(state.next)
  end
  local way = way_of(name)
  local number, rest = way.number, way.rest
  if number then
    if only then
      v = args[1][number]
    elseif number > args.n then
      fail(field, "there are %d arguments", args.n)
    else
      v = args[number]
      if v == nil and not rest then return nil end -- an argument may be nil
    end
    if v ~= nil and rest then v = reach(v, rest, field) end
  else
    local t = args[args.n]
    local kind = type(t)
    if kind ~= "table" and kind ~= "userdata" then fail(field, "names are looked up in a table, which must be the last argument") end
    if way.plain and kind == "table" then v = t[name] else v = reach(t, name, field) end
  end
  if v == nil then fail(field, "there is no '%s'", name) end
  return v
end

local function render(part, args, state)
  local v = lookup(part.name, part.field, args, state)
  local spec = part.spec
  if spec:find("{", 1, true) then
    spec = spec:gsub("{([^{}]*)}", function(name) return tostring(lookup(name, part.field, args, state)) end)
  end
  local conversion = part.conversion
  if part.shown and not conversion and spec == "" then conversion = "r" end
  if conversion == "r" then v = inspect(v, {width = -1}) elseif conversion == "s" then v = tostring(v) end
  return (part.shown or "") .. value(v, spec, part.field)
end

--- Fill a template.
---@param template string text with fields in braces
---@param ... any the values, or a table that holds them
---@return string
---@call
---```lua
---local fmt = require "fmt"
---local t = {name="ann", x=2/3, n=12345, t={a={b="deep"}}}
---print(fmt("{name:>6}|{x:.2f}|{n:08,d}|{{literal}}|{t.a.b}", t))   -->    ann|0.67|0,012,345|{literal}|deep
---print(fmt("{} and {}, {2} first, {1:#x}", 255, "b"))   --> 255 and b, b first, 0xff
---print(fmt("{user!r} {n=} {done:.1%}", {user={"ann"}, n=3, done=0.256}))   --> {"ann"} n=3 25.6%
---print(fmt("{:*^9}|{:+d}|{:{}}|", "mid", 5, "wide", 6))   --> ***mid***|+5|wide  |
---```
function fmt.format(template, ...)
  if type(template) ~= "string" then error("fmt: the template must be text, got " .. type(template), 2) end
  local args, state, out = {n = select("#", ...), ...}, {next = 0}, {}
  for i, part in ipairs(parts_of(template)) do
    out[i] = type(part) == "string" and part or render(part, args, state)
  end
  return table.concat(out)
end

--- Write one value by a specification.
---@param v any what to write
---@param spec? string what stands behind the colon of a field
---@return string
---```lua
---local fmt = require "fmt"
---print(fmt.value(1234567.891, ",.2f"), fmt.value(5, "03d"), fmt.value("x", ">3"))   --> 1,234,567.89	005	  x
---```
function fmt.value(v, spec) return value(v, spec or "", ":" .. (spec or "")) end

--- Fill a template and write it on the standard output, with a line break.
---@param template string text with fields in braces
---@param ... any the values, or a table that holds them
---```lua
---local fmt = require "fmt"
---fmt.print("{n} files", {n=3})   --> 3 files
---```
function fmt.print(template, ...) print(fmt.format(template, ...)) end

return setmetatable(fmt, {__call = function(_, ...) return fmt.format(...) end})
