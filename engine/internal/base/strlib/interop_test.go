//go:build interop

package strlib_test

import (
	"bytes"
	"encoding/hex"
	"fmt"
	"math/rand/v2"
	"os/exec"
	"strings"
	"testing"

	"github.com/gscript-lang/gscript/engine"
)

// driver reads a case a line, "function subject pattern extra", text in
// hexadecimal, and prints a line of results.
const driver = `
local function unhex(s) return (s:gsub("%x%x", function(h) return string.char(tonumber(h, 16)) end)) end
local function hex(s)
  local t = {}
  for i = 1, #s do t[i] = string.format("%02x", s:byte(i)) end
  return table.concat(t)
end
local function show(...)
  local t = {}
  for i = 1, select("#", ...) do
    local v = select(i, ...)
    t[i] = type(v) == "string" and "s" .. hex(v) or tostring(v)
  end
  return table.concat(t, " ")
end
local replace = {
  first = function(a) return "<" .. a .. ">" end,
  last = function(...) return (select(select("#", ...), ...)) end,
  none = function() return nil end,
  count = function(...) return select("#", ...) end,
  some = function(a) return a ~= "a" and a end,
  bad = function(a) if a == "b" then return {} end end,
  fails = function(a) if a == "c" then error("mine", 0) end return "" end,
  table = {a = "A", b = false, [1] = "one", ["1"] = 1.5, ab = "", [3] = 3},
  index = setmetatable({a = "A"}, {__index = function(_, k) return type(k) .. k end}),
}
local actions = {
  find = function(s, p, x) return string.find(s, p, tonumber(x)) end,
  plain = function(s, p, x) return string.find(s, p, tonumber(x), true) end,
  match = function(s, p, x) return string.match(s, p, tonumber(x)) end,
  gmatch = function(s, p)
    local t = {}
    for a, b, c in string.gmatch(s, p) do t[#t + 1] = show(a, b, c) end
    return table.concat(t, ";")
  end,
  gsub = function(s, p, x)
    local max, kind, text = x:match("^(%S*),(%a+),(%x*)$")
    local value = replace[kind] or unhex(text)
    return string.gsub(s, p, value, tonumber(max))
  end,
}
for line in io.lines() do
  local action, s, p, x = line:match("^(%a+) (%x*) (%x*) (%S*)$")
  local function run() return show(actions[action](unhex(s), unhex(p), x)) end
  local ok, result = pcall(run)
  io.write(ok and "= " or "! ", (tostring(result):gsub("^[%w%(%) ]+:%d+: ", "")), "\n")
end
`

// agreed says why the outcome of a case may differ from C Lua 5.1's.
func agreed(action, p, replacement string) string {
	switch {
	case strings.Contains(p, "%g") || strings.Contains(p, "%G"):
		return "%g is the class of Lua 5.2; in 5.1 it is the letter"
	case strings.Contains(p, "\x00"):
		return "the byte 0 ends a pattern in 5.1"
	case action == "gsub" && badTemplate(replacement):
		return "% at the end of a replacement is an error; 5.1 puts the byte 0 there"
	}
	return ""
}

func badTemplate(s string) bool {
	for i := 0; i < len(s); i++ {
		if s[i] == '%' {
			if i++; i == len(s) {
				return true
			}
		}
	}
	return false
}

type luaCase struct{ line, action, pattern, replacement string }

