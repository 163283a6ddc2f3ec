package test

import (
	"github.com/gscript-lang/gscript/engine"
	"github.com/gscript-lang/gscript/engine/module"
)

// typeT declares t.
func typeT() *engine.Type {
	t := engine.TypeOf[*T]("test.T", "A test that runs. Its methods may be called with a dot or a colon: t.eq(1, 1) and t:eq(1, 1).",
		engine.Prop("name", "The test's name, with its parameters.", (*T).Name),
		engine.Prop("id", "The test's id: file::group::name[parameters].", (*T).ID),
		engine.Prop("file", "The file that defines the test.", (*T).File),
	)
	t.Implied = implied
	for _, list := range [][]*engine.Function{asserts(), actions(), moreMethods()} {
		for _, f := range list {
			t.Add(module.Member(f))
		}
	}
	return t
}

// assert declares an assert; the example's code runs inside a test.
func assert[In any](name, doc string, handler func(t *T, c *engine.Call, in In) (engine.None, error), code string) *engine.Function {
	return engine.Method(name, doc, handler).AsInline().Raises(errFailed).Example(inTest(code))
}

// inTest is an example whose code runs as a test.
func inTest(code string) string {
	return "local test = require \"test\"\nlocal result = test.run(function(t)\n\t" + code + "\nend)\nprint(result.outcome)   --> passed"
}

func asserts() []*engine.Function {
	return []*engine.Function{
		assert("eq", "The value is equal to another, deeply for tables. What differs is shown.", (*T).eq, `t.eq({1, {x=2}}, {1, {x=2}})`),
		assert("equal", "Is eq.", (*T).eq, `t:equal(1 + 1, 2)`),
		assert("ne", "The value is not equal to another.", (*T).ne, `t.ne({1}, {2})`),
		assert("not_equal", "Is ne.", (*T).ne, `t:not_equal(1, 2)`),
		assert("same", "The value is the other one itself, as rawequal tells.", (*T).same, `local list = {} t.same(list, list)`),
		assert("truthy", "The value is neither nil nor false.", holds("something that is neither nil nor false", isTrue), `t.truthy(0)`),
		assert("falsy", "The value is nil or false.", holds("nil or false", func(v engine.Value) bool { return !isTrue(v) }), `t.falsy(nil)`),
		assert("is_true", "The value is true.", holds("true", func(v engine.Value) bool { b, ok := v.Bool(); return ok && b }), `t.is_true(1 < 2)`),
		assert("is_false", "The value is false.", holds("false", func(v engine.Value) bool { b, ok := v.Bool(); return ok && !b }), `t.is_false(1 > 2)`),
		assert("is_nil", "The value is nil.", holds("nil", func(v engine.Value) bool { return v.Type() == "nil" }), `t.is_nil(({}).x)`),
		assert("not_nil", "The value is not nil.", holds("anything but nil", func(v engine.Value) bool { return v.Type() != "nil" }), `t.not_nil(false)`),
		assert("contains", "The text contains a text, the list or the table a value, the table a key.", (*T).contains, `t.contains("a text", "text") t.contains({1, {2}}, {2}) t.contains({x=1}, "x")`),
		assert("is_a", "The value is of a type (number, http.Response) or an instance of a class: a table that is its metatable, or beneath it.", (*T).isA, `t.is_a(1, "number") local C = {} C.__index = C t.is_a(setmetatable({}, C), C)`),
		assert("gt", "The value is greater than another.", ordered("more than", func(o int) bool { return o > 0 }), `t.gt(2, 1)`),
		assert("ge", "The value is greater than another, or the same.", ordered("at least", func(o int) bool { return o >= 0 }), `t.ge(2, 2)`),
		assert("lt", "The value is less than another.", ordered("less than", func(o int) bool { return o < 0 }), `t.lt("a", "b")`),
		assert("le", "The value is less than another, or the same.", ordered("at most", func(o int) bool { return o <= 0 }), `t.le(1, 2)`),
		assert("near", "The number is about another; in tables each number is.", (*T).near, `t.near(0.1 + 0.2, 0.3) t.near({1.01}, {1}, {delta=0.1}) t.near(1000, 1001, {rel=0.01})`),
		assert("matches", "The text matches a regular expression.", (*T).matches, `t.matches("release 1.25", "^release \\d+\\.\\d+$")`),
		assert("same_items", "The lists hold the same items, in whatever order.", (*T).sameItems, `t.same_items({1, 2, {3}}, {{3}, 2, 1})`),
		assert("lines_equal", "The texts are equal; the lines that differ are shown.", (*T).linesEqual, `t.lines_equal("a\nb", "a\nb")`),
		engine.Method("check", "Fail unless a value is true.", (*T).check).AsInline().Raises(errFailed).Returning("the value").Example(inTest(`t:check(1 < 2)`)),
		engine.Method("raises", "The function raises: an error whose message contains a text, of a kind, with these fields, or any.", (*T).raises).
			Raises(errFailed).
			ReturningType("any", "what was raised").
			Example(inTest(`local e = t.raises("no such", function() error("no such thing") end)`)),
		engine.Method("logs", "The function writes a line that contains a text, to its output or the log. Only under gscript test is the output kept.", (*T).logsIt).
			Raises(errFailed).
			Returning("the line").
			Example("local test = require \"test\"\nfunction test_warning(t)\n\tt.logs(\"careful\", function() print(\"careful!\") end)\nend"),
		engine.Method("no_logs", "The function writes nothing, to its output or the log.", (*T).noLogs).
			Raises(errFailed).
			Example("local test = require \"test\"\nfunction test_quiet(t)\n\tt.no_logs(function() end)\nend"),
		engine.Method("fail", "Fail.", (*T).failNow).Raises(errFailed).
			Example("local test = require \"test\"\nprint(test.run(function(t) t.fail(\"not yet\") end).message)   --> not yet"),
		engine.Method("skip", "Skip the rest of the test, and the test.", (*T).skip).Raises(errSkipped).
			Example("local test = require \"test\"\nprint(test.run(function(t) t.skip(\"no network\") end).outcome)   --> skipped"),
	}
}

