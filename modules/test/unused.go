package test

import (
	"path/filepath"
	"slices"
	"strings"
	"sync"

	"github.com/gscript-lang/gscript/engine/host"
)

// UsedSnapshots are the snapshots that the tests of a file have asked for. The zero
// value has none; it is safe for concurrent use.
type UsedSnapshots struct {
	mu   sync.Mutex
	keys map[string]bool
}

func (u *UsedSnapshots) add(key string) {
	if u == nil {
		return
	}
	u.mu.Lock()
	defer u.mu.Unlock()
	if u.keys == nil {
		u.keys = map[string]bool{}
	}
	u.keys[key] = true
}

// Unused counts the snapshots of a file of tests that were not asked for, once all
// its tests have run, and removes them if remove is set. Those of the tests in open,
// ids without the file, which may not have come so far, are not among them.
func (u *UsedSnapshots) Unused(files host.Files, file string, open []string, remove bool) (n int) {
	u.mu.Lock()
	defer u.mu.Unlock()
	path := snapshotFile(file)
	data, err := files.ReadFile(path)
	if err != nil {
		return 0
	}
	all, err := readSnapshots(data)
	if err != nil {
		return 0 // told by the test that asks for one
	}
	left := slices.DeleteFunc(slices.Clone(all), func(s snapshot) bool {
		return !u.keys[s.key] && !slices.ContainsFunc(open, func(id string) bool { return strings.HasPrefix(s.key, id+" ") })
	})
	n = len(all) - len(left)
	switch {
	case n == 0 || !remove:
		return n
	case len(left) == 0:
		err = files.Remove(path)
	default:
		err = host.WriteFileAtomic(files, path, left.bytes(), 0o644)
	}
	if err != nil {
		return 0
	}
	return n
}

// snapshotFile is where the snapshots of a file of tests are.
func snapshotFile(file string) string {
	return filepath.Join(filepath.Dir(file), snapshotDir, filepath.Base(file)+".snap")
}
