package profile_test

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	pprof "github.com/google/pprof/profile"
	"go.uber.org/goleak"

	"github.com/gscript-lang/gscript/engine"
	"github.com/gscript-lang/gscript/engine/profile"
	"github.com/gscript-lang/gscript/modules"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// sample runs a script under the profiler.
func sample(t *testing.T, source string) *pprof.Profile {
	t.Helper()
	p := profile.Start(1000)
	s := engine.New(engine.Options{Modules: modules.All(), Probes: []engine.Probe{p}}).NewState(t.Context())
	_, err := s.Run(t.Context(), "work.lua", source)
	if cerr := s.Close(); err == nil {
		err = cerr
	}
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	if err := p.Stop(&out); err != nil {
		t.Fatal(err)
	}
	parsed, err := pprof.Parse(&out)
	if err != nil {
		t.Fatal(err)
	}
	return parsed
}

// stack writes a sample as "a < b < c".
func stack(s *pprof.Sample) string {
	var names []string
	for _, l := range s.Location {
		names = append(names, l.Line[0].Function.Name)
	}
	return strings.Join(names, " < ")
}

func TestProfile(t *testing.T) {
	t.Parallel()
	p := sample(t, `
local async = require "async"
local function hot()
  local n = 0
  for i = 1, 2e6 do n = n + i end
  return n
end
local function waits() async.sleep(0.05) end
local task = async.spawn(waits)
for i = 1, 3 do hot() end
pcall(hot)
async.gather(task)
`)
	var cpu, hot, slept, guarded int64
	for _, s := range p.Sample {
		text := stack(s)
		cpu += s.Value[1]
		switch {
		case strings.HasPrefix(text, "hot work.lua:3 < pcall"):
			guarded += s.Value[1]
			hot += s.Value[1]
		case strings.HasPrefix(text, "hot work.lua:3 < work.lua"):
			hot += s.Value[1]
			for _, l := range s.Location[:1] {
				if line := l.Line[0].Line; line < 4 || line > 6 {
					t.Errorf("hot at line %d", line)
				}
			}
		case strings.HasPrefix(text, "async.sleep < "):
			if s.Value[1] != 0 {
				t.Error("sleeping takes processor time")
			}
			if label := s.Label["task"]; len(label) != 1 || label[0] != "task work.lua:9" {
				t.Errorf("the task is labelled %q", label)
			}
			slept += s.Value[2]
		}
	}
	if hot*2 < cpu || guarded == 0 {
		t.Errorf("hot has %v of %v, under pcall %v", time.Duration(hot), time.Duration(cpu), time.Duration(guarded))
	}
	if slept == 0 {
		var all []string
		for _, s := range p.Sample {
			all = append(all, fmt.Sprint(stack(s), s.Value))
		}
		t.Errorf("no sample of the sleeping task:\n%s", strings.Join(all, "\n"))
	}
}

// The workers of a pool are sampled too.
func TestWorkers(t *testing.T) {
	t.Parallel()
	p := sample(t, `
local pool = require "pool"
pool.with({workers = 2}, function(p)
  p:map(function(n)
    local sum = 0
    for i = 1, 1e6 do sum = sum + i * n end
    return sum
  end, {1, 2, 3, 4})
end)
`)
	for _, s := range p.Sample {
		if s.Value[1] > 0 && strings.Contains(stack(s), "work.lua:4") {
			return
		}
	}
	t.Error("no sample of a worker")
}

func benchmark(b *testing.B, probes ...engine.Probe) {
	path := filepath.Join(b.TempDir(), "main.lua")
	if err := os.WriteFile(path, []byte("local n = 0\nfor i = 1, 1000000 do n = n + i end\nreturn n\n"), 0o666); err != nil {
		b.Fatal(err)
	}
	s := engine.New(engine.Options{Probes: probes}).NewState(b.Context())
	defer s.Close()
	for b.Loop() {
		if _, err := s.RunFile(b.Context(), path); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkPlain(b *testing.B) { benchmark(b) }

func BenchmarkSampled(b *testing.B) {
	p := profile.Start(100)
	defer p.Stop(&bytes.Buffer{})
	benchmark(b, p)
}
