package debug_test

import (
	"context"
	"testing"

	"github.com/gscript-lang/gscript/engine"
	"github.com/gscript-lang/gscript/engine/debug"
)

// BenchmarkLoop is what a debugger costs a loop that never stops.
func BenchmarkLoop(b *testing.B) {
	source := `local function add(a, b)
  if a == nil then
    return 0
  end
  return a + b
end
local n = 0
for i = 1, 200000 do
  n = add(n, i % 7)
end
return n`
	never := line(3)
	far := debug.Breakpoint{File: "other.lua", Line: 1}
	for _, tt := range []struct {
		name  string
		on    bool
		point *debug.Breakpoint
	}{{"off", false, nil}, {"on", true, nil}, {"elsewhere", true, &far}, {"never", true, &never}} {
		b.Run(tt.name, func(b *testing.B) {
			var o engine.Options
			if tt.on {
				d := debug.New(&front{notes: make(chan string, 10)}, debug.Options{Catch: debug.Uncaught})
				if tt.point != nil {
					if _, err := d.Break(*tt.point); err != nil {
						b.Fatal(err)
					}
				}
				o.Probes = []engine.Probe{d}
			}
			s := engine.New(o).NewState(context.Background())
			defer s.Close()
			b.ReportAllocs()
			for b.Loop() {
				if _, err := s.Run(context.Background(), "main.lua", source); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
