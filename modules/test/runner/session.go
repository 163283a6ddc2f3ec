package runner

import (
	"cmp"
	"context"
	"encoding/binary"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"sync"
	"sync/atomic"

	"github.com/gscript-lang/gscript/engine"
	"github.com/gscript-lang/gscript/modules/test"
	"github.com/gscript-lang/gscript/modules/test/report"
)

// Session is one run. Interrupt may be called from anywhere.
type Session struct {
	opts    Options
	engine  *engine.Engine
	config  *test.Config
	keyword *expression
	marks   *expression
	cache   *cache
	failed  map[string]bool // ids of the last run, where they matter
	note    string          // of report.Session
	run     *report.Run

	interrupt, abort      signal
	stop                  atomic.Bool // no further test is begun
	failures              atomic.Int64
	interrupted, internal atomic.Bool

	mu       sync.Mutex      // of what follows, and of the listeners
	seen     map[string]bool // marks
	missing  []error         // about ids
	selected int
	listed   []string
}

// New prepares a run.
func New(opts Options) (*Session, error) {
	opts.fill()
	if opts.List {
		opts.Workers, opts.Procs = 1, 0
	}
	s := &Session{opts: opts, seen: map[string]bool{}, failed: map[string]bool{}, interrupt: newSignal(), abort: newSignal()}
	var err error
	if s.keyword, err = parseExpression("-k", opts.Keyword); err != nil {
		return nil, err
	}
	if s.marks, err = parseExpression("-m", opts.Marks); err != nil {
		return nil, err
	}
	if err := s.checkReports(); err != nil {
		return nil, err
	}
	if s.opts.Seed == 0 {
		var b [4]byte
		if _, err := io.ReadFull(opts.Host.Random, b[:]); err != nil {
			return nil, err
		}
		s.opts.Seed = int64(binary.LittleEndian.Uint32(b[:])%999_999) + 1
	}
	ci, _, _ := opts.Host.Environment.Lookup("CI")
	s.config = &test.Config{Root: opts.Host.Files.WorkDir(), Seed: s.opts.Seed, Update: opts.Update, CI: ci != "" && ci != "0" && ci != "false", Locals: opts.Locals, Timeout: opts.Timeout, Abort: s.abort.given}
	e := opts.Engine
	e.Host, e.Explain, e.Grace = opts.Host, true, test.Grace
	e.Modules = append(slices.Clone(e.Modules), engine.Provide(test.Driver()))
	s.engine = engine.New(e)
	return s, nil
}

// Interrupt has the run end behind the tests that run now; Stop ends those, too.
func (s *Session) Interrupt() {
	s.interrupted.Store(true)
	s.stop.Store(true)
	s.interrupt.give()
}

// Stop ends the tests that run now. Their clean-ups and teardowns run, but have
// little time.
func (s *Session) Stop() {
	s.Interrupt()
	s.abort.give()
}

// Run runs the tests. An error is about the command line.
func (s *Session) Run(ctx context.Context) (*report.Run, error) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	go func() {
		select {
		case <-s.abort.given:
			_ = s.opts.Host.Clock.Sleep(ctx, stopGrace)
			cancel()
		case <-ctx.Done():
		}
	}()
	files := s.opts.Host.Files
	sources, err := discover(files, s.opts.Pattern, s.opts.Args)
	if err != nil {
		return nil, err
	}
	s.cache = loadCache(files)
	sources = s.order(sources)
	clock := s.opts.Host.Clock
	s.run = &report.Run{Session: report.Session{
		Root: s.config.Root, Seed: s.opts.Seed, Shuffled: s.opts.Shuffle, Workers: min(s.opts.Workers, max(len(sources), 1)),
		Files: len(sources), Tests: -1, Started: clock.Now(), Version: s.opts.Version, Note: s.note,
	}}
	if s.opts.Procs > 0 {
		s.run.Workers, s.run.Processes = min(s.opts.Procs, max(len(sources), 1)), true
	}
	if !s.opts.List {
		for _, l := range s.opts.Listeners {
			l.Start(s.run.Session)
		}
	}
	results := s.work(ctx, sources)
	return s.end(sources, results)
}

