// Package engine runs Lua scripts with native modules. It is the package that
// other Go programs import; the gscript command is one of them.
//
// An [Engine] holds what many states share: modules, permissions, limits,
// compiled chunks. A [State] is one Lua world. States share nothing, so they run
// in parallel; inside a state, tasks take turns.
//
// # Security
//
// An engine grants a script nothing until told: no files, no network, no
// processes, no environment. Options.Permissions grants one thing at a time;
// the checks are made in package host, on what is really opened or dialled.
// Memory is bounded as well as Go allows inside a process, which is not a hard
// bound: run code that you do not trust in a process of its own.
package engine

import (
	"io"
	"io/fs"
	"log/slog"
	"sync"
	"time"

	lua "github.com/yuin/gopher-lua"

	"github.com/gscript-lang/gscript/engine/host"
	"github.com/gscript-lang/gscript/engine/internal/chunk"
	"github.com/gscript-lang/gscript/engine/module"
	"github.com/gscript-lang/gscript/engine/trace"
)

// Module is the declaration of a Lua module.
type Module = module.Module

// Entry is a module that scripts may require. Declare is called at the first
// require, and once an engine.
type Entry struct {
	Name    string
	Declare func() *Module
}

// Provide makes the Entry of a module that is declared already.
func Provide(m *Module) Entry {
	return Entry{Name: m.Name, Declare: func() *Module { return m }}
}

// Options configure an Engine. The zero value runs pure Lua without any access
// to the world.
type Options struct {
	// Modules are the native modules that scripts may require.
	Modules []Entry
	// Library holds modules written in Lua, as name.lua.
	Library fs.FS

	// Permissions say what scripts may reach.
	Permissions host.Permissions
	// Host replaces the real world, for tests. Permissions, Dir, Env and the
	// streams are then not used.
	Host *host.Host

	Dir    string    // directory for relative names; "" is the process's
	Env    []string  // environment as NAME=value; nil is the process's
	Stdin  io.Reader // nil is the process's, likewise below
	Stdout io.Writer
	Stderr io.Writer
	Log    *slog.Logger // nil discards
	// Trace records what tasks, workers and native calls do over time; nil
	// records nothing.
	Trace *trace.Recorder

	// Trusted lifts what guards against hostile scripts: larger sources, deeper
	// nesting, higher limits, getfenv and setfenv, all of debug. The command
	// sets it for the user's own script.
	Trusted bool
	// Limits bound what a script may use.
	Limits Limits
	// Processes lets scripts work in processes of their own: what
	// isolate.Child returned. Without it such workers are refused.
	Processes Processes
	// NoResults has Run and Call return no results: for a command, to which it is
	// nothing that a script returns a table without end.
	NoResults bool
	// DebugTasks logs tasks that keep others waiting, and at the end of a run
	// those that still run and those that nobody awaited, by the line that
	// started each.
	DebugTasks bool
	// Probes look into the states: coverage, debuggers.
	Probes []Probe
	// Explain compiles each call check(a == b, …) of a global that a script does
	// not declare itself to a call of the global Explained: for tests.
	Explain bool
	// Grace is how long a canceled script may take to clean up; 0 means
	// DefaultGrace.
	Grace time.Duration
	// Path lists where require finds Lua files: directories, zip archives,
	// directories in archives, and patterns such as "lib/?.lua". The directory of
	// the script comes first in any case; the working directory is not searched
	// by itself. States see it as package.path.
	Path []string
}

// Explained is the name of the global that Options.Explain puts in the place of
// check. Its arguments are a description of the expression (its text, the texts
// of the parts whose values follow, and the variables that it names, with zero
// bytes between), what else check was given, as a list or nil, the expression's
// value, and the values of the parts. An empty part says that these are further
// results of the expression.
const Explained = chunk.Explained

// DefaultGrace is how long a canceled script may take to clean up where nothing
// else is said.
const DefaultGrace = 5 * time.Second

// Engine is configuration shared by many states. It is safe for concurrent use.
type Engine struct {
	opts   Options
	chunks *chunks

	mu       sync.Mutex
	declared map[string]*module.Module
}

// New makes an engine. The first one sets lua.MaxArrayIndex: a program that also
// uses gopher-lua by itself makes its engine before.
func New(opts Options) *Engine {
	if opts.Grace == 0 {
		opts.Grace = DefaultGrace
	}
	if opts.Log == nil {
		opts.Log = slog.New(slog.DiscardHandler)
	}
	opts.Limits = opts.Limits.withDefaults(opts.Trusted)
	limits := chunk.Guarded
	if opts.Trusted {
		limits = chunk.Trusted
	}
	limits.Explain = opts.Explain
	widenArrays()
	return &Engine{
		opts:     opts,
		chunks:   newChunks(limits),
		declared: map[string]*module.Module{},
	}
}

// widenArrays bounds the array part of tables once for the process: at
// gopher-lua's default of 67 million slots, t[67108863]=1 takes 3.7 GB in one
// instruction.
var widenArrays = sync.OnceFunc(func() { lua.MaxArrayIndex = 1 << 22 })

// Modules lists the modules that scripts may require, in their order.
func (e *Engine) Modules() []Entry { return e.opts.Modules }

// Module returns the declaration of a module, nil when there is none.
func (e *Engine) Module(name string) *Module {
	for _, entry := range e.opts.Modules {
		if entry.Name == name {
			e.mu.Lock()
			defer e.mu.Unlock()
			m := e.declared[name]
			if m == nil {
				m = entry.Declare()
				e.declared[name] = m
			}
			return m
		}
	}
	return nil
}

// compileLoaded compiles what a script loads. Hostile scripts must not fill the
// cache, nor give a chunk the name of another state's script.
func (e *Engine) compileLoaded(name, source string) (*chunk.Chunk, error) {
	if e.opts.Trusted {
		return e.chunks.compile(name, source)
	}
	return chunk.Compile(name, source, e.chunks.limits)
}
