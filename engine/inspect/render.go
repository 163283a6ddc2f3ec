package inspect

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/gscript-lang/gscript/engine"
)

// Style says how differences are shown.
type Style struct {
	A, B  string // what the two values are called: "a" and "b"
	Items int    // differences shown: 20; negative for all
	Width int    // columns of a line: 80
	Color bool
}

// Render shows differences to people, a line or a few for each. Strings of
// several lines are shown by the lines that differ. It needs the baton, and
// returns "" where there is no difference.
func Render(found []Difference, s Style) string {
	if s.A == "" {
		s.A = "a"
	}
	if s.B == "" {
		s.B = "b"
	}
	if s.Items == 0 {
		s.Items = 20
	}
	if s.Width <= 0 {
		s.Width = 80
	}
	var b strings.Builder
	for i, d := range found {
		if s.Items > 0 && i == s.Items {
			fmt.Fprintf(&b, "… %d more\n", len(found)-i)
			break
		}
		s.difference(&b, d)
	}
	return b.String()
}

func (s Style) difference(b *strings.Builder, d Difference) {
	path := ""
	if d.Path != "" {
		path = d.Path + ": "
	}
	one := func(v engine.Value) string {
		return Sprint(v, Options{Depth: 3, Items: 10, Width: -1, Text: 200})
	}
	switch {
	case d.Missing:
		fmt.Fprintf(b, "%sonly in %s: %s\n", path, s.A, s.red(one(d.A)))
		return
	case d.Extra:
		fmt.Fprintf(b, "%sonly in %s: %s\n", path, s.B, s.green(one(d.B)))
		return
	case d.Metatable:
		fmt.Fprintf(b, "%sthe metatables differ\n", path)
		return
	}
	x, _ := d.A.Text()
	y, _ := d.B.Text()
	if d.A.Type() == d.B.Type() && (strings.Contains(x, "\n") || strings.Contains(y, "\n")) {
		fmt.Fprintf(b, "%sthe lines differ (- %s, + %s)\n", path, s.A, s.B)
		for line := range strings.Lines(Unified(x, y)) {
			b.WriteString("  " + s.line(line))
		}
		return
	}
	left, right := one(d.A), one(d.B)
	m, isNumber := d.A.Number()
	n, alsoNumber := d.B.Number()
	if isNumber && alsoNumber && m == m && left == right { // what Lua prints is too short to tell
		left, right = strconv.FormatFloat(m, 'g', 17, 64), strconv.FormatFloat(n, 'g', 17, 64)
	}
	if d.A.Type() != d.B.Type() {
		left, right = typed(d.A, left), typed(d.B, right)
	}
	if line := path + left + " → " + right; len(line) <= s.Width && s.A == "a" && s.B == "b" {
		fmt.Fprintf(b, "%s%s → %s\n", path, s.red(left), s.green(right))
		return
	}
	if path != "" {
		b.WriteString(strings.TrimSuffix(path, " ") + "\n")
	}
	room := max(len(s.A), len(s.B)) + 1
	fmt.Fprintf(b, "  %-*s %s\n  %-*s %s\n", room, s.A+":", s.red(left), room, s.B+":", s.green(right))
}

// typed adds the type of a value, where the types are what differs.
func typed(v engine.Value, text string) string {
	switch v.Type() {
	case "string", "number", "boolean":
		return text + " (a " + v.Type() + ")"
	}
	return text
}

func (s Style) line(line string) string {
	text := strings.TrimSuffix(line, "\n")
	switch text[0] {
	case '-':
		return s.red(text) + "\n"
	case '+':
		return s.green(text) + "\n"
	}
	return line
}

func (s Style) red(text string) string   { return s.paint("\x1b[31m", text) }
func (s Style) green(text string) string { return s.paint("\x1b[32m", text) }

func (s Style) paint(colour, text string) string {
	if !s.Color {
		return text
	}
	return colour + text + "\x1b[0m"
}
