package stdlib_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"go.uber.org/goleak"

	"github.com/gscript-lang/gscript/engine"
	"github.com/gscript-lang/gscript/engine/host"
	"github.com/gscript-lang/gscript/engine/module"
	"github.com/gscript-lang/gscript/modules"
	"github.com/gscript-lang/gscript/stdlib"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// run runs source and returns what it printed.
func run(t *testing.T, name, source string) string {
	t.Helper()
	var out strings.Builder
	e := engine.New(engine.Options{
		Modules: modules.All(), Library: stdlib.Files, Permissions: host.AllowAll(),
		Dir: t.TempDir(), Stdout: &out, Stderr: &out, Trusted: true,
	})
	s := e.NewState(t.Context())
	_, err := s.Run(t.Context(), name, source)
	if cerr := s.Close(); err == nil {
		err = cerr
	}
	if err != nil {
		var report strings.Builder
		e.Report(err).Text(&report, false)
		t.Fatalf("%s\n%s\nprinted:\n%s", source, report.String(), out.String())
	}
	return out.String()
}

// Every module lies in the binary, and no test does.
func TestEmbedded(t *testing.T) {
	t.Parallel()
	names, err := filepath.Glob("*.lua")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range names {
		_, err := stdlib.Files.ReadFile(name)
		if test := strings.HasSuffix(name, "_test.lua"); test == (err == nil) {
			t.Errorf("%s: embedded is %v", name, !test)
		}
	}
}

// Only methods may go without an example: what they do is shown with their type.
func TestDeclarations(t *testing.T) {
	t.Parallel()
	list, err := stdlib.Declarations()
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range list {
		for _, err := range module.Check(m) {
			if where, _, missing := strings.Cut(err.Error(), ": has no example"); missing && (strings.Contains(where, ":") || m.Name == "text") {
				continue
			}
			t.Errorf("%s: %v", m.Name, err)
		}
		if m.Name != "text" && m.Call == "" {
			t.Errorf("%s: no function has the tag @call", m.Name)
		}
	}
}

// fenced finds the code in a doc.
func fenced(doc string) (examples []string) {
	for i, part := range strings.Split(doc, "```") {
		if code, ok := strings.CutPrefix(part, "lua\n"); ok && i%2 == 1 {
			examples = append(examples, code)
		}
	}
	return examples
}

func TestExamplesRun(t *testing.T) {
	t.Parallel()
	list, err := stdlib.Declarations()
	if err != nil {
		t.Fatal(err)
	}
	count := 0
	for _, m := range list {
		examples := fenced(m.Doc)
		for _, f := range m.Funcs {
			examples = append(examples, f.Examples...)
		}
		for _, typ := range m.Types {
			examples = append(examples, fenced(typ.Doc)...)
			for _, f := range typ.Methods {
				examples = append(examples, f.Examples...)
			}
			for _, o := range typ.Operators {
				examples = append(examples, o.Examples...)
			}
		}
		for _, example := range examples {
			count++
			t.Run(m.Name, func(t *testing.T) {
				t.Parallel()
				var want []string
				for line := range strings.SplitSeq(example, "\n") {
					if _, text, ok := strings.Cut(line, "--> "); ok {
						want = append(want, text)
					}
				}
				got := strings.ReplaceAll(strings.TrimRight(run(t, m.Name, example), " \n"), " \n", "\n")
				if got != strings.Join(want, "\n") {
					t.Errorf("%s\nprinted\n%s\nwant\n%s", example, got, strings.Join(want, "\n"))
				}
			})
		}
	}
	if count < 40 {
		t.Errorf("only %d examples were found", count)
	}
}

// Lua runs the global functions test_… of the files beside this one.
func TestLua(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("*_test.lua")
	if err != nil || len(files) == 0 {
		t.Fatal("no tests", err)
	}
	for _, file := range files {
		source, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for line := range strings.Lines(string(source)) {
			name, ok := strings.CutPrefix(line, "function test_")
			if !ok {
				continue
			}
			name, _, _ = strings.Cut(name, "(")
			t.Run(file+"/"+name, func(t *testing.T) {
				t.Parallel()
				s := engine.New(engine.Options{
					Modules: modules.All(), Library: stdlib.Files, Permissions: host.AllowAll(), Trusted: true, Dir: t.TempDir(),
				}).NewState(t.Context())
				_, err := s.Run(t.Context(), file, string(source))
				if err == nil {
					_, err = s.Call(t.Context(), "test_"+name)
				}
				if cerr := s.Close(); err == nil {
					err = cerr
				}
				var e *engine.Error
				if errors.As(err, &e) {
					t.Fatalf("%v\n%s", err, e.Traceback)
				} else if err != nil {
					t.Fatal(err)
				}
			})
		}
	}
}
