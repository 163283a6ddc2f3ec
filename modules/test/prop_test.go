package test_test

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/gscript-lang/gscript/engine"
	"github.com/gscript-lang/gscript/engine/host"
	"github.com/gscript-lang/gscript/modules/gen"
	"github.com/gscript-lang/gscript/modules/test"
)

// attempt runs source, which defines tests, and then runs those; what they print
// and how each ended is returned.
func attempt(t *testing.T, config *test.Config, file, source string) string {
	t.Helper()
	var out bytes.Buffer
	state := engine.New(engine.Options{
		Modules:     []engine.Entry{{Name: "test", Declare: test.Module}, {Name: "gen", Declare: gen.Module}},
		Permissions: host.AllowAll(), Stdout: &out, Stderr: &out, Trusted: true, Dir: config.Root,
	}).NewState(t.Context())
	defer state.Close()
	suite := test.NewSuite(config, file)
	suite.Install(state)
	if _, err := state.Run(t.Context(), "a_test.lua", "local test, gen = require \"test\", require \"gen\"\n"+source); err != nil {
		t.Fatal(err)
	}
	for _, each := range suite.Root.Tests {
		_, err := state.Run(t.Context(), "run.lua", `
			local body = ...
			local r = require("test").run(function(t) body(t) end)
			print(r.outcome .. (r.failures[1] and ": " .. r.failures[1] or ""))`, each.Fn)
		if err != nil {
			t.Fatal(err)
		}
	}
	return out.String()
}

func TestProp(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		source string
		want   []string // parts of what is printed
	}{
		"holds": {
			`test.prop("sum", {gen.int(), gen.int()}, function(a, b, t) t.eq(a + b, b + a) end)`,
			[]string{"passed"},
		},
		"the smallest number": {
			`test.prop("small", {gen.int()}, function(n) assert(n < 1000, "too large") end)`,
			[]string{"failed", "too large", "falsified in run", "seed 7", "\n  n = 1000"},
		},
		"the smallest list": {
			`test.prop("no twos", {gen.list(gen.int(0, 9))}, function(xs) for _, x in ipairs(xs) do assert(x < 5) end end)`,
			[]string{"failed", "\n  xs = {5}"},
		},
		"the smallest text": {
			`test.prop("ascii", {gen.string()}, function(s) return not s:find("[^%w]") end)`,
			[]string{"failed", "the property is false", "\n  s = \" \""},
		},
		"through map, filter and composite": {
			`local pair = gen.composite(function(draw) local n = draw(gen.int(0, 100)) return {n, draw(gen.int(n, 200))} end)
			 test.prop("pairs", {pair:filter(function(p) return p[1] % 2 == 0 end):map(function(p) return p[2] end)}, function(n) assert(n < 42) end)`,
			[]string{"failed", "\n  n = 42"},
		},
		"arguments may be changed": {
			`test.prop("changes", {gen.list(gen.int(1, 9), {min=1})}, function(xs) local s = #xs xs[1] = nil assert(s < 3) end)`,
			[]string{"failed", "\n  xs = {1, 1, 1}"},
		},
		"a filter that refuses all": {
			`test.prop("none", {gen.int():filter(function() return false end)}, function() end)`,
			[]string{"failed", "make hardly any values"},
		},
		"a generator that raises": {
			`test.prop("raises", {gen.int():map(function() error("in map", 0) end)}, function() end)`,
			[]string{"failed", "in map"},
		},
		"a skip is a skip": {
			`test.prop("skips", {gen.int()}, function(n, t) t.skip("not here") end)`,
			[]string{"skipped"},
		},
		"by chance": {
			`local n = 0
			 test.prop("chance", {gen.int()}, function() n = n + 1 assert(n ~= 1) end)`,
			[]string{"failed", "fails by chance"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			out := attempt(t, &test.Config{Root: t.TempDir(), Seed: 7}, "", c.source)
			if !strings.HasPrefix(out, c.want[0]) {
				t.Errorf("does not end as %s", c.want[0])
			}
			for _, part := range c.want[1:] {
				if !strings.Contains(out, part) {
					t.Errorf("does not say %q", part)
				}
			}
			if t.Failed() {
				t.Log(out)
			}
		})
	}
}

