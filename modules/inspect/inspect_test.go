package inspect_test

import (
	"strings"
	"testing"

	"github.com/gscript-lang/gscript/engine"
	"github.com/gscript-lang/gscript/modules/inspect"
	"github.com/gscript-lang/gscript/modules/int64"
	"github.com/gscript-lang/gscript/modules/internal/moduletest"
)

func TestInspect(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ name, source, want string }{
		{"tostring", `print(inspect({setmetatable({}, {__tostring=function() return "me" end})}, {tostring=true}))`, "{me}"},
		{"tostring is not asked", `print(inspect({setmetatable({}, {__tostring=function() error("no") end})}))`, "{{}}"},
		{"tostring of a handle", `print(inspect({io.stdout}, {tostring=true}))`, "{" + "file (0x"},
		{"nil", `print(inspect(nil))`, "nil"},
		{"equal of nil", `print(inspect.equal(nil, nil), inspect.equal(nil, {}, {tolerance=1}), inspect.explain(nil, 1))`, "true\tfalse\tnil → 1 (a number)"},
		{"depth 0", `print(inspect({{}, {1}}, {depth=1}))`, "{{}, {…}}"},
		{"eq", `local m = {__eq=function(a, b) return a.id == b.id end}
			local a, b = setmetatable({id=1}, m), setmetatable({id=1, n=2}, m)
			print(inspect.equal({a}, {b}), inspect.equal({a}, {b}, {eq=true}))`, "false\ttrue"},
		{"nan", `print(inspect.equal({0/0}, {0/0}), inspect.equal({0/0}, {0/0}, {nan=true}))`, "false\ttrue"},
		{"metatables", `print(inspect.equal({}, setmetatable({}, {})), inspect.equal({}, setmetatable({}, {}), {metatables=true}))`, "true\tfalse"},
		{"diff of equal", `print(#inspect.diff({1}, {1}), inspect.explain(1, 1) == "")`, "0\ttrue"},
		{"explain", `print(inspect.explain({1, 2, 3}, {2, 3, 4}, {names={"old", "new"}, limit=1}))`, "[1]:\n  old: 1\n  new: 2\n… 1 more\n"},
		{"int64", `local int64 = require "int64" print(inspect.equal({int64(1)}, {int64(1)}), inspect.equal(int64(1), int64(2)), inspect(int64(5)))`, "true\tfalse\t5"},
	} {
		got := moduletest.New(t, inspect.Module(), int64.Module()).Run(t, "local inspect = require 'inspect'\n"+tt.source)
		if !strings.HasPrefix(got, tt.want) {
			t.Errorf("%s: printed\n%s\nwant\n%s", tt.name, got, tt.want)
		}
	}
}

func TestInspectRaises(t *testing.T) {
	t.Parallel()
	w := moduletest.New(t, inspect.Module())
	w.Fail(t, engine.KindInvalid, `require("inspect").explain(1, 2, {names={"old"}})`)
	for _, source := range []string{
		`require("inspect")({setmetatable({}, {__tostring=function() error("mine", 0) end})}, {tostring=true})`,
		`local m = {__eq=function() error("mine", 0) end} require("inspect").equal(setmetatable({}, m), setmetatable({}, m), {eq=true})`,
	} {
		if _, err := w.Try(t, source); err == nil || !strings.Contains(err.Error(), "mine") {
			t.Errorf("%s: error %v", source, err)
		}
	}
}
