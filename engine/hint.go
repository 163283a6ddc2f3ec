package engine

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/gscript-lang/gscript/engine/internal/fault"
)

var (
	withoutValue = regexp.MustCompile(`^attempt to (?:call|index) global '([A-Za-z_]\w*)' \(a nil value\)$`)
	defined      = regexp.MustCompile(`\b(?:local\s+function|local|function|for)\s+([A-Za-z_]\w*(?:\s*,\s*[A-Za-z_]\w*)*)`)
	between      = regexp.MustCompile(`\s*,\s*`)
)

// standardGlobals are the names that a script has without require.
var standardGlobals = [...]string{
	"assert", "collectgarbage", "coroutine", "debug", "dofile", "error", "getfenv", "getmetatable", "io", "ipairs", "load",
	"loadfile", "loadstring", "math", "next", "os", "pairs", "pcall", "print", "rawequal", "rawget", "rawset", "require",
	"select", "setfenv", "setmetatable", "string", "table", "tonumber", "tostring", "try", "type", "unpack", "xpcall",
}

// hintAtName says what a name without a value was perhaps meant for: a module
// that nothing has required, or another name nearby.
func (e *Engine) hintAtName(r *Report) {
	m := withoutValue.FindStringSubmatch(r.Message)
	if m == nil || r.Hint != "" {
		return
	}
	name, modules := m[1], e.ModuleNames()
	if slices.Contains(modules, name) {
		r.Hint = fmt.Sprintf("'%s' is a module: local %s = require %q", name, name, name)
		return
	}
	var own []string
	if source, ok := e.chunks.source(r.File); ok {
		for _, at := range defined.FindAllStringSubmatchIndex(source, -1) {
			names := between.Split(source[at[2]:at[3]], -1)
			if slices.Contains(names, name) {
				if line := 1 + strings.Count(source[:at[2]], "\n"); line > r.Line {
					r.Hint = fmt.Sprintf("'%s' is declared further down, at line %d", name, line)
				}
				return
			}
			own = append(own, names...)
		}
	}
	if len(name) < 3 {
		return
	}
	candidates := slices.Concat(own, standardGlobals[:], modules)
	if near := fault.Suggest(name, candidates); near != "" {
		r.Hint = fmt.Sprintf("did you mean '%s'?", near)
	}
}
