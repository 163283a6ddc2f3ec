package runner

import (
	"path/filepath"
	"slices"
	"strings"

	"github.com/gscript-lang/gscript/modules/test/report"
)

// unusedSnapshots counts the snapshots of the file that no test asks for any more,
// which is known when all its tests have run; with --update they go.
func (j *job) unusedSnapshots() {
	s := j.s
	if s.opts.dry() || s.opts.Instead != nil || s.opts.LastFailed || s.opts.Stepwise || s.opts.Begin > 0 ||
		s.stop.Load() || s.keyword != nil || s.marks != nil || !slices.Contains(j.file.ids, "") {
		return
	}
	var open []string
	for _, r := range j.results {
		if r.ID == j.file.path {
			return // tests of it may not have run
		}
		if r.Outcome != report.Passed {
			_, id, _ := strings.Cut(r.ID, "::")
			open = append(open, id)
		}
	}
	n := j.used.Unused(s.opts.Host.Files, filepath.Join(s.config.Root, filepath.FromSlash(j.file.path)), open, s.opts.Update && !s.config.CI)
	s.mu.Lock()
	defer s.mu.Unlock()
	s.run.UnusedSnapshots += n
}
