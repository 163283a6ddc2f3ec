package lineedit

import (
	"slices"
	"strings"
	"unicode"
)

// line is the text that is being typed, which may have several lines.
type line struct {
	runes []rune
	at    int // the cursor is before this rune

	killed []rune
	undo   []state
	typing bool // the last change was a typed rune
}

type state struct {
	runes []rune
	at    int
}

// mostUndo is how many changes can be taken back.
const mostUndo = 500

func (l *line) text() string { return string(l.runes) }

// change keeps the text for an undo.
func (l *line) change() {
	l.typing = false
	l.undo = append(l.undo, state{slices.Clone(l.runes), l.at})
	if len(l.undo) > mostUndo {
		l.undo = l.undo[1:]
	}
}

func (l *line) takeBack() {
	l.typing = false
	if n := len(l.undo); n > 0 {
		l.runes, l.at = l.undo[n-1].runes, l.undo[n-1].at
		l.undo = l.undo[:n-1]
	}
}

// set replaces everything; the cursor is at the end.
func (l *line) set(text string) {
	l.change()
	l.runes = []rune(text)
	l.at = len(l.runes)
}

// splice replaces runes[from:to]; the cursor is behind what was put there.
func (l *line) splice(from, to int, text string) {
	l.change()
	l.replace(from, to, text)
}

func (l *line) replace(from, to int, text string) {
	put := []rune(text)
	l.runes = slices.Replace(l.runes, from, to, put...)
	l.at = from + len(put)
}

// typeIn puts a typed rune before the cursor.
func (l *line) typeIn(text string) {
	if !l.typing {
		l.change()
	}
	l.replace(l.at, l.at, text)
	l.typing = true
}

// kill takes runes[from:to] out; yank puts them in again.
func (l *line) kill(from, to int) {
	if from < to {
		l.killed = slices.Clone(l.runes[from:to])
		l.splice(from, to, "")
	}
}

func (l *line) yank() { l.splice(l.at, l.at, string(l.killed)) }

func (l *line) remove(from, to int) {
	if from >= 0 && from < to && to <= len(l.runes) {
		l.splice(from, to, "")
	}
}

func (l *line) move(to int) {
	l.typing = false
	l.at = min(max(to, 0), len(l.runes))
}

// start and end are those of the line with the cursor.
func (l *line) start() int {
	for i := l.at; i > 0; i-- {
		if l.runes[i-1] == '\n' {
			return i
		}
	}
	return 0
}

func (l *line) end() int {
	for i := l.at; i < len(l.runes); i++ {
		if l.runes[i] == '\n' {
			return i
		}
	}
	return len(l.runes)
}

// above moves the cursor to the line above; no says that there is none.
func (l *line) above() bool {
	start := l.start()
	if start == 0 {
		return false
	}
	column := l.at - start
	l.move(start - 1)
	l.move(min(l.start()+column, start-1))
	return true
}

func (l *line) below() bool {
	end := l.end()
	if end == len(l.runes) {
		return false
	}
	column := l.at - l.start()
	l.move(end + 1)
	l.move(min(end+1+column, l.end()))
	return true
}

func wordRune(r rune) bool { return r == '_' || unicode.IsLetter(r) || unicode.IsDigit(r) }

func (l *line) wordLeft() int {
	i := l.at
	for i > 0 && !wordRune(l.runes[i-1]) {
		i--
	}
	for i > 0 && wordRune(l.runes[i-1]) {
		i--
	}
	return i
}

func (l *line) wordRight() int {
	i := l.at
	for i < len(l.runes) && !wordRune(l.runes[i]) {
		i++
	}
	for i < len(l.runes) && wordRune(l.runes[i]) {
		i++
	}
	return i
}

// blankLeft is where the word before the cursor begins, as spaces part words.
func (l *line) blankLeft() int {
	i := l.at
	for i > 0 && unicode.IsSpace(l.runes[i-1]) {
		i--
	}
	for i > 0 && !unicode.IsSpace(l.runes[i-1]) {
		i--
	}
	return i
}

// blankEnd says that the text ends with an empty line of its own.
func (l *line) blankEnd() bool {
	text := l.text()
	i := strings.LastIndexByte(text, '\n')
	return i >= 0 && strings.TrimSpace(text[i:]) == ""
}
