// Package excerpt draws lines of a source with a caret below what is meant, for
// the reports of errors and of checks.
package excerpt

import (
	"fmt"
	"io"
	"strconv"
	"strings"
	"unicode/utf8"
)

// Line is a line of a source.
type Line struct {
	Line int    `json:"line"`
	Text string `json:"text"`
}

// Paint colors a text by the codes of terminals.
type Paint func(code, text string) string

// Painter colors, or leaves texts as they are.
func Painter(color bool) Paint {
	return func(code, text string) string {
		if !color {
			return text
		}
		return "\x1b[" + code + "m" + text + "\x1b[0m"
	}
}

// tab is how a tab is shown.
const tab = "    "

// Expand writes tabs as spaces.
func Expand(text string) string { return strings.ReplaceAll(text, "\t", tab) }

// Column is where a byte of a line, from 0, is shown.
func Column(line string, at int) int {
	return utf8.RuneCountInString(Expand(line[:min(max(at, 0), len(line))]))
}

// Write draws lines. One of them is marked, with carets below it from a column,
// from 0.
func Write(w io.Writer, lines []Line, marked, column, width int, paint Paint) {
	if len(lines) == 0 {
		return
	}
	digits := len(strconv.Itoa(lines[len(lines)-1].Line))
	for _, l := range lines {
		mark := " "
		if l.Line == marked {
			mark = ">"
		}
		fmt.Fprintf(w, "%s %s %s\n", paint("31", mark), paint("2", fmt.Sprintf("%*d |", digits, l.Line)), Printable(l.Text))
		if l.Line == marked {
			fmt.Fprintf(w, "  %s %s%s\n", paint("2", strings.Repeat(" ", digits)+" |"), strings.Repeat(" ", column), paint("1;31", strings.Repeat("^", width)))
		}
	}
}

// Printable keeps a script, or a server whose words are quoted, from steering
// the terminal.
func Printable(s string) string {
	return strings.Map(func(c rune) rune {
		if c == '\n' || c == '\t' || c >= ' ' && c != 0x7f && (c < 0x80 || c > 0x9f) {
			return c
		}
		return '\ufffd'
	}, s)
}
