package check_test

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/gscript-lang/gscript/engine/check"
)

// write puts files into a directory.
func write(t *testing.T, files map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	for name, source := range files {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(source), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

func TestRequiredFiles(t *testing.T) {
	t.Parallel()
	dir := write(t, map[string]string{
		"tools.lua":             "local M = {version = 1}\nfunction M.add(a, b) return a + b end\nM.sub = function(a, b) return a - b end\nM.__index = M\nreturn M",
		"open.lua":              "local M = {}\nfor _, n in ipairs({'a'}) do M[n] = 1 end\nreturn M",
		"handed.lua":            "local M = {}\nrequire('tools').fill = 1\nprint(setmetatable({}, M))\ntable.insert(arg, M)\nreturn M",
		"class.lua":             "local C = {}\nC.__index = C\nfunction C.new() return setmetatable({}, C) end\nfunction C:name() self.x = 1 return self end\nreturn setmetatable(C, {__call = C.new})",
		"plain.lua":             "return {one = 1, two = function(a) return a end}",
		"func.lua":              "return function(a) return a end",
		"broken.lua":            "local x = = 1",
		"globals.lua":           "shared = 1\nreturn 1",
		"pkg/init.lua":          "return {inner = 1}",
		"pkg/sub.lua":           "return {deep = 1}",
		"self.lua":              "local me = require 'self'\nreturn {x = me}",
		"space/part.lua":        "return {}",
		"deep/er/x.lua":         "return {}",
		"lua_modules/third.lua": "return {}",
	})
	c := fixture(t, nil)
	for _, x := range []struct{ source, want string }{
		{`local m = require "tools" print(m.add(1, 2), m.sub(1, 2), m.version, m.__index)`, ""},
		{`local m = require "tools" print(m.ad(1, 2))`, "the file tools.lua returns no 'ad'; did you mean 'add'?"},
		{`local m = require "tools" print(m.add(1, 2, 3))`, "3 arguments are given, and the function takes 2; this one is dropped"},
		{`local m = require "tools" m.mine = 1 print(m.mine)`, ""},
		{`local m = require "tools" if m.debug then print(1) end`, ""},
		{`local m = require "open" print(m.a, m.b)`, ""},
		{`local m = require "handed" print(m.a)`, ""},
		{`local m = require "class" print(m.new(), m.name, m.x, m())`, ""},
		{`local m = require "class" print(m.nwe())`, "the file class.lua returns no 'nwe'; did you mean 'new'?"},
		{`print(require("plain").two(1), require("plain").three)`, "the file plain.lua returns no 'three'; there are: one, two"},
		{`local f = require "func" f(1, 2)`, "2 arguments are given, and the function takes 1; this one is dropped"},
		{`local m = require "broken" print(m.x, string.trim)`, ""},
		{`require "globals" print(shared)`, ""},
		{`print(require("pkg").inner, require("pkg.sub").deep)`, ""},
		{`print(require("pkg.sub").deeper)`, "the file pkg/sub.lua returns no 'deeper'; did you mean 'deep'?"},
		{`print(require("self").x)`, ""},
		{`print(require("space"))`, ""},
		{`print(require("third"), require("./tools.lua").version, require("./tools").version, require(".tools").version)`, ""},
		{`print(require("./tools").vresion)`, "the file tools.lua returns no 'vresion'; did you mean 'version'?"},
		{`print(require(".tools").vresion)`, "the file tools.lua returns no 'vresion'; did you mean 'version'?"},
		{`print(require(".nothing"), require("./nothing.lua"))`, ""},
		{`print(require("pkg/sub"))`, "there is no module 'pkg/sub'; write 'pkg.sub' for the module, or './pkg/sub' for the file beside this one"},
		{`print(require("tolos"))`, "there is no module 'tolos'"},
	} {
		found := c.Check(filepath.Join(dir, "main.lua"), x.source)
		got := ""
		for i, f := range found {
			got += f.Message
			if f.Hint != "" {
				got += "; " + f.Hint
			}
			if i < len(found)-1 {
				got += "\n"
			}
		}
		if got = strings.ReplaceAll(got, dir+string(filepath.Separator), ""); filepath.ToSlash(got) != x.want {
			t.Errorf("%s\nfound %q\nwant  %q", x.source, got, x.want)
		}
	}
}

// A module of a package requires others from the script's directory.
func TestRequireFromBelow(t *testing.T) {
	t.Parallel()
	dir := write(t, map[string]string{"app/lib/a.lua": "return {}", "more/b.lua": "return {}"})
	c := fixture(t, func(o *check.Options) { o.Path = []string{filepath.Join(dir, "more")} })
	source := "return {require 'lib.a', require '..other', require 'b', require 'not_to_be_found'}"
	if found := c.Check(filepath.Join(dir, "app", "lib", "deep", "x.lua"), source); len(found) != 1 || found[0].Message != "there is no module 'not_to_be_found'" {
		t.Errorf("found\n%s", lines(found))
	}
}

func TestTestFilesKnowTheirGlobals(t *testing.T) {
	t.Parallel()
	c := fixture(t, nil)
	source := "function test_x(t, db) check(t, db) test.group('x', function() end) mock.spy() end"
	if found := c.Check("x_test.lua", strings.Replace(source, "test.group('x', function() end) ", "", 1)); len(found) > 0 {
		t.Errorf("found\n%s", lines(found))
	}
	if found := c.Check("x.lua", source); len(found) != 3 {
		t.Errorf("in another file:\n%s", lines(found))
	}
}

func TestOptions(t *testing.T) {
	t.Parallel()
	source := "local function f(a, _b) return app end return f(web.get('x'))"
	for _, x := range []struct {
		change func(*check.Options)
		rules  string
	}{
		{func(*check.Options) {}, "undefined-global undefined-global"},
		{func(o *check.Options) { o.Globals = []string{"app"} }, "undefined-global"},
		{func(o *check.Options) { o.ModuleGlobals = true }, "undefined-global"},
		{func(o *check.Options) { o.Globals, o.ModuleGlobals, o.Parameters = []string{"app"}, true, true }, "unused-parameter"},
	} {
		var rules []string
		for _, f := range fixture(t, x.change).Check("script.lua", source) {
			rules = append(rules, f.Rule)
		}
		if got := strings.Join(rules, " "); got != x.rules {
			t.Errorf("found %q, want %q", got, x.rules)
		}
	}
}

func TestManyFindings(t *testing.T) {
	t.Parallel()
	var b strings.Builder
	for i := range 5000 {
		fmt.Fprintf(&b, "print(missing%d)\n", i)
	}
	found := fixture(t, nil).Check("script.lua", b.String())
	last := found[len(found)-1]
	if len(found) != 1001 || last.Rule != "too-many-findings" || last.Line != 1001 {
		t.Errorf("%d findings, the last %+v", len(found), last)
	}
}

func TestLimitsOfSources(t *testing.T) {
	t.Parallel()
	c := fixture(t, nil)
	for _, source := range []string{strings.Repeat("(", 300), strings.Repeat(" ", 17<<20), "\x1bLua", "goto x", "break"} {
		if found := c.Check("script.lua", source); len(found) != 1 || found[0].Rule != "syntax" {
			t.Errorf("%.20q: %.300s", source, lines(found))
		}
	}
	if _, err := c.CheckFile(t.TempDir()); err == nil {
		t.Error("a directory is read")
	}
}

func TestShownFindings(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("ä", 300)
	for _, x := range []struct{ source, want string }{
		{"local s = 'ä'\tprint(s, nmae)", `error: there is no global variable 'nmae' [undefined-global]
  at script.lua:1:25
> 1 | local s = 'ä'    print(s, nmae)
    |                           ^^^^
`},
		{"print('" + long + "', nmae, '" + long + "')", ""},
	} {
		found := fixture(t, nil).Check("script.lua", x.source)
		if len(found) != 1 {
			t.Fatalf("findings\n%s", lines(found))
		}
		var shown, colored strings.Builder
		_ = found[0].Excerpt(&shown, false)
		_ = found[0].Excerpt(&colored, true)
		if x.want != "" && shown.String() != x.want {
			t.Errorf("shown\n%swant\n%s", shown.String(), x.want)
		}
		if !strings.Contains(colored.String(), "\x1b[1;31m^^^^\x1b[0m") || len(shown.String()) > 700 {
			t.Errorf("shown\n%s", shown.String())
		}
		row := strings.Split(shown.String(), "\n")
		if i := len([]rune(row[3])) - len("^^^^"); string([]rune(row[2])[i:i+4]) != "nmae" {
			t.Errorf("the carets stand elsewhere:\n%s", shown.String())
		}
		var out strings.Builder
		if err := found[0].JSON(&out); err != nil {
			t.Fatal(err)
		}
		var back check.Finding
		if err := json.Unmarshal([]byte(out.String()), &back); err != nil || back.Rule != "undefined-global" || back.Line != 1 {
			t.Errorf("JSON %s: %v", out.String(), err)
		}
	}
}

func TestFiles(t *testing.T) {
	t.Parallel()
	dir := write(t, map[string]string{"a.lua": "", "sub/b.lua": "", "sub/c.txt": "", ".hidden/d.lua": "", "script": ""})
	files, err := check.Files([]string{dir, filepath.Join(dir, "script")})
	if err != nil {
		t.Fatal(err)
	}
	got := strings.ReplaceAll(filepath.ToSlash(strings.Join(files, " ")), filepath.ToSlash(dir)+"/", "")
	if got != "a.lua sub/b.lua script" {
		t.Errorf("files %s", got)
	}
	if _, err := check.Files([]string{filepath.Join(dir, "none")}); err == nil {
		t.Error("a file that is not there is listed")
	}
}

// BenchmarkCheck checks a source of 20,000 lines.
func BenchmarkCheck(b *testing.B) {
	var s strings.Builder
	s.WriteString("local web = require 'web'\nlocal M = {}\n")
	for i := range 2500 {
		fmt.Fprintf(&s, `function M.f%d(a, b)
  local t = {x = a, y = b, name = "n%[1]d"}
  for i, v in ipairs(t) do
    if v > %[1]d then print(("%%d %%s"):format(i, v)) end
  end
  local r = web.get("http://x/" .. a, {timeout = 5})
  return r.status == 200 and r.text
end
`, i)
	}
	s.WriteString("return M\n")
	source := s.String()
	c := fixture(b, nil)
	b.SetBytes(int64(len(source)))
	for b.Loop() {
		if found := c.Check("script.lua", source); len(found) > 0 {
			b.Fatal(lines(found))
		}
	}
}
