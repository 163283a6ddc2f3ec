-- A1 row 10: blocks without end, chains that compile in quadratic time.
-- want: ok
local n = 1e5
local families = {
  ("do "):rep(n) .. ("end "):rep(n),
  ("do "):rep(n),
  "if a then " .. ("elseif a then "):rep(n / 2) .. "end",
  ("if a then "):rep(n / 2) .. ("end "):rep(n / 2),
  ("while a do "):rep(n / 2) .. ("end "):rep(n / 2),
  ("repeat "):rep(n / 2) .. ("until a "):rep(n / 2),
  ("for i = 1, 2 do "):rep(n / 4) .. ("end "):rep(n / 4),
  ("return function() "):rep(n / 4) .. ("end "):rep(n / 4),
  ("local function f() "):rep(n / 4) .. ("end "):rep(n / 4),
  ("x = function() "):rep(n / 4) .. ("end "):rep(n / 4),
  "return a" .. ("..a"):rep(3e5),
  ("("):rep(n) .. ("[["):rep(n),
  "x = [" .. ("="):rep(n),
  "x = '" .. ("\\"):rep(n),
}
for i, source in ipairs(families) do
  local fn, e = loadstring(source)
  assert(fn == nil and type(e) == "string" and #e < 500 or i == 11, "family " .. i)
end