func randomCase(r *rand.Rand) luaCase {
	pick := func(list []string) string { return list[r.IntN(len(list))] }
	several := func(list []string, most int) string {
		var b strings.Builder
		for range r.IntN(most + 1) {
			b.WriteString(pick(list))
		}
		return b.String()
	}
	subject := several([]string{"a", "a", "b", "c", "ab", "1", " ", "(", ")", "\x00", "_", ".", "%", "\n", "A", "\xe9", "-", "]", "^"}, 14)
	parts := []string{
		"a", "b", "c", "ab", ".", "%a", "%d", "%s", "%w", "%W", "%l", "%u", "%p", "%c", "%x", "%z", "%S", "%%", "%.", "%-", "%]",
		"[ab]", "[^a]", "[a-c]", "[%w_]", "[^%s]", "[]]", "[^]]", "[a-]", "[%a-z]", "[a-%%]", "[%-x]", "[\x80-\xff]", "[.]",
		"(", ")", "(", ")", "()", "(a)", "(.-)", "(%w+)", "(.*)", "%1", "%2", "%0", "*", "+", "-", "?", "*", "+", "-", "?", "^", "$",
		"%b()", "%bab", "%baa", "%f[%w]", "%f[^a]", "%f[%z]", "%f[a-c]", "[", "]", "%", "%b", "%f", "1", " ", "\n", "\xe9", "%g", "\x00",
	}
	pattern := several(parts, 7)
	if r.IntN(6) == 0 {
		pattern = "^" + pattern
	}
	if r.IntN(6) == 0 {
		pattern += "$"
	}
	c := luaCase{action: pick([]string{"find", "find", "match", "match", "gmatch", "gsub", "gsub", "gsub", "plain"}), pattern: pattern}
	extra := pick([]string{"1", "1", "1", "2", "-1", "-3", "0", "100", "-100", "3.7", "5"})
	if c.action == "gsub" {
		kind := pick([]string{"text", "text", "text", "first", "last", "none", "count", "some", "bad", "fails", "table", "index"})
		if kind == "text" {
			c.replacement = several([]string{"x", "%0", "%1", "%2", "%%", "", "ab", "%1", "%a", "%", "\x00"}, 4)
		}
		extra = pick([]string{"", "", "", "0", "1", "2", "-1", "2.5"}) + "," + kind + "," + hex.EncodeToString([]byte(c.replacement))
	}
	c.line = fmt.Sprintf("%s %x %x %s", c.action, subject, pattern, extra)
	return c
}

// TestPatternsAsInCLua compares find, match, gmatch and gsub with the lua5.1 of the
// system.
func TestPatternsAsInCLua(t *testing.T) {
	lua51, err := exec.LookPath("lua5.1")
	if err != nil {
		t.Fatal("this test needs lua5.1 (Debian package lua5.1)")
	}
	const seed, batch, batches = 511, 20_000, 5
	r := rand.New(rand.NewPCG(seed, 0))
	different, shown, matches := map[string]int{}, 0, 0
	for range batches {
		cases := make([]luaCase, batch)
		var in bytes.Buffer
		for i := range cases {
			cases[i] = randomCase(r)
			in.WriteString(cases[i].line + "\n")
		}
		cmd := exec.CommandContext(t.Context(), lua51, "-e", driver)
		cmd.Stdin = bytes.NewReader(in.Bytes())
		want, err := cmd.Output()
		if err != nil {
			t.Fatal(err)
		}
		var got bytes.Buffer
		s := engine.New(engine.Options{Trusted: true, Stdin: bytes.NewReader(in.Bytes()), Stdout: &got}).NewState(t.Context())
		if _, err := s.Run(t.Context(), "driver", driver); err != nil {
			t.Fatal(err)
		}
		s.Close()
		theirs, ours := strings.Split(string(want), "\n"), strings.Split(got.String(), "\n")
		if len(theirs) != batch+1 || len(ours) != batch+1 {
			t.Fatalf("%d lines of lua5.1, %d of ours", len(theirs), len(ours))
		}
		for i, c := range cases {
			if theirs[i] == ours[i] {
				if strings.HasPrefix(ours[i], "= ") && ours[i] != "= nil" {
					matches++
				}
				continue
			}
			if why := agreed(c.action, c.pattern, c.replacement); why != "" {
				different[why]++
				continue
			}
			t.Errorf("seed %d: %s\n pattern %q, replacement %q\n lua5.1 %s\n ours   %s", seed, c.line, c.pattern, c.replacement, theirs[i], ours[i])
			if shown++; shown == 10 {
				t.FailNow()
			}
		}
	}
	if t.Logf("%d of %d agree on a result other than nil", matches, batch*batches); matches < batch*batches/4 {
		t.Error("the cases have become too tame to show anything")
	}
	for why, n := range different {
		t.Logf("%d of %d differ: %s", n, batch*batches, why)
	}
}