// What made a property fail is tried first the next time, whatever the seed, and
// forgotten once it holds.
func TestPropRemembers(t *testing.T) {
	t.Parallel()
	root := t.TempDir()
	rare := `test.prop("rare", {gen.int(0, 1000000)}, function(n) assert(n ~= 271828) end, {runs=1})`
	seeds := int64(0)
	broken := `test.prop("rare", {gen.int(0, 1000000)}, function(n) assert(n < 271828) end, {runs=3000})`
	if out := attempt(t, &test.Config{Root: root, Seed: seeds}, "", broken); !strings.Contains(out, "n = 271828") {
		t.Fatal(out)
	}
	if out := attempt(t, &test.Config{Root: root, Seed: 99}, "", rare); !strings.Contains(out, "falsified as before") || !strings.Contains(out, "n = 271828") {
		t.Errorf("does not remember\n%s", out)
	}
	fine := `test.prop("rare", {gen.int(0, 1000000)}, function(n) end, {runs=1})`
	if out := attempt(t, &test.Config{Root: root, Seed: 99}, "", fine); !strings.HasPrefix(out, "passed") {
		t.Error(out)
	}
	if out := attempt(t, &test.Config{Root: root, Seed: 99}, "", rare); !strings.HasPrefix(out, "passed") {
		t.Errorf("does not forget\n%s", out)
	}
	if out := attempt(t, &test.Config{Root: root, CI: true}, "", broken); !strings.HasPrefix(out, "failed") {
		t.Error(out)
	}
	if list, _ := filepath.Glob(filepath.Join(root, ".gscript", "cache", "prop", "*")); len(list) != 0 {
		t.Errorf("CI has written %v", list)
	}
}

func TestPropIsCheckedWhenDefined(t *testing.T) {
	t.Parallel()
	for _, source := range []string{
		`test.prop("x", {}, function() end)`,
		`test.prop("x", {gen.int()}, function() end, {runs=0})`,
		`test.prop("x", {1}, function() end)`,
		`test.prop("x", {gen.int()})`,
	} {
		state := engine.New(engine.Options{Modules: []engine.Entry{{Name: "test", Declare: test.Module}, {Name: "gen", Declare: gen.Module}}}).NewState(t.Context())
		_, err := state.Run(t.Context(), "a.lua", "local test, gen = require \"test\", require \"gen\"\n"+source)
		if engine.KindOf(err) != engine.KindInvalid {
			t.Errorf("%s: %v", source, err)
		}
		state.Close()
	}
}

func TestSnapshot(t *testing.T) {
	t.Parallel()
	root := t.TempDir()
	file := filepath.Join(root, "a_test.lua")
	snap := filepath.Join(root, "__snapshots__", "a_test.lua.snap")
	run := func(config test.Config, value string) string {
		config.Root = root
		return strings.TrimSpace(attempt(t, &config, file, `
			test.generate(function(add) add("x", function(t) t.snapshot(`+value+`) t.snapshot("a\r\\\n\n=== b\n", "text") end) end)`))
	}
	if out := run(test.Config{CI: true}, "1"); !strings.HasPrefix(out, "failed") || !strings.Contains(out, "CI writes none") {
		t.Errorf("in CI without a snapshot: %s", out)
	}
	if _, err := os.Stat(snap); err == nil {
		t.Error("CI has written")
	}
	if out := run(test.Config{}, "{b=1, a={2}}"); out != "passed" {
		t.Errorf("the first run: %s", out)
	}
	first, err := os.ReadFile(snap)
	if err != nil || !bytes.Contains(first, []byte("a = {2}, b = 1")) {
		t.Errorf("written is %s (%v)", first, err)
	}
	for _, config := range []test.Config{{}, {CI: true}, {Update: true}} {
		if out := run(config, "{a={2}, b=1}"); out != "passed" {
			t.Errorf("the same value under %+v: %s", config, out)
		}
	}
	for _, config := range []test.Config{{}, {CI: true}, {CI: true, Update: true}} {
		if out := run(config, "{a={3}, b=1}"); !strings.HasPrefix(out, "failed") || !strings.Contains(out, "+") {
			t.Errorf("another value under %+v: %s", config, out)
		}
	}
	if again, _ := os.ReadFile(snap); !bytes.Equal(first, again) {
		t.Errorf("a failure has written\n%s", again)
	}
	if out := run(test.Config{Update: true}, "{a={3}, b=1}"); out != "passed" {
		t.Errorf("an update: %s", out)
	}
	if out := run(test.Config{}, "{a={3}, b=1}"); out != "passed" {
		t.Errorf("after an update: %s", out)
	}
	if err := os.WriteFile(snap, []byte("something else"), 0o644); err != nil {
		t.Fatal(err)
	}
	if out := run(test.Config{Update: true}, "1"); !strings.Contains(out, "no file of snapshots") {
		t.Errorf("a file of something else: %s", out)
	}
}
