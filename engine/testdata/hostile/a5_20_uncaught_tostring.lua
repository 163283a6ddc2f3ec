-- A5: the error that ends the script has a __tostring that never ends.
-- want: error
error(setmetatable({}, {__tostring = function() while true do end end}))
