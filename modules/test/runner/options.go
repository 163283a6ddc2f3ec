// Package runner finds files of tests, runs what they define, and says what came
// of it: the command gscript test.
package runner

import (
	"runtime"
	"time"

	"github.com/gscript-lang/gscript/engine"
	"github.com/gscript-lang/gscript/engine/host"
	"github.com/gscript-lang/gscript/modules/test"
	"github.com/gscript-lang/gscript/modules/test/report"
)

// Options say which tests are run, and how.
type Options struct {
	Args    []string // files, directories and ids; none is the working directory
	Pattern string   // of files' names: "*_test.lua"

	Keyword string // -k: words that ids must have
	Marks   string // -m: marks that tests must have

	MaxFail     int  // stop after so many; 0 for never
	LastFailed  bool // only those that failed the last time
	FailedFirst bool
	Shuffle     bool
	Seed        int64 // 0 draws one
	Count       int   // how often each test is run
	Reruns      int   // how often one that failed is tried again
	Timeout     time.Duration
	Workers     int // 0 is the number of cores
	Procs       int // workers are so many processes; 0 for none
	List        bool
	Locals      bool
	NoCapture   bool
	Forget      bool // nothing is written to the cache: for a worker process
	Update      bool // snapshots are written anew
	Reports     []string

	// Instead is called in the state of each file instead of running its tests; nil
	// for tests. What it returns is an error of the file.
	Instead func(c *engine.Call, suite *test.Suite, file string) error

	Host *host.Host
	// Engine is what the states have: modules, library, limits, probes.
	Engine    engine.Options
	Version   string
	Program   []string // starts this program's gscript test, for processes
	Listeners []report.Listener
}

// Exit codes are those of pytest.
const (
	ExitOK          = 0
	ExitFailed      = 1
	ExitInterrupted = 2
	ExitInternal    = 3
	ExitUsage       = 4
	ExitNothing     = 5
)

func (o *Options) fill() {
	if o.Pattern == "" {
		o.Pattern = "*_test.lua"
	}
	if o.Workers <= 0 {
		o.Workers = runtime.GOMAXPROCS(0)
	}
	o.Count = max(o.Count, 1)
}

// usage is an error of the command line.
func usage(hint, format string, args ...any) *engine.Error {
	e := engine.Invalid(format, args...)
	e.Hint = hint
	return e
}
