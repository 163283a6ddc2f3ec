package chunk

import (
	"strings"
	"testing"

	lua "github.com/yuin/gopher-lua"
	"github.com/yuin/gopher-lua/parse"
)

var script = strings.Repeat(`
-- Adds the numbers of a list.
local function sum(list, from)
  local total = from or 0
  for i, v in ipairs(list) do
    if type(v) == "number" then total = total + v * 1.5 end
  end
  return "the sum of " .. #list .. " numbers is " .. total
end
`, 12) + "return sum"

func BenchmarkScan(b *testing.B) {
	b.SetBytes(int64(len(script)))
	for b.Loop() {
		if _, _, err := scan("x", script, Guarded); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkCompile(b *testing.B) {
	sources := map[string]string{
		"script": script,
		"data":   "return {" + numbered("{id=%[1]d, name=\"name %[1]d\"},\n", 2000) + "}",
	}
	for _, name := range []string{"script", "data"} {
		source := sources[name]
		b.Run(name+"/ours", func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, err := Compile("x", source, Guarded); err != nil {
					b.Fatal(err)
				}
			}
		})
		b.Run(name+"/stock", func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				tree, err := parse.Parse(strings.NewReader(source), "x")
				if err != nil {
					b.Fatal(err)
				}
				if _, err := lua.Compile(tree, "x"); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
