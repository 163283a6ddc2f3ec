package lineedit

import (
	"io"
	"strings"
	"testing"
)

// indenting is an editor of blocks that a '{' opens and a '}' closes.
func indenting(in io.Reader) *Editor {
	e, _ := newEditor(in, 80)
	e.cfg.Ready = func(text string) bool { return strings.Count(text, "{") <= strings.Count(text, "}") }
	e.cfg.Indent = func(text []rune) (last, next int) {
		lines := strings.Split(string(text), "\n")
		next = strings.Count(string(text), "{") - strings.Count(string(text), "}")
		if last = -1; strings.HasPrefix(strings.TrimSpace(lines[len(lines)-1]), "}") {
			last = next
		}
		return last, next
	}
	return e
}

func TestIndent(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ name, keys, want string }{
		{"a block", "a {\rb\r}\r", "a {\n  b\n}"},
		{"a block in a block", "{\r{\rb\r}\r}\r", "{\n  {\n    b\n  }\n}"},
		{"by hand to the left", "{\r\x7fb\r}\r", "{\nb\n}"},
		{"by hand to the right", "{\r\tb\r}\r", "{\n    b\n}"},
		{"a narrower line stays", "{\r{\r\x7f\x7f}\r}\r", "{\n  {\n}\n}"},
		{"an empty line ends", "{\rb\r\r", "{\n  b\n  "},
		{"a paste stays", "{\r\x1b[200~b\r      }\x1b[201~\r", "{\n  b\n}"},
	} {
		e := indenting(&bytewise{tt.keys})
		if got, err := e.ReadLine(t.Context()); err != nil || got != tt.want {
			t.Errorf("%s: %q, %v; want %q", tt.name, got, err, tt.want)
		}
	}
	// What arrives faster than anybody types has its own indentation.
	e := indenting(strings.NewReader("{\r  b\r}\r"))
	if got, err := e.ReadLine(t.Context()); err != nil || got != "{\n  b\n}" {
		t.Errorf("pasted without marks: %q, %v", got, err)
	}
}

// TestSuspend checks that the terminal is given back at Ctrl-Z, and that the text
// and the cursor are where they were when the program goes on.
func TestSuspend(t *testing.T) {
	t.Parallel()
	e, out := newEditor(strings.NewReader("acd\x02\x02\x1ab\r"), 80)
	raw, suspended := 0, 0
	e.cfg.Raw = func() (func() error, error) {
		raw++
		return func() error { raw--; return nil }, nil
	}
	e.cfg.Suspend = func() {
		suspended++
		if raw != 0 {
			t.Error("the terminal was not given back")
		}
	}
	got, err := e.ReadLine(t.Context())
	if err != nil || got != "abcd" || suspended != 1 || raw != 0 {
		t.Errorf("%q, %v, suspended %d times, %d modes left", got, err, suspended, raw)
	}
	if n := strings.Count(out.String(), pasteOff); n != 2 {
		t.Errorf("the mode of pastes was ended %d times", n)
	}
}

// TestResumed checks that the terminal is made ready again when the program was
// stopped from outside.
func TestResumed(t *testing.T) {
	t.Parallel()
	in, w := io.Pipe()
	e, _ := newEditor(in, 80)
	resumed, again := make(chan struct{}), make(chan struct{}, 9)
	e.cfg.Resumed = resumed
	e.cfg.Raw = func() (func() error, error) {
		again <- struct{}{}
		return func() error { return nil }, nil
	}
	go func() {
		<-again
		io.WriteString(w, "a")
		resumed <- struct{}{}
		<-again
		io.WriteString(w, "b\r")
		w.Close()
	}()
	if got, err := e.ReadLine(t.Context()); err != nil || got != "ab" {
		t.Errorf("%q, %v", got, err)
	}
}
