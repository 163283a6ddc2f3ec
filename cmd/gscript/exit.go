package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"

	"github.com/gscript-lang/gscript/engine"
)

// Exit codes of the command. A script's own os.exit(n) goes before them.
const (
	exitOK          = 0
	exitScript      = 1   // the script raised an error or does not compile
	exitUsage       = 2   // wrong flags, or the script cannot be read
	exitPermission  = 3   // something that was not granted
	exitLimit       = 4   // deadline or another limit
	exitInterrupted = 130 // Ctrl-C
	exitOutput      = 141 // the reader of standard output went away
	exitTerminated  = 143 // SIGTERM
)

// exitError ends the command with a code; what is to be said was said.
type exitError int

func (e exitError) Error() string { return fmt.Sprintf("exit code %d", int(e)) }

func exitCode(err error) int {
	if code, ok := engine.ExitCode(err); ok {
		return code
	}
	var signal interrupted
	if errors.As(err, &signal) {
		return signal.code
	}
	switch kind := engine.KindOf(err); {
	case kind == engine.KindUnreadable:
		return exitUsage
	case kind == engine.KindDenied:
		return exitPermission
	case kind == engine.KindOutputClosed:
		return exitOutput
	case strings.HasPrefix(kind, "limit."):
		return exitLimit
	}
	return exitScript
}

// lostOutput is what the end of a command says whose standard output could not be
// written, nil for any other error.
func lostOutput(err error) error {
	var failed *fs.PathError
	if errors.As(err, &failed) && failed.Op == "write" && failed.Path == os.Stdout.Name() {
		return engine.LostOutput(err)
	}
	return nil
}

// silent says that an ending needs no report: the script chose its exit code, a
// signal ended it, or nobody reads the output any more.
func silent(err error) bool {
	_, exit := engine.ExitCode(err)
	var signal interrupted
	return exit || errors.As(err, &signal) || engine.KindOf(err) == engine.KindOutputClosed
}
