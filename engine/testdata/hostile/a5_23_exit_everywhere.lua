-- A5: os.exit goes through everything that runs functions.
-- want: exit 9
local function exit() os.exit(9) end
local ok, e = pcall(function() end)
local co = coroutine.wrap(function()
  pcall(function()
    table.sort({3, 2, 1}, function(a, b)
      ("x"):gsub(".", function()
        local m = setmetatable({}, {__index = function()
          return try(function()
            finally(function() end, function()
              with({close = function() tostring(setmetatable({}, {__tostring = exit})) end}, function() error("x") end)
            end)
          end)
        end})
        return m.x
      end)
    end)
  end)
  while true do end
end)
pcall(co)
while true do end
