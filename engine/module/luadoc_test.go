package module_test

import (
	"os"
	"reflect"
	"strings"
	"testing"

	"github.com/yuin/gopher-lua/parse"

	"github.com/gscript-lang/gscript/engine/module"
)

func graph(t *testing.T) *module.Module {
	t.Helper()
	source, err := os.ReadFile("testdata/graph.lua")
	if err != nil {
		t.Fatal(err)
	}
	m, err := module.ParseLua("graph", string(source))
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func TestParseLua(t *testing.T) {
	t.Parallel()
	m := graph(t)
	if got, want := m.Names(), []string{"shortest", "dfs", "reverse", "bare", "last", "max_depth"}; !reflect.DeepEqual(got, want) {
		t.Errorf("names %q, want %q", got, want)
	}
	var b strings.Builder
	for _, name := range []string{"", "shortest", "Node", "Node:rename", "reverse"} {
		if err := module.Help(&b, m, name, module.Style{}); err != nil {
			t.Fatal(err)
		}
		b.WriteString("\n")
	}
	golden(t, "graph_help.txt", b.String())
	stub := module.Stub(m)
	if _, err := parse.Parse(strings.NewReader(stub), "stub"); err != nil {
		t.Error(err)
	}
	golden(t, "graph_stub.lua", stub)
	golden(t, "graph.md", module.Markdown(m))
}

func TestParseLuaReportsWhatDoesNotFit(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ name, source, want string }{
		{"parameter", "local M = {}\n---Do.\n---@param b string\nfunction M.f(a) end\nreturn M", "m:3: @param b: the function M.f has no such parameter"},
		{"permission", "---@needs world\nfunction M.f() end", "m:2: @needs world: there is no such permission"},
	} {
		m, err := module.ParseLua("m", tt.source)
		if err == nil || err.Error() != tt.want {
			t.Errorf("%s: error %v, want %s", tt.name, err, tt.want)
		}
		if m.Func("f") == nil {
			t.Errorf("%s: the function is lost", tt.name)
		}
	}
}

func TestParseLuaFinds(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ name, source, doc, funcs string }{
		{"empty", "", "", ""},
		{"another table", "local lib = {}\nfunction lib.f() end\nfunction M.g() end\nreturn lib\n", "", "f"},
		{"doc on the table", "---The doc.\nlocal M = {}\nreturn M", "The doc.", ""},
		{"doc on the class", "---The doc.\n---@class m\nlocal M = {}\nfunction M.f() end", "The doc.", "f"},
		{"no module doc", "---Of f.\nfunction M.f() end", "", "f"},
		{"crlf", "---The doc.\r\n\r\nlocal M = {}\r\nfunction M.f()\r\nend\r\nreturn M\r\n", "The doc.", "f"},
		{"unclosed string", "function M.f() end\nlocal s = [[\nfunction M.g() end", "", "f"},
		{"unclosed parameters", "function M.f(a,", "", "f"},
		{"shebang", "#!/usr/bin/env gscript\n---The doc.\n\nlocal M = {}", "The doc.", ""},
		{"quote before a long string", "local s = \"it's [[\"\nfunction M.f() end", "", "f"},
	} {
		m, err := module.ParseLua("m", tt.source)
		if err != nil {
			t.Errorf("%s: %v", tt.name, err)
		}
		if got := strings.Join(m.Names(), " "); got != tt.funcs || m.Doc != tt.doc {
			t.Errorf("%s: doc %q, functions %q; want %q, %q", tt.name, m.Doc, got, tt.doc, tt.funcs)
		}
		if len(m.Types) > 0 {
			t.Errorf("%s: the module's class became a type", tt.name)
		}
	}
}

func TestParseLuaReadsCallsAndOperators(t *testing.T) {
	t.Parallel()
	m, err := module.ParseLua("m", `
--- Sets.
--- `+"```lua\n--- m()\n--- ```"+`
local m = {}

--- A set.
--- `+"```lua\n--- m() + m()\n--- ```"+`
---@class m.Set
---@operator add(m.Set): m.Set Make the union.
---@operator len: integer # Count.
local Set = {}

--- Make one.
---@call
---@return m.Set
function m.new() end

return setmetatable(m, {__call = function() end})
`)
	if err != nil {
		t.Fatal(err)
	}
	if m.Call != "new" || m.Func("new") == nil {
		t.Errorf("a call stands for %q", m.Call)
	}
	if m.Doc != "Sets.\n\n```lua\nm()\n```" {
		t.Errorf("doc %q", m.Doc)
	}
	for _, want := range []string{"---@overload fun(): m.Set", "---@operator add(m.Set): m.Set", "---@operator len: integer"} {
		if !strings.Contains(module.Stub(m), want) {
			t.Errorf("the stub has no %s:\n%s", want, module.Stub(m))
		}
	}
	for _, want := range []string{"`m(…)` is the same as `m.new(…)`.", "| `a + b` | `m.Set` | `m.Set` | Make the union. |", "| `#a` |  | `integer` | Count. |", "m() + m()"} {
		if !strings.Contains(module.Markdown(m), want) {
			t.Errorf("the page has no %s:\n%s", want, module.Markdown(m))
		}
	}
}

func FuzzParseLua(f *testing.F) {
	source, err := os.ReadFile("testdata/graph.lua")
	if err != nil {
		f.Fatal(err)
	}
	f.Add(string(source))
	f.Add("---@param\n---@return\n---@class\n---@field\n---@needs\n---@raises\n---@type\n---@\n---```\nfunction M.f(")
	f.Fuzz(func(t *testing.T, source string) {
		m, _ := module.ParseLua("m", source)
		module.Stub(m)
		module.Markdown(m)
		module.Check(m)
		for _, name := range append(m.Names(), "") {
			module.Help(&strings.Builder{}, m, name, module.Style{})
		}
	})
}
