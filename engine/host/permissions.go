package host

import (
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"slices"
	"strings"
)

// Capability is one kind of power over the world.
type Capability string

// The capabilities. What a scope of each means is told beside it.
const (
	Read   Capability = "read"   // a file, or a directory and all below it
	Write  Capability = "write"  // a file, or a directory and all below it
	Net    Capability = "net"    // host, host:port, :port, ip, cidr, [v6]:port, *.example.com
	Listen Capability = "listen" // as Net, for the local address
	Run    Capability = "run"    // a program's name or absolute file; equals full trust
	Env    Capability = "env"    // a variable's name; a trailing * matches any rest
	FFI    Capability = "ffi"    // a library file or a directory; equals full trust
)

// Capabilities returns all capabilities, in the order they are documented.
func Capabilities() []Capability {
	return []Capability{Read, Write, Net, Listen, Run, Env, FFI}
}

// Permissions tells what is granted. The zero value grants nothing. A value
// never changes: Allow returns a changed copy.
type Permissions struct {
	grants map[Capability]scopes
}

type scopes struct {
	all  bool
	list []string
}

// AllowAll grants everything.
func AllowAll() Permissions {
	var p Permissions
	for _, c := range Capabilities() {
		p = p.Allow(c)
	}
	return p
}

// Allow returns p with c granted for the scopes too, or wholly when there are
// none. It never fails: a scope that cannot be read grants nothing, and Check
// reports it.
func (p Permissions) Allow(c Capability, scope ...string) Permissions {
	grants := maps.Clone(p.grants)
	if grants == nil {
		grants = map[Capability]scopes{}
	}
	g := grants[c]
	if len(scope) == 0 {
		g.all = true
	}
	g.list = append(slices.Clip(g.list), scope...)
	grants[c] = g
	return Permissions{grants: grants}
}

// Has reports whether anything of c is granted.
func (p Permissions) Has(c Capability) bool {
	g := p.grants[c]
	return g.all || len(g.list) > 0
}

// All reports whether the whole of c is granted.
func (p Permissions) All(c Capability) bool { return p.grants[c].all }

// Scopes returns the scopes of c as they were given, for whoever hands the
// permissions on to another process.
func (p Permissions) Scopes(c Capability) []string { return slices.Clone(p.grants[c].list) }

// Check reports the scopes that cannot be read and so grant nothing, and
// capabilities that do not exist.
func (p Permissions) Check() error {
	var errs []error
	for _, c := range slices.Sorted(maps.Keys(p.grants)) {
		if !slices.Contains(Capabilities(), c) {
			errs = append(errs, fmt.Errorf("unknown capability %q", string(c)))
			continue
		}
		for _, s := range p.grants[c].list {
			if err := checkScope(c, s); err != nil {
				errs = append(errs, fmt.Errorf("bad scope %q for %s: %w", s, c, err))
			}
		}
	}
	return errors.Join(errs...)
}

func checkScope(c Capability, s string) error {
	switch {
	case s == "":
		return errors.New("it is empty")
	case strings.ContainsRune(s, 0):
		return errors.New("it has a NUL byte")
	}
	switch c {
	case Net, Listen:
		_, err := parseNetScope(s)
		return err
	case Env:
		if i := strings.IndexByte(s, '*'); i >= 0 && i != len(s)-1 {
			return errors.New("* is allowed only at the end")
		}
		if strings.Contains(s, "=") {
			return errors.New("a variable's name has no =")
		}
	}
	return nil
}

// scopes returns the readable scopes of c.
func (p Permissions) scopes(c Capability) []string {
	var list []string
	for _, s := range p.grants[c].list {
		if checkScope(c, s) == nil {
			list = append(list, s)
		}
	}
	return list
}

// String lists the grants, such as "read write=/tmp/out net=example.com:443";
// "none" and "all" stand for the extremes.
func (p Permissions) String() string {
	var parts []string
	whole := 0
	for _, c := range Capabilities() {
		switch {
		case p.All(c):
			whole++
			parts = append(parts, string(c))
		case p.Has(c):
			parts = append(parts, string(c)+"="+strings.Join(p.grants[c].list, ","))
		}
	}
	switch {
	case len(parts) == 0:
		return "none"
	case whole == len(Capabilities()):
		return "all"
	}
	return strings.Join(parts, " ")
}

// DeniedError tells that an operation needs a permission that was not
// granted. errors.Is finds fs.ErrPermission in it.
type DeniedError struct {
	Capability Capability
	Target     string // the file, host:port, program or variable; "" for all
	Hint       string // what else there is to know; may be empty
}

// Error returns a text such as "permission denied: write /etc/x". The hint
// and the flag are apart, for whoever prints the error.
func (e *DeniedError) Error() string {
	if e.Target == "" {
		return "permission denied: " + string(e.Capability)
	}
	return "permission denied: " + string(e.Capability) + " " + e.Target
}

// Flag returns the command line flag that would have allowed the operation.
func (e *DeniedError) Flag() string {
	if e.Target == "" {
		return "--allow-" + string(e.Capability)
	}
	return "--allow-" + string(e.Capability) + "=" + e.Target
}

// Is makes a denial a kind of fs.ErrPermission.
func (e *DeniedError) Is(target error) bool { return target == fs.ErrPermission }
