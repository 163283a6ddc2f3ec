package docs

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/gscript-lang/gscript/engine"
	"github.com/gscript-lang/gscript/engine/host"
	"github.com/gscript-lang/gscript/engine/repl"
	"github.com/gscript-lang/gscript/engine/repl/history"
	"github.com/gscript-lang/gscript/modules"
	"github.com/gscript-lang/gscript/stdlib"
)

// TestSessions types what the console blocks of the page about the prompt show,
// and compares what comes out.
func TestSessions(t *testing.T) {
	t.Parallel()
	page, err := os.ReadFile("repl.md")
	if err != nil {
		t.Fatal(err)
	}
	sessions := strings.Split(string(page), "\n```console\n")[1:]
	if len(sessions) == 0 {
		t.Fatal("no session was found")
	}
	for _, text := range sessions {
		text, _, _ = strings.Cut(text, "\n```")
		t.Run("", func(t *testing.T) {
			t.Parallel()
			// What is typed is not echoed: behind a prompt stands what comes next.
			var typed, want strings.Builder
			for _, line := range strings.Split(text, "\n") {
				prompt, input, ok := strings.Cut(line, " ")
				number, _, excerpt := strings.Cut(input, " | ")
				if excerpt = excerpt && strings.Trim(number, "0123456789") == ""; ok && !excerpt && (prompt == ">" || prompt == ">>") {
					typed.WriteString(input + "\n")
					want.WriteString(prompt + " ")
					continue
				}
				want.WriteString(line + "\n")
			}
			want.WriteString("> \n")
			if got := typeIn(t, typed.String()); got != want.String() {
				t.Errorf("the session\n%s\n\nwrote\n%s\nwant\n%s", text, got, want.String())
			}
		})
	}
}

// typeIn gives what a prompt writes when a text is typed.
func typeIn(t *testing.T, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "typed")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	in, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer in.Close()
	var out bytes.Buffer
	world := host.New(host.AllowAll(), host.Config{Stdin: in, Stdout: &out, Stderr: &out, Dir: t.TempDir(), Env: []string{}})
	defer world.Close()
	kept, err := history.Open("")
	if err != nil {
		t.Fatal(err)
	}
	console := repl.NewConsole(world.Terminal, in, os.Stdout, kept, true)
	world.Terminal = console.Terminal()
	e := engine.New(engine.Options{Modules: modules.All(), Library: stdlib.Files, Host: world, Trusted: true})
	state := e.NewState(t.Context())
	var list []*engine.Module
	for _, entry := range modules.All() {
		list = append(list, entry.Declare())
	}
	err = repl.New(console, repl.Options{Engine: e, State: state, Host: world, Modules: list}).Run(t.Context())
	if cerr := state.Close(); err == nil {
		err = cerr
	}
	if err != nil {
		t.Fatal(err)
	}
	return out.String()
}
