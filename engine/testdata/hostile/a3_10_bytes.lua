-- A3: letters are bytes.
-- want: ok
assert(("\255\233a"):upper() == "\255\233A")
assert(("\195\137A"):lower() == "\195\137a")
for i = 0, 255 do
  assert(#string.char(i):upper() == 1 and #string.char(i):lower() == 1)
end