// work runs the files on the workers.
func (s *Session) work(ctx context.Context, sources []*source) [][]*report.Result {
	results := make([][]*report.Result, len(sources))
	queue := make(chan *source, len(sources))
	for _, f := range sources {
		queue <- f
	}
	close(queue)
	var wait sync.WaitGroup
	for n := range s.run.Workers {
		wait.Go(func() {
			for f := range queue {
				if s.stop.Load() {
					return
				}
				if s.run.Processes {
					results[f.index] = s.runProcess(ctx, f, n+1)
				} else {
					results[f.index] = s.runFile(ctx, f, n+1)
				}
			}
		})
	}
	wait.Wait()
	return results
}

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

// heard takes in a result and tells the listeners.
func (s *Session) heard(r *report.Result) {
	if r.Outcome.Bad() {
		r.Replay = s.replay(r)
		if n := s.failures.Add(1); s.opts.MaxFail > 0 && n >= int64(s.opts.MaxFail) {
			s.stop.Store(true)
		}
	}
}

// tell tells the listeners of results.
func (s *Session) tell(results ...*report.Result) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, r := range results {
		for _, l := range s.opts.Listeners {
			l.Result(r)
		}
	}
}

// replay is the command that runs a test again.
func (s *Session) replay(r *report.Result) string {
	command := "gscript test " + quote(r.ID) + fmt.Sprintf(" --seed %d", s.opts.Seed)
	if s.opts.Timeout > 0 {
		command += " --timeout " + s.opts.Timeout.String()
	}
	if s.run.Processes {
		command += " --procs=1"
	}
	return command
}

// quote writes a word for a shell.
func quote(word string) string {
	if strings.Trim(word, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-./:=,+%@") == "" {
		return word
	}
	return "'" + strings.ReplaceAll(word, "'", `'\''`) + "'"
}

// end settles the run.
func (s *Session) end(sources []*source, results [][]*report.Result) (*report.Run, error) {
	for _, list := range results {
		s.run.Results = append(s.run.Results, list...)
	}
	s.run.Duration = s.opts.Host.Clock.Now().Sub(s.run.Started)
	s.run.ExitCode = s.exitCode()
	if s.opts.List && s.failures.Load() == 0 {
		return s.run, s.checkSelection()
	}
	if err := s.checkSelection(); err != nil && len(s.run.Results) == 0 {
		return s.run, err // nothing was run: that alone is to be told
	}
	switch {
	case s.interrupted.Load():
		s.run.Stopped = "interrupted"
	case s.stop.Load():
		s.run.Stopped = fmt.Sprintf("after %d failures", s.failures.Load())
	}
	if !s.opts.List && !s.opts.Forget && s.opts.Instead == nil {
		s.remember(sources)
	}
	for _, l := range s.opts.Listeners {
		if err := l.End(s.run); err != nil {
			return s.run, err
		}
	}
	if err := s.checkSelection(); err != nil {
		return s.run, err
	}
	return s.run, s.writeReports()
}

// remember writes the run into the cache.
func (s *Session) remember(sources []*source) {
	whole := map[string]bool{}
	if !s.stop.Load() && s.keyword == nil && s.marks == nil && !s.opts.LastFailed {
		for _, f := range sources {
			whole[f.path] = slices.Contains(f.ids, "")
		}
	}
	s.cache.update(s.run, whole)
	s.cache.save(s.opts.Host.Files)
}

func (s *Session) exitCode() int {
	counts := s.run.Counts()
	switch {
	case s.interrupted.Load():
		return ExitInterrupted
	case s.internal.Load():
		return ExitInternal
	case counts[report.Failed]+counts[report.Errored]+counts[report.XPassed] > 0:
		return ExitFailed
	case s.selected == 0:
		return ExitNothing
	}
	return ExitOK
}

// checkMarks refuses a word of -m that no test has as a mark.
func (s *Session) checkMarks() error {
	if s.marks == nil {
		return nil
	}
	for _, word := range s.marks.words {
		if s.seen[word] || s.stop.Load() {
			continue
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
	return nil
}

// List gives the ids of the tests, once Run has returned with Options.List.
func (s *Session) List() []string { return s.listed }
