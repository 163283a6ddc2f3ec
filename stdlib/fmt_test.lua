local fmt = require "fmt"
local int64 = require "int64"

local function raises(text, f, ...)
  local ok, e = pcall(f, ...)
  assert(not ok, "no error")
  assert(tostring(e):find(text, 1, true), tostring(e))
end

-- What Python's format writes, save for the number and its type 'n'.
function test_specifications()
  for _, row in ipairs{
    {"x", "", "x"}, {"x", ">4", "   x"}, {"x", "<4", "x   "}, {"x", "^4", " x  "}, {"x", "*^5", "**x**"}, {"x", "4", "x   "},
    {"é", ">3", "  é"}, {"é", "é>3", "ééé"}, {"abcdef", ".3", "abc"}, {"añb", ".2s", "añ"}, {"abc", "}>5", "}}abc"},
    {5, "", "5"}, {5, "4", "   5"}, {5, "<4", "5   "}, {5, "04", "0005"}, {-5, "04", "-005"}, {5, "+", "+5"}, {5, " ", " 5"}, {-5, "-", "-5"},
    {5, "=+5", "+   5"}, {-5, "*=6", "-****5"}, {5, "b", "101"}, {0, "b", "0"}, {10, "#b", "0b1010"}, {8, "o", "10"}, {8, "#o", "0o10"},
    {255, "x", "ff"}, {255, "X", "FF"}, {255, "#x", "0xff"}, {255, "#X", "0XFF"}, {255, "#06x", "0x00ff"}, {-255, "#x", "-0xff"},
    {65, "c", "A"}, {233, "c", "é"}, {5, "d", "5"}, {2 ^ 60, "d", "1152921504606846976"},
    {1234567, ",", "1,234,567"}, {1234567, "_", "1_234_567"}, {123, ",", "123"}, {-1234, ",", "-1,234"}, {1234.5, ",.2f", "1,234.50"},
    {65535, "_x", "ffff"}, {1048575, "_x", "f_ffff"}, {12345, "010,d", "00,012,345"}, {1234567.891, ",.2f", "1,234,567.89"},
    {3.14159, ".2f", "3.14"}, {3.14159, "8.3f", "   3.142"}, {3.14159, "08.3f", "0003.142"}, {-3.5, "08.2f", "-0003.50"}, {2, "f", "2.000000"},
    {1500, "e", "1.500000e+03"}, {1500, ".1E", "1.5E+03"}, {0.0001, "g", "0.0001"}, {1e10, "g", "1e+10"}, {1e10, "G", "1E+10"},
    {0.256, "%", "25.600000%"}, {0.256, ".1%", "25.6%"}, {0.5, ">8.0%", "     50%"}, {3.14159, ".3", "3.14"}, {0.1, "", "0.1"},
    {1 / 0, "f", "inf"}, {-1 / 0, "f", "-inf"}, {1 / 0, "F", "INF"}, {0 / 0, ".2f", "nan"}, {-1 / 0, "06", "-00inf"},
    {1.0, "n", "1"}, {1.5, "n", "1.5"}, {true, ">5", " true"}, {2.5, "#.0f", "2."},
    {-255, "< 012,", "-25500000000"}, {12345, "=012g", "000000012345"}, {1 / 0, "%", "inf%"}, {-1e20, "+020,.3g", "-000,000,000,001e+20"},
    {int64("9007199254740993"), "d", "9007199254740993"}, {int64("9007199254740993"), ",", "9,007,199,254,740,993"}, {int64(-5), "+d", "-5"}, {int64(255), "#x", "0xff"},
  } do
    local got = fmt.value(row[1], row[2])
    assert(got == row[3], ("{%s:%s} gave %q, want %q"):format(tostring(row[1]), row[2], got, row[3]))
  end
end

function test_fields()
  local t = {name = "ann", n = 5, tags = {"x", "y"}, deep = {a = {b = 1}}, ["a b"] = 2, no = false, 10}
  for _, row in ipairs{
    {"plain", "plain"}, {"", ""}, {"{{}}", "{}"}, {"{{{n}}}", "{5}"}, {"{name} {n}", "ann 5"}, {"{tags[2]}{tags.1}", "yx"},
    {"{deep.a.b}", "1"}, {"{deep[a]}", nil}, {'{["a b"]}', "2"}, {"{1}", "10"}, {"{}", "10"}, {"{no}", "false"}, {"{name!r:>7}", '  "ann"'},
    {"{tags!r}", '{"x", "y"}'}, {"{name=} {n=} {n=:03d}", 'name="ann" n=5 n=005'}, {"{n:{n}}", "    5"}, {"{name:{n}.{1}}|", "ann  |"},
  } do
    if row[2] then
      local got = fmt(row[1], t)
      assert(got == row[2], ("%s gave %q, want %q"):format(row[1], got, row[2]))
    end
  end
  assert(fmt("{} {} {1}", "a", "b") == "a b a" and fmt("{2}{1}", 1, 2) == "21" and fmt("{}", nil) == "nil")
  assert(fmt("{1}: {name}", 7, t) == "7: ann" and fmt("{1.name}", t, 0) == "ann" and fmt("{1.name} {2[1]}", t, {9}) == "ann 9")
  assert(fmt("no fields") == "no fields")
  local money = setmetatable({}, {__format = function(_, spec) return "<" .. spec .. ">" end, __tostring = function() return "T" end})
  assert(fmt("{:abc} {}", money, 1) == "<abc> 1" and fmt("{!s:>3}", money, 1) == "  T")
end

function test_errors()
  for _, row in ipairs{
    {"{nmae}", "field {nmae}: there is no 'nmae'"}, {"{a.b}", "field {a.b}: there is no 'a.b'"}, {"{n:d", "a single {"}, {"n}", "a single }"},
    {"{s:d}", "field {s:d}: {:d} wants a number, got the string \"x\""}, {"{h:d}", "is not whole"}, {"{n:zz}", "cannot read \"zz\""},
    {"{n:.f}", "cannot read"}, {"{n:,2f}", "cannot read"}, {"{n!q}", "!q is not known"}, {"{s:+}", "are for numbers"}, {"{n:999999}", "a width may be"},
    {"{a..b}", "cannot read the name"}, {"{9}", "there is no '9'"}, {"{n:{x}}", "there is no 'x'"},
  } do
    raises(row[2], fmt, row[1], {n = 5, s = "x", h = 1.5})
  end
  raises("there are 1 arguments", fmt, "{} {}", 1)
  raises("names are looked up in a table", fmt, "{a}", 1)
  raises("the template must be text", fmt, 5)
end
