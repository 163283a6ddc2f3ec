package inspect

import (
	"strconv"
	"strings"

	"github.com/gscript-lang/gscript/engine"
)

// place is the way from the top to a value.
type place struct {
	up *place
	step
}

// step leads from a table to an entry.
type step struct {
	index int // of an item of the list; 0 for a key
	key   engine.Value
}

// String is the way as a script goes it, .users[3].name; it is "" at the top.
func (p *place) String() string {
	const longest = 80 // bytes of a key
	var steps []string
	for ; p != nil; p = p.up {
		s := p.written(longest)
		if !strings.HasPrefix(s, "[") {
			s = "." + s
		}
		steps = append(steps, s)
	}
	var b strings.Builder
	for i := len(steps) - 1; i >= 0; i-- {
		b.WriteString(steps[i])
	}
	return b.String()
}

// written is how a table constructor writes the key.
func (s step) written(longest int) string {
	if s.index > 0 {
		return "[" + strconv.Itoa(s.index) + "]"
	}
	if name, ok := s.key.Text(); ok && isName(name) && len(name) <= longest {
		return name
	}
	text, _ := scalar(s.key, longest)
	return "[" + text + "]"
}

// isName says that a script may write s as a field's name.
func isName(s string) bool {
	return s != "" && (s[0] < '0' || s[0] > '9') && isWord(s) && !reserved(s)
}

// isWord says that s has only letters, digits and underscores.
func isWord(s string) bool {
	for i := range len(s) {
		c := s[i]
		if c != '_' && (c < '0' || c > '9') && (c|0x20 < 'a' || c|0x20 > 'z') {
			return false
		}
	}
	return true
}

func reserved(s string) bool {
	switch s {
	case "and", "break", "do", "else", "elseif", "end", "false", "for", "function", "if", "in",
		"local", "nil", "not", "or", "repeat", "return", "then", "true", "until", "while", "goto":
		return true
	}
	return false
}
