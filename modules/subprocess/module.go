// Package subprocess runs programs: the Lua module subprocess.
//
// A command is a list, and no shell comes in between unless the script asks for
// one by name. A child leads a process group of its own, which is ended as a
// whole when a limit is passed or the task is canceled. Both output pipes are
// always read, so that a child never waits for somebody to read them. Children
// get a small part of the environment; arguments and the values of variables
// never appear in errors, because they may be secrets.
package subprocess

import (
	"github.com/gscript-lang/gscript/engine"
	"github.com/gscript-lang/gscript/engine/host"
)

const (
	kindExit     = "run.exit"
	kindNotFound = "run.not_found"
	kindLimit    = "run.output_limit"
	kindInput    = "run.input_closed"
)

var (
	errExit     = engine.Kind(kindExit, "The program ended with a code other than 0, or by a signal. e.code is the code, -1 after a signal; e.signal the signal; e.out and e.err what it wrote.")
	errNotFound = engine.Kind(kindNotFound, "There is no such program, or it cannot be started.")
	errLimit    = engine.Kind(kindLimit, "The program wrote more than max_output and was ended. e.out and e.err are the first part.")
	errInput    = engine.Kind(kindInput, "The program reads no more input.")
)

// options are common to everything that starts a program.
type options struct {
	Cwd         string          `lua:"cwd,opt" doc:"directory in which the program starts"`
	Timeout     engine.Duration `lua:"timeout,opt" doc:"how long the program may run; without it there is no limit"`
	Check       bool            `lua:"check,opt" default:"true" doc:"raise when the program fails; with false the result says how it ended, also after the timeout"`
	Input       *string         `lua:"input,opt" doc:"what the program reads from its standard input"`
	Stdin       string          `lua:"stdin,opt" default:"null" doc:"where the input comes from instead: null, inherit, pipe (for start) or the path of a file"`
	Stdout      string          `lua:"stdout,opt" default:"capture" doc:"where the output goes: capture, inherit, null or the path of a file, which is overwritten as the program writes"`
	Stderr      string          `lua:"stderr,opt" default:"capture" doc:"the same for the error output"`
	MergeStderr bool            `lua:"merge_stderr,opt" doc:"put the error output into the output, in the order of writing"`
	Env         map[string]any  `lua:"env,opt" doc:"variables to set; false takes one away" type:"table<string, string|number|false>"`
	InheritEnv  bool            `lua:"inherit_env,opt" doc:"start from all variables that the script may read, instead of PATH, HOME, the locale and their like"`
	CleanEnv    bool            `lua:"clean_env,opt" doc:"start from no variables at all"`
	MaxOutput   engine.Size     `lua:"max_output,opt" default:"64MiB" doc:"how much of each output is held; a program that writes more is ended"`
	Grace       engine.Duration `lua:"grace,opt" default:"2s" doc:"how long the program may take to end when asked to, before it is killed"`
}

type runIn struct {
	Argv   []string     `lua:"argv,list" doc:"the program and its arguments, each an item of its own"`
	OnLine *engine.Func `lua:"on_line,opt" doc:"called with each line as it comes; the result then holds only the last 64 KiB of each output" type:"fun(line: string, stream: \"out\"|\"err\")"`
	options
}

type shellIn struct {
	Line   string       `lua:"line" doc:"command line for the shell"`
	Args   []string     `lua:"args,opt" doc:"values that the line uses as \"$1\", \"$2\" and so on, which is the safe way to pass them"`
	OnLine *engine.Func `lua:"on_line,opt" doc:"called with each line as it comes; the result then holds only the last 64 KiB of each output" type:"fun(line: string, stream: \"out\"|\"err\")"`
	options
}

type startIn struct {
	Argv []string `lua:"argv,list" doc:"the program and its arguments, each an item of its own"`
	options
}

type whichIn struct {
	Name string `lua:"name" doc:"name of a program"`
}

type quoteIn struct {
	Items []string `lua:"items" doc:"a word, or a list of words"`
}

type waitIn struct {
	Timeout engine.Duration `lua:"timeout,opt" doc:"how long to wait; the program goes on afterwards; without it there is no limit"`
	Check   *bool           `lua:"check,opt" doc:"raise when the program fails; by default what start was told"`
}

type signalIn struct {
	Name string `lua:"name" doc:"name of the signal, such as TERM or HUP"`
}

type writeIn struct {
	Data string `lua:"data" doc:"bytes for the program"`
}

// Result is how a program ended.
type Result struct {
	Out       string          `lua:"out" doc:"what it wrote to its output, as bytes"`
	Err       string          `lua:"err" doc:"what it wrote to its error output"`
	Code      int             `lua:"code" doc:"its exit code, -1 when a signal ended it"`
	Signal    *string         `lua:"signal" doc:"the signal that ended it, such as SIGKILL, or nil"`
	OK        bool            `lua:"ok" doc:"whether it ended by itself with code 0"`
	TimedOut  bool            `lua:"timed_out" doc:"whether it was ended because of its timeout"`
	Truncated bool            `lua:"truncated" doc:"whether out or err lack a part of what it wrote"`
	Elapsed   engine.Duration `lua:"elapsed" doc:"how long it ran, in seconds"`
}

