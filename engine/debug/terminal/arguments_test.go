package terminal

import (
	"slices"
	"testing"
)

func TestArguments(t *testing.T) {
	t.Parallel()
	for text, want := range map[string][]string{
		`a  b`:               {"a", "b"},
		`"a b" 'c "d' ""`:    {"a b", `c "d`, ""},
		`a\ b "\"" '\' x"y"`: {"a b", `"`, `\`, "xy"},
		`\`:                  nil,
		`"a`:                 nil,
		`a 'b`:               nil,
	} {
		got, err := arguments(text)
		if !slices.Equal(got, want) || (err == nil) != (want != nil) {
			t.Errorf("%s gives %q, %v", text, got, err)
		}
	}
}

func TestCutCommand(t *testing.T) {
	t.Parallel()
	for _, c := range [][3]string{
		{"n;; p x", "n", " p x"},
		{`p "a;;b"`, `p "a;;b"`, ""},
		{`p "a;;b" ;; c;;d`, `p "a;;b" `, " c;;d"},
		{"p [[;;]];;c", "p [[;;]]", "c"},
		{"x = 1; y = 2", "x = 1; y = 2", ""},
		{";;c", "", "c"},
	} {
		first, rest, several := cutCommand(c[0])
		if first != c[1] || rest != c[2] || several != (c[1] != c[0]) {
			t.Errorf("%s gives %q, %q, %v", c[0], first, rest, several)
		}
	}
}

func TestCommandsOfABreakpointEndWithContinue(t *testing.T) {
	t.Parallel()
	w := waiting{list: []string{"typed"}}
	w.begin([]string{"p 1 ;; c", "lost"})
	var got []string
	for range 2 {
		line, _ := w.next()
		got = append(got, line)
		if first, rest, several := cutCommand(line); several {
			got[len(got)-1] = first
			w.push(rest)
		}
	}
	w.resumed()
	for line, ok := w.next(); ok; line, ok = w.next() {
		got = append(got, line)
	}
	if want := []string{"p 1 ", " c", "typed"}; !slices.Equal(got, want) {
		t.Errorf("run %q, want %q", got, want)
	}
}
