package iolib_test

import (
	"path/filepath"
	"strings"
	"testing"

	lua "github.com/yuin/gopher-lua"
)

const (
	readLines = `local n = 0 for l in io.lines(NAME) do n = n + #l end assert(n > 0)`
	readAll   = `local f = io.open(NAME) assert(#f:read("*a") > 0) f:close()`
	writeMany = `local f = io.open(NAME .. ".out", "w") for i = 1, 1000000 do f:write("item ", i, "\n") end f:close()`
)

// The file has 10 MB; the times of 100 MB are ten times these.
func benchmark(b *testing.B, source string, stock bool) {
	w := trusted(b)
	w.put(b, "f", strings.Repeat("a line of some forty bytes, more or less\n", 250_000))
	name := filepath.ToSlash(filepath.Join(w.dir, "f"))
	source = `NAME = "` + name + `" ` + source
	b.ResetTimer()
	for b.Loop() {
		if !stock {
			w.run(b, source)
			continue
		}
		L := lua.NewState()
		if err := L.DoString(source); err != nil {
			b.Fatal(err)
		}
		L.Close()
	}
}

func BenchmarkLines(b *testing.B)      { benchmark(b, readLines, false) }
func BenchmarkLinesStock(b *testing.B) { benchmark(b, readLines, true) }
func BenchmarkAll(b *testing.B)        { benchmark(b, readAll, false) }
func BenchmarkAllStock(b *testing.B)   { benchmark(b, readAll, true) }
func BenchmarkWrite(b *testing.B)      { benchmark(b, writeMany, false) }
func BenchmarkWriteStock(b *testing.B) { benchmark(b, writeMany, true) }
