package lineedit

import (
	"bytes"
	"strings"
	"unicode/utf8"
)

// key is a key that was pressed, or a text that was pasted.
type key struct {
	name  string // "up", "ctrl-a", "alt-b", …; "" for what has only text
	text  string
	paste bool
}

var pasteEnd = []byte("\x1b[201~")

// decode reads the first key of b. n is 0 where b ends within a key.
func decode(b []byte) (k key, n int) {
	if len(b) == 0 {
		return key{}, 0
	}
	switch c := b[0]; {
	case c == 0x1b:
		return decodeEscape(b)
	case c == '\r' || c == '\n':
		return key{name: "enter"}, 1
	case c == '\t':
		return key{name: "tab"}, 1
	case c == 0x7f || c == 0x08:
		return key{name: "backspace"}, 1
	case c == 0x1f:
		return key{name: "ctrl-_"}, 1
	case c == 0:
		return key{name: "ctrl-space"}, 1
	case c < 0x1b:
		return key{name: "ctrl-" + string('a'+rune(c)-1)}, 1
	case c < 0x20:
		return key{name: "other"}, 1
	}
	if !utf8.FullRune(b) {
		return key{}, 0
	}
	r, n := utf8.DecodeRune(b)
	return key{text: string(r)}, n
}

func decodeEscape(b []byte) (k key, n int) {
	if len(b) == 1 {
		return key{}, 0
	}
	switch b[1] {
	case '[':
		return decodeCSI(b)
	case 'O':
		if len(b) < 3 {
			return key{}, 0
		}
		return key{name: named(letters, string(b[2]))}, 3
	case 0x1b:
		return key{name: "escape"}, 1
	case 0x7f, 0x08:
		return key{name: "alt-backspace"}, 2
	case '\r', '\n':
		return key{name: "alt-enter"}, 2
	}
	if !utf8.FullRune(b[1:]) {
		return key{}, 0
	}
	r, n := utf8.DecodeRune(b[1:])
	return key{name: "alt-" + strings.ToLower(string(r))}, 1 + n
}

// decodeCSI reads what begins with ESC and a bracket: parameters and a last
// letter.
func decodeCSI(b []byte) (k key, n int) {
	for i := 2; i < len(b); i++ {
		c := b[i]
		if c < 0x40 || c > 0x7e {
			if c < 0x20 || i > 32 { // not what a terminal sends
				return key{name: "other"}, i
			}
			continue
		}
		params, n := string(b[2:i]), i+1
		if c != '~' {
			name := named(letters, string(c))
			if _, modifier, ok := strings.Cut(params, ";"); ok && (modifier == "5" || modifier == "3") {
				name = "word-" + name
			}
			return key{name: name}, n
		}
		if params == "200" {
			end := bytes.Index(b[n:], pasteEnd)
			if end < 0 {
				return key{}, 0
			}
			return key{text: string(b[n : n+end]), paste: true}, n + end + len(pasteEnd)
		}
		number, _, _ := strings.Cut(params, ";")
		return key{name: named(numbers, number)}, n
	}
	return key{}, 0
}

func named(table func(string) string, code string) string {
	if name := table(code); name != "" {
		return name
	}
	return "other"
}

func letters(code string) string {
	switch code {
	case "A":
		return "up"
	case "B":
		return "down"
	case "C":
		return "right"
	case "D":
		return "left"
	case "H":
		return "home"
	case "F":
		return "end"
	case "Z":
		return "shift-tab"
	}
	return ""
}

func numbers(code string) string {
	switch code {
	case "1", "7":
		return "home"
	case "4", "8":
		return "end"
	case "3":
		return "delete"
	}
	return ""
}
