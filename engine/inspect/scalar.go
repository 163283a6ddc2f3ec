package inspect

import (
	"fmt"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/gscript-lang/gscript/engine"
)

// scalar shows a value that is no table, or a table as a key.
func scalar(v engine.Value, longest int) (string, class) {
	if s, ok := v.Text(); ok {
		return quote(s, longest), texts
	}
	if n, ok := v.Number(); ok {
		return engine.FormatNumber(n), numbers
	}
	if b, ok := v.Bool(); ok {
		return strconv.FormatBool(b), words
	}
	switch v.Type() {
	case "nil":
		return "nil", words
	case "function":
		if file, line, ok := v.Defined(); ok {
			return "function <" + oneLine(file, longest) + ":" + strconv.Itoa(line) + ">", functions
		}
		return "function <native>", functions
	case "table":
		if name, ok := v.Metatable().Field("__name").Text(); ok && isTypeName(name) {
			return "<" + name + ">", others
		}
		return "<table>", others
	case "userdata":
		return handle(v, longest)
	}
	return "<" + v.Type() + ">", others
}

func handle(v engine.Value, longest int) (string, class) {
	switch h := v.Handle().(type) {
	case *engine.Error:
		e := h.Message
		if e == "" && h.Cause != nil {
			e = h.Cause.Error()
		}
		return "error <" + h.Kind + ": " + oneLine(e, longest) + ">", functions
	case fmt.Stringer:
		return oneLine(h.String(), longest), handles
	}
	return "<" + oneLine(v.Describe(), longest) + ">", handles
}

// isTypeName says that a __name can stand before a table: shape.Point.
func isTypeName(s string) bool {
	return s != "" && len(s) <= 60 && isWord(strings.ReplaceAll(s, ".", "_"))
}

// quote writes a string so that it can be read back. Of one that is too long
// it shows the beginning.
func quote(s string, longest int) string {
	shown := s
	if len(s) > longest {
		shown = s[:longest]
		for len(shown) > 0 && !utf8.RuneStart(s[len(shown)]) {
			shown = shown[:len(shown)-1]
		}
	}
	q := `"` + escape(shown, true) + `"`
	if len(shown) < len(s) {
		q += fmt.Sprintf(" … %d more bytes", len(s)-len(shown))
	}
	return q
}

// oneLine makes text of any origin safe to stand in a line.
func oneLine(s string, longest int) string {
	if len(s) > longest {
		s = strings.ToValidUTF8(s[:longest], "") + "…"
	}
	return escape(s, false)
}

// escape writes what would not print as Lua's escapes.
func escape(s string, quoted bool) string {
	plain := true
	for i := range len(s) {
		if c := s[i]; c < ' ' || c >= 0x7f || quoted && (c == '"' || c == '\\') {
			plain = false
			break
		}
	}
	if plain {
		return s
	}
	var b strings.Builder
	b.Grow(len(s) + 8)
	for i := 0; i < len(s); {
		r, size := utf8.DecodeRuneInString(s[i:])
		switch {
		case quoted && (r == '"' || r == '\\'):
			b.WriteByte('\\')
			b.WriteRune(r)
		case r == '\n':
			b.WriteString(`\n`)
		case r == '\r':
			b.WriteString(`\r`)
		case r == '\t':
			b.WriteString(`\t`)
		case r == utf8.RuneError && size <= 1 || !unicode.IsPrint(r):
			for _, c := range []byte(s[i : i+size]) {
				fmt.Fprintf(&b, `\%03d`, c)
			}
		default:
			b.WriteString(s[i : i+size])
		}
		i += size
	}
	return b.String()
}
