-- A5: os.date writes each conversion of a long format.
-- want: limit.deadline
local f = ("%c"):rep(2^24)
while true do pcall(os.date, f) pcall(os.date, "!" .. f) end
