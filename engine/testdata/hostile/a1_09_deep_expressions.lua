-- A1 row 9: source that is deep.
-- want: ok
local n = 3e5
local families = {
  "return " .. ("not "):rep(n / 2) .. "1",
  "return " .. ("- "):rep(n / 2) .. "1",
  "return " .. ("#"):rep(n) .. "1",
  "return " .. ("{"):rep(n) .. ("}"):rep(n),
  "return " .. ("{"):rep(n),
  "return " .. ("("):rep(n) .. "1" .. (")"):rep(n),
  "return " .. ("("):rep(n),
  "return f" .. ("()"):rep(n),
  "return f" .. (".x"):rep(n),
  "return f" .. ("[1]"):rep(n),
  "return f" .. (":m()"):rep(n / 2),
  "return f" .. ("''"):rep(n),
  "return f" .. ("{}"):rep(n),
  "return a" .. (" and a"):rep(n / 2),
  "return a" .. (" or a"):rep(n / 2),
  "return a" .. ("+a"):rep(n),
  "return a" .. ("^a"):rep(n),
  "return a" .. ("<a"):rep(n),
  "return a" .. ("==a"):rep(n / 2),
  "f" .. (".x"):rep(n) .. " = 1",
}
for i, source in ipairs(families) do
  local fn, e = loadstring(source)
  assert(fn == nil and type(e) == "string" and #e < 500, "family " .. i)
end
