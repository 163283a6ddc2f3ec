package dap_test

import (
	"context"
	"net"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-dap"

	server "github.com/gscript-lang/gscript/engine/debug/dap"
)

// What launch cannot run it says, for the user to see.
func TestLaunchArguments(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ arguments, want string }{
		{`{}`, "no script is named"},
		{`{"program": "nowhere.lua"}`, "there is no file "},
		{`{"program": "."}`, "is a directory"},
		{`{"program": "main.lua", "cwd": "nowhere"}`, "there is no directory "},
		{`{"program": "main.lua", "mode": "tset"}`, `there is no mode "tset"`},
		{`{"program": "main.lua", "arg": ["a"]}`, `there is no argument "arg"; did you mean "args"?`},
		{`{"program": "main.lua", "args": "a b"}`, "args takes a list of texts, not string"},
		{`{"program": "main.lua", "env": {"A": 1}}`, "env takes a text, not number"},
		{`[]`, "it takes an object, not array"},
	} {
		t.Run(tt.want, func(t *testing.T) {
			t.Parallel()
			c := connect(t, map[string]string{"main.lua": "return 1"})
			ask[*dap.InitializeResponse](c, &dap.InitializeRequest{Request: c.request("initialize")})
			refusal, ok := c.response(&dap.LaunchRequest{Request: c.request("launch"), Arguments: []byte(tt.arguments)}).(*dap.ErrorResponse)
			if !ok || !strings.Contains(refusal.Message, tt.want) || !refusal.Body.Error.ShowUser {
				t.Errorf("refused with %+v, want %q", refusal, tt.want)
			}
			// The user mends it and tries again.
			ask[*dap.LaunchResponse](c, &dap.LaunchRequest{Request: c.request("launch"), Arguments: []byte(`{"program": "main.lua", "type": "gscript", "__session": 1, "zebra": 1}`)})
			ask[*dap.ConfigurationDoneResponse](c, &dap.ConfigurationDoneRequest{Request: c.request("configurationDone")})
			c.end(0)
			if got := c.output("important"); !strings.HasPrefix(got, "zebra among the launch arguments means nothing; there are program,") {
				t.Errorf("noted %q", got)
			}
		})
	}
}

// Tests are launched by their mode.
func TestLaunchOfTests(t *testing.T) {
	t.Parallel()
	ours, theirs := net.Pipe()
	got := make(chan server.Launch, 1)
	c := serveWith(t, context.Background(), ours, theirs, nil, server.Options{Run: func(_ context.Context, l server.Launch) int {
		got <- l
		return 5
	}})
	c.begin(map[string]any{"mode": "test", "program": "", "args": []string{"-k", "x"}}, nil)
	c.end(5)
	if l := <-got; !l.Test || l.Program != "" || !slices.Equal(l.Args, []string{"-k", "x"}) || l.Dir != c.dir || l.Debugger == nil {
		t.Errorf("launched %+v", l)
	}
}
