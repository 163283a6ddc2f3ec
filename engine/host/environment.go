package host

import (
	"errors"
	"os"
	"os/user"
	"runtime"
	"slices"
	"strings"
	"sync"
)

// Environment is the environment variables and the facts about the user and
// machine that usually come with them. A variable without a grant gives a
// *DeniedError, whether it exists or not.
type Environment interface {
	// Lookup returns a variable; ok tells whether it is set.
	Lookup(name string) (value string, ok bool, err error)
	// Environ returns the variables that may be read, as "NAME=value", sorted.
	Environ() []string
	// Set sets a variable for this host and the processes it starts, never
	// for the program's own process. It needs no grant: a script may always
	// read what it has set.
	Set(name, value string) error
	// Unset removes a variable, in the same sense.
	Unset(name string) error
	// Home returns the user's home directory; it needs HOME (USERPROFILE on
	// Windows) granted.
	Home() (string, error)
	// Hostname returns the machine's name; it needs HOSTNAME granted.
	Hostname() (string, error)
	// UserName returns the user's login name; it needs USER (USERNAME on
	// Windows) granted.
	UserName() (string, error)
}

type environment struct {
	all    bool
	grants []string
	base   map[string]string // by key(); what the host was made with, never changed

	mu      sync.Mutex
	overlay map[string]*string // nil value: unset by the script
}

func newEnvironment(p Permissions, environ []string) *environment {
	e := &environment{
		all:     p.All(Env),
		grants:  p.scopes(Env),
		base:    map[string]string{},
		overlay: map[string]*string{},
	}
	for _, kv := range environ {
		if name, value, ok := strings.Cut(kv, "="); ok && name != "" {
			e.base[envKey(name)] = value
		}
	}
	return e
}

// envKey folds names where the system does.
func envKey(name string) string {
	if runtime.GOOS == "windows" {
		return strings.ToUpper(name)
	}
	return name
}

func (e *environment) granted(name string) bool {
	if e.all {
		return true
	}
	key := envKey(name)
	for _, g := range e.grants {
		g = envKey(g)
		if prefix, wild := strings.CutSuffix(g, "*"); g == key || wild && strings.HasPrefix(key, prefix) {
			return true
		}
	}
	return false
}

// get reads a variable without asking for permission, for the host's own use.
func (e *environment) get(name string) (string, bool) {
	e.mu.Lock()
	v, changed := e.overlay[envKey(name)]
	e.mu.Unlock()
	if changed {
		if v == nil {
			return "", false
		}
		return *v, true
	}
	value, ok := e.base[envKey(name)]
	return value, ok
}

func (e *environment) Lookup(name string) (string, bool, error) {
	e.mu.Lock()
	_, own := e.overlay[envKey(name)]
	e.mu.Unlock()
	if !own && !e.granted(name) {
		return "", false, &DeniedError{Capability: Env, Target: name}
	}
	value, ok := e.get(name)
	return value, ok, nil
}

func (e *environment) Environ() []string { return e.environ(e.granted) }

// environ lists the variables that keep accepts and those the script set.
func (e *environment) environ(keep func(name string) bool) []string {
	e.mu.Lock()
	defer e.mu.Unlock()
	var list []string
	for name, value := range e.base {
		if _, changed := e.overlay[name]; !changed && keep(name) {
			list = append(list, name+"="+value)
		}
	}
	for name, value := range e.overlay {
		if value != nil {
			list = append(list, name+"="+*value)
		}
	}
	slices.Sort(list)
	return list
}

func (e *environment) Set(name, value string) error {
	if err := checkEnvName(name); err != nil {
		return err
	}
	if strings.ContainsRune(value, 0) {
		return errors.New("value of a variable has a NUL byte")
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	e.overlay[envKey(name)] = &value
	return nil
}

func (e *environment) Unset(name string) error {
	if err := checkEnvName(name); err != nil {
		return err
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	e.overlay[envKey(name)] = nil
	return nil
}

func checkEnvName(name string) error {
	if name == "" || strings.ContainsAny(name, "=\x00") {
		return errors.New("name of a variable is empty or has = or a NUL byte")
	}
	return nil
}

func (e *environment) Home() (string, error) {
	name := "HOME"
	if runtime.GOOS == "windows" {
		name = "USERPROFILE"
	}
	home, _, err := e.Lookup(name)
	if err != nil || home != "" {
		return home, err
	}
	u, err := user.Current()
	if err != nil {
		return "", err
	}
	return u.HomeDir, nil
}

func (e *environment) Hostname() (string, error) {
	if !e.granted("HOSTNAME") {
		return "", &DeniedError{Capability: Env, Target: "HOSTNAME"}
	}
	return os.Hostname()
}

func (e *environment) UserName() (string, error) {
	name := "USER"
	if runtime.GOOS == "windows" {
		name = "USERNAME"
	}
	if !e.granted(name) {
		return "", &DeniedError{Capability: Env, Target: name}
	}
	u, err := user.Current()
	if err != nil {
		return "", err
	}
	return u.Username, nil
}
