package inspect

import (
	"strings"
	"unicode/utf8"
)

// class is what a piece of text is, for its colour.
type class int

const (
	others class = iota
	texts
	numbers
	words
	functions
	handles
	keys
)

// ansi is the colour of a class.
func (c class) ansi() string {
	switch c {
	case texts:
		return "\x1b[32m"
	case numbers:
		return "\x1b[33m"
	case words:
		return "\x1b[35m"
	case functions:
		return "\x1b[36m"
	case handles:
		return "\x1b[34m"
	case keys:
		return "\x1b[1m"
	}
	return "\x1b[2m"
}

// printer lays nodes out.
type printer struct {
	Options
	strings.Builder
}

func (p *printer) write(text string, c class) {
	if !p.Color {
		p.WriteString(text)
		return
	}
	p.WriteString(c.ansi())
	p.WriteString(text)
	p.WriteString("\x1b[0m")
}

const indent = 2

// node writes n, which begins in a column and has after columns behind it on
// its line. level is the indentation of the line.
func (p *printer) node(n *node, level, column, after int) {
	if !n.table {
		p.write(n.text, n.class)
		return
	}
	if n.name != "" {
		p.write(n.name, functions)
		p.WriteByte(' ')
	}
	if column+n.width+after <= p.Width {
		p.WriteByte('{')
		for i, e := range n.entries {
			if i > 0 {
				p.WriteString(", ")
			}
			p.entry(e, level, column, 0)
		}
		p.WriteByte('}')
		return
	}
	p.WriteByte('{')
	level += indent
	if n.flat {
		p.fill(n.entries, level)
	} else {
		for i, e := range n.entries {
			p.line(level)
			p.entry(e, level, level, 1)
			if i < len(n.entries)-1 {
				p.WriteByte(',')
			}
		}
	}
	p.line(level - indent)
	p.WriteByte('}')
}

// fill puts as many leaves on a line as it has room for.
func (p *printer) fill(entries []entry, level int) {
	column := p.Width // so that the first begins a line
	for i, e := range entries {
		need := e.value.width + 1
		if column+need >= p.Width {
			p.line(level)
			column = level
		} else {
			p.WriteByte(' ')
			column++
		}
		p.entry(e, level, column, 1)
		if i < len(entries)-1 {
			p.WriteByte(',')
		}
		column += need
	}
}

func (p *printer) entry(e entry, level, column, after int) {
	if e.key != "" {
		p.write(e.key, keys)
		p.WriteString(" = ")
		column += utf8.RuneCountInString(e.key) + 3
	}
	p.node(e.value, level, column, after)
}

func (p *printer) line(level int) {
	p.WriteByte('\n')
	for range level {
		p.WriteByte(' ')
	}
}
