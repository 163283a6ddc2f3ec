//go:build linux

package isolate_test

import (
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/gscript-lang/gscript/engine"
	"github.com/gscript-lang/gscript/engine/host"
	"github.com/gscript-lang/gscript/engine/isolate"
)

// The scripts of reference/security.md that eats memory or ended a process. They
// run one after the other, as each takes a core.
var hostile = []struct {
	name, source string
	kinds        []string // of errors, one of which it ends with; "" is success
}{
	{"rep", "return #string.rep('x', 1e10)", []string{"limit.string"}},
	{"rep 1e15", "return #string.rep('x', 1e15)", []string{"limit.string"}},
	{"rep within the cap", "local t = {} for i = 1, 100 do t[i] = ('x'):rep(15e6 + i) end", []string{"limit.memory"}},
	{"doubling", "local s = 'x' for i = 1, 100 do s = s .. s end", []string{"limit.string", "limit.memory"}},
	{"doubling kept", "local s, t = 'x', {} while true do s = #s < 8e6 and s .. s or s .. 'y' t[#t + 1] = s end", []string{"limit.string", "limit.memory"}},
	{"concat", "local t = {} for i = 1, 100 do t[i] = ('x'):rep(1e6) end return #table.concat(t)", []string{"limit.string", "limit.memory"}},
	{"gsub", "local s = ('x'):rep(1e5) return #s:gsub('.', s)", []string{"limit.string", "limit.memory"}},
	{"gsub captures", "return #(('a'):rep(1e5)):gsub('^(.*)$', ('%1'):rep(1e5))", []string{"limit.string", "limit.memory", "limit.pattern"}},
	{"table growth", "local t = {} while true do t[#t + 1] = {} end", []string{"limit.memory"}},
	{"table of numbers", "local t, i = {}, 0 while true do i = i + 1 t[i] = i end", []string{"limit.memory"}},
	{"table of strings", "local t, i = {}, 0 while true do i = i + 1 t['k' .. i] = i end", []string{"limit.memory"}},
	{"large index", "t = {} t[67108863] = 1", []string{""}},
	{"array indices", "local t = {} for i = 1, 1000 do t[i] = {} t[i][4e6] = 1 end", []string{"limit.memory"}},
	{"insert", "local t = {} for i = 1, 1000 do t[i] = {} table.insert(t[i], 4e6, 1) end", []string{"limit.memory", "limit.table", "lua"}},
	{"closures", "local f = function() end while true do local g = f f = function() return g end end", []string{"limit.memory"}},
	{"coroutines kept", "local t = {} while true do local c = coroutine.create(function() coroutine.yield() end) coroutine.resume(c) t[#t + 1] = c end", []string{"limit.memory", "limit.coroutines"}},
	{"coroutines nested", "local function f() return coroutine.wrap(f)() end f()", []string{"lua", "limit.stack", "limit.depth", "limit.memory", "limit.coroutines"}},
	{"ancestor", "local a a = coroutine.create(function() local b = coroutine.create(function() return coroutine.resume(a) end) return select(2, coroutine.resume(b)) end) coroutine.resume(a)", []string{""}},
	{"recursion", "local function f() return 1 + f() end f()", []string{"lua", "limit.stack", "limit.memory"}},
	{"recursion by pcall", "local function f() return pcall(f) end f()", []string{"", "lua", "limit.stack", "limit.memory"}},
	{"tail call", "local function f(...) return f(1, ...) end f()", []string{"lua", "limit.stack", "limit.memory", "limit.table", "limit.deadline"}},
	{"source deep", "return assert(loadstring('return ' .. ('{'):rep(2e6)))", []string{"lua", "limit.string", "limit.source", "limit.depth", "limit.memory", "syntax"}},
	{"source long", "return assert(loadstring('return ' .. ('a..'):rep(3e5) .. 'a'))", []string{"lua", "limit.source", "limit.depth", "limit.memory", "syntax"}},
	{"load from a function", "load(function() return 'x = 1 ' end)", []string{"", "limit.source", "limit.memory", "limit.string"}},
	{"pattern", "string.find('x', ('('):rep(5e6))", []string{"lua", "limit.pattern", "limit.memory"}},
	{"unpack", "return select('#', unpack({}, 1, 1e9))", []string{"lua", "limit.table", "limit.stack", "limit.memory"}},
	{"format", "return #string.format(('%999999[1]d'):rep(3000), 1)", []string{"lua"}},
	{"zero", "return #io.open('/dev/zero'):read('*a')", []string{"limit.string", "limit.memory"}},
	{"zero by number", "return #io.open('/dev/zero'):read(4e9)", []string{"limit.string", "limit.memory", "lua", "args.invalid"}},
	{"error of size", "local t = {} while true do t[#t + 1] = ('x'):rep(1e7) .. #t pcall(error, t[#t]) end", []string{"limit.memory"}},
}

