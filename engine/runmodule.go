package engine

import (
	"context"

	"github.com/gscript-lang/gscript/engine/host"
	"github.com/gscript-lang/gscript/engine/internal/fault"
	"github.com/gscript-lang/gscript/engine/internal/loader"
)

// RunModule runs a package's main.lua, or else the module of that name, as the
// script. The working directory takes the place of the script's directory. As
// with RunFile, reading the script needs no permission.
func (s *State) RunModule(ctx context.Context, name string, args ...any) ([]any, error) {
	trusted := host.New(host.AllowAll(), host.Config{Dir: s.host.Files.WorkDir()})
	defer trusted.Close()
	found, err := loader.FindMain(ctx, trusted.Files, s.engine.opts.Path, name)
	if err != nil {
		return nil, err
	}
	source, err := found.Read(s.engine.chunks.limits.Size)
	if err != nil {
		e := fault.New(fault.Unreadable, "cannot read the script %s: %s", found.File, fault.Classify(err).Message)
		e.Cause = err
		return nil, e
	}
	script := loader.Script{Name: found.File, File: found.Path, Dir: ".", Module: found.Name, Package: found.Package}
	return s.runScript(ctx, script, source, args)
}
