package host

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"

	"golang.org/x/sys/windows"
)

// separators are what makes a program's name a path.
const separators = `/\:`

func groupAttr(session bool) *syscall.SysProcAttr {
	attr := &syscall.SysProcAttr{CreationFlags: windows.CREATE_NEW_PROCESS_GROUP}
	if session {
		attr.CreationFlags |= windows.DETACHED_PROCESS
	}
	return attr
}

// group is a job object, which holds the process and what it starts. A
// grandchild started before the process is put in the job is not in it.
type group struct {
	pid int
	job windows.Handle
}

func (g *group) open(pid int) error {
	g.pid = pid
	process, err := windows.OpenProcess(windows.PROCESS_SET_QUOTA|windows.PROCESS_TERMINATE|windows.SYNCHRONIZE, false, uint32(pid))
	if err != nil {
		return fmt.Errorf("open the new process: %w", err)
	}
	defer windows.CloseHandle(process)
	job, err := windows.CreateJobObject(nil, nil)
	if err != nil {
		return fmt.Errorf("make a job object: %w", err)
	}
	if err := windows.AssignProcessToJobObject(job, process); err != nil {
		windows.CloseHandle(job)
		if event, waitErr := windows.WaitForSingleObject(process, 0); waitErr == nil && event == windows.WAIT_OBJECT_0 {
			return nil // it has ended already
		}
		return fmt.Errorf("put the new process in its job: %w", err)
	}
	g.job = job
	return nil
}

// close leaves what still runs in the job running, as on unix.
func (g *group) close() {
	if g.job != 0 {
		windows.CloseHandle(g.job)
	}
}

func (g *group) kill() error {
	if g.job == 0 {
		return os.ErrProcessDone
	}
	return windows.TerminateJobObject(g.job, 1)
}

func (g *group) terminate() error {
	return windows.GenerateConsoleCtrlEvent(windows.CTRL_BREAK_EVENT, uint32(g.pid))
}

func (g *group) signal(name string) error {
	switch strings.TrimPrefix(strings.ToUpper(name), "SIG") {
	case "KILL":
		return g.kill()
	case "TERM", "INT", "BREAK":
		return g.terminate()
	}
	return fmt.Errorf("unknown signal %q", name)
}

func exitOf(state *os.ProcessState) (code int, signal string) { return state.ExitCode(), "" }

// checkArgs refuses arguments for a batch file that the command interpreter
// would take as commands: there is no reliable way to quote them.
func checkArgs(file string, args []string) error {
	switch strings.ToLower(filepath.Ext(file)) {
	case ".bat", ".cmd":
	default:
		return nil
	}
	for _, arg := range args {
		if strings.ContainsAny(arg, "\"%!^&|<>()\r\n\x00") {
			return fmt.Errorf("argument %q cannot be given to the batch file %s safely", arg, file)
		}
	}
	return nil
}
