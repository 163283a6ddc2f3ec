--- Text for people: tables with aligned columns, indentation, plurals.
local text = {}

--- The width of a string on the screen, which for UTF-8 is less than its bytes.
---@param s string the text
---@return integer
function text.width(s)
  local _, continuation = s:gsub("[\128-\191]", "")
  return #s - continuation
end

--- Pad a string with spaces to a width.
---@param s string the text
---@param width integer in columns
---@param right? boolean put the spaces in front
---@return string
function text.pad(s, width, right)
  local space = (" "):rep(width - text.width(s))
  if right then return space .. s end
  return s .. space
end

--- Lay out rows as a table. Columns that hold only numbers stand to the right.
---@param rows any[][] each row a list of cells
---@param options? { header?: string[], gap?: string } header: the first line; gap: what stands between columns (two spaces)
---@return string # the lines, each ended by a line break
function text.table(rows, options)
  options = options or {}
  local gap = options.gap or "  "
  local widths, numeric, lines = {}, {}, {}
  local function measure(row, isheader)
    for i = 1, #row do
      local cell = tostring(row[i])
      widths[i] = math.max(widths[i] or 0, text.width(cell))
      if not isheader then
        numeric[i] = numeric[i] ~= false and tonumber((cell:gsub("%s*[KMGT]?i?B$", ""))) ~= nil
      end
    end
  end
  local function render(row)
    local cells = {}
    for i = 1, #row do
      cells[i] = text.pad(tostring(row[i]), widths[i], numeric[i])
    end
    lines[#lines + 1] = (table.concat(cells, gap):gsub("%s+$", ""))
  end
  if options.header then measure(options.header, true) end
  for _, row in ipairs(rows) do measure(row) end
  if options.header then
    render(options.header)
    local rule = {}
    for i, w in ipairs(widths) do rule[i] = ("-"):rep(w) end
    lines[#lines + 1] = table.concat(rule, gap)
  end
  for _, row in ipairs(rows) do render(row) end
  return table.concat(lines, "\n") .. "\n"
end

--- Write a number of bytes for people: 512 B, 1.5 MiB.
---@param n number the number
---@return string
function text.bytes(n)
  local units = { "B", "KiB", "MiB", "GiB", "TiB" }
  local i = 1
  while n >= 1024 and i < #units do
    n, i = n / 1024, i + 1
  end
  if i == 1 then return ("%d B"):format(n) end
  return ("%.1f %s"):format(n, units[i])
end

--- Write a count with its noun: 1 file, 3 files.
---@param n number the number
---@param noun string what is counted
---@param plural? string default: noun with an s
---@return string
function text.count(n, noun, plural)
  return ("%d %s"):format(n, n == 1 and noun or plural or noun .. "s")
end

--- Indent every line.
---@param s string the text
---@param by? string default: two spaces
---@return string
function text.indent(s, by)
  by = by or "  "
  return by .. (s:gsub("\n(.)", "\n" .. by .. "%1"))
end

return text
