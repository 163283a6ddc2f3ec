package runner

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"hash/fnv"
	"math/rand/v2"
	"path/filepath"
	"slices"
	"time"

	"github.com/gscript-lang/gscript/engine"
	"github.com/gscript-lang/gscript/engine/host"
	"github.com/gscript-lang/gscript/modules/test"
	"github.com/gscript-lang/gscript/modules/test/report"
)

// job is one file of tests being run.
type job struct {
	s       *Session
	file    *source
	worker  int
	results []*report.Result
	done    map[string]int // how often each test has been run to its end
	stuck   bool           // the state is given up
	counted bool           // its tests are part of the session's
	used    test.UsedSnapshots
}

// runFile runs the tests of a file, in as many states as it takes: one that a
// test has made unusable is followed by another.
func (s *Session) runFile(ctx context.Context, f *source, worker int) []*report.Result {
	j := &job{s: s, file: f, worker: worker, done: map[string]int{}}
	for again := true; again && ctx.Err() == nil; {
		before := len(j.results)
		j.stuck = false
		j.inState(ctx)
		again = j.stuck && len(j.results) > before && !s.stop.Load()
	}
	if ctx.Err() == nil {
		j.unusedSnapshots()
	}
	if s.run.Workers > 1 && !s.opts.dry() {
		s.tell(j.results...)
	}
	return j.results
}

// add takes a result in.
func (j *job) add(r *report.Result) {
	r.File, r.Worker = j.file.path, j.worker
	j.s.heard(r)
	j.results = append(j.results, r)
	if j.s.run.Workers == 1 && !j.s.opts.dry() {
		j.s.tell(r)
	}
}

// broken takes in that the tests of the file cannot be run.
func (j *job) broken(title string, err error, output string) {
	j.add(j.unrunnable(title, err, output))
}

// unrunnable is the result of a file whose tests cannot be run.
func (j *job) unrunnable(title string, err error, output string) *report.Result {
	f := test.Describe(j.s.engine, err)
	f.Title = title
	var slow *slowLoad
	if errors.As(err, &slow) {
		f.Kind, f.Message, f.Hint = engine.KindTimeout, slow.Error(), "--timeout sets the limit, for each test and for what the file does outside of tests"
	}
	return &report.Result{ID: j.file.path, Name: j.file.path, Outcome: report.Errored, Failures: []report.Failure{f}, Message: f.Message, Output: output}
}

// inState runs what is left of the file's tests in a new state.
func (j *job) inState(ctx context.Context) {
	s := j.s
	suite := test.NewSuite(s.config, filepath.Join(s.config.Root, filepath.FromSlash(j.file.path)))
	h, kept := s.opts.Host, &captured{suite: suite}
	if !s.opts.NoCapture {
		h, kept = capture(s.opts.Host, suite, s.opts.Tee)
		kept.wrote = s.wrote()
	}
	own := *h
	own.Environment, own.Processes = test.Isolate(h)
	state := s.engine.NewStateOn(ctx, &own)
	defer func() {
		if !j.stuck {
			_ = state.Close()
		} else { // what hangs in it may never end
			go state.Close()
		}
	}()
	suite.Confs, suite.Used = j.file.confs, &j.used
	suite.Drive = func(c *engine.Call) error { return j.drive(c, suite, kept) }
	suite.Install(state)
	results, err := state.Run(ctx, test.PreludeName, test.Prelude)
	if err != nil {
		s.internal.Store(true)
		j.broken("", err, "")
		return
	}
	drive := suite.Use(results)
	if err := j.load(ctx, state); err != nil {
		if ctx.Err() == nil && !j.s.abort.isGiven() {
			j.broken("", err, kept.text())
		}
		return
	}
	if _, err := state.Call(ctx, drive); err != nil && !j.stuck && ctx.Err() == nil {
		j.broken("", err, kept.text())
	}
}

// load runs the conftest.lua above the file, and the file.
func (j *job) load(ctx context.Context, state *engine.State) error {
	ctx, done := j.s.abort.under(ctx)
	defer done()
	limit := j.s.opts.Timeout
	if limit > 0 {
		var cancel context.CancelFunc
		ctx, cancel = host.WithTimeout(ctx, j.s.opts.Host.Clock, limit, nil)
		defer cancel()
	}
	for _, name := range append(slices.Clone(j.file.confs), j.file.path) {
		source, err := j.s.opts.Host.Files.ReadFile(filepath.FromSlash(name))
		if err != nil {
			return err
		}
		if err := j.s.lost(name, string(source)); err != nil {
			return err
		}
		if _, err := state.RunText(ctx, name, j.s.opts.Host.Files.Abs(filepath.FromSlash(name)), string(source)); err != nil {
			if code, exit := engine.ExitCode(err); exit {
				return engine.Invalid("%s called os.exit(%d) while it was loaded", name, code)
			}
			if engine.KindOf(err) == engine.KindDeadline && ctx.Err() != nil {
				return &slowLoad{name, limit, err}
			}
			return err
		}
	}
	return nil
}

// slowLoad says that a file has not been loaded in time.
type slowLoad struct {
	name  string
	limit time.Duration
	err   error // tells where it was
}

func (e *slowLoad) Error() string {
	return fmt.Sprintf("loading %s took longer than %v", e.name, e.limit)
}

func (e *slowLoad) Unwrap() error { return e.err }

