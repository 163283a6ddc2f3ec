package check

import (
	"fmt"
	"maps"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/gscript-lang/gscript/engine/internal/fault"
)

// testGlobals are what gscript test gives to the files it runs.
var testGlobals = []string{"test", "check", "mock"}

func (f *file) isTest() bool {
	return strings.HasSuffix(filepath.Base(f.name), "_test.lua")
}

// report tells what the names of the file tell.
func (f *file) report() {
	f.useGlobals()
	for _, v := range f.locals {
		f.unused(v)
		f.shadows(v)
	}
	for _, l := range f.labels {
		if !l.used {
			f.find(l.token, Warning, ruleUnusedLabel, fmt.Sprintf("no goto names the label '%s'", shorten(l.name)), "")
		}
	}
}

// useGlobals looks for globals that nothing defines, and for those that were
// hardly meant to be globals.
func (f *file) useGlobals() {
	f.declare(f.c.opts.Globals...)
	if f.isTest() {
		f.declare(testGlobals...)
	}
	for _, name := range f.required {
		f.requireGlobals(name)
	}
	meant := map[string]bool{}
	for _, g := range f.globals {
		if g.set {
			meant[g.name] = meant[g.name] || g.meant
		}
	}
	for _, g := range f.globals {
		if !g.set || g.name == "_" || f.standard(g.name) {
			continue
		}
		if !f.declared[g.name] && !meant[g.name] && !f.dynamic {
			f.find(g.token, Warning, ruleSetGlobal, fmt.Sprintf("'%s' is set as a global variable", shorten(g.name)),
				fmt.Sprintf("write 'local %s', or '-- check: globals %[1]s' where it is meant to be one", shorten(g.name)))
		}
		f.declare(g.name)
	}
	for _, g := range f.globals {
		if !g.set && !f.known(g.name) {
			f.find(g.token, Error, ruleGlobal, fmt.Sprintf("there is no global variable '%s'", shorten(g.name)), f.hint(g.name))
		}
	}
}

func (f *file) standard(name string) bool {
	_, ok := f.c.opts.Standard[name]
	return ok
}

func (f *file) known(name string) bool {
	switch {
	case f.dynamic, f.standard(name), f.declared[name]:
		return true
	case f.c.opts.ModuleGlobals && f.c.modules[name] != nil:
		return true
	}
	return f.tested[name] && f.suggest(name, false) == ""
}

// hint is the way out for a global that is not there.
func (f *file) hint(name string) string {
	if f.c.modules[name] != nil {
		return fmt.Sprintf("write local %s = require \"%[1]s\"", name)
	}
	if v := f.named[name]; v != nil {
		return fmt.Sprintf("the local variable of line %d is not visible here", f.tree.Tokens[v.token].Line)
	}
	if near := f.suggest(name, true); near != "" {
		return fmt.Sprintf("did you mean '%s'?", near)
	}
	return ""
}

// suggest is the name that was probably meant: of the file's own variables,
// with all also of the standard globals.
func (f *file) suggest(name string, all bool) string {
	key := strconv.FormatBool(all) + name
	if near, ok := f.nearest[key]; ok {
		return near
	}
	const most = 500 // names that one is compared with, and that others are looked for
	if len(f.nearest) >= most {
		return ""
	}
	var names []string
	for n := range f.declared {
		names = append(names, n)
	}
	slices.Sort(names)
	for _, v := range f.locals[:min(len(f.locals), most)] {
		names = append(names, v.name)
	}
	names = names[:min(len(names), most)]
	if all {
		names = append(names, slices.Sorted(maps.Keys(f.c.opts.Standard))...)
	}
	names = slices.DeleteFunc(names, func(n string) bool { return n == name || len(n) < 3 })
	near := similar(name, names)
	if len(name) < 3 || !all && len(name) < 4 {
		near = "" // too short to be a mistyped one for sure
	}
	f.nearest[key] = near
	return near
}

// similar is the candidate that a name was probably meant to be, "" for none. A
// short one has the first letter right.
func similar(name string, candidates []string) string {
	if len(name) < 2 || len(name) > longName {
		return ""
	}
	near := fault.Suggest(name, short(candidates))
	if near == "" || len(name) < 5 && near[0]|0x20 != name[0]|0x20 {
		return ""
	}
	return near
}

// unused reports a variable that nothing reads. One of several that a call gives
// may be there for its place.
func (f *file) unused(v *variable) {
	if v.reads > 0 || strings.HasPrefix(v.name, "_") {
		return
	}
	if v.kind == kindParameter {
		if f.c.opts.Parameters {
			f.find(v.token, Warning, ruleUnusedParam, fmt.Sprintf("the parameter '%s' is never used", shorten(v.name)), "a name that begins with _ says that this is meant")
		}
		return
	}
	for _, other := range v.group {
		if other.reads > 0 && (v.kind == kindLoop || v.init == nil || other.init == nil) {
			return
		}
	}
	if v.kind == kindLoop && v != v.group[0] {
		return // told of the first one
	}
	message := fmt.Sprintf("the %s '%s' is never used", v.kind, shorten(v.name))
	if v.writes > 0 {
		message = fmt.Sprintf("the %s '%s' is set and never read", v.kind, shorten(v.name))
	} else if len(v.members) > 0 {
		message = fmt.Sprintf("the table '%s' is filled and never read", shorten(v.name))
	}
	f.find(v.token, Warning, ruleUnused, message, "")
}

// shadows reports a local variable that hides one of the same function which is
// used again behind it: perhaps that one was to be assigned.
func (f *file) shadows(v *variable) {
	hidden := v.hides
	if hidden == nil || hidden.function != v.function || hidden.seen <= v.until || v.kind != kindLocal && v.kind != kindFunction || strings.HasPrefix(v.name, "_") {
		return
	}
	f.find(v.token, Warning, ruleShadow, fmt.Sprintf("'%s' hides the %s of line %d, which is used again in line %d", shorten(v.name), hidden.kind,
		f.tree.Tokens[hidden.token].Line, f.tree.Tokens[hidden.seen].Line), "leave out 'local' to assign to that one, or take another name")
}
