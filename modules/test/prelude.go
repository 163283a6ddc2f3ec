package test

import (
	"github.com/gscript-lang/gscript/engine"
)

// PreludeName is the chunk name of the prelude.
const PreludeName = "@gscript test"

// Prelude runs in a state before its files of tests. It returns the functions
// that the suite needs.
const Prelude = `local driver = require "test.driver"
test = require "test"
check = test.check
_G["` + engine.Explained + `"] = driver.explained
local stdout, stderr, setmetatable, type, getmetatable = io.stdout, io.stderr, setmetatable, type, getmetatable
local seed = math.randomseed
return driver.run,
	function() stdout:flush() stderr:flush() end,
	function(class, t)
		return setmetatable({}, {__index = function(_, k)
			local v = class[k]
			if v ~= nil then return v end
			return t[k]
		end})
	end,
	function(fn, fields) return setmetatable(fields, {__call = function(_, ...) return fn(...) end}) end,
	function(resource) resource:close() end,
	function(n) seed(n) end,
	check
`

// Use takes what the prelude has returned, and gives the function by which the
// tests are run.
func (s *Suite) Use(results []any) (drive *engine.Func) {
	at := func(i int) *engine.Func {
		if i < len(results) {
			f, _ := results[i].(*engine.Func)
			return f
		}
		return nil
	}
	s.Calls = &Calls{Flush: at(1), Instance: at(2), Callable: at(3), Close: at(4), Seed: at(5), Check: at(6)}
	return at(0)
}

// Driver is the module by which the prelude reaches the runner.
func Driver() *engine.Module {
	return &engine.Module{
		Name: "test.driver",
		Doc:  "What the runner's own code in a state calls.",
		Funcs: []*engine.Function{
			engine.Fn("run", "Run the tests.", func(c *engine.Call, _ engine.None) (engine.None, error) { return engine.None{}, suiteOf(c).Drive(c) }),
			engine.Fn("explained", "Fail with what is known of an expression.", explained).AsInline(),
		},
	}
}

// Of is the suite of the calling state.
func Of(c *engine.Call) *Suite { return suiteOf(c) }

// Now is the test that runs, nil for none. It is safe for concurrent use.
func (s *Suite) Now() *T { return s.now.Load() }

// Reseed makes math.random begin anew, so that a test draws the same alone as
// among others.
func (s *Suite) Reseed(c *engine.Call, seed int64) error {
	_, err := c.Invoke(s.Calls.Seed, float64(seed))
	return err
}
