package runner

import (
	"context"
	"io/fs"
	"path/filepath"
	"strings"
	"time"

	"github.com/fsnotify/fsnotify"

	"github.com/gscript-lang/gscript/engine/host"
)

// settles is how long it must be quiet before tests are run again: editors write
// a file in several steps.
const settles = 100 * time.Millisecond

// Watch runs the tests, and again whenever a Lua file beneath the working
// directory has changed, until ctx ends.
func Watch(ctx context.Context, o Options, run func(o Options) error) error {
	w, err := fsnotify.NewWatcher()
	if err != nil {
		return err
	}
	defer w.Close()
	files := o.Host.Files
	watchTree(w, files, files.WorkDir())
	for {
		if err := run(o); err != nil {
			return err
		}
		if err := changed(ctx, w, o.Host); err != nil {
			return nil // ctx has ended
		}
	}
}

// watchTree watches a directory and those beneath it.
func watchTree(w *fsnotify.Watcher, files host.Files, dir string) {
	if w.Add(dir) != nil {
		return
	}
	entries, _ := files.ReadDir(dir)
	for _, e := range entries {
		if e.IsDir() && !strings.HasPrefix(e.Name(), ".") && e.Name() != "node_modules" {
			watchTree(w, files, filepath.Join(dir, e.Name()))
		}
	}
}

// changed waits until Lua files have changed and nothing more does.
func changed(ctx context.Context, w *fsnotify.Watcher, h *host.Host) error {
	var quiet <-chan time.Time
	for {
		select {
		case <-ctx.Done():
			return context.Cause(ctx)
		case <-quiet:
			return nil
		case err := <-w.Errors:
			if err == nil {
				return fs.ErrClosed
			}
		case e, ok := <-w.Events:
			if !ok {
				return fs.ErrClosed
			}
			if e.Has(fsnotify.Create) {
				if info, err := h.Files.Stat(e.Name); err == nil && info.IsDir() {
					watchTree(w, h.Files, e.Name)
				}
			}
			if strings.HasSuffix(e.Name, ".lua") && e.Op != fsnotify.Chmod {
				quiet = h.Clock.NewTimer(settles).C()
			}
		}
	}
}
