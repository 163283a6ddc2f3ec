package expr

import (
	"context"
	"testing"

	"github.com/gscript-lang/gscript/engine"
)

// Each turn of these works on 10,000 rows: a formula on all of them at once, one
// run for each, and the same in Lua.
func BenchmarkRows(b *testing.B) {
	const setup = `
		local expr = require "expr"
		local rows = {}
		for i = 1, 10000 do rows[i] = {price=i*1.5, count=i%7, tags={"a", "b"}} end
		local p = expr.compile("price * count > 100 and 'a' in tags", {env={price="number", count="number", tags="list"}})
		local many = expr.compile("sum(1..200, # * 2) + price", {env={price="number"}})
		local function has(t, x) for _, v in ipairs(t) do if v == x then return true end end end
		local work = {
			map = function() p:map(rows) end,
			run = function() for i = 1, #rows do p:run(rows[i]) end end,
			eval = function() for i = 1, #rows do expr("price * count > 100", {price=i, count=2}) end end,
			lua = function() for i = 1, #rows do local r = rows[i] local _ = r.price * r.count > 100 and has(r.tags, "a") end end,
			loops = function() many:map(rows) end,
			lualoops = function() for i = 1, #rows do local s = rows[i].price for k = 1, 200 do s = s + k * 2 end end end,
			compile = function() for i = 1, 100 do expr.compile("price * count > " .. i, {env={price="number", count="number"}}) end end,
		}
		function step(name) work[name]() end`
	for _, name := range []string{"map", "run", "eval", "lua", "loops", "lualoops", "compile"} {
		b.Run(name, func(b *testing.B) {
			s := engine.New(engine.Options{Modules: []engine.Entry{{Name: "expr", Declare: Module}}, Trusted: true}).NewState(context.Background())
			defer s.Close()
			if _, err := s.Run(context.Background(), "bench.lua", setup); err != nil {
				b.Fatal(err)
			}
			for b.Loop() {
				if _, err := s.Call(context.Background(), "step", name); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
