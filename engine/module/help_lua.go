package module

import (
	"io"
	"regexp"
	"strings"
)

var luaHead = regexp.MustCompile(`^(?:local\s+)?(?:function\s+([\w.:]+)|([\w.]+)\s*=\s*function)\s*\(([^)]*)\)`)

// HelpLua writes the help of a function that no module declares, as Help does for
// one that a module has: code begins with its head, such as "function add(a, b)",
// and comment is the lines of "---" above it. name is what it is called, "" for
// the name in the head. It says no of code that begins with no such head. Tags
// that do not fit the head are left out.
func HelpLua(w io.Writer, name string, comment []string, code string, style Style) (done bool, err error) {
	head := luaHead.FindStringSubmatch(strings.TrimSpace(code))
	if head == nil {
		return false, nil
	}
	if name == "" {
		name = head[1] + head[2]
	}
	item := luaItem{kind: "function", path: name, params: names(strings.Join(strings.Fields(head[3]), " "))}
	for i, line := range comment {
		item.comment = append(item.comment, luaComment{line: i + 1, text: strings.TrimPrefix(strings.TrimSpace(line), "---")})
	}
	holder, _ := split(name)
	r := &luaReader{m: &Module{Name: holder}, table: holder}
	r.function(item, readTags(item.comment))
	p := &page{style: style}
	p.function(callee{m: r.m, fn: r.m.Funcs[0]})
	_, err = io.WriteString(w, p.String())
	return true, err
}
