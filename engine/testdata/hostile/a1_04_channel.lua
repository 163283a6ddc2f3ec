-- A1 rows 4 to 6: gopher-lua's channels, which block, race and allocate.
-- want: ok
assert(channel == nil)
