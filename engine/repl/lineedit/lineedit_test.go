package lineedit

import (
	"context"
	"errors"
	"io"
	"strings"
	"sync"
	"testing"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// output is a terminal that only remembers.
type output struct {
	mu sync.Mutex
	b  strings.Builder
}

func (o *output) Write(p []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.b.Write(p)
}

func (o *output) String() string {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.b.String()
}

func newEditor(in io.Reader, columns int, history ...string) (*Editor, *output) {
	out := &output{}
	return New(Config{
		In: in, Out: out, Prompt: "> ", More: ">> ",
		Raw:   func() (func() error, error) { return func() error { return nil }, nil },
		Size:  func() (int, int) { return columns, 24 },
		Ready: func(text string) bool { return !strings.HasSuffix(text, "+") },
		Complete: func(text []rune, at int) (int, []Candidate) {
			var list []Candidate
			start := at
			for start > 0 && wordRune(text[start-1]) {
				start--
			}
			for _, word := range []string{"alpha", "alpine", "beta", "ünder"} {
				if strings.HasPrefix(word, string(text[start:at])) {
					list = append(list, Candidate{Text: word, Name: word})
				}
			}
			return start, list
		},
	}, NewMemory(history...)), out
}

func TestKeys(t *testing.T) {
	t.Parallel()
	const left, right, up, down, del = "\x1b[D", "\x1b[C", "\x1b[A", "\x1b[B", "\x1b[3~"
	for _, tt := range []struct{ name, keys, want string }{
		{"typing", "abc\r", "abc"},
		{"unicode", "äö€😀\x7f\x7fx\r", "äöx"},
		{"in the middle", "ac" + left + "b\r", "abc"},
		{"delete", "abc" + left + left + del + "\r", "ac"},
		{"backspace at the start", "\x7f\x7fa\r", "a"},
		{"home and end", "bc\x01a\x05d\r", "abcd"},
		{"home and end of terminals", "bc\x1b[Ha\x1b[Fd\x1bOH1\x1b[4~2\r", "1abcd2"},
		{"words", "one two\x1bbX\x1bfY\r", "one XtwoY"},
		{"words by control", "one two\x1b[1;5DX\r", "one Xtwo"},
		{"kill and yank", "one two\x17\x19\x19\r", "one twotwo"},
		{"kill to the ends", "abcd" + left + left + "\x0b\x01\x19\r", "cdab"},
		{"kill words", "one two" + "\x1b\x7f" + "\x01\x1bd\r", " "},
		{"undo", "one \x17two\x1f\x1f\r", "one "},
		{"a line more", "1 +\r2\r", "1 +\n2"},
		{"a line more by hand", "1\x1b\r2\r", "1\n2"},
		{"an empty line ends", "1 +\r\r", "1 +\n"},
		{"up and down in lines", "abc\x1b\rd" + up + "X" + down + "Y\r", "aXbc\ndY"},
		{"history", up + up + down + "!\r", "new!"},
		{"history keeps what was typed", "mine" + up + up + down + down + "!\r", "mine!"},
		{"older than the oldest", up + up + up + up + "\r", "old\ntext"},
		{"search", "\x12ol\r", "old\ntext"},
		{"search further", "\x12e\x12\r", "old\ntext"},
		{"search for nothing", "x\x12zzz\x07\r", "x"},
		{"search and edit", "\x12new\x05!\r", "new!"},
		{"paste", "\x1b[200~a\rb\n\x1b[31mc\x1b[201~\r", "a\nb\n[31mc"},
		{"complete", "b\t\r", "beta"},
		{"complete what is common", "al\ti\t\r", "alpine"},
		{"choose", "al\t\t\t\r\r", "alpine"},
		{"choose backwards", "al\t\x1b[Z!\r", "alpine!"},
		{"choose nothing", "al\t\t\x1b\x1bx\r", "alp"},
		{"complete unicode", "ü\t\r", "ünder"},
		{"complete nothing", "zz\t\r", "zz"},
		{"unknown keys", "a\x1b[99~\x1b[5;2R\x1bOQ\x00b\r", "ab"},
		{"not UTF-8", "a\xff\xfeb\r", "a\uFFFD\uFFFDb"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			// A key may come in pieces.
			for _, in := range []io.Reader{strings.NewReader(tt.keys), &bytewise{tt.keys}} {
				e, _ := newEditor(in, 80, "old\ntext", "new")
				got, err := e.ReadLine(t.Context())
				if err != nil || got != tt.want {
					t.Errorf("%q, %v; want %q", got, err, tt.want)
				}
			}
		})
	}
}

type bytewise struct{ left string }

func (b *bytewise) Read(p []byte) (int, error) {
	if b.left == "" {
		return 0, io.EOF
	}
	p[0], b.left = b.left[0], b.left[1:]
	return 1, nil
}

