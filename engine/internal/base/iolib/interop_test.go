//go:build interop

package iolib_test

import (
	"math/rand/v2"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// Random files read by random formats give what they give under C Lua.
func TestReadAsInCLua(t *testing.T) {
	t.Parallel()
	lua, err := exec.LookPath("lua5.1")
	if err != nil {
		t.Fatal(err)
	}
	const source = `
		local formats = {"*n", "*l", "*a", 0, 1, 3, "*n", "*n"}
		local seed = 1
		local function random(n) seed = (seed * 16807) % 2147483647 return seed % n + 1 end
		for text in io.open("texts"):read("*a"):gmatch("([^;]*);") do
			local f = io.open("one", "w") f:write(text) f:close()
			f = io.open("one", "r")
			for i = 1, 5 do
				local a, b = f:read(formats[random(#formats)], formats[random(#formats)])
				if a ~= a then a = "nan" end if b ~= b then b = "nan" end
				io.write(tostring(a), "|", tostring(b), "|", f:seek(), "\n")
			end
			f:close()
		end`
	var texts strings.Builder
	parts := []string{"1", "0", "x", "0x", "1f", "e", "E+", "-", "+", ".", " ", "\n", "p3", "nan", "inf", "infinity", "a", "12.5", "\t"}
	random := rand.New(rand.NewPCG(1, 2))
	for range 3000 {
		for range random.IntN(8) {
			texts.WriteString(parts[random.IntN(len(parts))])
		}
		texts.WriteByte(';')
	}
	w := trusted(t)
	w.put(t, "texts", texts.String())
	w.put(t, "test.lua", source)
	cmd := exec.Command(lua, "test.lua")
	cmd.Dir = w.dir
	out, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	got, want := strings.Split(w.run(t, source), "\n"), strings.Split(string(out), "\n")
	bad := 0
	for i := range max(len(got), len(want)) {
		if i >= len(got) || i >= len(want) || got[i] != want[i] {
			if bad++; bad > 10 {
				t.Fatalf("%s: %d lines and %d", filepath.Join(w.dir, "one"), len(got), len(want))
			}
			t.Errorf("line %d: got %q, want %q", i, at(got, i), at(want, i))
		}
	}
}

func at(list []string, i int) string {
	if i < len(list) {
		return list[i]
	}
	return ""
}