func actions() []*engine.Function {
	return []*engine.Function{
		engine.Method("sub", "Run a part of the test. A part that fails is reported by its name, and the test goes on.", (*T).sub).
			Returning("whether the part passed").
			Example("local test = require \"test\"\nlocal result = test.run(function(t)\n\tfor i = 1, 3 do t:sub({i=i}, function() t.eq(i % 2, 1) end) end\nend)\nprint(result.outcome, #result.failures, result.message)   --> failed\t1\tgot 0, want 1"),
		engine.Method("cleanup", "Have a function called when the test has ended, before those that were given earlier. All are called, though one fails.", (*T).scriptCleanup).
			Example("local test = require \"test\"\nlocal result = test.run(function(t) t:cleanup(print, \"done\") end)   --> done\nprint(result.outcome)   --> passed"),
		engine.Method("enter", "Have a value closed when the test has ended.", (*T).enter).
			ReturningType("any", "the value").
			Example("local test = require \"test\"\nfunction test_file(t, tmp)\n\tlocal f = t:enter(io.open(tmp .. \"/a\", \"w\"))\n\tf:write(\"x\")\nend"),
		engine.Method("tmp", "The test's own empty directory, which goes when the test has ended.", (*T).tempDir).
			Returning("its path").
			Example(inTest(`local dir = t:tmp() t.eq(require("fs").ls(dir), {})`)),
		engine.Method("setenv", "Set a variable of the environment until the test has ended. What a test sets by env.set goes with it, too.", (*T).setenv).
			Example("local test = require \"test\"\nfunction test_zone(t)\n\tt:setenv(\"TZ\", \"UTC\")\n\tt.eq(os.getenv(\"TZ\"), \"UTC\")\nend"),
		engine.Method("chdir", "Take relative names from a directory until the test has ended.", (*T).chdir).
			Example(inTest(`t:chdir(t:tmp()) io.open("a", "w"):close() t.eq(#require("fs").ls("."), 1)`)),
		engine.Method("patch", "Set a field of a table until the test has ended.", (*T).patch).
			ReturningType("any", "what it was").
			Example(inTest(`t:patch(os, "time", function() return 0 end) t.eq(os.time(), 0)`)),
	}
}
