package cover_test

import (
	"encoding/xml"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/gscript-lang/gscript/engine"
	"github.com/gscript-lang/gscript/engine/cover"
	"github.com/gscript-lang/gscript/engine/host"
	"github.com/gscript-lang/gscript/modules"
)

// measure runs a script in a directory with the files and returns the report.
func measure(t *testing.T, files map[string]string, o cover.Options) (*cover.Cover, *cover.Report) {
	t.Helper()
	dir := t.TempDir()
	for name, text := range files {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	o.Dirs = []string{dir}
	c, err := cover.New(o)
	if err != nil {
		t.Fatal(err)
	}
	s := engine.New(engine.Options{
		Modules: modules.All(), Probes: []engine.Probe{c}, Trusted: true, Permissions: host.AllowAll(), Stdout: &strings.Builder{},
	}).NewState(t.Context())
	_, err = s.RunFile(t.Context(), filepath.Join(dir, "main.lua"))
	if cerr := s.Close(); err == nil {
		err = cerr
	}
	if err != nil {
		t.Fatal(err)
	}
	r, err := c.Report()
	if err != nil {
		t.Fatal(err)
	}
	return c, r
}

// lines writes each line with code as number:count, and its branches.
func lines(f *cover.File) string {
	var all []string
	for _, l := range f.Lines {
		text := fmt.Sprintf("%d:%d", l.Number, l.Count)
		for i, b := range l.Branches {
			mark := ","
			if i == 0 {
				mark = "["
			}
			text += mark + fmt.Sprint(b.Count)
		}
		if len(l.Branches) > 0 {
			text += "]"
		}
		all = append(all, text)
	}
	return strings.Join(all, " ")
}

func TestLinesAndBranches(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ name, source, want string }{
		{"straight", "local a = 1\n\n-- comment\nlocal b = a + 1\n", "1:1 4:1"},
		{"a function not called", "local function f()\n  return 1\nend\nlocal function g()\n  return 2\nend\ng()\n", "1:1 2:0 4:1 5:1 7:1"},
		{"if", "local a = 1\nif a == 1 then\n  a = 2\nelse\n  a = 3\nend\n", "1:1 2:1[0,1] 3:1 5:0"},
		{"elseif", "for i = 1, 3 do\n  if i == 1 then\n    i = 0\n  elseif i == 2 then\n    i = 0\n  end\nend\n", "1:4[3,1] 2:3[2,1] 3:1 4:2[1,1] 5:1"},
		{"and over lines", "local a, b = true, nil\nlocal c = a and\n  b and\n  1\n", "1:1 2:1[0,1] 3:1[1,0] 4:0"},
		{"or", "local a = nil or 1\nlocal b = a or 2\n", "1:1 2:1[1,0]"},
		{"a comparison as a value", "local a = 1\nlocal b = a == 1\nlocal c = a < 2\n", "1:1 2:1 3:1"},
		{"loops", "local n = 0\nwhile n < 3 do\n  n = n + 1\nend\nrepeat\n  n = n - 1\nuntil n == 0\n", "1:1 2:4[1,3] 3:3 6:3 7:3[2,1]"},
		{"a loop not entered", "for i = 1, 0 do\n  print(i)\nend\nfor _ in pairs({}) do\n  print(1)\nend\n", "1:1[0,1] 2:0 4:1[0,1] 5:0"},
		{"a loop left early", "for _, v in ipairs({1, 2}) do\n  if v then break end\nend\n", "1:1[1,0] 2:1[0,1]"},
		{"concatenation", "local a = 'x'\nlocal b = a .. 1 ..\n  a\nreturn b\n", "1:1 2:1 3:1 4:1"},
		{"an empty loop", "for i = 1, 3 do end\n", "1:4"},
		{"an empty function", "local function f()\nend\nf()\n", "1:1 3:1"},
		{"no cover", "local function f() -- no cover\n  return 1\nend\nlocal a = 1\nif not a then\n  a = 2 -- no cover\nend\nreturn a\n", "4:1 5:1[1,0] 8:1"},
		{"an error in the middle", "pcall(function()\n  local a = nil\n  a.b = 1\n  a = 2\nend)\n", "1:1 2:1 3:1 4:0"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			_, r := measure(t, map[string]string{"main.lua": tt.source}, cover.Options{Branches: true})
			if len(r.Files) != 1 {
				t.Fatalf("%d files", len(r.Files))
			}
			if got := lines(r.Files[0]); got != tt.want {
				t.Errorf("got  %s\nwant %s", got, tt.want)
			}
		})
	}
}

