package engine_test

import (
	"testing"

	"github.com/gscript-lang/gscript/engine"
)

// A thread begins with room for little and has room for as much as any other
// when it needs it.
func TestThreadsGrow(t *testing.T) {
	t.Parallel()
	const deep = `
		local function sum(n) if n == 0 then return 0 end return n + sum(n - 1) end
		local function wide(...) return select("#", ...) end
		local function caught(n) if n == 0 then error("bottom", 0) end caught(n - 1) return n end
		local function mutual(n) local t = setmetatable({}, {__index = function(_, k) return k == 0 and 0 or mutual2(k - 1) end}) return t[n] end
		function mutual2(n) return 1 + mutual(n) end
		local function work()
			local list = {}
			for i = 1, 20000 do list[i] = i end
			local up = 0
			local function closure() up = up + 1 return up end
			for i = 1, 100 do closure() end
			local ok, e = pcall(caught, 3000)
			return sum(50), sum(3900), sum(10), wide(unpack(list)), e, up, mutual(60), sum(100)
		end
		local function text(...) return table.concat({...}, " ") end
	`
	const want = "1275 7606950 55 20000 bottom 100 60 5050"
	for name, source := range map[string]string{
		"main chunk":           `return text(work())`,
		"protected call":       `return text(select(2, pcall(work)))`,
		"coroutine":            `return text(coroutine.wrap(work)())`,
		"coroutine that waits": `local co = coroutine.wrap(function() coroutine.yield() return work() end) co() return text(co())`,
		"task":                 `local out require("demo").spawn(function() out = text(work()) end) while not out do require("demo").sleep(0.001) end return out`,
		"callback":             `return require("demo").call(function() return text(work()) end)`,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			out, err := newState(t, engine.Options{}).Run(t.Context(), "test.lua", deep+source)
			if err != nil || len(out) != 1 || out[0] != want {
				t.Errorf("returned %v, %v; want %s", out, err, want)
			}
		})
	}
}
