package check_test

import (
	"strings"
	"testing"

	"github.com/gscript-lang/gscript/engine/check"
)

// Each case holds sources for a rule. In those of found, the finding is where
// the source has «…» around it; the others have none at all.
var cases = []struct {
	rule   string
	found  []string
	passes []string
}{
	{"syntax", []string{"x = «=» 1", "print(1)\n«l»ocal f = function() return 1"}, []string{"", "#!/bin/gscript\nprint(1)", "\ufeffprint(1)"}},
	{"undefined-global", []string{
		"print(«nmae»)", "local x = 1 print(«X».y)", "do local v = 1 print(v) end print(«v»)", "return function() return «web».get() end",
		"local u = unpack or «nothing» print(u)", "local count = 1 if cuont then «cuont»() end return count", "local t = {} t[«i»] = 1 return t",
	}, []string{
		"print(_G, _VERSION, arg, try, with, finally)", "if jit then print(jit.version) end", "local u = nothing or unpack or table.unpack print(u)",
		"function main() end main()", "_G.x = 1 print(x)", "setfenv(1, {}) print(x)", "setmetatable(_G, {}) print(x)", "print(type(bit32) == 'table' and bit32)",
		"-- check: globals x\nprint(x)", "if x == nil then x = 1 end print(x) -- check: ignore global-assignment",
	}},
	{"global-assignment", []string{"«x» = 1 print(x)", "local function f() «count» = 1 end f() print(count)"},
		[]string{"function x() end x()", "print = 1", "_ = 1", "_G.x = 1", "local x x = 1 print(x)"}},
	{"unknown-module", []string{`require «"wbe"»`, `print((require(«"nowhere"»)))`}, []string{`require "web"`, `require "string"`, `pcall(require, "nowhere")`,
		`package.path = "x/?.lua" require "nowhere"`, `require(arg[1])`, `require "./nowhere.lua"`, `require ".nowhere"`, `package.preload.x = print require "x"`}},
	{"unknown-member", []string{
		`local web = require "web" web.«gte»("x")`, `print(require("web").«gte»)`, `print(string.«fromat»("x"))`, `print(("x"):«uper»())`,
		`local web = require "web" web.open{host="x", user="u"}:«exce»("x")`, `local web = require "web" local c = web.open("x", {user="u"}) print(c.«hots»)`,
		`local web = require "web" print(web.get("x").«stauts»)`, `local web = require "web" for _, r in ipairs(web.all()) do print(r.«txt») end`,
		`local web = require "web" with(web.open("x", {user="u"}), function(c) c:«exce»("x") end)`, `local text = require "text" text.«pda»("x", 1)`,
		`local f = math.«flor» print(f)`, `local s = require "string" print(s.«fromat»)`, "local web = require 'web'\n\n\tprint((web).«gte»)", `local s = "x" print(s:«uper»())`,
	}, []string{
		`local web = require "web" web.get("x")`, `local web = require "web" print(web.null)`, `print(string.nothing or string.pack)`, `if table.nothing then print(1) end`,
		`function string.trim(s) return s end print(("x"):trim())`, `local c = require("web").open("x", {user="u"}) c:exec("x") print(c.host) c = nil c.x()`,
		`local r = require("web").get("x") r.mine = 1 print(r.mine, r.status)`, `local web = require "web" web = nil print(web.x)`,
		`local string = {} string.x = 1 print(string.y)`, `local x = require "web" local function f(x) return x.y end return f(x)`, `if not string.nothing then print(1) end`,
		`local io = io or require "nowhere2" -- check: ignore` + "\nprint(io.open)",
	}},
	{"read-only", []string{`local web = require "web" web.«get» = 1`, `local web = require "web" function web.«mine»() end`, `local c = require("web").open("x", {user="u"}) c.«x» = 1`},
		[]string{`local text = require "text" text.mine = 1`, `local t = {} t.get = 1 return t`}},
	{"not-callable", []string{`«("x")»()`, `local web = require "web" for _, r in «web.all()» do print(r) end`, `local n = 1 print(«n»())`},
		[]string{`local web = require "web" web("x")`, `local f = print f()`, `for k in pairs({}) do print(k) end`, `for x in next, {} do print(x) end`}},
	{"method-call", []string{`local web = require "web" web:«get»("x")`, `print(string:«upper»())`, `local c = require("web").open("x", {user="u"}) c.«exec»("ls")`},
		[]string{`local c = require("web").open("x", {user="u"}) c.exec(c, "ls")`, `print(("x"):upper())`}},
	{"unknown-option", []string{
		`local web = require "web" web.get{url="x", «timout»=5}`, `local web = require "web" web.get("x", {«timout»=5})`, `local web = require "web" web.get("x", {tls={«caa»="x"}})`,
		`local web = require "web" web.run({"ls"}, {«dri»="/"})`, `local web = require "web" web.run{"ls", «dri»="/"}`, `local web = require "web" web.get("x", {«1»})`,
	}, []string{
		`local web = require "web" web.get{url="x", timeout=5}`, `local web = require "web" local o = {timeout=5} web.get("x", o)`, `local web = require "web" web.get{"x", retry=1}`,
		`local web = require "web" web.get("x", {headers={["X-Any"]="y", z="1"}})`, `local web = require "web" web.get("x", {body={any=1}})`, `local web, t = require "web", arg if t.raises then t.raises(function() web.get{timout=1} end) end`, `local web = require "web" web.run{"ls", dir="/"}`,
	}},
	{"missing-argument", []string{`local web = require "web" web.«get»()`, `local web = require "web" web.«get»{timeout=5}`, `local web = require "web" web.«open»("x")`, `local web = require "web" web.«open»("x", {})`,
		`local c = require("web").open("x", {user="u"}) c:«exec»()`, `local text = require "text" text.«pad»("x")`, `local web = require "web" web.«get»(nil)`},
		[]string{`local web = require "web" web.get(...)`, `local web = require "web" web.get{...}`, `local web = require "web" web.get(unpack({"x"}))`, `local web = require "web" web.open{"x", 1, user="u"}`,
			`local web = require "web" web.open("x", 1, {user="u"})`, `local web = require "web" local k = "url" web.get{[k]="x"}`, `local text = require "text" text.pad("x", 1)`}},
	{"extra-argument", []string{`local web = require "web" web.all(«1»)`, `local web = require "web" web.get("x", {}, «1»)`, `local web = require "web" web.get{"x", «2»}`, `local function f(a) return a end f(1, «2»)`,
		`local text = require "text" text.pad("x", 1, true, «1»)`},
		[]string{`local web = require "web" web.all(nil)`, `local web = require "web" web.join("a", "b", "c")`, `local function f(...) return ... end f(1, 2)`, `local function f(a) return a end f(1, f())`,
			`local f = function(a) return a end f = print f(1, 2)`, `local web = require "web" web.all(...)`}},
	{"argument-type", []string{
		`local web = require "web" web.get(«true»)`, `local web = require "web" web.get("x", «5»)`, `local web = require "web" web.get("x", {retry=«1.5»})`, `local web = require "web" web.get("x", {retry=«"many"»})`,
		`local web = require "web" web.get("x", {follow=«"yes"»})`, `local web = require "web" web.get("x", {on_data=«"f"»})`, `local web = require "web" web.get("x", {tls=«1»})`, `local web = require "web" web.get("x", {tags={1, «{}»}})`,
		`local web = require "web" web.get("x", {headers={a=«{}»}})`, `local web = require "web" web.get("x", {timeout=«{}»})`, `local web = require "web" web.open("x", «print», {user="u"})`,
		`local web = require "web" web.join("a", «true»)`, `local text = require "text" text.pad(«{}», 1)`, `local t = {} t[«nil»] = 1 return t`,
	}, []string{
		`local web = require "web" web.get(5)`, `local web = require "web" web.get("x", {retry="2", tags="one", limit="10MiB", timeout="1m30s", on_data=print, tls={ca="x"}})`, `local web = require "web" local x = ... web.get(x, x)`,
		`local web = require "web" web.get("x", nil)`, `local web = require "web" web.get("x", {retry=-1, on_data=function() end})`, `local text = require "text" text.pad(5, "7")`, `local web = require "web" web.get("x" .. 1, {limit=2^10})`,
	}},
	{"argument-value", []string{`local web = require "web" web.get("x", {method=«"psot"»})`, `local web = require "web" web.get("x", {timeout=«"soon"»})`, `local web = require "web" web.get("x", {limit=«"big"»})`},
		[]string{`local web = require "web" web.get("x", {method="post"})`, `local web = require "web" local m = "po" .. "st" web.get("x", {method=m})`}},
	{"string-format", []string{`print(string.format(«"%d %s"», 1))`, `print(«("%y")»:format(1))`, `print(string.format("%d", «"x"»))`, `print(string.format(«"%d"», 1, 2))`, `print(string.format(«"50%"»))`},
		[]string{`print(("%5.1f|%-4d|%q|%s|%%"):format(2.25, 7, "a", {}))`, `print(string.format("%d %d", unpack({1, 2})))`, `local f = ... print(f:format(1), string.format(f, 1))`, `print(("%x"):format("0x10"))`}},
	{"unused-local", []string{"local «x» = 1", "local function «f»() end", "local «x» x = 1", "local «t» = {} t.x = 1", "for «k», v in pairs({}) do end", "local «a», b = 1, 2 print(b)", "local x = 1 do local «x» = 2 end print(x)"},
		[]string{"local _x = 1", "for _ in pairs({}) do end", "for i = 1, 3 do print(1) end", "local ok, err = pcall(print) print(err)", "for i, x in ipairs({}) do print(x) end", "return function(a, b) end",
			"local mt = getmetatable(io.stdout) mt.x = 1", "local x = 1 return function() return x end", "local t = {} function t.f() end return t"}},
	{"unused-label", []string{"::«l»:: print(1)"}, []string{"for i = 1, 3 do if i == 2 then goto l end print(i) ::l:: end"}},
	{"shadowed-local", []string{"local x = 1 if arg then local «x» = 2 print(x) end print(x)"},
		[]string{"local x = 1 print(x) if arg then local x = 2 print(x) end", "local x = 1 print(function() local x = 2 return x end, x)", "local x = 1 print(x) local x = 2 print(x)", "local i = 1 for i = 1, 2 do print(i) end print(i)"}},
	{"unreachable-code", []string{"do return end «print»(1)", "error('x') «print»(1)", "while false do «print»(1) end", "while true do print(1) end «print»(2)", "for i = 1, 2 do do break end «print»(i) end", "if arg then return 1 else return 2 end «print»(1)",
		"os.exit(1) «print»(1)", "goto l «print»(1) ::l:: print(2)", "if nil then «print»(1) end"},
		[]string{"while true do if arg then break end end print(1)", "error('x') return 1", "if arg then return end print(1)", "local error = print error('x') print(1)", "repeat local x = arg if x then break end until true print(1)",
			"for i = 1, 2 do if i == 1 then goto l end print(i) ::l:: end", "while true do if arg then goto out end end ::out:: print(1)"}},
	{"duplicate-key", []string{"return {a=1, «a»=2}", `return {a=1, [«"a"»]=2}`, "return {10, [«1»]=2}", "return {[1]=1, [«0x1»]=2}"}, []string{"return {a=1, A=2, 'a'}", "return {[1]=1, ['1']=2}", "local k = 'a' return {a=1, [k]=2}"}},
	{"redefined-function", []string{"function a() end function «a»() end a()", "local M = {} function M.f() end function M.«f»() end return M", "local C = {} function C:f() end print(1) function C.«f»() end return C",
		"if arg then function a() end function «a»() end a() end"},
		[]string{"function a() end a() function a() end a()", "local M = {} function M.f() end local f = M.f function M.f() f() end return M", "if arg then function a() end else function a() end end a()", "local M, N = {}, {} function M.f() end function N.f() end return M, N"}},
	{"comparison", []string{"local a, b, c = ... print(«a» == b == c)", "local a, b, c = ... print(«a» < b < c)", "local a, b = ... print(«not» a == b)", "local a, b = ... if «not» a ~= b then print(1) end"},
		[]string{"local a, b, c = ... print((a == b) == c, (not a) == b, not a == not b, a == b == true, not (a == b), not a == false)"}},
	{"type-name", []string{`print(type(arg) == «"strng"»)`, `print(«"int"» ~= type(arg))`}, []string{`print(type(arg) == "table", io.type(arg) == "file", math.type(1) == "integer")`, `local type = print print(type(arg) == "x")`}},
	{"self-assignment", []string{"local x = 1 «x» = x print(x)"}, []string{"local x, y = 1, 2 x, y = x, y + 1 print(x, y)", "local t = {} t.x = t.x return t", "local x = 1 do local x = x print(x) end"}},
	{"unbalanced-assignment", []string{"«local» a, b = 1 print(a, b)", "local a = 1, «2» print(a)", "local a, b «a», b = 1 print(a, b)"}, []string{"local a, b = nil print(a, b)", "local a, b = print() print(a, b)", "local a, b = ... print(a, b)", "local a, b print(a, b)"}},
	{"bad-directive", []string{"-- «check:» ignroe\nprint(1)", "print(1) -- «check:» ignore unused-lcoal"}, []string{"-- check: ignore\nprint(1)", "-- we check: nothing", "print('-- check: what')"}},
}

