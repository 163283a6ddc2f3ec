package excerpt

import (
	"strings"
	"testing"
)

func TestWrite(t *testing.T) {
	t.Parallel()
	line := "\tä = \x1b[2J bad"
	at := Column(line, strings.Index(line, "bad"))
	var b strings.Builder
	Write(&b, []Line{{9, "before"}, {10, Expand(line)}}, 10, at, 3, Painter(false))
	want := "   9 | before\n> 10 |     ä = \ufffd[2J bad\n     |              ^^^\n"
	if b.String() != want {
		t.Errorf("got\n%swant\n%s", b.String(), want)
	}
	b.Reset()
	Write(&b, nil, 1, 0, 1, Painter(true))
	if b.Len() > 0 {
		t.Errorf("no lines are written as %q", b.String())
	}
	Write(&b, []Line{{1, "x"}}, 1, 0, 1, Painter(true))
	if !strings.Contains(b.String(), "\x1b[1;31m^\x1b[0m") {
		t.Errorf("colored %q", b.String())
	}
}
