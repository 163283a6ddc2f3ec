package test

import (
	"context"
	"maps"
	"slices"
	"strings"
	"sync"
	"sync/atomic"

	"github.com/gscript-lang/gscript/engine/host"
)

// environment is that of one test: what it sets goes with it.
type environment struct {
	host.Environment

	mu  sync.Mutex
	own map[string]*string // nil for what was taken away
}

// Isolate gives an environment, and the processes that see it, over those of a
// host: what is set there reaches nobody else.
func Isolate(base *host.Host) (host.Environment, *Processes) {
	e := &environment{Environment: base.Environment}
	return e, &Processes{Processes: base.Processes, env: e}
}

// Processes start children that see an environment.
type Processes struct {
	host.Processes
	env *environment
	dir atomic.Pointer[string] // in which they start, nil for the host's
}

// Start is host.Processes's.
func (p *Processes) Start(ctx context.Context, c host.Command) (host.Process, error) {
	if dir := p.dir.Load(); dir != nil && c.Dir == "" {
		c.Dir = *dir
	}
	if c.Env == nil {
		p.env.add(&c)
	}
	return p.Processes.Start(ctx, c)
}

// add has a command see what was set, unless it says otherwise itself.
func (e *environment) add(c *host.Command) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if len(e.own) == 0 {
		return
	}
	set := maps.Clone(c.EnvSet)
	if set == nil {
		set = map[string]string{}
	}
	unset := slices.Clone(c.EnvUnset)
	for name, v := range e.own {
		if _, said := set[name]; said || slices.Contains(unset, name) {
			continue
		}
		if v == nil {
			unset = append(unset, name)
		} else {
			set[name] = *v
		}
	}
	c.EnvSet, c.EnvUnset = set, unset
}

func (e *environment) get(name string) (value *string, ok bool) {
	e.mu.Lock()
	defer e.mu.Unlock()
	value, ok = e.own[name]
	return value, ok
}

func (e *environment) put(name string, value *string) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.own == nil {
		e.own = map[string]*string{}
	}
	e.own[name] = value
}

// Lookup is host.Environment's.
func (e *environment) Lookup(name string) (string, bool, error) {
	if v, ok := e.get(name); ok {
		if v == nil {
			return "", false, nil
		}
		return *v, true, nil
	}
	return e.Environment.Lookup(name)
}

// Environ is host.Environment's.
func (e *environment) Environ() []string {
	e.mu.Lock()
	defer e.mu.Unlock()
	list := slices.DeleteFunc(slices.Clone(e.Environment.Environ()), func(kv string) bool {
		name, _, _ := strings.Cut(kv, "=")
		_, own := e.own[name]
		return own
	})
	for name, v := range e.own {
		if v != nil {
			list = append(list, name+"="+*v)
		}
	}
	slices.Sort(list)
	return list
}

// Set is host.Environment's.
func (e *environment) Set(name, value string) error {
	e.put(name, &value)
	return nil
}

// Unset is host.Environment's.
func (e *environment) Unset(name string) error {
	e.put(name, nil)
	return nil
}

// Home is host.Environment's.
func (e *environment) Home() (string, error) {
	if home, ok, err := e.Lookup("HOME"); err == nil && ok {
		return home, nil
	}
	return e.Environment.Home()
}
