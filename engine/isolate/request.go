package isolate

import (
	"bytes"
	"encoding/gob"
	"time"

	"github.com/gscript-lang/gscript/engine"
	"github.com/gscript-lang/gscript/engine/host"
)

// request is what the parent asks of the child, as gob: the child trusts it.
type request struct {
	Script     Script
	Args       []byte // as wire.Encode writes them
	Left       time.Duration
	Grants     []grant
	Dir        string
	Env        []string
	HasEnv     bool
	Trusted    bool
	NoResults  bool
	Limits     engine.Limits
	Grace      time.Duration
	Path       []string
	UseModules bool
	Quiet      bool
	Result     int
	LogLevel   int
	Piped      streams
	Worker     *workerRequest // instead of Script
}

// workerRequest is whose worker the child is.
type workerRequest struct {
	Origin engine.Origin
	Name   string
	Traced bool
}

// streams tells which of the script's streams are pipes of ours.
type streams struct{ Out, Err bool }

type grant struct {
	Capability host.Capability
	All        bool
	Scopes     []string
}

func (c Config) request(s Script, args []byte, piped streams) *request {
	o := c.Options
	r := &request{
		Script: s, Args: args, Dir: o.Dir, Env: o.Env, HasEnv: o.Env != nil, Trusted: o.Trusted, NoResults: o.NoResults,
		Limits: o.Limits, Grace: o.Grace, Path: o.Path, UseModules: c.UseModules, Quiet: c.Quiet,
		Result: c.Result, LogLevel: int(lowest(o.Log)), Piped: piped, Worker: c.worker,
	}
	for _, capability := range host.Capabilities() {
		r.Grants = append(r.Grants, grant{capability, o.Permissions.All(capability), o.Permissions.Scopes(capability)})
	}
	return r
}

func (r *request) permissions() host.Permissions {
	var p host.Permissions
	for _, g := range r.Grants {
		if g.All {
			p = p.Allow(g.Capability)
		}
		if len(g.Scopes) > 0 {
			p = p.Allow(g.Capability, g.Scopes...)
		}
	}
	return p
}

func (r *request) encode() ([]byte, error) {
	var b bytes.Buffer
	err := gob.NewEncoder(&b).Encode(r)
	return b.Bytes(), err
}

func decodeRequest(data []byte) (*request, error) {
	r := &request{}
	return r, gob.NewDecoder(bytes.NewReader(data)).Decode(r)
}
