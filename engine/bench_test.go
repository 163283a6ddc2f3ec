package engine_test

import (
	"context"
	"testing"
	"time"

	lua "github.com/yuin/gopher-lua"

	"github.com/gscript-lang/gscript/engine"
)

// loop calls the global f n times in the state.
const loop = `local f, n = f, ... for i = 1, n do f("a") end`

// BenchmarkRaw is the floor: a plain gopher-lua function under a context.
func BenchmarkRaw(b *testing.B) {
	L := lua.NewState()
	defer L.Close()
	L.SetContext(b.Context())
	L.SetGlobal("f", L.NewFunction(func(L *lua.LState) int {
		L.Push(lua.LString(L.CheckString(1) + "!"))
		return 1
	}))
	fn, err := L.LoadString(loop)
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	b.ResetTimer()
	L.Push(fn)
	L.Push(lua.LNumber(b.N))
	L.Call(1, 0)
}

type textIn struct {
	Text string `lua:"text" doc:"text"`
}

func benchCall(b *testing.B, inline bool) {
	f := engine.Fn("f", "F.", func(_ *engine.Call, in textIn) (string, error) { return in.Text + "!", nil })
	f.Inline = inline
	m := &engine.Module{Name: "m", Funcs: []*engine.Function{f}}
	s := engine.New(engine.Options{Modules: []engine.Entry{engine.Provide(m)}}).NewState(b.Context())
	defer s.Close()
	if _, err := s.Run(b.Context(), "setup", `f = require("m").f`); err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	b.ResetTimer()
	if _, err := s.Run(b.Context(), "loop", loop, b.N); err != nil {
		b.Fatal(err)
	}
}

func BenchmarkInline(b *testing.B)   { benchCall(b, true) }
func BenchmarkReleased(b *testing.B) { benchCall(b, false) }

func BenchmarkNewState(b *testing.B) {
	e := engine.New(engine.Options{})
	b.ReportAllocs()
	for b.Loop() {
		e.NewState(b.Context()).Close()
	}
}

func benchScript(b *testing.B, source string) {
	s := engine.New(engine.Options{Modules: []engine.Entry{engine.Provide(testModule())}}).NewState(b.Context())
	defer s.Close()
	b.ReportAllocs()
	b.ResetTimer()
	if _, err := s.Run(b.Context(), "bench", source, b.N); err != nil {
		b.Fatal(err)
	}
}

func BenchmarkLuaCall(b *testing.B) {
	benchScript(b, `local n = ... local function f(x) return x end for i = 1, n do f(i) end`)
}

func BenchmarkPcall(b *testing.B) {
	benchScript(b, `local n = ... local function f(x) return x end for i = 1, n do pcall(f, i) end`)
}

func BenchmarkPcallError(b *testing.B) {
	benchScript(b, `local n = ... local function f(x) error("x") end for i = 1, n do pcall(f, i) end`)
}

func BenchmarkSpawn(b *testing.B) {
	benchScript(b, `local n = ... local spawn = require("demo").spawn local function f() end for i = 1, n do spawn(f) end`)
}

const fib = `local function fib(n) if n < 2 then return n end return fib(n - 1) + fib(n - 2) end for i = 1, ... do fib(20) end`

// BenchmarkFib shows what the hook costs beside BenchmarkFibBare, which is
// gopher-lua with stacks as ours and without a context, and what gopher-lua's
// usual way to a deadline costs, BenchmarkFibDeadline.
func BenchmarkFib(b *testing.B) { benchScript(b, fib) }

func BenchmarkFibBare(b *testing.B) { benchStock(b, nil) }

func BenchmarkFibDeadline(b *testing.B) {
	ctx, cancel := context.WithTimeout(b.Context(), time.Hour)
	defer cancel()
	benchStock(b, ctx)
}

func benchStock(b *testing.B, ctx context.Context) {
	L := lua.NewState(lua.Options{
		CallStackSize: 4088, RegistrySize: 128, RegistryMaxSize: 1 << 18, RegistryGrowStep: 2048, MinimizeStackMemory: true,
	})
	defer L.Close()
	if ctx != nil {
		L.SetContext(ctx)
	}
	fn, err := L.LoadString(fib)
	if err != nil {
		b.Fatal(err)
	}
	b.ResetTimer()
	L.Push(fn)
	L.Push(lua.LNumber(b.N))
	L.Call(1, 0)
}