// drive runs the tests of a suite; it is called from within the state.
func (j *job) drive(c *engine.Call, suite *test.Suite, kept *captured) error {
	if j.s.opts.Instead != nil {
		return j.s.opts.Instead(c, suite, j.file.path)
	}
	_ = c.Holding(func() error {
		suite.Collect(c)
		return nil
	})
	items := j.choose(suite)
	if j.s.opts.dry() {
		j.list(suite, items)
		return nil
	}
	live := &test.Live{}
	var begun []*test.Group
	for n, item := range items {
		if j.s.stop.Load() || c.Context().Err() != nil {
			break
		}
		around := item.Test.Group.Around()
		for _, g := range around {
			if !slices.Contains(begun, g) {
				begun = append(begun, g)
			}
		}
		if err := suite.Reseed(c, j.s.opts.Seed); err != nil {
			return err
		}
		if err := j.attempts(c, suite, live, item); err != nil {
			if errors.Is(err, test.ErrStuck) {
				j.stuck = true
				return err
			}
			return err
		}
		var next []*test.Group
		if n+1 < len(items) {
			next = items[n+1].Test.Group.Around()
		}
		if len(next) == len(around) && slices.Equal(next, around) {
			continue
		}
		j.left(suite.Leave(c, live, begun, func(g *test.Group) bool { return slices.Contains(next, g) || g == suite.Root }), kept)
		begun = slices.DeleteFunc(begun, func(g *test.Group) bool { return !slices.Contains(next, g) && g != suite.Root })
	}
	j.left(suite.Leave(c, live, begun, nil), kept)
	return nil
}

// left reports what failed behind the tests.
func (j *job) left(failures []report.Failure, kept *captured) {
	for _, f := range failures {
		j.add(&report.Result{ID: j.file.path, Name: j.file.path, Outcome: report.Errored, Failures: []report.Failure{f}, Message: f.Message, Output: kept.text()})
	}
}

// begins tells the listeners that want to know, such as Stream.
func (j *job) begins(id string) {
	j.s.mu.Lock()
	defer j.s.mu.Unlock()
	for _, l := range j.s.opts.Listeners {
		if b, ok := l.(interface{ Begin(id string) }); ok {
			b.Begin(id)
		}
	}
}

// attempts runs a test as often as it may fail.
func (j *job) attempts(c *engine.Call, suite *test.Suite, live *test.Live, item *test.Item) error {
	most := max(item.Test.All().Flaky, j.s.opts.Reruns+1)
	for n := 1; ; n++ {
		j.begins(item.ID)
		r, err := suite.Execute(c, live, item, test.Attempt{Timeout: j.s.opts.Timeout, Number: n})
		again := err == nil && n < most && (r.Outcome == report.Failed || r.Outcome == report.Errored) && !j.s.stop.Load()
		if r.Reruns = n - 1; again {
			r.Outcome = report.Rerun
		}
		j.add(r)
		if err != nil || !again {
			j.done[item.ID]++
			return err
		}
	}
}

// choose gives the tests that are to be run, in their order.
func (j *job) choose(suite *test.Suite) []*test.Item {
	s := j.s
	all := suite.Items(j.file.path)
	var items []*test.Item
	marks := map[string]bool{}
	for name := range suite.Known {
		marks[name] = true
	}
	for _, item := range all {
		own := item.Test.All().Marks
		for _, m := range own {
			marks[m] = true
		}
		if j.file.wants(item.ID) &&
			(s.keyword == nil || s.keyword.holds(inID(item.ID))) &&
			(s.marks == nil || s.marks.holds(func(word string) bool { return slices.Contains(own, word) })) &&
			(!s.opts.LastFailed || len(s.failed) == 0 || s.failed[item.ID] || s.failed[j.file.path]) {
			items = append(items, item)
		}
	}
	items = s.stepItems(items)
	s.mu.Lock()
	for m := range marks {
		s.seen[m] = true
	}
	if !j.counted {
		j.counted = true
		s.selected += len(items)
		s.run.Deselected += len(all) - len(items)
		s.missing = append(s.missing, j.file.missing(all)...)
	}
	s.mu.Unlock()
	if s.opts.Shuffle {
		items = s.shuffled(j.file.path, items)
	}
	if s.opts.FailedFirst {
		slices.SortStableFunc(items, func(a, b *test.Item) int { return cmp.Compare(rank(s.failed[a.ID]), rank(s.failed[b.ID])) })
	}
	var list []*test.Item
	for range s.opts.Count {
		list = append(list, items...)
	}
	list = list[min(s.opts.Begin, len(list)):]
	left := map[string]int{}
	return slices.DeleteFunc(list, func(item *test.Item) bool {
		left[item.ID]++
		return left[item.ID] <= j.done[item.ID]
	})
}

// random is a source of the session's seed and a word.
func (s *Session) random(word string) *rand.Rand {
	h := fnv.New64a()
	fmt.Fprint(h, word)
	return rand.New(rand.NewPCG(uint64(s.opts.Seed), h.Sum64()))
}

// shuffled mixes tests; those of a group stay together. The order depends on the
// seed and the file alone.
func (s *Session) shuffled(file string, items []*test.Item) []*test.Item {
	r := s.random(file)
	groups := map[*test.Group]int{}
	keys := map[*test.Item][]int{}
	for _, item := range items {
		var key []int
		for _, g := range item.Test.Group.Around() {
			if _, ok := groups[g]; !ok {
				groups[g] = r.Int()
			}
			key = append(key, groups[g])
		}
		keys[item] = append(key, r.Int())
	}
	items = slices.Clone(items)
	slices.SortStableFunc(items, func(a, b *test.Item) int { return slices.Compare(keys[a], keys[b]) })
	return items
}
