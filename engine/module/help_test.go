package module_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/gscript-lang/gscript/engine/internal/fault"
	"github.com/gscript-lang/gscript/engine/module"
)

func help(t *testing.T, name string, style module.Style) string {
	t.Helper()
	var b strings.Builder
	if err := module.Help(&b, web(), name, style); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestHelp(t *testing.T) {
	t.Parallel()
	for file, name := range map[string]string{
		"overview": "", "get": "get", "run": "web.run", "each": "each", "walk": "walk", "list": "list",
		"type": "Client", "method": "web.Client:fetch", "property": "Client.host",
		"kind": "web.status", "value": "null", "table": "TLSOptions",
	} {
		t.Run(file, func(t *testing.T) {
			t.Parallel()
			golden(t, "help_"+file+".txt", help(t, name, module.Style{}))
		})
	}
}

func TestHelpNarrowAndColored(t *testing.T) {
	t.Parallel()
	golden(t, "help_narrow.txt", help(t, "get", module.Style{Width: 50}))
	colored := help(t, "get", module.Style{Color: true})
	golden(t, "help_colored.txt", colored)
	for _, escape := range []string{"\x1b[0m", "\x1b[1m", "\x1b[2m", "\x1b[36m"} {
		colored = strings.ReplaceAll(colored, escape, "")
	}
	if colored != help(t, "get", module.Style{}) {
		t.Error("color changes the text")
	}
}

func TestHelpKeepsWidth(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"", "get", "Client", "walk"} {
		for _, width := range []int{60, 80, 120} {
			code := false
			for l := range strings.SplitSeq(help(t, name, module.Style{Width: width}), "\n") {
				code = code || strings.HasPrefix(l, "Example")
				if n := len([]rune(l)); n > width && !code {
					t.Errorf("%q at width %d: %d characters: %s", name, width, n, l)
				}
			}
		}
	}
}

func TestHelpUnknown(t *testing.T) {
	t.Parallel()
	for name, hint := range map[string]string{
		"gte":           "did you mean 'get'?",
		"web.lsit":      "did you mean 'list'?",
		"Clinet":        "did you mean 'Client'?",
		"Client:fecth":  "did you mean 'Client:fetch'?",
		"nothing_alike": "",
	} {
		err := module.Help(&strings.Builder{}, web(), name, module.Style{})
		var e *fault.Error
		if !errors.As(err, &e) || e.Kind != fault.ArgsUnknown || e.Hint != hint {
			t.Errorf("%s: error %v with hint %q, want %q", name, err, e.Hint, hint)
		}
	}
}

func TestIndex(t *testing.T) {
	t.Parallel()
	var b strings.Builder
	other := &module.Module{Name: "toposort", Doc: "Order things by what they need. More."}
	if err := module.Index(&b, []*module.Module{web(), other}, module.Style{}); err != nil {
		t.Fatal(err)
	}
	want := "  web       Fetch things from servers.\n  toposort  Order things by what they need.\n"
	if b.String() != want {
		t.Errorf("got\n%swant\n%s", b.String(), want)
	}
}
