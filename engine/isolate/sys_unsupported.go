//go:build !unix

package isolate

import (
	"context"
	"os"

	"github.com/gscript-lang/gscript/engine"
	"github.com/gscript-lang/gscript/engine/internal/fault"
)

// Process is a script that runs in a child.
type Process struct{}

// Start refuses: on this system nothing would bound the child.
func Start(context.Context, Config, Script, ...any) (*Process, error) {
	return nil, fault.New(KindUnsupported, "isolated scripts are not supported on this system").
		WithHint("run the script in the sandbox, whose memory is bounded as well as Go allows")
}

// Interrupt asks the script to end.
func (*Process) Interrupt(error) {}

// Wait waits for the end of the script.
func (*Process) Wait() ([]any, error) { return nil, nil }

// PID is the number of the child.
func (*Process) PID() int { return 0 }

// Peak is the most resident memory of the child.
func (*Process) Peak() int64 { return 0 }

// Guards lists what bounds the child's memory.
func (*Process) Guards() []string { return nil }

func controlled() bool         { return false }
func confine(boot) []string    { return nil }
func pipeSignals() []os.Signal { return nil }
func endSession()              { os.Exit(1) }

func terminateSignals() []os.Signal { return nil }
func dieOf(os.Signal)               { os.Exit(1) }

// Workers refuses: on this system there are no worker processes yet.
type Workers struct{ Command []string }

// Start refuses.
func (*Workers) Start(context.Context, engine.ProcessConfig) (engine.Process, error) {
	return nil, fault.New(KindUnsupported, "worker processes are not supported on this system").
		WithHint("use threads: kind=\"thread\"")
}
