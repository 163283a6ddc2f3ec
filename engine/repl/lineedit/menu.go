package lineedit

import "strings"

// menu is the list of candidates below the text.
type menu struct {
	list       []Candidate
	start, end int    // of the word in the text, as it is now
	word       string // as it was typed
	chosen     int    // -1 for none
}

// complete puts in what all candidates have in common, and lists them where that
// is not enough.
func (e *Editor) complete() {
	if e.cfg.Complete == nil {
		e.bell()
		return
	}
	start, list := e.cfg.Complete(e.runes, e.at)
	if len(list) == 0 {
		e.bell()
		return
	}
	word := string(e.runes[start:e.at])
	common := list[0].Text
	for _, c := range list[1:] {
		for !strings.HasPrefix(c.Text, common) {
			r := []rune(common)
			common = string(r[:len(r)-1])
		}
	}
	if len(common) > len(word) || len(list) == 1 {
		e.splice(start, e.at, common)
		word = common
	}
	if len(list) > 1 {
		e.menu = &menu{list: list, start: start, end: e.at, word: word, chosen: -1}
	}
}

// choosing does what a key means while the list is open. It says no for keys
// that close the list and then mean what they always do.
func (e *Editor) choosing(k key) bool {
	m := e.menu
	switch k.name {
	case "tab", "down":
		e.choose(m.chosen + 1)
	case "shift-tab", "up":
		if m.chosen < 0 {
			e.choose(len(m.list) - 1)
		} else {
			e.choose(m.chosen - 1)
		}
	case "enter":
		e.menu = nil
		return m.chosen >= 0
	case "escape", "ctrl-g":
		e.choose(-1)
		e.menu = nil
	default:
		e.menu = nil
		return false
	}
	return true
}

// choose puts a candidate in; before the first and behind the last there is the
// word as it was typed.
func (e *Editor) choose(i int) {
	m := e.menu
	text := m.word
	if i < 0 || i >= len(m.list) {
		i = -1
	} else {
		text = m.list[i].Text
	}
	m.chosen = i
	e.splice(m.start, m.end, text)
	m.end = e.at
}