// Workers count too, modules that are loaded, and those that never are.
func TestStatesAndFiles(t *testing.T) {
	t.Parallel()
	_, r := measure(t, map[string]string{
		"main.lua": `local lib = require "lib"
local thread = require "thread"
local h = thread.spawn(function() return require("lib").twice(2) end)
assert(h:join() + lib.twice(1) == 6)
`,
		"lib.lua":           "local M = {}\nfunction M.twice(n)\n  return n * 2\nend\nreturn M\n",
		"sub/never.lua":     "local a = 1\nif a then a = 2 end\n",
		"sub/broken.lua":    "local = 1\n",
		"sub/some_test.lua": "local a = 1\n",
		"gen.lua":           "local a = 1\n",
	}, cover.Options{Exclude: []string{"gen.lua"}})
	var got []string
	for _, f := range r.Files {
		got = append(got, filepath.Base(f.Path)+" "+lines(f))
	}
	want := "lib.lua 1:2 2:2 3:2 5:2\nmain.lua 1:1 2:1 3:1 4:1\nnever.lua 1:0 2:0"
	if text := strings.Join(got, "\n"); text != want {
		t.Errorf("got\n%s\nwant\n%s", text, want)
	}
	if len(r.Broken) != 1 || !strings.Contains(r.Broken[0].Error(), "broken.lua:1:") {
		t.Errorf("broken files: %v", r.Broken)
	}
}

// A directory that is reached by a link is measured as any other.
func TestLinkedDirectory(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	link := filepath.Join(dir, "link")
	if err := os.Mkdir(filepath.Join(dir, "real"), 0o777); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink("real", link); err != nil {
		if runtime.GOOS != "windows" { // where links take a privilege
			t.Fatal(err)
		}
		t.Skip(err)
	}
	if err := os.WriteFile(filepath.Join(link, "main.lua"), []byte("local a = 1\nreturn a\n"), 0o666); err != nil {
		t.Fatal(err)
	}
	for _, run := range []string{link, filepath.Join(dir, "real")} {
		c, err := cover.New(cover.Options{Dirs: []string{link}})
		if err != nil {
			t.Fatal(err)
		}
		s := engine.New(engine.Options{Probes: []engine.Probe{c}, Trusted: true, Permissions: host.AllowAll()}).NewState(t.Context())
		if _, err := s.RunFile(t.Context(), filepath.Join(run, "main.lua")); err != nil {
			t.Error(err)
		}
		if err := s.Close(); err != nil {
			t.Error(err)
		}
		r, err := c.Report()
		if err != nil {
			t.Fatal(err)
		}
		if len(r.Files) != 1 || lines(r.Files[0]) != "1:1 2:1" {
			t.Errorf("run from %s: %d files %v", run, len(r.Files), r.Files)
		}
	}
}

// Lines that are not those which ran are not reported.
func TestFileThatChanges(t *testing.T) {
	t.Parallel()
	_, r := measure(t, map[string]string{
		"main.lua": `local f = assert(io.open((debug.getinfo(1, "S").source:gsub("^@", "")), "w"))
f:write("local a = 1\nreturn a\n")
f:close()
`,
	}, cover.Options{})
	if len(r.Files) != 0 || len(r.Broken) != 1 || !strings.Contains(r.Broken[0].Error(), "main.lua has changed since it was run") {
		t.Errorf("%d files, broken %v", len(r.Files), r.Broken)
	}
}

