-- A3: error objects that do harm when they are shown.
-- want: error
error(setmetatable({}, {__tostring = function() while true do end end}))
