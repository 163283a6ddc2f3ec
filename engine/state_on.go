package engine

import (
	"context"
	"os"
	"path/filepath"

	"github.com/gscript-lang/gscript/engine/host"
	"github.com/gscript-lang/gscript/engine/internal/loader"
)

// NewStateOn is NewState for a state whose world is h, which the caller closes.
func (e *Engine) NewStateOn(ctx context.Context, h *host.Host) *State {
	s := e.newState(ctx, h)
	s.crew = newCrew(e.opts.Limits.Workers)
	s.process = ProcessInfo{Name: "main", PID: os.Getpid()}
	return s
}

// SetLocal sets what Call.Local finds under key.
func (s *State) SetLocal(key, v any) { s.locals.set(key, v) }

// RunText is Run for the text of a file that the caller has read: modules are
// looked for beside the file. name is what messages call it.
func (s *State) RunText(ctx context.Context, name, file, source string, args ...any) ([]any, error) {
	return s.runScript(ctx, loader.Script{Name: name, File: file, Dir: filepath.Dir(file)}, source, args)
}
