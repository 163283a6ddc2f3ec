package hostcall

import (
	"runtime"
	"strings"

	"github.com/gscript-lang/gscript/engine/host"
)

// Shell makes the command that runs line with the system's shell, with the
// standard streams of the script and all variables that the script may read.
func Shell(h *host.Host, line string) host.Command {
	argv := []string{ShellName(), "-c", line}
	if runtime.GOOS == "windows" {
		argv = []string{ShellName(), "/d", "/c", line}
	}
	set := map[string]string{}
	for _, kv := range h.Environment.Environ() {
		// Windows has variables such as "=C:", which are nobody's to set.
		if name, value, ok := strings.Cut(kv, "="); ok && name != "" {
			set[name] = value
		}
	}
	return host.Command{
		Argv: argv, EnvSet: set,
		Stdin: h.Terminal.Stdin(), Stdout: h.Terminal.Stdout(), Stderr: h.Terminal.Stderr(),
	}
}

// ShellName is the program that Shell runs.
func ShellName() string {
	if runtime.GOOS == "windows" {
		return "cmd"
	}
	return "sh"
}

// How tells how a process ended, as later versions of Lua do: "exit" and its
// code, or "signal" and the signal's number.
func How(e host.Exit) (what string, code int) {
	if e.Signal != "" {
		return "signal", signalNumber(e.Signal)
	}
	return "exit", e.Code
}
