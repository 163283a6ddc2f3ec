-- A3: no error object at all.
-- want: error
error(nil)