func TestReports(t *testing.T) {
	t.Parallel()
	_, r := measure(t, map[string]string{
		"main.lua": "local a = 1\nif a == 2 then\n  a = 2\n  a = 3\nend\nlocal function f() return '<b>' end\n",
	}, cover.Options{Branches: true})
	r.Files[0].Path = "lib/main.lua"
	dir := t.TempDir()
	write := func(spec string) string {
		t.Helper()
		var out strings.Builder
		kind, target, file := strings.Cut(spec, ":")
		if file {
			spec = kind + ":" + filepath.Join(dir, target)
		}
		if err := r.Write(spec, &out); err != nil {
			t.Fatalf("%s: %v", spec, err)
		}
		if !file {
			return out.String()
		}
		data, err := os.ReadFile(filepath.Join(dir, target))
		if err != nil && kind == "html" {
			data, err = os.ReadFile(filepath.Join(dir, target, "lib_main.lua.html"))
		}
		if err != nil {
			t.Fatal(err)
		}
		return string(data)
	}
	if got, want := write("term-missing"), `file          lines  missed  branches  missed  cover  missing
lib/main.lua  5      2       2         1       57%    2 (1 of 2 ways), 3-4
total         5      2       2         1       57%
`; got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	if got, want := write("lcov:cov.info"), `TN:
SF:lib/main.lua
FN:1,main
FN:6,f
FNDA:1,main
FNDA:0,f
FNF:2
FNH:1
BRDA:2,0,0,1
BRDA:2,0,1,0
BRF:2
BRH:1
DA:1,1
DA:2,1
DA:3,0
DA:4,0
DA:6,1
LF:5
LH:3
end_of_record
`; got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	var cobertura struct {
		LineRate string `xml:"line-rate,attr"`
		Lines    []struct {
			Number    int    `xml:"number,attr"`
			Hits      int    `xml:"hits,attr"`
			Branch    bool   `xml:"branch,attr"`
			Condition string `xml:"condition-coverage,attr"`
		} `xml:"packages>package>classes>class>lines>line"`
	}
	if err := xml.Unmarshal([]byte(write("cobertura:cov.xml")), &cobertura); err != nil {
		t.Fatal(err)
	}
	if got := fmt.Sprint(cobertura); got != "{0.6000 [{1 1 false } {2 1 true 50% (1/2)} {3 0 false } {4 0 false } {6 1 false }]}" {
		t.Errorf("cobertura %s", got)
	}
	coberturaShape(t, write("cobertura:cov.xml"))
	page := write("html:pages")
	for _, part := range []string{`<span class="partly" title="1 of 2 ways taken"><i>2</i><i>1</i>if a == 2 then</span>`, `<span class="missed"><i>3</i>`, `&lt;b&gt;`, `<span class="">`} {
		if !strings.Contains(page, part) {
			t.Errorf("the page lacks %s", part)
		}
	}
	if got := write("json:cov.json"); !strings.Contains(got, `"missing": [
        3,
        4
      ]`) {
		t.Errorf("json\n%s", got)
	}
	for spec, want := range map[string]string{
		"pdf:x": "there is no coverage report 'pdf'; there are term,", "lcov": "needs a target", "term:x": "takes no file",
		"lcov:" + filepath.Join(dir, "none", "x"): "no such file or directory",
	} {
		if err := r.Write(spec, &strings.Builder{}); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: error %v, want %q", spec, err, want)
		}
	}
}

// shape is what coverage-04.dtd says of an element: its attributes, and its
// children in their order.
type shape struct{ attributes, children string }

var coberturaShapes = map[string]shape{
	"coverage": {"line-rate branch-rate lines-covered lines-valid branches-covered branches-valid complexity version timestamp", "sources packages"},
	"sources":  {"", "source"}, "source": {"", ""},
	"packages": {"", "package"}, "package": {"name line-rate branch-rate complexity", "classes"},
	"classes": {"", "class"}, "class": {"name filename line-rate branch-rate complexity", "methods lines"},
	"methods": {"", ""}, "lines": {"", "line"}, "line": {"number hits", ""},
}

