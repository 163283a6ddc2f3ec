-- A5: the error that ends the script has a __tostring that calls os.exit.
-- want: error
error(setmetatable({}, {__tostring = function() os.exit(7) end}))
