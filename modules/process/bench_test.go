package process_test

import (
	"fmt"
	"testing"
)

// script runs a piece of Lua b.N times within one script; before is run once.
func script(b *testing.B, before, each string) {
	w := world(b)
	w.Deadline = 1e12
	b.ResetTimer()
	w.Run(b, requires+before+fmt.Sprintf("\nfor i = 1, %d do %s end", b.N, each))
}

func BenchmarkSpawnAndWait(b *testing.B) {
	script(b, `local function f(x) return x + 1 end`, `process.spawn(f, i):wait()`)
}

// The same with a worker that is ready: the round trip of a job.
func BenchmarkSpawnAndWaitPool(b *testing.B) {
	script(b, `process.start_method("pool", {ready=1}) local function f(x) return x + 1 end process.spawn(f, 1):wait()`, `process.spawn(f, i):wait()`)
}

// Values from one process to another, by way of the pipe in this one.
func BenchmarkPipe(b *testing.B) {
	script(b, `
		local x, y = process.pipe()
		process.spawn{daemon=true, fn=function() while true do y:send(1) end end}`,
		`x:receive()`)
}

func BenchmarkPipeRoundTrip(b *testing.B) {
	script(b, `
		local x, y = process.pipe()
		process.spawn{daemon=true, fn=function() while true do y:send(y:receive()) end end}`,
		`x:send(i) x:receive()`)
}

func BenchmarkValueAdd(b *testing.B) {
	script(b, `local v = process.value("i64")`, `v:add(1)`)
}

func BenchmarkBufferSet(b *testing.B) {
	script(b, `local t = process.buffer("f64", 1000)`, `t[i % 1000 + 1] = i`)
}

// An operation of a process on what it shares with its parent.
func BenchmarkValueAddElsewhere(b *testing.B) {
	script(b, fmt.Sprintf(`local v = process.value("i64")
		process.spawn(function() for i = 1, %d do v:add(1) end end):wait()`, b.N), ``)
}

func BenchmarkDictElsewhere(b *testing.B) {
	script(b, fmt.Sprintf(`local d = process.manager():dict() d:set("k", 1)
		process.spawn(function() for i = 1, %d do d:get("k") end end):wait()`, b.N), ``)
}