func coberturaShape(t *testing.T, text string) {
	t.Helper()
	dec := xml.NewDecoder(strings.NewReader(text))
	var open []string
	seen := [][]string{nil}
	for {
		token, err := dec.Token()
		if err == io.EOF {
			return
		}
		if err != nil {
			t.Fatal(err)
		}
		switch e := token.(type) {
		case xml.StartElement:
			known, ok := coberturaShapes[e.Name.Local]
			if !ok {
				t.Fatalf("there is no element %s", e.Name.Local)
			}
			var attributes []string
			for _, a := range e.Attr {
				attributes = append(attributes, a.Name.Local)
			}
			if got := strings.Join(attributes, " "); !strings.HasPrefix(got, known.attributes) {
				t.Errorf("%s has %s, want %s", e.Name.Local, got, known.attributes)
			}
			top := len(open)
			if n := len(seen[top]); n == 0 || seen[top][n-1] != e.Name.Local {
				seen[top] = append(seen[top], e.Name.Local)
			}
			open, seen = append(open, e.Name.Local), append(seen, nil)
		case xml.EndElement:
			top := len(open)
			if got := strings.Join(seen[top], " "); got != coberturaShapes[e.Name.Local].children {
				t.Errorf("in %s are %s", e.Name.Local, got)
			}
			open, seen = open[:top-1], seen[:top]
		}
	}
}

func TestFunctionNames(t *testing.T) {
	t.Parallel()
	_, r := measure(t, map[string]string{"main.lua": `local M = {}
function M.get() end
function M:set() end
local run = function() end
M.on = {done = function() end, function() end}
function M.get() end
M.f, M.g = function() end, function() end
pcall(function() return function() end end)
`}, cover.Options{})
	var got []string
	for _, f := range r.Files[0].Functions {
		got = append(got, fmt.Sprintf("%d %s", f.Line, f.Name))
	}
	want := "1 main, 2 M.get, 3 M:set, 4 run, 5 done, 5 anonymous:5, 6 M.get:6, 7 anonymous:7, 7 anonymous:7 #2, 8 anonymous:8, 8 anonymous:8 #2"
	if text := strings.Join(got, ", "); text != want {
		t.Errorf("got\n%s\nwant\n%s", text, want)
	}
}

var sink any

func benchmark(b *testing.B, source string, measured bool) {
	dir := b.TempDir()
	path := filepath.Join(dir, "main.lua")
	if err := os.WriteFile(path, []byte(source), 0o666); err != nil {
		b.Fatal(err)
	}
	var o engine.Options
	if measured {
		c, err := cover.New(cover.Options{Dirs: []string{dir}, Branches: true})
		if err != nil {
			b.Fatal(err)
		}
		o.Probes = []engine.Probe{c}
	}
	s := engine.New(o).NewState(b.Context())
	defer s.Close()
	for b.Loop() {
		got, err := s.RunFile(b.Context(), path)
		if err != nil {
			b.Fatal(err)
		}
		sink = got
	}
}

const (
	loops = "local n = 0\nfor i = 1, 200000 do\n  if i % 3 == 0 then\n    n = n + i\n  else\n    n = n - 1\n  end\nend\nreturn n\n"
	calls = "local function fib(n)\n  if n < 2 then return n end\n  return fib(n - 1) + fib(n - 2)\nend\nreturn fib(20)\n"
)

func BenchmarkLoops(b *testing.B)         { benchmark(b, loops, false) }
func BenchmarkLoopsMeasured(b *testing.B) { benchmark(b, loops, true) }
func BenchmarkCalls(b *testing.B)         { benchmark(b, calls, false) }
func BenchmarkCallsMeasured(b *testing.B) { benchmark(b, calls, true) }
