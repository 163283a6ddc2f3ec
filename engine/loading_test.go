package engine_test

import (
	"context"
	"testing"
	"testing/fstest"

	"github.com/gscript-lang/gscript/engine"
)

func TestModulesAreLoadedOnce(t *testing.T) {
	library := fstest.MapFS{}
	for name, source := range map[string]string{
		"slow.lua":  `require("demo").wait() count = (count or 0) + 1 return {n = count}`,
		"early.lua": `local M = {} package.loaded[...] = M require("demo").wait() M.done = true`,
		"a.lua":     `return require "b"`,
		"b.lua":     `return require "c"`,
		"c.lua":     `return require "a"`,
		"left.lua":  `require("demo").wait() return require "right"`,
		"right.lua": `require("demo").wait() return require "left"`,
	} {
		library[name] = &fstest.MapFile{Data: []byte(source)}
	}
	for name, script := range map[string]string{
		"by two tasks": `
			local demo = require "demo"
			local first
			demo.spawn(function() first = require "slow" end)
			demo.spawn(function() while demo.waiting() == 0 do demo.sleep(0) end demo.open() end)
			local second = require "slow"
			while not first do demo.sleep(0) end
			assert(first == second and count == 1, count)`,
		"by two tasks, of which one shows it early": `
			local demo = require "demo"
			local first
			demo.spawn(function() first = require "early" end)
			while demo.waiting() == 0 do demo.sleep(0) end
			demo.spawn(function() demo.open() end)
			local second = require "early"
			assert(second.done)
			while not first do demo.sleep(0) end
			assert(first == second)`,
		"in a circle": `
			local ok, e = pcall(require, "a")
			assert(not ok and e.kind == "module.loop" and e.message == "modules require each other: a → b → c → a", e.message)`,
		"in a circle of tasks": `
			local demo = require "demo"
			local other
			demo.spawn(function() other = {pcall(require, "right")} end)
			demo.spawn(function() while demo.waiting() < 2 do demo.sleep(0) end demo.open() end)
			local ok, e = pcall(require, "left")
			while not other do demo.sleep(0) end
			assert(not ok or not other[1])
			assert(e.kind == "module.loop" or other[2].kind == "module.loop", tostring(e) .. tostring(other[2]))`,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			m := testModule()
			s := engine.New(engine.Options{Library: library, Modules: []engine.Entry{engine.Provide(m)}}).NewState(context.Background())
			defer s.Close()
			if _, err := s.Run(context.Background(), "require", script); err != nil {
				t.Error(err)
			}
		})
	}
}
