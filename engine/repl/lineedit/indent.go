package lineedit

import "strings"

// step is what a line is indented by.
const step = "  "

// indent puts the line with the cursor back to where the block stands that it
// closes, and tells the steps of a line that follows.
func (e *Editor) indent() (next int) {
	last, next := e.cfg.Indent(e.runes[:e.at])
	start := e.start()
	line := string(e.runes[start:e.at])
	margin := len(line) - len(strings.TrimLeft(line, " "))
	if want := last * len(step); last >= 0 && start > 0 && margin > want {
		at := e.at
		e.splice(start, start+margin, line[:want])
		e.move(at - (margin - want))
	}
	return max(next, 0)
}

// inMargin says that only blanks stand before the cursor in a line behind the
// first, where Tab and Backspace indent.
func (e *Editor) inMargin() bool {
	start := e.start()
	return start > 0 && strings.TrimLeft(string(e.runes[start:e.at]), " ") == ""
}
