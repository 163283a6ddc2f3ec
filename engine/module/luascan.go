package module

import (
	"regexp"
	"slices"
	"strings"
)

// luaItem is something in a Lua file with the comment above it.
type luaItem struct {
	line    int // of the code, from 1
	comment []luaComment
	kind    string // function, value, local or "" for a comment on its own
	path    string // "M.name", "M:name"
	params  []string
}

// luaComment is a line of a doc comment without its dashes.
type luaComment struct {
	line int
	text string
}

var (
	luaFunction = regexp.MustCompile(`^function\s+([\w.]+[.:]\w+)\s*\(([^)]*)\)?`)
	luaAssigned = regexp.MustCompile(`^([\w.]+\.\w+)\s*=\s*function\s*\(([^)]*)\)?`)
	luaValue    = regexp.MustCompile(`^(\w+\.\w+)\s*=[^=]`)
	luaLocal    = regexp.MustCompile(`^local\s+(\w+)\s*=`)
	luaReturn   = regexp.MustCompile(`^return\s+(?:setmetatable\s*\(\s*)?(\w+)\s*(?:,.*|;?\s*)$`)
)

// scanLua finds the functions, values and locals at the left margin of a Lua
// source, with their doc comments. Only statements at the margin count, so
// that what functions do inside is not taken for the module's. table is the
// variable that the file returns.
func scanLua(source string) (items []luaItem, table string) {
	lines := strings.Split(strings.ReplaceAll(source, "\r\n", "\n"), "\n")
	long := insideLong(source)
	table = "M"
	var comment []luaComment
	flush := func() {
		if len(comment) > 0 {
			items = append(items, luaItem{comment: comment})
		}
		comment = nil
	}
	for i, line := range lines {
		if long[i] {
			flush()
			continue
		}
		if text, ok := strings.CutPrefix(line, "---"); ok && !strings.HasPrefix(text, "-") {
			comment = append(comment, luaComment{i + 1, text})
			continue
		}
		item := luaItem{line: i + 1, comment: comment}
		if match := luaReturn.FindStringSubmatch(line); match != nil {
			table = match[1]
		}
		if match := function(line); match != nil {
			item.kind, item.path = "function", match[1]
			params := match[2]
			for next := i + 1; !strings.Contains(line, ")") && next < len(lines); next++ {
				more, _, end := strings.Cut(lines[next], ")")
				params += " " + more
				if end {
					break
				}
			}
			item.params = names(params)
		} else if match := luaValue.FindStringSubmatch(line); match != nil {
			item.kind, item.path = "value", match[1]
		} else if match := luaLocal.FindStringSubmatch(line); match != nil {
			item.kind, item.path = "local", match[1]
		} else {
			flush()
			continue
		}
		comment = nil
		items = append(items, item)
	}
	flush()
	return items, table
}

func function(line string) []string {
	if match := luaFunction.FindStringSubmatch(line); match != nil {
		return match
	}
	return luaAssigned.FindStringSubmatch(line)
}

func names(list string) []string {
	return slices.DeleteFunc(strings.FieldsFunc(list, func(r rune) bool { return r == ',' || r == ' ' || r == '\t' }),
		func(s string) bool { return s == "" })
}

// insideLong tells of each line whether it begins inside a long string or a
// long comment.
func insideLong(source string) []bool {
	inside := []bool{false}
	closing := "" // what ends the long string that is open
	for i := 0; i < len(source); i++ {
		switch c := source[i]; {
		case c == '\n':
			inside = append(inside, closing != "")
		case closing != "":
			if strings.HasPrefix(source[i:], closing) {
				i += len(closing) - 1
				closing = ""
			}
		case c == '[':
			if level, ok := longOpening(source[i:]); ok {
				closing = "]" + strings.Repeat("=", level) + "]"
				i += level + 1
			}
		case c == '-' && strings.HasPrefix(source[i:], "--"):
			if _, ok := longOpening(source[i+2:]); ok {
				i++ // the bracket after the dashes is taken next
				continue
			}
			for i+1 < len(source) && source[i+1] != '\n' {
				i++
			}
		case c == '"' || c == '\'':
			for i++; i < len(source) && source[i] != c && source[i] != '\n'; i++ {
				if source[i] == '\\' && i+1 < len(source) && source[i+1] != '\n' {
					i++
				}
			}
			i -= btoi(i < len(source) && source[i] == '\n') // the newline is counted above
		}
	}
	return inside
}

func btoi(b bool) int {
	if b {
		return 1
	}
	return 0
}

// longOpening says whether s begins with [[ or [==[, and how many = it has.
func longOpening(s string) (level int, ok bool) {
	if !strings.HasPrefix(s, "[") {
		return 0, false
	}
	rest := strings.TrimLeft(s[1:], "=")
	return len(s) - 1 - len(rest), strings.HasPrefix(rest, "[")
}