func TestMemory(t *testing.T) {
	t.Parallel()
	for _, tt := range hostile {
		t.Run(tt.name, func(t *testing.T) {
			c := config()
			c.Options.Permissions = c.Options.Permissions.Allow(host.Read, "/dev/zero")
			if tt.name == "tail call" { // which copies more arguments each time
				c.Options.Limits.Time = 2 * time.Second
			}
			kind := end(t, c, tt.source)
			if !slices.Contains(tt.kinds, kind) {
				t.Errorf("ended with %q", kind)
			}
		})
	}
}

// The engine's own corpus of hostile scripts: each ends with its results, its
// own error or that of a limit, and never the child by itself.
func TestCorpus(t *testing.T) {
	t.Parallel()
	paths, err := filepath.Glob("../testdata/hostile/*.lua")
	if err != nil || len(paths) == 0 {
		t.Fatalf("no hostile scripts: %v", err)
	}
	for _, path := range paths {
		t.Run(filepath.Base(path), func(t *testing.T) {
			source, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			c := config()
			c.Options.Stdin, c.Options.Stdout, c.Options.Stderr = strings.NewReader(""), io.Discard, io.Discard
			c.Options.Limits.Time = time.Second
			for line := range strings.Lines(string(source)) {
				if grant, ok := strings.CutPrefix(line, "-- grant: "); ok {
					c.Options.Permissions = c.Options.Permissions.Allow(host.Capability(strings.TrimSpace(grant)))
				}
			}
			kind := end(t, c, string(source))
			if strings.HasPrefix(kind, "isolate.") || kind == "internal" {
				t.Errorf("ended with %q", kind)
			}
		})
	}
}

// end runs a script to its end and returns the kind of its error, "" for none
// and for os.exit. The child must have stayed within its memory.
func end(t *testing.T, c isolate.Config, source string) (kind string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	start := time.Now()
	p, err := isolate.Start(ctx, c, isolate.Script{Name: "script", Source: source})
	if err != nil {
		t.Fatal(err)
	}
	_, err = p.Wait()
	kind = engine.KindOf(err)
	if _, exit := engine.ExitCode(err); err != nil && kind == "" && !exit {
		t.Errorf("an error without a kind: %v", err)
	}
	if text := fmt.Sprint(err); strings.Contains(text, "goroutine ") || strings.Contains(text, "runtime") {
		t.Errorf("Go shows through: %v", err)
	}
	if peak := p.Peak(); peak > c.Options.Limits.Memory/5*6 {
		t.Errorf("the peak was %d MiB", peak>>20)
	}
	t.Logf("%-16s %4d MiB  %v  %.80v", kind, p.Peak()>>20, time.Since(start).Round(time.Millisecond), err)
	gone(t, p.PID())
	return kind
}

// Nothing is left open in the parent, whatever the children ended with.
func TestNothingLeaks(t *testing.T) {
	count := func() (fds, goroutines int) {
		entries, err := os.ReadDir("/proc/self/fd")
		if err != nil {
			t.Fatal(err)
		}
		return len(entries), runtime.NumGoroutine()
	}
	endings := []string{"return 1", "error('x')", "os.exit(3)", "local t = {} while true do t[#t + 1] = ('x'):rep(1e6) .. #t end"}
	once := func() {
		for _, source := range endings {
			_, _ = run(t, config(), source)
		}
		c := config()
		c.Command = []string{"false"}
		_, _ = run(t, c, "")
		c.Command = []string{"/nowhere/x"}
		_, _ = run(t, c, "")
	}
	once()
	fds, goroutines := count()
	for range 3 {
		once()
	}
	for range 200 { // goroutines end a moment after Wait returns
		if _, n := count(); n <= goroutines {
			break
		}
		time.Sleep(5 * time.Millisecond)
	}
	if f, g := count(); f > fds || g > goroutines {
		t.Errorf("%d descriptors and %d goroutines, before %d and %d", f, g, fds, goroutines)
	}
}
