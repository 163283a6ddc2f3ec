package engine_test

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/gscript-lang/gscript/engine"
	"github.com/gscript-lang/gscript/engine/host"
)

// hostile is a script of testdata/hostile: what it does on its first lines, and
// in comments "-- want: …" how it must end.
type hostile struct {
	name, source string
	want         []string // ok, error, exit N, or an error's kind; several when the machine's speed decides
	limits       engine.Limits
	grants       host.Permissions
}

// deadline is what a script gets that must be stopped. Honouring it means to
// end within grace.
const (
	deadline = 200 * time.Millisecond
	grace    = 100 * time.Millisecond
)

func hostileScripts(t testing.TB) []hostile {
	t.Helper()
	paths, err := filepath.Glob("testdata/hostile/*.lua")
	if err != nil || len(paths) == 0 {
		t.Fatalf("no hostile scripts: %v", err)
	}
	var all []hostile
	for _, path := range paths {
		source, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		h := hostile{name: strings.TrimSuffix(filepath.Base(path), ".lua"), source: string(source)}
		for line := range strings.Lines(h.source) {
			key, value, ok := strings.Cut(strings.TrimSpace(strings.TrimPrefix(line, "--")), ": ")
			if !strings.HasPrefix(line, "--") || !ok {
				continue
			}
			number, _ := strconv.ParseInt(value, 10, 64)
			switch key {
			case "want":
				h.want = strings.Split(value, " or ")
			case "memory":
				h.limits.Memory = number << 20
			case "steps":
				h.limits.Steps = number
			case "grant":
				h.grants = h.grants.Allow(host.Capability(value))
			}
		}
		if h.want == nil {
			t.Fatalf("%s does not say what must happen", path)
		}
		if slices.Contains(h.want, "limit.deadline") {
			h.limits.Time = deadline
		}
		all = append(all, h)
	}
	return all
}

// run runs the script in an engine of its own and returns what is wrong with
// how it ended, and how far past its deadline that was.
func (h hostile) run() (problem string, late time.Duration) {
	var out bytes.Buffer
	s := engine.New(engine.Options{
		Limits: h.limits, Permissions: h.grants, Stdout: &out, Stderr: &out, Stdin: strings.NewReader(""),
	}).NewState(context.Background())
	begin := time.Now()
	_, err := s.Run(context.Background(), h.name, h.source)
	if h.limits.Time > 0 {
		late = time.Since(begin) - h.limits.Time
	}
	if cerr := s.Close(); cerr != nil {
		return fmt.Sprintf("close: %v", cerr), late
	}
	kind, got := engine.KindOf(err), "error"
	code, exit := engine.ExitCode(err)
	switch {
	case err == nil:
		got = "ok"
	case exit:
		got = fmt.Sprintf("exit %d", code)
	case kind != "":
		got = kind
	}
	switch text := fmt.Sprint(err); {
	case !slices.Contains(h.want, got):
		return fmt.Sprintf("ended with %s (%.500v), want %s", got, err, strings.Join(h.want, " or ")), late
	case strings.Contains(text, "goroutine ") || strings.Contains(text, "runtime error"):
		return fmt.Sprintf("Go shows through: %.500v", err), late
	}
	return "", late
}

// canary is an ordinary script; it runs after each hostile one.
const canary = `
	local words = {}
	for w in ("one two three"):gmatch("%a+") do words[#words + 1] = w:upper() end
	table.sort(words, function(a, b) return #a < #b or #a == #b and a < b end)
	assert(table.concat(words, " ") == "ONE TWO THREE")
	local ok, e = pcall(error, {code = 7})
	assert(not ok and e.code == 7)
	local co = coroutine.wrap(function(a) local b = coroutine.yield(a + 1) return a * b end)
	assert(co(2) == 3 and co(10) == 20)
	assert(string.format("%05.1f|%q", 3.14159, "x") == '003.1|"x"')
	return 1 + 1`

func runCanary() error {
	s := engine.New(engine.Options{}).NewState(context.Background())
	defer s.Close()
	got, err := s.Run(context.Background(), "canary", canary)
	if err == nil && (len(got) != 1 || got[0] != 2.0) {
		err = fmt.Errorf("returned %v", got)
	}
	return err
}

// Every hostile script ends as it must, one after another in one process, and
// an ordinary script runs as before after each.
func TestHostileScripts(t *testing.T) {
	for _, h := range hostileScripts(t) {
		t.Run(h.name, func(t *testing.T) {
			problem, late := h.run()
			// A busy machine is late for other reasons, but not three times.
			for again := 0; again < 2 && problem == "" && late > grace && !raceEnabled; again++ {
				problem, late = h.run()
			}
			if problem != "" {
				t.Error(problem)
			}
			if late > grace && !raceEnabled {
				t.Errorf("it ended %v after its deadline", late)
			}
			if err := runCanary(); err != nil {
				t.Errorf("the canary: %v", err)
			}
		})
	}
}

// The same at once. Memory is the process's, so the scripts that are bounded by
// it alone stay out.
func TestHostileScriptsInParallel(t *testing.T) {
	for _, h := range hostileScripts(t) {
		if h.limits.Memory > 0 {
			continue
		}
		t.Run(h.name, func(t *testing.T) {
			t.Parallel()
			if problem, _ := h.run(); problem != "" {
				t.Error(problem)
			}
			if err := runCanary(); err != nil {
				t.Errorf("the canary: %v", err)
			}
		})
	}
}