// Module declares subprocess.
func Module() *engine.Module {
	raises := []*engine.ErrorKind{errExit, errNotFound, errLimit}
	return &engine.Module{
		Name:  "subprocess",
		Doc:   "Run programs. A command is a list of words that no shell interprets; a failure raises; a timeout ends the program with everything it started.",
		Kinds: []*engine.ErrorKind{errExit, errNotFound, errLimit, errInput},
		Types: []*engine.Type{processType()},
		Funcs: []*engine.Function{
			engine.Fn("run", "Run a program and wait for its end. A program that takes longer than its timeout is ended with all it has started; the error has the kind timeout and, in e.out and e.err, what was written until then.", run).
				Needs(host.Run).
				Raises(raises...).
				Returning("how it ended and what it wrote").
				Example(`
					local subprocess = require "subprocess"
					local r = subprocess.run{"printf", "%s|", "a b", "$HOME"}
					print(r.out, r.code)   --> a b|$HOME|	0
					local r = subprocess.run{"sh", "-c", "cat; exit 3", input="hello", check=false, timeout=10}
					print(r.out, r.code)   --> hello	3`),
			engine.Fn("shell", "Run a command line with the system's shell, sh. Never put values into the line: pass them with args or env.", shell).
				Needs(host.Run).
				Raises(raises...).
				Returning("how it ended and what it wrote").
				Example(`
					local subprocess = require "subprocess"
					print(subprocess.shell("echo one two | wc -w").out + 0)   --> 2
					print(subprocess.shell('printf %s "$1"', {args={"a; b"}}).out)   --> a; b`),
			engine.Fn("start", "Start a program and go on. It is ended when the script ends.", startProcess).
				Needs(host.Run).
				Raises(errNotFound).
				ReturningType("subprocess.Process", "the running program").
				Example(`
					local subprocess = require "subprocess"
					local p = subprocess.start{"cat", stdin="pipe"}
					p:write("to the cat\n")
					p:close_stdin()
					print(p:wait().out)   --> to the cat`),
			engine.Fn("which", "Find the file of a program, as run does.", which).
				Needs(host.Run).
				Returning("its absolute path, or nil when there is no such program").
				Example(`
					local subprocess = require "subprocess"
					print(subprocess.which("sh") ~= nil, subprocess.which("no-such-program"))   --> true	nil`),
			engine.Fn("quote", "Quote words for a shell's command line.", quote).
				AsInline().
				Returning("the words, quoted where needed, with spaces between").
				Example(`
					local subprocess = require "subprocess"
					print(subprocess.quote{"rm", "it's", "*"})   --> rm 'it'\''s' '*'`),
		},
	}
}

func processType() *engine.Type {
	return engine.TypeOf[*Process]("subprocess.Process", "A program that runs beside the script.",
		engine.Method("wait", "Wait for the program's end. Its input is closed first.", (*Process).wait).
			Raises(errExit, errLimit).
			Returning("how it ended, and what it wrote and nobody has read").
			Example(`
				local subprocess = require "subprocess"
				local p = subprocess.start{"sh", "-c", "echo done"}
				print(p:wait{timeout=10}.out)   --> done`),
		engine.Method("read", "Wait for output and return what there is.", (*Process).read).
			Returning("the output that came, or nil at its end").
			Example(`
				local subprocess = require "subprocess"
				local p = subprocess.start{"printf", "abc"}
				print(p:read())   --> abc
				p:wait()`),
		engine.Method("lines", "Walk the lines of the output as they come. A program that is ahead waits.", (*Process).lines).
			ReturningType("fun(): string", "an iterator for the generic for").
			Example(`
				local subprocess = require "subprocess"
				local p = subprocess.start{"printf", "a\\nb\\n"}
				for line in p:lines() do print(line) end
				--> a
				--> b`),
		engine.Method("write", "Write to the program's input. It was started with stdin=\"pipe\".", (*Process).write).
			Raises(errInput).
			Example(`
				local subprocess = require "subprocess"
				local p = subprocess.start{"wc", "-c", stdin="pipe"}
				p:write("12345")
				print(p:wait().out + 0)   --> 5`),
		engine.Method("close_stdin", "End the program's input.", (*Process).closeStdin).
			Example(`
				local subprocess = require "subprocess"
				local p = subprocess.start{"cat", stdin="pipe"}
				p:close_stdin()
				print(p:wait().code)   --> 0`),
		engine.Method("signal", "Send a signal to the program and the processes it has started.", (*Process).signal).
			Returning("false when it had ended already").
			Example(`
				local subprocess = require "subprocess"
				local p = subprocess.start{"sleep", 60, check=false}
				p:signal("TERM")
				print(p:wait().signal)   --> SIGTERM`),
		engine.Method("kill", "Kill the program and the processes it has started.", (*Process).kill).
			Returning("false when it had ended already").
			Example(`
				local subprocess = require "subprocess"
				local p = subprocess.start{"sleep", 60, check=false}
				print(p:kill(), p:wait().signal)   --> true	SIGKILL`),
		engine.Method("running", "Say whether the program still runs.", (*Process).running).
			AsInline().
			Returning("false once wait would not wait").
			Example(`
				local subprocess = require "subprocess"
				local p = subprocess.start{"sleep", 60}
				print(p:running())   --> true
				p:close()
				print(p:running())   --> false`),
		engine.CloseMethod[*Process]("close", "End the program and the processes it has started: politely first, after the grace time by force. It is no error when it has ended.").
			Example(`
				local subprocess = require "subprocess"
				with(subprocess.start{"sleep", 60}, function(p) print(p:running()) end)   --> true`),
		engine.Prop("pid", "The process id, which is its group's id too.", func(p *Process) int { return p.proc.PID() }),
		engine.Prop("program", "The program as it was named.", func(p *Process) string { return p.program }),
	)
}
