package loader

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	lua "github.com/yuin/gopher-lua"

	"github.com/gscript-lang/gscript/engine/internal/fault"
	"github.com/gscript-lang/gscript/engine/internal/finder"
	"github.com/gscript-lang/gscript/engine/internal/vm"
)

// Bounds of what an error says.
const (
	maxTried = 12 // files in the message; e.tried has them all
	maxNear  = 3
)

// notFound is the error of a name that no loader knows.
func (l *Loader) notFound(L *lua.LState, name string, err error, notes []string) error {
	if err == nil {
		err = &finder.Missing{Name: name}
	}
	e := l.missing(L, err, l.chain(), name)
	own, ok := e.(*fault.Error)
	if !ok || own.Kind != fault.ModuleNotFound {
		return e
	}
	for _, note := range notes {
		own.Message += "; " + note
	}
	if l.script.Worker && l.script.Finders && own.Hint == "" {
		own.Hint = "functions of the script that find modules, in package.loaders and package.preload, are not in its workers: call import.loader in what the worker runs"
	}
	return own
}

// missing says that there is no such module: where it was looked for, and what
// is called alike.
func (l *Loader) missing(L *lua.LState, err error, chain []finder.Place, name string) error {
	var none *finder.Missing
	if !errors.As(err, &none) {
		return err
	}
	if none.Cause != nil {
		if c := fault.Classify(none.Cause); c.Kind == fault.Denied {
			return c
		}
		return fault.New(fault.ModuleNotFound, "there is no module '%s', and not all places could be looked at: %v", name, none.Cause)
	}
	e := fault.New(fault.ModuleNotFound, "there is no module '%s'", name)
	e.Fields = map[string]any{"name": name, "tried": slices.Clone(none.Tried)}
	if tried := none.Tried; len(tried) > 0 {
		e.Message += "; no file " + strings.Join(tried[:min(len(tried), maxTried)], ", ")
		if more := len(tried) - maxTried; more > 0 {
			e.Message += fmt.Sprintf(" and %d more", more)
		}
	}
	var near []string
	if finder.IsPath(name) {
		return e
	}
	ctx := context.Background()
	if t := vm.TaskOf(L); t != nil {
		ctx = t.HardContext()
	}
	names, lerr := look(L, func() ([]string, error) { return finder.Nearby(ctx, chain, name), nil })
	if lerr != nil {
		return lerr
	}
	near = nearest(name, append(l.Builtin(), names...))
	stem, isFile := strings.CutSuffix(name, ".lua")
	switch {
	case len(near) > 0:
		e.Hint = "did you mean " + strings.Join(near, " or ") + "?"
	case isFile:
		e.Hint = fmt.Sprintf("write '%s' for the module, or './%s' for the file beside this one", stem, name)
	case l.script.Dir == "" && len(chain) == 0:
		e.Hint = "this code is in no file, so that no directory is searched; GSCRIPT_PATH or package.path names one, and 'gscript -m' runs modules of the working directory"
	}
	return e
}

// nearest are the candidates that a mistyped name means most likely, quoted.
func nearest(name string, candidates []string) (near []string) {
	candidates = slices.Clone(candidates)
	for len(near) < maxNear {
		best := fault.Suggest(name, candidates)
		if best == "" {
			break
		}
		near = append(near, "'"+best+"'")
		candidates = slices.DeleteFunc(candidates, func(c string) bool { return c == best })
	}
	return near
}
