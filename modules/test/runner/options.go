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
	NewFirst    bool // files that have not been run yet, then those changed last
	Stepwise    bool // stop at a failure, and begin there the next time
	StepSkip    bool // Stepwise, but the first failure does not stop
	Shuffle     bool
	Seed        int64 // 0 draws one
	Count       int   // how often each test is run
	Reruns      int   // how often one that failed is tried again
	Timeout     time.Duration
	Workers     int  // 0 is the number of cores
	Procs       int  // workers are so many processes; 0 for none
	List        bool // ids, and run nothing
	Fixtures    bool // list fixtures, and run nothing
	SetupPlan   bool // tell which fixtures are made for which tests, and run nothing
	SetupShow   bool // tell it while the tests run
	Locals      bool
	NoCapture   bool
	Tee         bool // output is kept, and let through as well
	Begin       int  // tests of the file that are left out: another worker process has run them
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
	o.Reports = report.Split(o.Reports, report.Kinds())
	if o.StepSkip {
		o.Stepwise = true
	}
	if o.Stepwise {
		o.Workers, o.MaxFail = 1, 1
		if o.StepSkip {
			o.MaxFail = 2
		}
	}
	if o.dry() {
		o.Workers, o.Procs = 1, 0
	}
	if o.SetupShow { // its lines would mix
		o.Workers, o.Procs = 1, 0
	}
}

// dry says that files are loaded, but no test runs.
func (o *Options) dry() bool { return o.List || o.Fixtures || o.SetupPlan }

// usage is an error of the command line.
func usage(hint, format string, args ...any) *engine.Error {
	e := engine.Invalid(format, args...)
	e.Hint = hint
	return e
}
