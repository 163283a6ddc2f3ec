package lineedit

import (
	"fmt"
	"slices"
	"strings"

	"github.com/mattn/go-runewidth"
)

// frame is what stands on the screen: rows, and the cursor in them.
type frame struct {
	rows        []row
	row, column int // of the cursor
}

type row struct {
	text  string // with colours
	width int
}

// erase goes to the beginning of the frame and clears from there. columns may
// not be what it was when the frame was drawn: terminals break rows anew then.
func (f frame) erase(columns int) string {
	if len(f.rows) == 0 {
		return ""
	}
	up := 0
	for _, r := range f.rows[:f.row] {
		up += 1 + max(r.width-1, 0)/max(columns, 1)
	}
	up += f.column / max(columns, 1)
	if up == 0 {
		return "\r\x1b[J"
	}
	return fmt.Sprintf("\x1b[%dA\r\x1b[J", up)
}

// String draws the frame and puts the cursor in its place.
func (f frame) String() string {
	if len(f.rows) == 0 {
		return ""
	}
	var b strings.Builder
	for i, r := range f.rows {
		if i > 0 {
			b.WriteString("\r\n")
		}
		b.WriteString(r.text)
	}
	if up := len(f.rows) - 1 - f.row; up > 0 {
		fmt.Fprintf(&b, "\x1b[%dA", up)
	}
	b.WriteByte('\r')
	if f.column > 0 {
		fmt.Fprintf(&b, "\x1b[%dC", f.column)
	}
	return b.String()
}

// canvas puts cells side by side and begins a row where one is full.
type canvas struct {
	columns int
	rows    []row
	b       strings.Builder
	width   int
	style   string
}

func (c *canvas) put(text string, width int, style string) {
	if c.width+width > c.columns {
		c.next()
	}
	if style != c.style {
		if c.style != "" {
			c.b.WriteString("\x1b[0m")
		}
		if style != "" {
			c.b.WriteString("\x1b[" + style + "m")
		}
		c.style = style
	}
	c.b.WriteString(text)
	c.width += width
}

func (c *canvas) next() {
	if c.style != "" {
		c.b.WriteString("\x1b[0m")
		c.style = ""
	}
	c.rows = append(c.rows, row{c.b.String(), c.width})
	c.b.Reset()
	c.width = 0
}

// cell is how a rune is shown.
func cell(r rune) (text string, width int) {
	switch {
	case r == '\t':
		return "    ", 4
	case r < ' ' || r == 0x7f:
		return "^" + string(r^0x40), 2
	}
	return string(r), runewidth.RuneWidth(r)
}

const (
	promptStyle = "1;36"
	noteStyle   = "2"
	chosenStyle = "7"
)

func (e *Editor) colored(style string) string {
	if e.cfg.Color {
		return style
	}
	return ""
}

// frame lays the text out.
func (e *Editor) frame(columns, height int) frame {
	columns, height = max(columns, 8), max(height, 2)
	c := &canvas{columns: columns}
	styles := make([]string, len(e.runes))
	if e.cfg.Color && e.cfg.Style != nil {
		copy(styles, e.cfg.Style(e.runes))
	}
	prompt := e.cfg.Prompt
	if e.search != nil {
		prompt = e.search.prompt()
	}
	e.label(c, prompt)
	var f frame
	for i, r := range e.runes {
		if i == e.at {
			f.row, f.column = c.place()
		}
		if r == '\n' {
			c.next()
			e.label(c, e.cfg.More)
			continue
		}
		text, width := cell(r)
		c.put(text, width, styles[i])
	}
	if e.at == len(e.runes) {
		f.row, f.column = c.place()
	}
	c.next()
	f.rows = c.rows
	if len(f.rows) > height { // the part with the cursor
		top := min(max(0, f.row-height/2), len(f.rows)-height)
		f.rows = slices.Clone(f.rows[top : top+height])
		f.row -= top
	}
	f.rows = append(f.rows, e.menuRows(columns, height-len(f.rows))...)
	return f
}

// place is where the next cell goes.
func (c *canvas) place() (row, column int) {
	if c.width >= c.columns {
		c.next()
	}
	return len(c.rows), c.width
}

func (e *Editor) label(c *canvas, text string) {
	for _, r := range text {
		t, w := cell(r)
		c.put(t, w, e.colored(promptStyle))
	}
}

// mostListed is how many candidates are listed at a time.
const mostListed = 10

// menuRows lists the candidates in the room that is left.
func (e *Editor) menuRows(columns, room int) []row {
	m := e.menu
	if m == nil || room < 2 {
		return nil
	}
	n := min(len(m.list), mostListed, room)
	if n < len(m.list) {
		n = max(n-1, 1) // a row for how many there are
	}
	top := 0
	if m.chosen >= n {
		top = m.chosen - n + 1
	}
	wide := 0
	for _, c := range m.list[top : top+n] {
		wide = max(wide, runewidth.StringWidth(c.Name))
	}
	wide = min(wide, columns*2/3)
	c := &canvas{columns: columns}
	for i, candidate := range m.list[top : top+n] {
		style := ""
		if top+i == m.chosen {
			style = chosenStyle // without colours too: it is no colour
		}
		name := runewidth.FillRight(runewidth.Truncate(candidate.Name, wide, "…"), wide)
		c.put("  ", 2, "")
		c.put(name, wide, style)
		if note := oneLine(candidate.Note); note != "" && columns > wide+8 {
			note = "  " + runewidth.Truncate(note, columns-wide-5, "…")
			c.put(note, runewidth.StringWidth(note), e.colored(noteStyle))
		}
		c.next()
	}
	if left := len(m.list) - n; left > 0 && len(c.rows) < room {
		text := fmt.Sprintf("  … %d more", left)
		c.put(text, runewidth.StringWidth(text), e.colored(noteStyle))
		c.next()
	}
	return c.rows
}

func oneLine(s string) string { return strings.Join(strings.Fields(s), " ") }
