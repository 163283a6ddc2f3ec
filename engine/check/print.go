package check

import (
	"encoding/json"
	"fmt"
	"io"

	"github.com/gscript-lang/gscript/engine/internal/excerpt"
)

// JSON writes the finding as one line.
func (f Finding) JSON(w io.Writer) error {
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	return enc.Encode(f)
}

// Brief writes the finding as one line for people and editors.
func (f Finding) Brief(w io.Writer) error {
	hint := ""
	if f.Hint != "" {
		hint = "; " + f.Hint
	}
	_, err := fmt.Fprintf(w, "%s:%d:%d: %s: %s%s [%s]\n", excerpt.Printable(f.File), f.Line, f.Column, f.Severity, excerpt.Printable(f.Message), excerpt.Printable(hint), f.Rule)
	return err
}

// Excerpt writes the finding with the line and a caret below what is meant.
func (f Finding) Excerpt(w io.Writer, color bool) error {
	paint := excerpt.Painter(color)
	code := "1;31"
	if f.Severity == Warning {
		code = "1;33"
	}
	_, err := fmt.Fprintf(w, "%s %s %s\n  %s %s:%d:%d\n", paint(code, string(f.Severity)+":"), excerpt.Printable(f.Message), paint("2", "["+f.Rule+"]"),
		paint("2", "at"), excerpt.Printable(f.File), f.Line, f.Column)
	if line, column, width := f.window(); line != "" {
		excerpt.Write(w, []excerpt.Line{{Line: f.Line, Text: line}}, f.Line, column, width, paint)
	}
	if f.Hint != "" {
		fmt.Fprintf(w, "%s %s\n", paint("1;36", "hint:"), excerpt.Printable(f.Hint))
	}
	return err
}

// window is the part of the line that is shown, and where in it the carets
// stand. A line may be the whole source.
func (f Finding) window() (line string, column, width int) {
	const before, most = 100, 160
	from := 0
	at := min(f.Column-1, len(f.text))
	if at > before {
		from = at - before
	}
	text := f.text[from:min(len(f.text), from+most)]
	column = excerpt.Column(text, at-from)
	end := min(at-from+f.width, len(text))
	return excerpt.Expand(text), column, max(1, excerpt.Column(text, end)-column)
}