func TestRules(t *testing.T) {
	t.Parallel()
	covered := map[string]bool{"unused-parameter": true, "too-many-findings": true} // below
	c := fixture(t, nil)
	for _, rule := range cases {
		covered[rule.rule] = true
		for _, marked := range rule.found {
			source, line, column := unmark(marked)
			hit := false
			all := c.Check("script.lua", source)
			for _, f := range all {
				hit = hit || f.Rule == rule.rule && f.Line == line && f.Column == column
			}
			if !hit {
				t.Errorf("%s: not found at %d:%d of\n%s\nbut\n%s", rule.rule, line, column, source, lines(all))
			}
		}
		for _, source := range rule.passes {
			for _, f := range c.Check("script.lua", source) {
				if f.Rule == rule.rule || f.Severity == check.Error {
					t.Errorf("%s: in\n%s\nis found\n%s", rule.rule, source, lines([]check.Finding{f}))
				}
			}
		}
	}
	for _, r := range check.Rules() {
		if !covered[r.Name] || r.Doc == "" {
			t.Errorf("the rule %s has no case or no doc", r.Name)
		}
	}
}

// unmark takes the marks out of a source and tells where the finding is.
func unmark(marked string) (source string, line, column int) {
	before, rest, _ := strings.Cut(marked, "«")
	line = 1 + strings.Count(before, "\n")
	column = len(before) - strings.LastIndex(before, "\n")
	return before + strings.Replace(rest, "»", "", 1), line, column
}

func TestIgnoring(t *testing.T) {
	t.Parallel()
	c := fixture(t, nil)
	for _, x := range []struct {
		source string
		found  int
	}{
		{"local x = 1 -- check: ignore", 0},
		{"local x = 1 -- check: ignore unused-local -- it is kept", 0},
		{"local x = 1 -- check: ignore comparison", 1},
		{"-- check: ignore unused-local\nlocal x = 1\nlocal y = 1", 1},
		{"local a = 1 -- check: ignore\nlocal b = 1", 1},
		{"-- check: ignore-file unused-local\nlocal x = y", 1},
		{"local x = 1\nlocal y = 1\n-- check: ignore-file", 0},
		{"--[[ check: ignore-file ]]\nlocal x = 1", 1},
		{"local s = [[\n-- check: ignore-file\n]]", 1},
		{"-- check: ignore\n\n-- why\nlocal x = 1", 0},
	} {
		if found := c.Check("script.lua", x.source); len(found) != x.found {
			t.Errorf("%q: %d findings, want %d\n%s", x.source, len(found), x.found, lines(found))
		}
	}
}
