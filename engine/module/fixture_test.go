package module_test

import (
	"flag"
	"io"
	"os"
	"path/filepath"
	"reflect"
	"testing"
	"time"

	"github.com/gscript-lang/gscript/engine/host"
	"github.com/gscript-lang/gscript/engine/internal/bind"
	"github.com/gscript-lang/gscript/engine/internal/value"
	"github.com/gscript-lang/gscript/engine/module"
)

var update = flag.Bool("update", false, "write the golden files")

// golden compares got with a file in testdata.
func golden(t *testing.T, name, got string) {
	t.Helper()
	file := filepath.Join("testdata", name)
	if *update {
		if err := os.MkdirAll("testdata", 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("%s differs; run go test -update and read the difference\ngot:\n%s", file, got)
	}
}

type tlsOptions struct {
	Mode     string `lua:"mode,opt,short" enum:"explicit|implicit|none" default:"explicit" doc:"when TLS begins"`
	CA       string `lua:"ca,opt" doc:"file with the certificates (PEM) to trust"`
	Insecure bool   `lua:"insecure,opt" doc:"accept any certificate"`
}

type common struct {
	Timeout value.Duration `lua:"timeout,opt" default:"30s" doc:"limit for the whole exchange, from the name's lookup to the last byte of the body"`
	TLS     *tlsOptions    `lua:"tls,opt" doc:"how TLS is spoken"`
}

type getIn struct {
	URL    string         `lua:"url,wire" doc:"what to fetch"`
	Params map[string]any `lua:"params,opt" doc:"query parameters"`
	common
	Token    string     `lua:"token,opt,wire,secret" doc:"bearer token"`
	Limit    value.Size `lua:"limit,opt" default:"10MiB" doc:"largest body that is read"`
	Accept   []string   `lua:"accept,opt" doc:"media types a|b"`
	Progress any        `lua:"progress,opt" type:"boolean|fun(done: integer, total?: integer)" doc:"true shows a bar; a function is called instead"`
}

type runIn struct {
	Argv []string `lua:"argv,list" doc:"program and its arguments"`
	Name string   `lua:"name,opt,need" doc:"what the log calls it"`
	CWD  string   `lua:"cwd,opt" doc:"working directory"`
}

type eachIn struct {
	Fn   *bind.Func   `lua:"fn" doc:"what to call"`
	Args []bind.Value `lua:"args,rest" doc:"its arguments"`
}

type listIn struct {
	Dir   string `lua:"dir,arg" default:"." doc:"where the walk begins"`
	Depth int    `lua:"depth,opt" default:"3" doc:"how deep"`
	Sort  string `lua:"sort,opt" enum:"name|size" default:"name" doc:"order"`
}

type entry struct {
	Name string         `lua:"name" doc:"base name"`
	Age  value.Duration `lua:"age" doc:"seconds since it was written"`
	When time.Time      `lua:"when" doc:"when it was written"`
	Link *string        `lua:"link" doc:"where a link leads"`
}

// client embeds an interface, as handles do.
type client struct{ io.Closer }

type none struct{}

func fn[In any](name, doc string, out reflect.Type) *module.Func {
	return &module.Func{Name: name, Doc: doc, Params: module.Params(reflect.TypeFor[In]()), Result: module.Result{Go: out}}
}

// web is a module that has one of everything.
func web() *module.Module {
	status := &module.Kind{Name: "web.status", Doc: "The server answered with an error. e.code is its number."}
	busy := &module.Kind{Name: "web.busy", Doc: "All connections of the pool are taken."}
	return &module.Module{
		Name: "web",
		Call: "list",
		Doc: `Fetch things from servers. Redirects are followed where they keep the credentials safe, which means on the same host and port.

			Certificates are checked against:
			- the system's authorities
			- those of ca, where it is given, and nothing else from then on because two sources would be hard to reason about`,
		Kinds: []*module.Kind{status, busy},
		Values: []module.Value{
			{Name: "null", Doc: "JSON's null.", Value: value.Null},
			{Name: "version", Doc: "The protocol's version.", Value: "1.1"},
		},
		Funcs: []*module.Func{
			fn[getIn]("get", "Fetch a URL with <GET>. The body is held in memory.", reflect.TypeFor[*client]()).
				Needs(host.Net).Raises(status, busy).Returning("the answer, with its body").
				Example(`
					local web = require "web"
					with(web.get("http://127.0.0.1/"), function(c)
						print(c.host)
					end)`).
				Example(`print(require("web").get{url="http://127.0.0.1/", timeout="5s"})`),
			fn[runIn]("run", "Run a program.", reflect.TypeFor[bind.Multi]()).
				Needs(host.Run, host.Read).ReturningType("integer, ...string", "the exit code, then the lines").Example(`require("web").run{"true", name="nothing"}`),
			fn[eachIn]("each", "Call a function.", reflect.TypeFor[[]bind.Value]()).Returning("what it returned").Example(`require("web").each(print, 1)`),
			fn[listIn]("walk", "Walk a tree.", reflect.TypeFor[*bind.Iterator]()).
				ReturningType("fun(): string, web.Entry", "an iterator").Needs(host.Read).Example(`for name in require("web").walk() do print(name) end`),
			fn[listIn]("list", "List a directory.", reflect.TypeFor[[]entry]()).Example(`print(#require("web").list("."))`),
		},
		Types: []*module.Type{
			(&module.Type{Name: "web.Client", Doc: "An open connection. Close it.", Go: reflect.TypeFor[*client]()}).Add(
				&module.Prop{Name: "host", Doc: "the other side", Go: reflect.TypeFor[string]()},
				&module.Prop{Name: "idle", Doc: "how long nothing came", Go: reflect.TypeFor[value.Duration]()},
				fn[getIn]("fetch", "Fetch another URL over the same connection.", reflect.TypeFor[map[string]entry]()).
					Raises(status).Needs(host.Net).Example(`require("web").get("u"):fetch("v")`),
				fn[none]("close", "Close the connection.", nil),
				(&module.Operator{Event: "__add", Doc: "Join two connections, or one with a host.", Out: reflect.TypeFor[*client]()}).With("web.Client|string").Raises(busy).Example(`
					local web = require "web"
					print(web.get("u") + "v")`),
				(&module.Operator{Event: "__len", Doc: "The bytes received.", Out: reflect.TypeFor[int]()}).Example(`
					local web = require "web"
					print(#web.get("u"))`),
				(&module.Operator{Event: "__eq", Doc: "Whether both are one connection.", Out: reflect.TypeFor[bool]()}).Example(`print(web.get("u") == web.get("u"))`),
			),
		},
	}
}
