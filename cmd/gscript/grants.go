package main

import (
	"strings"

	"github.com/spf13/pflag"

	"github.com/gscript-lang/gscript/engine/host"
)

// grants is what --sandbox and the --allow-… flags say.
type grants struct {
	sandbox bool
	allowed map[host.Capability]*scopes
}

// everything is the scope of an --allow-… flag without a value.
const everything = "*"

var capabilityHelp = map[host.Capability]string{
	host.Read:   "let the script read these `paths`, or all without a value",
	host.Write:  "let the script write these `paths`, or all",
	host.Net:    "let the script connect to these `hosts`, as host, host:port or 10.0.0.0/8, or all",
	host.Listen: "let the script listen on these `addresses`, or all",
	host.Run:    "let the script run these `programs`, or all; equals full trust",
	host.Env:    "let the script read these `variables`, or all",
	host.FFI:    "let the script load these native `libraries`, or all; equals full trust",
}

func (g *grants) flags(f *pflag.FlagSet) {
	f.BoolVar(&g.sandbox, "sandbox", false, "let the script only compute, but for what --allow-… grants")
	if g.allowed == nil {
		g.allowed = map[host.Capability]*scopes{}
	}
	for _, c := range host.Capabilities() {
		if g.allowed[c] == nil {
			g.allowed[c] = &scopes{}
		}
		f.Var(g.allowed[c], "allow-"+string(c), capabilityHelp[c])
		f.Lookup("allow-" + string(c)).NoOptDefVal = everything
	}
}

func (g *grants) sandboxed() bool {
	if g.sandbox {
		return true
	}
	for _, s := range g.allowed {
		if s.given {
			return true
		}
	}
	return false
}

func (g *grants) permissions() (host.Permissions, error) {
	if !g.sandboxed() {
		return host.AllowAll(), nil
	}
	var p host.Permissions
	for c, s := range g.allowed {
		switch {
		case s.all:
			p = p.Allow(c)
		case len(s.list) > 0:
			p = p.Allow(c, s.list...)
		}
	}
	return p, p.Check()
}

// scopes is the value of an --allow-… flag; several add up.
type scopes struct {
	given, all bool
	list       []string
}

func (s *scopes) String() string { return strings.Join(s.list, ",") }
func (s *scopes) Type() string   { return "scopes" }

func (s *scopes) Set(v string) error {
	s.given = true
	if v == everything {
		s.all = true
		return nil
	}
	for _, part := range strings.Split(v, ",") {
		if part = strings.TrimSpace(part); part != "" {
			s.list = append(s.list, part)
		}
	}
	return nil
}
