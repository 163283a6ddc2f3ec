package runner

import (
	"context"
	"encoding/binary"
	"fmt"
	"io"
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
	fixtures fixtureList
}

// New prepares a run.
func New(opts Options) (*Session, error) {
	opts.fill()
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
	if opts.SetupShow {
		s.config.SetUps = func(line string) { fmt.Fprintln(opts.Host.Terminal.Stdout(), line) }
	}
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
	if err := s.refuseMarks(ctx, sources); err != nil {
		return nil, err
	}
	if !s.opts.dry() {
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
	s.run.UnusedSnapshotsRemoved = s.opts.Update && !s.config.CI
	if s.opts.dry() && s.failures.Load() == 0 {
		return s.run, s.checkSelection()
	}
	if err := s.checkSelection(); err != nil && len(s.run.Results) == 0 {
		return s.run, err // nothing was run: that alone is to be told
	}
	switch {
	case s.interrupted.Load():
		s.run.Stopped = "interrupted"
	case s.stop.Load():
		s.run.Stopped = "after 1 failure"
		if n := s.failures.Load(); n != 1 {
			s.run.Stopped = fmt.Sprintf("after %d failures", n)
		}
	}
	if !s.opts.dry() && !s.opts.Forget && s.opts.Instead == nil {
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

// Listed are the lines of what Options.List, Fixtures or SetupPlan has asked for,
// once Run has returned.
func (s *Session) Listed() []string { return append(s.listed, s.fixtures.lines()...) }
