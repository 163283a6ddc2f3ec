package module

import "strings"

// Style says how text for a terminal looks.
type Style struct {
	Color bool
	Width int // 0 means 80
}

func (s Style) width() int {
	if s.Width <= 0 {
		return 80
	}
	return max(s.Width, 40)
}

// ink is an escape sequence of the terminal.
type ink string

const (
	plain ink = ""
	bold  ink = "\x1b[1m"
	cyan  ink = "\x1b[36m"
	faint ink = "\x1b[2m"
)

func (s Style) paint(i ink, text string) string {
	if !s.Color || i == plain || text == "" {
		return text
	}
	return string(i) + text + "\x1b[0m"
}

// page is text for a terminal in the making.
type page struct {
	strings.Builder
	style Style
}

func (p *page) line(indent int, i ink, text string) {
	if text != "" {
		p.WriteString(strings.Repeat(" ", indent) + p.style.paint(i, text))
	}
	p.WriteByte('\n')
}

// heading begins a section.
func (p *page) heading(text string) {
	p.WriteByte('\n')
	p.line(0, bold, text)
}

// signature is set in bold, with what does not fit indented beneath.
func (p *page) signature(indent int, i ink, text string) {
	width := p.style.width() - indent - 4
	lines := breakCode(text, width)
	if call, result, ok := strings.Cut(text, " -> "); ok && len(lines) > 1 {
		lines = breakCode(call, width)
		if last := &lines[len(lines)-1]; length(*last+" -> "+result) <= width {
			*last += " -> " + result
		} else {
			lines = append(lines, breakCode("-> "+result, width)...)
		}
	}
	for n, l := range lines {
		if n == 1 {
			indent += 4
		}
		p.line(indent, i, l)
	}
}

// prose is a doc text, wrapped.
func (p *page) prose(indent int, doc string) {
	width := p.style.width() - indent
	for i, b := range blocks(doc) {
		if i > 0 && !b.bullet {
			p.WriteByte('\n')
		}
		switch {
		case b.code:
			p.code(indent+2, b.text)
		case b.bullet:
			mark := "- "
			for _, l := range wrap(b.text, width-2) {
				p.line(indent, plain, mark+l)
				mark = "  "
			}
		default:
			for _, l := range wrap(b.text, width) {
				p.line(indent, plain, l)
			}
		}
	}
}

func (p *page) code(indent int, code string) {
	for l := range strings.SplitSeq(code, "\n") {
		p.line(indent, plain, l)
	}
}

// minProse is the width beneath which a column of text would be hard to read.
const minProse = 24

// columns prints rows aligned: the first cell is a name, the last is prose, the
// ones between are types and the like. Where the last one would get too narrow
// it stands beneath.
func (p *page) columns(indent int, rows [][]string) {
	rows = dropEmpty(rows)
	if len(rows) == 0 {
		return
	}
	last := len(rows[0]) - 1
	widths := make([]int, last)
	used := indent
	for c := range widths {
		for _, row := range rows {
			for _, l := range breakCode(row[c], p.style.width()*3/10) {
				widths[c] = max(widths[c], length(l))
			}
		}
		used += widths[c] + 2
	}
	room := p.style.width() - used
	for _, row := range rows {
		cells := make([][]string, last+1)
		for c := range widths {
			cells[c] = breakCode(row[c], widths[c])
		}
		if room >= minProse {
			cells[last] = wrap(row[last], room)
		}
		p.cells(indent, widths, cells)
		if room < minProse {
			for _, l := range wrap(row[last], p.style.width()-indent-6) {
				p.line(indent+6, plain, l)
			}
		}
	}
}

// cells prints one row, whose cells may have several lines.
func (p *page) cells(indent int, widths []int, cells [][]string) {
	height := 0
	for _, c := range cells {
		height = max(height, len(c))
	}
	for n := range height {
		var b strings.Builder
		pad := indent
		for c, lines := range cells {
			text := ""
			if n < len(lines) {
				text = lines[n]
			}
			if text != "" {
				name := strings.TrimLeft(text, " ") // nested names are indented
				b.WriteString(strings.Repeat(" ", pad+len(text)-len(name)))
				b.WriteString(p.style.paint(cellInk(c, len(cells)), name))
				pad = 0
			}
			if c < len(widths) {
				pad += widths[c] - length(text) + 2
			}
		}
		p.WriteString(b.String() + "\n")
	}
}

func cellInk(column, of int) ink {
	switch column {
	case 0:
		return cyan
	case of - 1:
		return plain
	}
	return faint
}

// dropEmpty leaves out the columns in which no row has anything; the last one
// stays.
func dropEmpty(rows [][]string) [][]string {
	if len(rows) == 0 {
		return nil
	}
	out := make([][]string, len(rows))
	for c := range rows[0] {
		keep := c == len(rows[0])-1
		for _, row := range rows {
			keep = keep || row[c] != ""
		}
		for i, row := range rows {
			if keep {
				out[i] = append(out[i], row[c])
			}
		}
	}
	return out
}
