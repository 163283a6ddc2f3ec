package terminal

import "github.com/gscript-lang/gscript/engine/repl/lex"

// waiting are commands to run before any is read.
type waiting struct {
	list   []string
	script int  // how many of the first belong to the breakpoint that has stopped
	within bool // the one that was taken last did
}

// next takes the first.
func (w *waiting) next() (line string, ok bool) {
	if len(w.list) == 0 {
		w.within = false
		return "", false
	}
	line, w.list = w.list[0], w.list[1:]
	if w.within = w.script > 0; w.within {
		w.script--
	}
	return line, true
}

// push puts what follows the one that was taken last in front.
func (w *waiting) push(lines ...string) {
	w.list = append(lines[:len(lines):len(lines)], w.list...)
	if w.within {
		w.script += len(lines)
	}
}

// begin puts the commands of a breakpoint in front.
func (w *waiting) begin(script []string) {
	w.list = append(script[:len(script):len(script)], w.list...)
	w.script += len(script)
}

// resumed drops those of the breakpoint: the one that lets the script go on is
// the last.
func (w *waiting) resumed() { w.list, w.script = w.list[w.script:], 0 }

// cutCommand parts a line at the first ";;" that is in no string.
func cutCommand(line string) (first, rest string, several bool) {
	runes := []rune(line)
	tokens := lex.Lex(runes)
	for i := 1; i < len(tokens); i++ {
		a, b := tokens[i-1], tokens[i]
		if a.Text(runes) == ";" && b.Text(runes) == ";" && a.To == b.From {
			return string(runes[:a.From]), string(runes[b.To:]), true
		}
	}
	return line, "", false
}