func TestEnds(t *testing.T) {
	t.Parallel()
	for keys, want := range map[string]error{"abc\x03": ErrInterrupt, "\x04": io.EOF, "abc": io.EOF, "": io.EOF} {
		e, _ := newEditor(strings.NewReader(keys), 80)
		if _, err := e.ReadLine(t.Context()); !errors.Is(err, want) {
			t.Errorf("%q: %v", keys, err)
		}
	}
	in, w := io.Pipe()
	defer w.Close()
	why := errors.New("why")
	ctx, cancel := context.WithCancelCause(t.Context())
	cancel(why)
	e, _ := newEditor(in, 80)
	if _, err := e.ReadLine(ctx); !errors.Is(err, why) {
		t.Errorf("the end of the context: %v", err)
	}
	// What is typed afterwards belongs to the next call.
	go io.WriteString(w, "next\r")
	if got, err := e.ReadLine(t.Context()); got != "next" || err != nil {
		t.Errorf("%q, %v", got, err)
	}
}

// TestTypedAhead checks that what comes with a line is kept for the next one.
func TestTypedAhead(t *testing.T) {
	t.Parallel()
	e, _ := newEditor(strings.NewReader("one\rtwo\rthr"), 80)
	for _, want := range []string{"one", "two"} {
		if got, err := e.ReadLine(t.Context()); got != want || err != nil {
			t.Errorf("%q, %v", got, err)
		}
	}
}

// TestFrame lays texts out that are wider than the terminal.
func TestFrame(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name, text  string
		at          int
		rows        []string
		row, column int
	}{
		{"short", "abc", 3, []string{"> abc"}, 0, 5},
		{"full", "abcdefgh", 8, []string{"> abcdefgh", ""}, 1, 0},
		{"over", "abcdefghij", 9, []string{"> abcdefgh", "ij"}, 1, 1},
		{"wide", "ab日本語日本", 2, []string{"> ab日本語", "日本"}, 0, 4},
		{"wide at the edge", "a日本語日本", 5, []string{"> a日本語", "日本"}, 1, 2},
		{"lines", "a\nb", 2, []string{"> a", ">> b"}, 1, 3},
		{"tab and control", "\t\x01", 2, []string{">     ^A"}, 0, 8},
	} {
		e, _ := newEditor(nil, 10)
		e.runes, e.at = []rune(tt.text), tt.at
		f := e.frame(10, 24)
		var rows []string
		for _, r := range f.rows {
			rows = append(rows, r.text)
		}
		if strings.Join(rows, "|") != strings.Join(tt.rows, "|") || f.row != tt.row || f.column != tt.column {
			t.Errorf("%s: %q, the cursor at %d, %d", tt.name, rows, f.row, f.column)
		}
	}
}

func TestFrameHigherThanTheTerminal(t *testing.T) {
	t.Parallel()
	e, _ := newEditor(nil, 20)
	e.runes = []rune(strings.Repeat("x\n", 100))
	for _, at := range []int{0, 100, 200} {
		e.at = at
		if f := e.frame(20, 10); len(f.rows) != 10 || f.row < 0 || f.row >= 10 {
			t.Errorf("at %d: %d rows, the cursor in row %d", at, len(f.rows), f.row)
		}
	}
}

// TestWriteWhileTyping has many write at the same time as somebody types.
func TestWriteWhileTyping(t *testing.T) {
	t.Parallel()
	in, w := io.Pipe()
	e, out := newEditor(in, 80)
	var writers sync.WaitGroup
	for range 8 {
		writers.Go(func() {
			for range 50 {
				if _, err := io.WriteString(e, "output\n"); err != nil {
					t.Error(err)
				}
			}
		})
	}
	go func() {
		for range 50 {
			io.WriteString(w, "k")
		}
		writers.Wait()
		io.WriteString(w, "\r")
		w.Close()
	}()
	if got, err := e.ReadLine(t.Context()); got != strings.Repeat("k", 50) || err != nil {
		t.Errorf("%q, %v", got, err)
	}
	if n := strings.Count(out.String(), "output"); n != 400 {
		t.Errorf("%d writes came out", n)
	}
}

func FuzzDecode(f *testing.F) {
	for _, keys := range []string{"\x1b[1;5C", "\x1b[200~a\x1b[201~", "\x1b\x1b", "ä\xc3", "\x1b[\x00", "\x1b[999999999999999999999999999999999999999999"} {
		f.Add([]byte(keys))
	}
	f.Fuzz(func(t *testing.T, keys []byte) {
		for len(keys) > 0 {
			_, n := decode(keys)
			if n < 0 || n > len(keys) {
				t.Fatalf("%d bytes of %q", n, keys)
			}
			if n == 0 {
				break
			}
			keys = keys[n:]
		}
	})
}
