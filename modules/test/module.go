// Package test defines tests and asserts for scripts: the Lua module test. What
// finds the files and runs them is package runner.
package test

import (
	"slices"

	"github.com/gscript-lang/gscript/engine"
	"github.com/gscript-lang/gscript/modules/gen"
)

var (
	errFailed  = engine.Kind("test.failed", "An assert does not hold, or t.fail was called.")
	errSkipped = engine.Kind("test.skipped", "The test skips itself. It is skipped even if the error is caught.")
	errUsage   = engine.Kind("test.usage", "The definitions of tests are wrong: a mark that test.marks does not declare, a fixture that calls use twice.")
	errFixture = engine.Kind("test.fixture", "A fixture cannot be made: it is not defined, fixtures need each other, or it lives longer than one that it needs.")
)

// Module declares test.
func Module() *engine.Module {
	return &engine.Module{
		Name: "test",
		Doc: "Define tests, which `gscript test` runs. In files named *_test.lua, and in conftest.lua beside and above them, test and check are globals. " +
			"Each global function whose name begins with test_ is a test; it asks for t and for fixtures by the names of its parameters. A file runs in a state of its own, so nothing leaks into another.",
		Kinds: append([]*engine.ErrorKind{errFailed, errSkipped, errUsage, errFixture}, moreKinds()...),
		Types: append([]*engine.Type{typeT()}, moreTypes()...),
		Uses:  []*engine.Type{gen.Type()},
		Funcs: slices.Concat(definitions(), decorations(), others(), moreFunctions()),
	}
}

func definitions() []*engine.Function {
	return []*engine.Function{
		engine.Fn("group", "Define tests that belong together. The function defines them: each global function test_… that it makes is a test of the group, and the globals are then as before.", group).
			Example(`
				local test = require "test"
				test.group("numbers", function()
					function test_sum(t) t.eq(1 + 1, 2) end
				end)
				print(test_sum)   --> nil`),
		engine.Fn("each", "Define a test for each row of values.", each).
			Raises(errUsage).
			Example(`
				local test = require "test"
				test.each("adds", {{1, 2, 3}, {2, 2, 4, mark="slow"}, {a=1, b=1, want=2}}, function(t, a, b, want)
					t.eq(a + b, want)
				end)`),
		engine.Fn("fixture", "Define a fixture. Tests, and other fixtures, get its value by a parameter of its name. A later definition stands in for an earlier one, and may ask for that by its own name.", fixture).
			Example(`
				local test = require "test"
				test.fixture("numbers", function(use)
					local list = {1, 2, 3}
					use(list)          -- the test runs here
					list[1] = nil      -- the teardown, also of a test that failed
				end, {scope="module"})
				function test_count(t, numbers) t.eq(#numbers, 3) end`),
		engine.Fn("case", "Define a class of tests, as in Python's unittest: methods named test_… are its tests, and run in the order of the source. setup and teardown are called around each with a self of its own, which has the asserts as methods too; setup_class and teardown_class once. cleanup_class(fn, ...) has a function called once behind teardown_class, even if setup_class fails.", newCase).AsInline().
			ReturningType("table", "the class, an empty table").
			Example(`
				local test = require "test"
				local Numbers = test.case("numbers")
				function Numbers:setup() self.two = 2 end
				function Numbers:test_sum() self:equal(1 + 1, self.two) end`),
		engine.Fn("generate", "Define tests by a loop: the function gets add, which defines one.", generate).
			Example(`
				local test = require "test"
				test.generate(function(add)
					for n = 1, 3 do add("square of " .. n, function(t, n) t.ge(n * n, n) end, n) end
				end)`),
		engine.Fn("before_all", "Have a function called before the first test of the group, or the file. When it fails, all of them have errors.", hook(func(g *Group) *[]*engine.Func { return &g.beforeAll })).
			Example(`require("test").before_all(function() print("once") end)`),
		engine.Fn("after_all", "Have a function called after the last test of the group, or the file.", hook(func(g *Group) *[]*engine.Func { return &g.afterAll })).
			Example(`require("test").after_all(function() print("once") end)`),
		engine.Fn("before_each", "Have a function called with t before each test of the group, or the file.", hook(func(g *Group) *[]*engine.Func { return &g.beforeEach })).
			Example(`require("test").before_each(function(t) t:setenv("LANG", "C") end)`),
		engine.Fn("after_each", "Have a function called with t after each test of the group, or the file, also one that failed.", hook(func(g *Group) *[]*engine.Func { return &g.afterEach })).
			Example(`require("test").after_each(function(t) print(t.name) end)`),
	}
}

