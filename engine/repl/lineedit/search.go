package lineedit

import "strings"

// search looks for a word in the history, from the newest entry back.
type search struct {
	query  string
	from   int    // the entry found, Len for none yet
	before string // the text when the search began
	failed bool
}

// searching does what a key means in a search. It says no for keys that end the
// search and then mean what they always do.
func (e *Editor) searching(k key) bool {
	s := e.search
	switch {
	case k.name == "" && !k.paste:
		s.query += k.text
		e.find(min(s.from, e.history.Len()-1))
	case k.name == "backspace":
		if r := []rune(s.query); len(r) > 0 {
			s.query = string(r[:len(r)-1])
		}
		e.find(e.history.Len() - 1)
	case k.name == "ctrl-r":
		e.find(s.from - 1)
	case k.name == "ctrl-g" || k.name == "escape" || k.name == "ctrl-c":
		e.set(s.before)
		e.search = nil
	default:
		e.search = nil
		return false
	}
	return true
}

// find shows the newest entry up to from that has the query.
func (e *Editor) find(from int) {
	s := e.search
	s.failed = false
	if s.query == "" {
		return
	}
	for i := from; i >= 0; i-- {
		entry := e.history.At(i)
		if at := strings.Index(entry, s.query); at >= 0 {
			s.from = i
			e.set(entry)
			e.move(len([]rune(entry[:at])))
			return
		}
	}
	s.failed = true
}

func (s *search) prompt() string {
	if s.failed {
		return "(not found: " + s.query + ") "
	}
	return "(search: " + s.query + ") "
}
