package bench

import (
	"bytes"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/gscript-lang/gscript/engine"
	"github.com/gscript-lang/gscript/engine/host"
	"github.com/gscript-lang/gscript/modules/test"
	"github.com/gscript-lang/gscript/modules/test/runner"
)

func TestPercentile(t *testing.T) {
	t.Parallel()
	times := make([]float64, 100)
	for i := range times {
		times[i] = float64(100 - i)
	}
	m := summarize(times)
	if m.Min != 1 || m.P50 != 50 || m.P90 != 90 || m.P99 != 99 || m.Max != 100 || m.Mean < 50.49 || m.Mean > 50.51 || m.Rounds != 100 {
		t.Errorf("1 to 100 are %+v", m)
	}
	if m := summarize([]float64{7}); m.P50 != 7 || m.P99 != 7 || m.Dev != 0 {
		t.Errorf("7 alone is %+v", m)
	}
}

func TestNextTurns(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		n    int
		took time.Duration
		want int
	}{
		{1, 0, 100}, // the clock did not move
		{10, time.Millisecond, 200},
		{10, time.Microsecond, 1000}, // no more than 100 times as many
		{10, 40 * time.Millisecond, 5},
		{1, time.Hour, 1},
		{mostTurns, time.Nanosecond, mostTurns},
	} {
		if got := nextTurns(tt.n, tt.took, 20*time.Millisecond); got != tt.want {
			t.Errorf("behind %d turns in %v come %d, want %d", tt.n, tt.took, got, tt.want)
		}
	}
}

func TestChange(t *testing.T) {
	t.Parallel()
	before := Measured{ID: "x", Min: 90, P50: 100, P90: 110}
	for _, tt := range []struct {
		now  Measured
		want string
	}{
		{Measured{Min: 190, P50: 200, P90: 210}, "100 ns\t+100.0%\t"},
		{Measured{Min: 95, P50: 105, P90: 115}, "100 ns\t+5.0% (noise)\t"},
		{Measured{Min: 40, P50: 50, P90: 60}, "100 ns\t-50.0%\t"},
	} {
		if got := change(tt.now, before); got != tt.want {
			t.Errorf("%+v gives %q, want %q", tt.now, got, tt.want)
		}
	}
	if got := change(Measured{}, Measured{}); got != "-\tnew\t" {
		t.Errorf("a new one gives %q", got)
	}
}

func TestRun(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	write := func(name, text string) {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	write("a_bench.lua", `
		function bench_second(b) for i = 1, b.n do local s = "a" .. i end end
		function bench_broken(b) error("cannot") end
		function helper() end`)
	h := host.New(host.AllowAll(), host.Config{Dir: dir})
	defer h.Close()
	run := func(o Options) (int, string, error) {
		var out bytes.Buffer
		o.Out = &out
		o.Runner.Host = h
		o.Runner.Engine = engine.Options{Trusted: true, Modules: []engine.Entry{{Name: "test", Declare: test.Module}}}
		o.Config = Config{Rounds: 3, Round: time.Microsecond, Warmup: time.Microsecond}
		code, err := Run(t.Context(), o)
		return code, out.String(), err
	}
	code, out, err := run(Options{Runner: runner.Options{Keyword: "second"}, Save: "saved.json"})
	if err != nil || code != 0 || !regexp.MustCompile(`a_bench.lua::bench_second +3 +\d+ `).MatchString(out) {
		t.Fatalf("%d, %v, %s", code, err, out)
	}
	code, out, err = run(Options{Runner: runner.Options{Keyword: "second"}, Compare: "saved.json"})
	if err != nil || code != 0 || !strings.Contains(out, "p50 before") || !strings.Contains(out, "%") {
		t.Errorf("%d, %v, %s", code, err, out)
	}
	if code, out, err = run(Options{}); err != nil || code != runner.ExitFailed ||
		!strings.Contains(out, "error a_bench.lua::bench_broken: cannot (a_bench.lua:3)\n") || !strings.Contains(out, "a_bench.lua::bench_second") {
		t.Errorf("a broken one: %d, %v, %s", code, err, out)
	}
	if code, out, err = run(Options{Runner: runner.Options{Keyword: "nowhere"}}); err != nil || code != runner.ExitNothing || !strings.Contains(out, "no benchmarks") {
		t.Errorf("none: %d, %v, %s", code, err, out)
	}
	write("empty.json", "{}")
	if _, _, err = run(Options{Compare: "empty.json"}); err == nil || !strings.Contains(err.Error(), "holds no benchmarks") {
		t.Errorf("an empty file of --compare: %v", err)
	}
}