func decorations() []*engine.Function {
	const returned = "the function"
	return []*engine.Function{
		engine.Fn("mark", "Give a test a mark, by which -m chooses.", mark).Raises(errUsage).Returning(returned).
			Example(`
				local test = require "test"
				test_all = test.mark("slow", function(t) t.eq(1, 1) end)`),
		engine.Fn("marks", "Declare the marks that there are. From then on any other mark is an error.", marks).
			Example(`require("test").marks{slow="takes more than a second"}`),
		engine.Fn("uses", "Have a test use a fixture whose value it does not need.", uses).Returning(returned).
			Example(`
				local test = require "test"
				test.fixture("quiet", function(use) use() end)
				test_it = test.uses("quiet", function(t) end)`),
		engine.Fn("skip", "Do not run a test.", skip).Returning(returned).
			Example(`
				local test = require "test"
				test_later = test.skip("not written yet", function(t) end)`),
		engine.Fn("skip_if", "Do not run a test if a condition holds.", skipIf).Returning(returned).
			Example(`
				local test = require "test"
				test_big = test.skip_if(math.huge < 1, "numbers are small here", function(t) end)`),
		engine.Fn("xfail", "Expect that a test fails. One that passes makes the run fail, unless strict is false.", xfail).Returning(returned).
			Example(`
				local test = require "test"
				test_wrong = test.xfail(function(t) t.eq(0.1 + 0.2, 0.3) end, {reason="numbers are binary"})`),
		engine.Fn("expect_failure", "Is xfail.", xfail).Returning(returned).
			Example(`
				local test = require "test"
				test_odd = test.expect_failure(function(t) t.eq(1, 2) end)`),
		engine.Fn("timeout", "Limit how long a test may take.", timeout).Returning(returned).
			Example(`
				local test = require "test"
				test_quick = test.timeout("500ms", function(t) end)`),
		engine.Fn("flaky", "Try a test several times before it has failed. One that passes late is reported as flaky.", flaky).Returning(returned).
			Example(`
				local test = require "test"
				test_net = test.flaky(3, function(t) end)`),
	}
}

func others() []*engine.Function {
	return []*engine.Function{
		engine.Fn("comparer", "Say how values of a kind are compared by eq and the other asserts.", comparers).
			Example(`
				local test = require "test"
				local Money = {}
				test.comparer(function(v) return type(v) == "table" and getmetatable(v) == Money end,
					function(a, b) return a.cents == b.cents end)`),
		engine.Fn("on", "Have a function told what becomes of tests.", on).
			Example(`require("test").on("fail", function(result) print(result.id, result.message) end)`),
		engine.Fn("run", "Run a function as a test, at once, and tell what became of it.", runNow).
			Example(`
				local test = require "test"
				local result = test.run(function(t) t.eq(1 + 1, 3) end)
				print(result.outcome, result.message)   --> failed	got 2, want 3`),
		engine.Fn("check", "Fail unless a value is true. In files of tests the failure shows the expression and the values of its parts.", check).AsInline().
			Raises(errFailed).
			Returning("the value").
			Example(`
				local test = require "test"
				print(test.check(2 > 1))   --> true
				print(pcall(test.check, 1 > 2))   --> false	test.check: got false, want something true`),
	}
}
