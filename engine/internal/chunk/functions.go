package chunk

import (
	"cmp"
	"regexp"
	"slices"
	"strings"

	lua "github.com/yuin/gopher-lua"
)

// definition is how a line of text names a function.
var definition = regexp.MustCompile(`\bfunction\s+([A-Za-z_][\w.:]*)\s*\(|(?:\b([A-Za-z_][\w.]*)\s*,\s*)?\b([A-Za-z_][\w.]*)\s*=\s*function\b|\bfunction\s*\(`)

// FunctionNames finds what the source calls the functions inside p, such as
// "M.get" or "Client:get", by the text of the lines where they begin: compiled
// code has no names. One without a name is not among them.
func FunctionNames(p *lua.FunctionProto, source string) map[*lua.FunctionProto]string {
	names := map[*lua.FunctionProto]string{}
	if source != "" {
		nameInner(p, strings.Split(source, "\n"), names)
	}
	return names
}

func nameInner(p *lua.FunctionProto, lines []string, names map[*lua.FunctionProto]string) {
	byLine := func(a, b *lua.FunctionProto) int { return cmp.Compare(a.LineDefined, b.LineDefined) }
	ordered := slices.SortedStableFunc(slices.Values(p.FunctionPrototypes), byLine)
	nth := 0 // of the functions that begin on the line
	for i, inner := range ordered {
		if nth++; i == 0 || ordered[i-1].LineDefined != inner.LineDefined {
			nth = 0
		}
		if inner.LineDefined >= 1 && inner.LineDefined <= len(lines) {
			if found := definition.FindAllStringSubmatch(lines[inner.LineDefined-1], -1); nth < len(found) {
				if name := defined(found[nth]); name != "" {
					names[inner] = name
				}
			}
		}
		nameInner(inner, lines, names)
	}
}

// defined is the name in a match of definition. In "a, b = function … end" it is
// not known.
func defined(found []string) string {
	if before := found[2]; before != "" && before != "end" {
		return ""
	}
	return found[1] + found[3]
}
