package test

import (
	"bytes"
	"context"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/gscript-lang/gscript/engine"
	"github.com/gscript-lang/gscript/modules/test/report"
)

// T is a test that runs, the t of scripts.
type T struct {
	engine.Identity
	suite *Suite
	test  *Test
	id    string
	name  string

	mu       sync.Mutex
	failures []report.Failure
	cleanups []closing
	notes    []string
	warnings []string
	out      bytes.Buffer
	logs     bytes.Buffer

	titles    []string // of the sub-tests that run
	skipped   *string
	tmp       string
	removeTmp func() error
	self      engine.Value // of a case's method
	done      bool
	limit     time.Duration // 0 for that of the run

	processes *Processes // nil for test.run
}

// closing is something to do when a test, or a group, has ended.
type closing struct {
	title string
	run   func(c *engine.Call) error
}

// Begin makes the T of a test.
func (s *Suite) Begin(test *Test, id, name string) *T {
	return &T{suite: s, test: test, id: id, name: name}
}

// ID is the test's: "tests/a_test.lua::group::name[param]".
func (t *T) ID() string { return t.id }

// Name is the last part of the id.
func (t *T) Name() string { return t.name }

// File is the absolute path of the file that defines the test, "" for none.
func (t *T) File() string { return t.suite.file }

// Config is what the run's tests share.
func (t *T) Config() *Config { return t.suite.config }

// String names the test.
func (t *T) String() string { return "test.T " + t.id }

// Note adds a line to what is told of the test if it fails.
func (t *T) Note(text string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.notes = append(t.notes, text)
}

// Warn tells something of the test whatever becomes of it, once.
func (t *T) Warn(text string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if !slices.Contains(t.warnings, text) {
		t.warnings = append(t.warnings, text)
	}
}

// Cleanup has f called when the test has ended, before what was given earlier.
func (t *T) Cleanup(title string, f func(ctx context.Context) error) {
	t.cleanup(title, func(c *engine.Call) error { return f(c.Context()) })
}

func (t *T) cleanup(title string, f func(c *engine.Call) error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.cleanups = append(t.cleanups, closing{title, f})
}

// TempDir is a new directory of the test, the same one at each call.
func (t *T) TempDir(c *engine.Call) (string, error) {
	if t.tmp != "" {
		return t.tmp, nil
	}
	files := c.Stage().Base().Files
	dir, err := files.MkdirTemp("gscript-test-*")
	if err != nil {
		return "", err
	}
	if t.tmp, err = filepath.Abs(dir); err != nil {
		return "", err
	}
	t.removeTmp = func() error { return files.RemoveAll(dir) }
	return t.tmp, nil
}

// fail adds a failure.
func (t *T) fail(f report.Failure) {
	t.mu.Lock()
	defer t.mu.Unlock()
	f.Title = strings.Join(append(append([]string(nil), t.titles...), f.Title), ": ")
	f.Title = strings.TrimSuffix(f.Title, ": ")
	t.failures = append(t.failures, f)
}

// FailedWith adds the failure that an error means; title says in what.
func (t *T) FailedWith(c *engine.Call, title string, err error) {
	f := describe(c, err)
	f.Title = title
	t.fail(f)
}

// Output is where the streams of the test go.
func (t *T) write(to *bytes.Buffer, p []byte) {
	t.mu.Lock()
	defer t.mu.Unlock()
	const most = 1 << 20
	if room := most - to.Len(); room < len(p) {
		if room > 0 {
			to.Write(p[:room])
			to.WriteString("\n… more output is not kept\n")
		}
		return
	}
	to.Write(p)
}

// WriteOutput keeps what the test has written to a stream.
func (t *T) WriteOutput(p []byte) { t.write(&t.out, p) }

// WriteLog keeps a line of the log.
func (t *T) WriteLog(p []byte) { t.write(&t.logs, p) }

// Finish writes what is known of the test into a result.
func (t *T) Finish(r *report.Result) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.done = true
	r.Failures, r.Warnings = t.failures, t.warnings
	for i := range r.Failures {
		if i == 0 && len(t.notes) > 0 {
			r.Failures[0].Message += "\n" + strings.Join(t.notes, "\n")
		}
	}
	if len(r.Failures) > 0 {
		r.Message, _, _ = strings.Cut(r.Failures[0].Message, "\n")
	}
}

// kept writes what the test has written into a result.
func (t *T) kept(r *report.Result) {
	t.mu.Lock()
	defer t.mu.Unlock()
	r.Output, r.Logs = t.out.String(), t.logs.String()
}

// Skipped is why the test skips itself; ok is false when it does not.
func (t *T) Skipped() (why string, ok bool) {
	if t.skipped == nil {
		return "", false
	}
	return *t.skipped, true
}

// Failed says that something went wrong already.
func (t *T) Failed() bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	return len(t.failures) > 0
}

// CleanUp runs what the test has left to do, the last first, and then removes its
// directory, which the others may need. All run though one fails; titles of what
// failed are kept.
func (t *T) CleanUp(c *engine.Call) {
	defer func() {
		if t.removeTmp == nil {
			return
		}
		if err := t.removeTmp(); err != nil {
			t.FailedWith(c, "temporary directory", err)
		}
		t.removeTmp, t.tmp = nil, ""
	}()
	for {
		t.mu.Lock()
		n := len(t.cleanups)
		if n == 0 {
			t.mu.Unlock()
			return
		}
		last := t.cleanups[n-1]
		t.cleanups = t.cleanups[:n-1]
		t.mu.Unlock()
		if err := last.run(c); err != nil {
			t.FailedWith(c, last.title, err)
		}
	}
}

// implied is the T of a method that was called with a dot, or on a case's self.
func implied(call, first any) (self any, taken bool) {
	t := Current(call.(*engine.Call))
	if t == nil {
		return nil, false
	}
	v := first.(engine.Value)
	return t, t.self.IsTable() && v.Same(t.self)
}

var errOutside = fmt.Errorf("no test runs")
