package dap_test

import (
	"bufio"
	"context"
	"fmt"
	"net"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-dap"

	server "github.com/gscript-lang/gscript/engine/debug/dap"
)

// A script that is to be typed to has a terminal of the client.
func TestRunInTerminal(t *testing.T) {
	t.Parallel()
	ours, theirs := net.Pipe()
	c := serveWith(t, context.Background(), ours, theirs, map[string]string{"main.lua": "return 1"}, server.Options{
		Relay: []string{"gscript", "relay"},
		Run: func(_ context.Context, l server.Launch) int {
			line, err := bufio.NewReader(l.Stdin).ReadString('\n')
			if err != nil {
				return 1
			}
			fmt.Fprintf(l.Stdout, "typed %s", line)
			return 7
		},
	})
	launch := func(console string) *dap.LaunchRequest {
		return &dap.LaunchRequest{Request: c.request("launch"), Arguments: fmt.Appendf(nil, `{"program": "main.lua", "console": %q}`, console)}
	}
	ask[*dap.InitializeResponse](c, &dap.InitializeRequest{Request: c.request("initialize"), Arguments: dap.InitializeRequestArguments{SupportsRunInTerminalRequest: true}})
	if got := c.refused(launch("none")); !strings.Contains(got, `there is no console "none"`) {
		t.Errorf("refused with %q", got)
	}
	ask[*dap.LaunchResponse](c, launch("integratedTerminal"))
	ask[*dap.ConfigurationDoneResponse](c, &dap.ConfigurationDoneRequest{Request: c.request("configurationDone")})
	var asked *dap.RunInTerminalRequest
	for ok := false; !ok; {
		asked, ok = c.read().(*dap.RunInTerminalRequest)
	}
	if asked.Arguments.Kind != "integrated" || asked.Arguments.Cwd != c.dir || !slices.Equal(asked.Arguments.Args, []string{"gscript", "relay"}) {
		t.Errorf("asked for %+v", asked.Arguments)
	}
	told := asked.Arguments.Env[server.RelayVariable].(string)
	address, word, _ := strings.Cut(told, " ")
	stranger, err := net.Dial("tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := stranger.Write(make([]byte, len(word))); err != nil {
		t.Fatal(err)
	}
	if _, err := stranger.Read(make([]byte, 1)); err == nil {
		t.Error("a stranger is heard")
	}
	stranger.Close()
	var screen strings.Builder
	if err := server.RelayTo(told, strings.NewReader("hello\n"), &screen); err != nil {
		t.Error(err)
	}
	if screen.String() != "typed hello\n" {
		t.Errorf("the terminal shows %q", screen.String())
	}
	c.end(7)
}

func TestNoTerminal(t *testing.T) {
	t.Parallel()
	for _, can := range []bool{false, true} {
		ours, theirs := net.Pipe()
		c := serveWith(t, context.Background(), ours, theirs, map[string]string{"main.lua": "return 1"}, server.Options{Relay: []string{"gscript"}})
		ask[*dap.InitializeResponse](c, &dap.InitializeRequest{Request: c.request("initialize"), Arguments: dap.InitializeRequestArguments{SupportsRunInTerminalRequest: can}})
		launch := &dap.LaunchRequest{Request: c.request("launch"), Arguments: []byte(`{"program": "main.lua", "console": "integratedTerminal"}`)}
		if !can {
			if got := c.refused(launch); !strings.Contains(got, "cannot open a terminal") {
				t.Errorf("refused with %q", got)
			}
			continue
		}
		ask[*dap.LaunchResponse](c, launch)
		ask[*dap.ConfigurationDoneResponse](c, &dap.ConfigurationDoneRequest{Request: c.request("configurationDone")})
		var asked *dap.RunInTerminalRequest
		for ok := false; !ok; {
			asked, ok = c.read().(*dap.RunInTerminalRequest)
		}
		no := &dap.ErrorResponse{Response: dap.Response{ProtocolMessage: dap.ProtocolMessage{Seq: 900, Type: "response"}, Command: "runInTerminal", RequestSeq: asked.Seq, Message: "not today"}}
		c.send(no)
		c.end(1)
		if got := c.output("important"); !strings.Contains(got, "not started: the editor opens no terminal: not today") {
			t.Errorf("the user is told %q", got)
		}
	}
}

// A client that leaves while it is asked for a terminal is not waited for.
func TestDisconnectBeforeTheTerminal(t *testing.T) {
	t.Parallel()
	ours, theirs := net.Pipe()
	c := serveWith(t, context.Background(), ours, theirs, map[string]string{"main.lua": "return 1"}, server.Options{Relay: []string{"gscript"}})
	ask[*dap.InitializeResponse](c, &dap.InitializeRequest{Request: c.request("initialize"), Arguments: dap.InitializeRequestArguments{SupportsRunInTerminalRequest: true}})
	ask[*dap.LaunchResponse](c, &dap.LaunchRequest{Request: c.request("launch"), Arguments: []byte(`{"program": "main.lua", "console": "integratedTerminal"}`)})
	ask[*dap.ConfigurationDoneResponse](c, &dap.ConfigurationDoneRequest{Request: c.request("configurationDone")})
	for ok := false; !ok; {
		_, ok = c.read().(*dap.RunInTerminalRequest)
	}
	c.disconnect()
}
