package runner

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/gscript-lang/gscript/engine"
	"github.com/gscript-lang/gscript/modules/test/report"
)

// refuseMarks refuses a word of -m that is no mark, before any test runs. Files
// are loaded only until all words are known: mostly by the first one, whose
// conftest.lua declares the marks.
func (s *Session) refuseMarks(ctx context.Context, sources []*source) error {
	if s.marks == nil || s.opts.Forget || s.opts.dry() {
		return nil
	}
	o := s.opts
	o.List, o.Listeners, o.Reports, o.NoCapture, o.Tee = true, nil, nil, false, false
	o.Engine.Probes = nil
	look, err := New(o)
	if err != nil {
		return err
	}
	look.cache, look.interrupt, look.abort = s.cache, s.interrupt, s.abort
	look.run = &report.Run{Session: report.Session{Workers: 1}}
	for _, f := range sources {
		if look.unknownMark() == "" || s.stop.Load() {
			return nil
		}
		look.runFile(ctx, f, 1)
	}
	if look.failures.Load() > 0 { // a file that does not load tells no marks; that is to be seen
		return nil
	}
	return look.checkMarks()
}

// unknownMark is the first word of -m that no test has as a mark so far, and that
// is not declared; "" for none.
func (s *Session) unknownMark() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.marks != nil {
		for _, word := range s.marks.words {
			if !s.seen[word] {
				return word
			}
		}
	}
	return ""
}

// checkMarks refuses a word of -m that no test has as a mark.
func (s *Session) checkMarks() error {
	word := s.unknownMark()
	if word == "" || s.stop.Load() || s.opts.Forget { // a worker process sees one file
		return nil
	}
	names := slices.Sorted(maps.Keys(s.seen))
	hint := "the tests have no marks"
	if len(names) > 0 {
		hint = "the tests have: " + strings.Join(names, ", ")
		if near := engine.Suggest(word, names); near != "" {
			hint = fmt.Sprintf("did you mean '%s'? ", near) + hint
		}
	}
	return usage(hint, "unknown mark '%s' in -m '%s'", word, s.marks.text)
}
