package host

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"time"
)

const (
	defaultGrace = 2 * time.Second
	// pipeLinger is how long output is followed that a grandchild holds open
	// after the child ended by itself.
	pipeLinger = time.Second
	// pipeLingerKilled is the same when the group was killed: only a process
	// that left the group can hold it.
	pipeLingerKilled = 100 * time.Millisecond
)

type processes struct {
	all    bool
	scopes []string
	path   string // PATH when the host was made: what bare-name scopes mean
	files  *files
	env    *environment
}

func newProcesses(p Permissions, f *files, env *environment) *processes {
	path, _ := env.get("PATH")
	return &processes{all: p.All(Run), scopes: p.scopes(Run), path: path, files: f, env: env}
}

func (p *processes) LookPath(name string) (string, error) {
	path, _ := p.env.get("PATH")
	return p.lookPath(name, path)
}

// lookPath finds a program and checks that it may be run.
func (p *processes) lookPath(name, path string) (string, error) {
	if !p.all && len(p.scopes) == 0 {
		return "", &DeniedError{Capability: Run, Target: name}
	}
	file, err := p.find(name, path)
	if err != nil {
		return "", err
	}
	if !p.granted(file) {
		return "", &DeniedError{Capability: Run, Target: file}
	}
	return file, nil
}

// find returns the absolute file of a program. An entry of PATH that is
// relative, or empty, would let the directory one happens to be in decide
// what runs; a program found there is an error.
func (p *processes) find(name, path string) (string, error) {
	if strings.ContainsAny(name, separators) {
		return exec.LookPath(p.files.Abs(name))
	}
	if name == "" {
		return "", &exec.Error{Name: name, Err: exec.ErrNotFound}
	}
	var failed error = exec.ErrNotFound
	for _, dir := range filepath.SplitList(path) {
		file, err := exec.LookPath(filepath.Join(p.files.Abs(dir), name))
		switch {
		case err == nil && !filepath.IsAbs(dir):
			return "", fmt.Errorf("%s: found in the current directory by way of PATH; write ./%s to run that: %w", name, name, exec.ErrDot)
		case err == nil:
			return file, nil
		case errors.Is(err, fs.ErrPermission):
			failed = fs.ErrPermission // there is one, but it is not executable
		}
	}
	return "", &exec.Error{Name: name, Err: failed}
}

func (p *processes) granted(file string) bool {
	if p.all {
		return true
	}
	return slices.ContainsFunc(p.scopes, func(scope string) bool {
		granted, err := p.find(scope, p.path)
		return err == nil && sameProgram(granted, file)
	})
}

// sameProgram compares files by resolved directory and name. The last element
// is not resolved: many programs are links to one file that looks at its name.
func sameProgram(a, b string) bool {
	if a == b {
		return true
	}
	if filepath.Base(a) != filepath.Base(b) {
		return false
	}
	dirA, errA := filepath.EvalSymlinks(filepath.Dir(a))
	dirB, errB := filepath.EvalSymlinks(filepath.Dir(b))
	return errA == nil && errB == nil && dirA == dirB
}

func (p *processes) Start(ctx context.Context, c Command) (Process, error) {
	if err := ctx.Err(); err != nil {
		return nil, context.Cause(ctx)
	}
	if len(c.Argv) == 0 {
		return nil, errors.New("start: the command is empty")
	}
	file, err := p.LookPath(c.Argv[0])
	if err != nil {
		return nil, err
	}
	if err := checkArgs(file, c.Argv[1:]); err != nil {
		return nil, err
	}
	cmd := &exec.Cmd{Path: file, Args: c.Argv, Dir: p.files.WorkDir(), Env: c.Env, SysProcAttr: groupAttr(c.Session)}
	if c.Dir != "" {
		cmd.Dir = p.files.Abs(c.Dir)
	}
	if c.Env == nil {
		cmd.Env = p.env.environ(inheritedVariable)
	}
	if cmd.Env, err = changed(cmd.Env, c.EnvSet, c.EnvUnset); err != nil {
		return nil, err
	}
	if c.Grace <= 0 {
		c.Grace = defaultGrace
	}
	child := &child{cmd: cmd, ended: make(chan struct{}), leader: make(chan struct{})}
	if err := child.start(c); err != nil {
		return nil, err
	}
	go child.supervise(ctx, c.Grace)
	return child, nil
}

// changed returns the environment with changes. It is never nil, which exec.Cmd
// takes for this process's own.
func changed(env []string, set map[string]string, unset []string) ([]string, error) {
	gone := map[string]bool{}
	for name := range set {
		gone[envKey(name)] = true
	}
	for _, name := range unset {
		gone[envKey(name)] = true
	}
	out := []string{}
	for _, kv := range env {
		if name, _, _ := strings.Cut(kv, "="); !gone[envKey(name)] {
			out = append(out, kv)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(set)) {
		if err := checkEnvName(name); err != nil {
			return nil, err
		}
		if strings.ContainsRune(set[name], 0) {
			return nil, fmt.Errorf("value of the variable %s has a NUL byte", name)
		}
		out = append(out, name+"="+set[name])
	}
	return out, nil
}

// inheritedVariable picks the variables a child gets by default: what
// programs need to run, and nothing that is likely to be a secret.
func inheritedVariable(name string) bool {
	switch name {
	case "PATH", "HOME", "LANG", "TZ", "TMPDIR", "USER", "LOGNAME", "SHELL", "TERM":
		return true
	}
	if runtime.GOOS == "windows" {
		switch name { // the names of an environment are upper case there
		case "SYSTEMROOT", "SYSTEMDRIVE", "WINDIR", "COMSPEC", "PATHEXT", "TEMP", "TMP", "USERNAME", "USERPROFILE",
			"HOMEDRIVE", "HOMEPATH", "APPDATA", "LOCALAPPDATA", "PROGRAMDATA", "PROGRAMFILES", "NUMBER_OF_PROCESSORS":
			return true
		}
	}
	return strings.HasPrefix(name, "LC_")
}
