// Package isolate runs scripts, and the workers of scripts, in child processes,
// where running out of memory ends the child and not the program.
//
// The child is the program itself, started once more, unless Config.Command
// names another one. Its main calls [Child] before anything else:
//
//	func main() {
//		options := engine.Options{Modules: modules.All()}
//		options.Processes = isolate.Child(options) // returns at once, but in a child
//		...
//		results, err := isolate.Run(ctx, isolate.Config{Options: options}, "job", source)
//	}
//
// A run ends with the script's results, with the script's error as an
// *engine.Error, or with an error that says what ended the child: limit.memory,
// limit.deadline, isolate.died and the like. Nothing of the child is left then.
//
// What Child returns lets scripts start workers in processes: the modules process
// and pool do. Such a worker has the permissions of its script, and a limit of
// memory only if it is given one.
//
// # What guards
//
// On Linux the child runs under RLIMIT_DATA and RLIMIT_AS, which count from
// what the Go runtime holds already, in a control group of its own where one can
// be made, and its resident memory is watched by the parent; it leads a session,
// all of which is killed at the end. It dies with its parent. On other Unix
// systems resident memory is not watched, and the bound is Go's own memory
// limit with the engine's caps on single operations. On Windows Run refuses.
// [Process.Guards] lists what is active.
//
// Memory is the child's: a program that a script may start (--allow-run) has the
// rlimits for itself.
package isolate

import (
	"context"
	"fmt"
	"time"

	"github.com/gscript-lang/gscript/engine"
	"github.com/gscript-lang/gscript/engine/internal/fault"
)

// Kinds of error of this package. Those of the script come as they are.
const (
	KindDied        = "isolate.died"        // the child ended without a result
	KindStart       = "isolate.start"       // the child did not start, or is no program of ours
	KindProtocol    = "isolate.protocol"    // the child wrote what it never should
	KindUnsupported = "isolate.unsupported" // not on this system
	KindResult      = "limit.result"        // the results are too large to hand over
)

// Bounds and defaults of Config.
const (
	MinMemory     = 64 << 20
	DefaultMemory = 256 << 20
	DefaultResult = 16 << 20
	defaultGrace  = 500 * time.Millisecond
)

// Config says what a child may use. The zero value computes, in 256 MiB.
type Config struct {
	// Options are those of the engine in the child. Limits.Memory is the hard
	// limit, at least MinMemory; 0 means DefaultMemory. Permissions, Dir, Env,
	// Limits, Trusted, Grace, Path, the streams and the log cross to the
	// child. Modules and Library are those that the child gives to Child. Host
	// must be nil.
	//
	// Streams that are an *os.File are given to the child; what it writes to
	// others is copied in the order in which it was written. A Stdin that is
	// no file is read ahead, and a Read of it may outlast the run.
	Options engine.Options
	// Result is how many bytes the results may take; 0 means DefaultResult.
	Result int
	// Grace is how long the child may take to stop by itself when the context
	// has ended, before it is killed; 0 means 500 ms.
	Grace time.Duration
	// Command is the program to start, with arguments, instead of this one; its
	// main calls Child.
	Command []string
	// UseModules makes every module a global, as State.UseModules does.
	UseModules bool
	// Quiet keeps the script from taking any stream for a terminal, so that
	// modules draw no progress bars.
	Quiet bool

	worker *workerRequest // the child is a worker
}

// Run compiles source and runs it as the script called name in a child, as
// State.Run does in a state of its own. Arguments and results are plain data:
// nil, booleans, numbers, strings, lists and tables with string keys. The end of
// ctx stops the script.
func Run(ctx context.Context, c Config, name, source string, args ...any) ([]any, error) {
	return run(ctx, c, Script{Name: name, Source: source}, args)
}

// RunFile is Run with the script in the file at path, which the child reads.
func RunFile(ctx context.Context, c Config, path string, args ...any) ([]any, error) {
	return run(ctx, c, Script{File: path}, args)
}

func run(ctx context.Context, c Config, s Script, args []any) ([]any, error) {
	p, err := Start(ctx, c, s, args...)
	if err != nil {
		return nil, err
	}
	return p.Wait()
}

// Script is what a child runs: the file, the package's main.lua as
// State.RunModule finds it, or else the source under a name.
type Script struct {
	Name, Source string
	File         string
	Module       string
}

// prepared fills in the defaults and checks what cannot work.
func (c Config) prepared() (Config, error) {
	o := &c.Options
	switch {
	case o.Host != nil:
		return c, fault.New(fault.ArgsInvalid, "Options.Host cannot cross to another process").
			WithHint("give Permissions, Dir, Env and the streams")
	case o.Limits.Memory == 0 && c.worker == nil:
		o.Limits.Memory = DefaultMemory
	case o.Limits.Memory != 0 && o.Limits.Memory < MinMemory:
		return c, fault.New(fault.ArgsInvalid, "%s of memory are too few for an isolated script", size(o.Limits.Memory)).
			WithHint("give it %s or more", size(MinMemory))
	}
	if err := o.Permissions.Check(); err != nil {
		return c, fault.New(fault.ArgsInvalid, "%v", err)
	}
	if c.Result <= 0 {
		c.Result = DefaultResult
	}
	if c.Grace <= 0 {
		c.Grace = defaultGrace
	}
	if o.Grace <= 0 {
		o.Grace = 5 * time.Second
	}
	return c, nil
}

// size prints a number of bytes exactly where it is a round one.
func size(n int64) string {
	if n%(1<<20) == 0 {
		return fmt.Sprintf("%d MiB", n>>20)
	}
	return engine.FormatSize(n)
}

func memoryExceeded(limit int64) *engine.Error {
	return fault.New(fault.Memory, "memory limit (%s) exceeded", size(limit)).
		WithHint("the option --max-memory, Limits.Memory in Go, sets the limit")
}
