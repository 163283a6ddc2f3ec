package runner

import (
	"cmp"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/gscript-lang/gscript/modules/test"
)

// order puts the files in the order in which they are begun.
func (s *Session) order(sources []*source) []*source {
	if s.opts.LastFailed || s.opts.FailedFirst {
		bad := s.cache.failedFiles()
		for _, id := range s.cache.Failed {
			s.failed[id] = true
		}
		if s.opts.LastFailed && slices.ContainsFunc(sources, func(f *source) bool { return bad[f.path] }) {
			sources = slices.DeleteFunc(sources, func(f *source) bool { return !bad[f.path] })
			for i, f := range sources {
				f.index = i
			}
		} else if s.opts.LastFailed {
			clear(s.failed)
			s.note = "--lf: none of these tests failed the last time, so all are run"
		}
		slices.SortStableFunc(sources, func(a, b *source) int { return cmp.Compare(rank(bad[a.path]), rank(bad[b.path])) })
		return sources
	}
	sources = slices.Clone(sources)
	switch {
	case s.opts.Stepwise:
		return s.step(sources)
	case s.opts.NewFirst:
		s.newFirst(sources)
	case s.opts.Shuffle:
		r := s.random("files")
		r.Shuffle(len(sources), func(i, j int) { sources[i], sources[j] = sources[j], sources[i] })
	case s.opts.Workers > 1 || s.opts.Procs > 0: // those that take long are begun first
		slices.SortStableFunc(sources, func(a, b *source) int {
			return cmp.Compare(s.cache.Seconds[b.path], s.cache.Seconds[a.path])
		})
	}
	return sources
}

func rank(first bool) int {
	if first {
		return 0
	}
	return 1
}

// newFirst puts the files first that have not been run yet, and those that were
// changed last before others.
func (s *Session) newFirst(sources []*source) {
	changed := map[*source]time.Time{}
	for _, f := range sources {
		if info, err := s.opts.Host.Files.Stat(filepath.FromSlash(f.path)); err == nil {
			changed[f] = info.ModTime()
		}
	}
	slices.SortStableFunc(sources, func(a, b *source) int {
		_, aKnown := s.cache.Seconds[a.path]
		_, bKnown := s.cache.Seconds[b.path]
		return cmp.Or(cmp.Compare(rank(!aKnown), rank(!bKnown)), changed[b].Compare(changed[a]))
	})
}

// step leaves out the files before that of the test at which the last run with
// --sw has stopped.
func (s *Session) step(sources []*source) []*source {
	if s.cache.Step == "" {
		return sources
	}
	file, _, _ := strings.Cut(s.cache.Step, "::")
	i := slices.IndexFunc(sources, func(f *source) bool { return f.path == file })
	if i < 0 {
		s.note = "--sw: " + s.cache.Step + ", where the last run has stopped, is not among these tests, so all are run"
		return sources
	}
	s.note = "--sw: begins at " + s.cache.Step + ", where the last run has stopped"
	if i > 0 {
		s.note += fmt.Sprintf("; %d %s before it left out", i, map[bool]string{true: "file is", false: "files are"}[i == 1])
	}
	sources = sources[i:]
	for n, f := range sources {
		f.index = n
	}
	return sources
}

// stepItems leaves out the tests of a file before that at which the last run with
// --sw has stopped; all are run if it is not there any more.
func (s *Session) stepItems(items []*test.Item) []*test.Item {
	if !s.opts.Stepwise {
		return items
	}
	if i := slices.IndexFunc(items, func(i *test.Item) bool { return i.ID == s.cache.Step }); i > 0 {
		return items[i:]
	}
	return items
}
