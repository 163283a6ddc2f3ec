package host

import (
	"context"
	"io"
	"os"
	"time"
)

// Command tells what to run. There is no shell in between.
type Command struct {
	// Argv is the program and its arguments. A program without a path
	// separator is looked for in PATH; a relative one is taken from the
	// host's working directory.
	Argv []string
	// Dir is the child's working directory; "" is the host's.
	Dir string
	// Env is the complete environment, as "NAME=value". Nil is a small safe
	// part of the host's (PATH, HOME, the locale, ...) and what the script set.
	Env []string
	// EnvSet and EnvUnset change that environment.
	EnvSet   map[string]string
	EnvUnset []string
	// Stdin nil is empty input; Stdout and Stderr nil discard. They may be
	// the same writer and are then written in order. A writer that blocks
	// for ever blocks Wait. A Stdin with a Close method, other than a file, is
	// closed when the child reads no more of it.
	Stdin          io.Reader
	Stdout, Stderr io.Writer
	// Grace is the time from the polite signal to the KILL; 0 is 2 s.
	Grace time.Duration
	// Session starts the child in a session of its own, away from the
	// terminal, and not only in a process group of its own.
	Session bool
}

// ErrProcessDone is what signals to a process that has ended return.
var ErrProcessDone = os.ErrProcessDone

// Exit tells how a process ended.
type Exit struct {
	Code   int    // -1 when a signal ended it
	Signal string // such as "SIGKILL"; "" when none
	Killed bool   // the end of the context ended it
}

// Process is a running child and its process group.
type Process interface {
	// PID returns the child's process id, which is its group's id too.
	PID() int
	// Wait waits for the child's end and its output. A non-zero code is not
	// an error: the error is about reading its output or the wait itself.
	// It may be called more than once and from several goroutines.
	Wait() (Exit, error)
	// Signal sends a signal, such as "TERM" or "SIGTERM", to the group. It
	// returns ErrProcessDone after the end.
	Signal(name string) error
	// Kill sends KILL to the group, likewise.
	Kill() error
}

// Processes starts child processes.
//
// A child leads its own process group. When the context ends the group is
// sent TERM, and KILL after the command's grace or as soon as the child
// itself has ended: nothing of the group is left. When the child ends by
// itself, a grandchild in the background is left alone, as a shell does, but
// output it holds open is followed for at most one second.
type Processes interface {
	// Start starts a command. It needs Run for the program.
	Start(ctx context.Context, c Command) (Process, error)
	// LookPath returns the absolute file of a program. It needs Run for it.
	LookPath(name string) (string, error)
}
