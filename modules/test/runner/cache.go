package runner

import (
	"encoding/json"
	"path/filepath"
	"slices"
	"strings"

	"github.com/gscript-lang/gscript/engine/host"
	"github.com/gscript-lang/gscript/modules/test/report"
)

// cacheFile remembers runs, beneath the root.
const cacheFile = ".gscript/cache/test.json"

// cache is what is remembered of earlier runs.
type cache struct {
	Failed  []string           `json:"failed"`
	Seconds map[string]float64 `json:"seconds"`        // that files took
	Step    string             `json:"step,omitempty"` // test at which the last run with --sw has stopped
}

// loadCache reads the cache; one that is missing or damaged is empty.
func loadCache(files host.Files) *cache {
	c := &cache{}
	if data, err := files.ReadFile(filepath.FromSlash(cacheFile)); err == nil {
		_ = json.Unmarshal(data, c)
	}
	if c.Seconds == nil {
		c.Seconds = map[string]float64{}
	}
	return c
}

// update takes in a run: what was not run stays as it is, unless its file has
// been run whole and does not have it any more.
func (c *cache) update(run *report.Run, whole map[string]bool) {
	ran := map[string]bool{}
	var failed []string
	for _, r := range run.Results {
		ran[r.ID] = true
		if r.Outcome.Bad() && !slices.Contains(failed, r.ID) {
			failed = append(failed, r.ID)
		}
	}
	for _, id := range c.Failed {
		file, _, _ := strings.Cut(id, "::")
		if !ran[id] && !whole[file] {
			failed = append(failed, id)
		}
	}
	c.Failed = failed
	took := map[string]float64{}
	for _, r := range run.Results {
		took[r.File] += r.Duration.Seconds()
	}
	for file, seconds := range took {
		c.Seconds[file] = seconds
	}
}

// save writes the cache. A directory that cannot be written is no error of the
// tests.
func (c *cache) save(files host.Files) {
	data, err := json.Marshal(c)
	if err != nil {
		return
	}
	name := filepath.FromSlash(cacheFile)
	if files.MkdirAll(filepath.Dir(name), 0o755) != nil {
		return
	}
	_ = host.WriteFileAtomic(files, name, data, 0o644)
	ignore := filepath.Join(filepath.Dir(name), ".gitignore")
	if _, err := files.Stat(ignore); err != nil { // what is remembered is no part of the project
		_ = host.WriteFileAtomic(files, ignore, []byte("*\n"), 0o644)
	}
}

// failedFiles are the files that have tests which failed.
func (c *cache) failedFiles() map[string]bool {
	files := map[string]bool{}
	for _, id := range c.Failed {
		file, _, _ := strings.Cut(id, "::")
		files[file] = true
	}
	return files
}

// remember writes the run into the cache.
func (s *Session) remember(sources []*source) {
	whole := map[string]bool{}
	if !s.stop.Load() && s.keyword == nil && s.marks == nil && !s.opts.LastFailed && !s.opts.Stepwise {
		for _, f := range sources {
			whole[f.path] = slices.Contains(f.ids, "")
		}
	}
	s.cache.update(s.run, whole)
	if s.opts.Stepwise && !s.interrupted.Load() {
		s.cache.Step = ""
		for _, r := range s.run.Results {
			if s.stop.Load() && r.Outcome.Bad() {
				s.cache.Step = r.ID
			}
		}
	}
	s.cache.save(s.opts.Host.Files)
}
