package test

import "github.com/gscript-lang/gscript/engine"

// moreFunctions are functions of the module beside those that define and run
// tests.
func moreFunctions() []*engine.Function {
	return []*engine.Function{
		engine.Fn("prop", "Define a test that says what holds for all values. It runs with many values of the generators; when it fails, it is run with smaller ones, down to the smallest that fail, which are shown with the seed. They are tried first the next time.", prop).
			AsInline().Raises(errUsage).
			Example(`
				local test, gen = require "test", require "gen"
				test.prop("reversing twice changes nothing", {gen.string()}, function(s, t)
					t.eq(s:reverse():reverse(), s)
				end)`),
	}
}

// moreMethods are methods of test.T beside the asserts.
func moreMethods() []*engine.Function {
	return []*engine.Function{
		engine.Method("snapshot", "Compare a value with what it was when the snapshot was written, in the directory __snapshots__ beside the test. A snapshot that is missing is written, but not where the variable CI is set; --update writes those that differ anew.", (*T).snapshot).
			AsInline().Raises(errFailed, errUsage).
			Example(`
				local test = require "test"
				local result = test.run(function(t) t.snapshot({1, 2}) end)
				print(result.message)   --> test.T:snapshot: a snapshot stands beside the file of its test, and this test has none`),
	}
}

// moreTypes are types whose values those hand out.
func moreTypes() []*engine.Type { return nil }

// moreKinds are the kinds of error that those raise.
func moreKinds() []*engine.ErrorKind { return nil }

// moreFixtures make the values of fixtures that need no definition.
func moreFixtures() map[string]func(t *T, c *engine.Call) (any, error) { return nil }
