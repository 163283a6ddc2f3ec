package loader

import (
	"context"
	"errors"
	"slices"
	"strings"

	"github.com/gscript-lang/gscript/engine/host"
	"github.com/gscript-lang/gscript/engine/internal/chunk"
	"github.com/gscript-lang/gscript/engine/internal/fault"
	"github.com/gscript-lang/gscript/engine/internal/finder"
)

// FindMain finds what 'gscript -m name' runs: the main.lua of the package, or
// else the module.
func FindMain(ctx context.Context, files host.Files, path []string, name string) (*finder.Found, error) {
	if err := finder.CheckName(name); err != nil {
		e := *fault.Classify(err)
		e.Kind = fault.Unreadable
		return nil, &e
	}
	disk := finder.NewDisk(files, archiveSources*chunk.Trusted.Size)
	chain := finder.Below(disk, ".")
	for _, entry := range path {
		for _, pattern := range finder.Patterns(entry) {
			chain = append(chain, finder.Place{Tree: disk, Pattern: pattern})
		}
	}
	chain = slices.Concat(chain, finder.Below(disk, ownModules))
	found, err := finder.Find(ctx, chain, name+".main")
	var tried []string
	var none *finder.Missing
	if errors.As(err, &none) {
		tried = none.Tried
		found, err = finder.Find(ctx, chain, name)
	}
	if !errors.As(err, &none) {
		return found, err
	}
	e := fault.New(fault.Unreadable, "there is no package '%s' with a main.lua, and no module of that name; no file %s",
		name, strings.Join(slices.Concat(tried, none.Tried), ", "))
	if none.Cause != nil {
		e.Message += "; " + none.Cause.Error()
	}
	if near := nearest(name, finder.Nearby(ctx, chain, name)); len(near) > 0 {
		e.Hint = "did you mean " + strings.Join(near, " or ") + "?"
	}
	return nil, e
}
