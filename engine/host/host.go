// Package host is the one door between a script and the world: files,
// network, processes, environment, clock, terminal, randomness.
//
// # Why one door
//
// Nothing else in the program opens a file, dials, starts a process, reads
// the environment or sleeps. So a permission check cannot be forgotten, the
// world can be replaced by a fake in a test, and what a script touched can be
// recorded in one place. [Host] is a plain struct of interfaces: swap a field.
//
// # Security
//
// The zero [Permissions] grants nothing. Checks are made inside the
// operations, on the object reached and not on the name asked for:
//
//   - Files: a scoped grant is an os.Root held open since [New], so neither
//     ".." nor a symbolic link, even one swapped between check and use,
//     leads out of it. Mount points and device files inside a granted
//     directory count as inside.
//   - Network: an IP or CIDR scope is compared with the address being
//     connected to, after name resolution. A name scope trusts the name, and
//     so whoever answers for it in the DNS.
//   - Processes: the program is resolved to an absolute file first. A scope
//     that is a bare name means the file the host's own PATH finds, whatever
//     the script did to its PATH.
//
// Granting run or ffi equals full trust: a child process and a native library
// can do whatever the user can. Two checks are made on names and can be raced
// by somebody who can already write in the directory: the path of a unix
// socket and the file of a program.
package host

import (
	"crypto/rand"
	"io"
	"log/slog"
	"os"
)

// Host is the world as a script may see it. Its fields are plain interfaces,
// so that a fake or a recorder is made by replacing some. A Host is safe for
// concurrent use as long as no field is being replaced.
type Host struct {
	Files       Files
	Network     Network
	Processes   Processes
	Environment Environment
	Clock       Clock
	Terminal    Terminal
	Random      io.Reader    // cryptographically strong
	Log         *slog.Logger // never nil; discards unless configured

	// Permissions tells what was granted. It is a description: the checks
	// themselves were built into the other fields by New.
	Permissions Permissions

	closer io.Closer
}

// Config adjusts the world New makes. The zero value is this process's world.
type Config struct {
	Dir    string       // directory for relative names; "" is the process's working directory
	Stdin  io.Reader    // nil is os.Stdin
	Stdout io.Writer    // nil is os.Stdout
	Stderr io.Writer    // nil is os.Stderr
	Env    []string     // the environment, as "NAME=value"; nil is the process's
	Log    *slog.Logger // nil discards
}

// New returns the real world under the permissions p. At most one Config is
// used. Malformed scopes grant nothing; ask [Permissions.Check] beforehand.
// Close it when done: scoped file grants hold directories open.
func New(p Permissions, config ...Config) *Host {
	var c Config
	if len(config) > 0 {
		c = config[0]
	}
	if c.Stdin == nil {
		c.Stdin = os.Stdin
	}
	if c.Stdout == nil {
		c.Stdout = os.Stdout
	}
	if c.Stderr == nil {
		c.Stderr = os.Stderr
	}
	if c.Env == nil {
		c.Env = os.Environ()
	}
	if c.Log == nil {
		c.Log = slog.New(slog.DiscardHandler)
	}
	files := newFiles(p, c.Dir)
	env := newEnvironment(p, c.Env)
	return &Host{
		Files:       files,
		Network:     newNetwork(p, files),
		Processes:   newProcesses(p, files, env),
		Environment: env,
		Clock:       realClock{},
		Terminal:    newTerminal(c.Stdin, c.Stdout, c.Stderr, env),
		Random:      rand.Reader,
		Log:         c.Log,
		Permissions: p,
		closer:      files,
	}
}

// Close releases the directories held open for scoped grants. Files, sockets
// and processes already open stay as they are.
func (h *Host) Close() error {
	if h.closer == nil {
		return nil
	}
	return h.closer.Close()
}

// LibraryPath returns the absolute name of a native library that the ffi
// grant covers, or a *DeniedError. A scope is a file or a directory.
func (h *Host) LibraryPath(name string) (string, error) {
	path := h.Files.Abs(name)
	if h.Permissions.All(FFI) {
		return path, nil
	}
	for _, scope := range h.Permissions.scopes(FFI) {
		if within(h.Files.Abs(scope), path) {
			return path, nil
		}
	}
	return "", &DeniedError{Capability: FFI, Target: path}
}
