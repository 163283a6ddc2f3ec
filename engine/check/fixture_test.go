package check_test

import (
	"strings"
	"testing"
	"testing/fstest"

	"github.com/gscript-lang/gscript/engine"
	"github.com/gscript-lang/gscript/engine/check"
	"github.com/gscript-lang/gscript/engine/module"
)

type getIn struct {
	URL     string            `lua:"url" doc:"where"`
	Timeout engine.Duration   `lua:"timeout,opt" default:"30s" doc:"limit"`
	Method  string            `lua:"method,opt" enum:"get|post" doc:"how"`
	TLS     *tlsIn            `lua:"tls,opt" doc:"encryption"`
	Headers map[string]string `lua:"headers,opt" doc:"more"`
	Retry   int               `lua:"retry,opt" doc:"how often"`
	Follow  bool              `lua:"follow,opt" doc:"redirects"`
	OnData  *engine.Func      `lua:"on_data,opt" doc:"told of data"`
	Tags    []string          `lua:"tags,opt" doc:"words"`
	Body    engine.Value      `lua:"body,opt" doc:"anything"`
	Limit   engine.Size       `lua:"limit,opt" doc:"bytes"`
}

type tlsIn struct {
	CA string `lua:"ca,opt" doc:"file"`
}

type runIn struct {
	Argv []string `lua:"argv,list" doc:"program and arguments"`
	Dir  string   `lua:"dir,opt" doc:"where"`
}

type joinIn struct {
	Parts []string `lua:"parts,rest" doc:"parts"`
}

type openIn struct {
	Host string `lua:"host" doc:"name"`
	Port int    `lua:"port,arg" doc:"number"`
	User string `lua:"user,opt,need" doc:"login"`
}

type execIn struct {
	Command string `lua:"command" doc:"what"`
}

type reply struct {
	Status int    `lua:"status" doc:"number"`
	Text   string `lua:"text" doc:"body"`
}

type client struct{}

func web() *module.Module {
	exec := engine.Method("exec", "Run.", func(*client, *engine.Call, execIn) (reply, error) { return reply{}, nil })
	return &module.Module{
		Name: "web", Call: "get",
		Funcs: []*module.Func{
			engine.Fn("get", "Fetch.", func(*engine.Call, getIn) (reply, error) { return reply{}, nil }),
			engine.Fn("run", "Run.", func(*engine.Call, runIn) (string, error) { return "", nil }),
			engine.Fn("join", "Join.", func(*engine.Call, joinIn) (string, error) { return "", nil }),
			engine.Fn("open", "Open.", func(*engine.Call, openIn) (*client, error) { return &client{}, nil }),
			engine.Fn("all", "List.", func(*engine.Call, engine.None) ([]reply, error) { return []reply{{}}, nil }),
		},
		Types:  []*module.Type{engine.TypeOf[*client]("web.Client", "A client.", exec, engine.Prop("host", "Name.", func(*client) string { return "" }))},
		Values: []module.Value{{Name: "null", Value: engine.Null}},
	}
}

const textSource = `--- Text.
local text = {}

--- Pad.
---@param s string
---@param width integer
---@param right? boolean
---@return string
function text.pad(s, width, right) return right and s or s .. width end

return text
`

// fixture is a checker with one native module and one written in Lua.
func fixture(t testing.TB, change func(*check.Options)) *check.Checker {
	t.Helper()
	s := engine.New(engine.Options{Trusted: true}).NewState(t.Context())
	defer s.Close()
	standard, err := check.Standard(t.Context(), s)
	if err != nil {
		t.Fatal(err)
	}
	text, err := module.ParseLua("text", textSource)
	if err != nil {
		t.Fatal(err)
	}
	options := check.Options{
		Standard: standard,
		Modules:  []*module.Module{web(), {Name: "test"}, text},
		Library:  fstest.MapFS{"text.lua": {Data: []byte(textSource)}},
	}
	if change != nil {
		change(&options)
	}
	return check.New(options)
}

// lines are the findings as one line each.
func lines(found []check.Finding) string {
	var b strings.Builder
	for _, f := range found {
		_ = f.Brief(&b)
	}
	return b.String()
}
