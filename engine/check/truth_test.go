package check_test

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/gscript-lang/gscript/engine"
	"github.com/gscript-lang/gscript/engine/check"
)

// failing are the rules whose errors the engine raises too.
var failing = []string{
	"unknown-option", "missing-argument", "extra-argument", "argument-type", "argument-value",
	"read-only", "method-call", "not-callable", "string-format", "unknown-module",
}

// What is called an error fails when it runs, and a call that is not reported is
// not refused for its arguments.
func TestErrorsAreTrue(t *testing.T) {
	t.Parallel()
	c := fixture(t, nil)
	ran := 0
	for _, rule := range cases {
		if !slices.Contains(failing, rule.rule) {
			continue
		}
		for _, marked := range rule.found {
			source, _, _ := unmark(marked)
			found := c.Check("script.lua", source)
			severe := slices.ContainsFunc(found, func(f check.Finding) bool { return f.Severity == check.Error })
			if err := runScript(t, source); severe && err == nil {
				t.Errorf("%s runs, but there is\n%s", source, lines(found))
			}
			ran++
		}
		for _, source := range rule.passes {
			if strings.Contains(source, "...") || strings.Contains(source, "web.get(x, x)") {
				continue // which has no arguments here
			}
			if err := runScript(t, source); strings.HasPrefix(engine.KindOf(err), "args.") {
				t.Errorf("%s is not reported, but fails: %v", source, err)
			}
			ran++
		}
	}
	if ran < 60 {
		t.Errorf("only %d sources ran", ran)
	}
}

func runScript(t *testing.T, source string) error {
	t.Helper()
	e := engine.New(engine.Options{
		Modules: []engine.Entry{engine.Provide(web())}, Library: fstest.MapFS{"text.lua": {Data: []byte(textSource)}},
		Trusted: true, Stdout: &strings.Builder{}, Dir: t.TempDir(),
	})
	s := e.NewState(t.Context())
	_, err := s.Run(t.Context(), "script.lua", source)
	return errors.Join(err, s.Close())
}
