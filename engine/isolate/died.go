//go:build unix

package isolate

import (
	"fmt"
	"os"
	"strings"
	"syscall"

	"golang.org/x/sys/unix"

	"github.com/gscript-lang/gscript/engine"
	"github.com/gscript-lang/gscript/engine/internal/fault"
)

// starved are the words of a Go runtime, or of its C library, that gets no
// memory.
var starved = []string{
	"out of memory", "cannot allocate memory", "cannot map pages", "failed to create new OS thread",
	"pthread_create failed", "Resource temporarily unavailable", "errno=12",
}

// died explains an end without a result. Running out of memory shows as anything
// from a fatal error of the runtime to a SIGSEGV inside it.
func (p *Process) died(werr error) *engine.Error {
	state := p.cmd.ProcessState
	if state == nil {
		return fault.New(KindDied, "the %s was lost: %v", p.what(), werr)
	}
	if p.last != "" {
		p.log.Debug("last words of the "+p.what(), "text", p.last)
	}
	for _, words := range starved {
		if strings.Contains(p.last, words) {
			return memoryExceeded(p.config.Options.Limits.Memory)
		}
	}
	if strings.Contains(p.last, "stack exceeds") || strings.Contains(p.last, "stack overflow") {
		return fault.New(fault.StackOverflow, "the script nests too deeply: Go's stack overflowed")
	}
	how := fmt.Sprintf("exit code %d", state.ExitCode())
	var code any = state.ExitCode()
	status, ok := state.Sys().(syscall.WaitStatus)
	if ok && status.Signaled() {
		how = unix.SignalName(status.Signal())
		code = how
		if p.near && status.Signal() != syscall.SIGTERM && status.Signal() != syscall.SIGINT {
			return memoryExceeded(p.config.Options.Limits.Memory)
		}
	}
	if len(p.guards) == 0 && ok && status.Signaled() {
		e := fault.New(KindStart, "the %s died (%s) before it served", p.what(), how)
		e.Code = code
		return e
	}
	if len(p.guards) == 0 {
		e := fault.New(KindStart, "%s ended (%s) before it served the script", p.cmd.Path, how).
			WithHint("its main calls isolate.Child first")
		e.Code = code
		return e
	}
	crashed := strings.Contains(p.last, "SIGSEGV") || strings.Contains(p.last, "fatal error:")
	if p.near && crashed {
		return memoryExceeded(p.config.Options.Limits.Memory)
	}
	e := fault.New(KindDied, "the %s died (%s)", p.what(), how)
	if p.last != "" {
		e.Hint = "run with --verbose, or with Options.Log, to see its last words"
	}
	e.Code = code
	return e
}

// what names the child for people.
func (p *Process) what() string {
	if w := p.config.worker; w != nil {
		return "worker process " + w.Name
	}
	return "isolated process"
}

// peakOf is the most resident memory of an ended child. The system counts from
// the fork, with the parent's memory, so it says something only when the child
// had more than the parent ever had.
func peakOf(state *os.ProcessState) int64 {
	if state == nil {
		return 0
	}
	usage, ok := state.SysUsage().(*syscall.Rusage)
	var own syscall.Rusage
	if !ok || syscall.Getrusage(syscall.RUSAGE_SELF, &own) != nil || usage.Maxrss <= own.Maxrss {
		return 0
	}
	return int64(usage.Maxrss) * maxrssUnit
}
