package report

import (
	"fmt"
	"strings"
	"unicode/utf8"
)

// What the terminal shows of a long text, unless it is asked for all. Reports
// have the whole text.
const (
	mostLines   = 100
	lastOfLines = 80 // of an output: what was written last tells more
	mostOfLine  = 1000
)

// shortened gives the lines of a text. Of one that is too long the first and the
// last ones are left, as many of the latter as said.
func (t *Terminal) shortened(text string, last int) []string {
	lines := strings.Split(strings.TrimRight(text, "\n"), "\n")
	if t.Verbose {
		return lines
	}
	if more := len(lines) - mostLines; more > 0 {
		end := lines[len(lines)-last:]
		lines = append(append([]string{}, lines[:mostLines-last]...), fmt.Sprintf("… %d more %s, which -v shows", more, plural(more, "line")))
		lines = append(lines, end...)
	}
	for i, line := range lines {
		if len(line) <= mostOfLine {
			continue
		}
		end := mostOfLine
		for end > 0 && !utf8.RuneStart(line[end]) {
			end--
		}
		lines[i] = fmt.Sprintf("%s… (%d more bytes)", line[:end], len(line)-end)
	}
	return lines
}
