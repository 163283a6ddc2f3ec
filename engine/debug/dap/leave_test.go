package dap_test

import (
	"bytes"
	"encoding/json"
	"io"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-dap"

	server "github.com/gscript-lang/gscript/engine/debug/dap"
)

// A client that disconnects before the end of what it asked for has the script
// not start any more.
func TestDisconnectBeforeTheStart(t *testing.T) {
	t.Parallel()
	c := connect(t, map[string]string{"main.lua": "while true do end"})
	ask[*dap.InitializeResponse](c, &dap.InitializeRequest{Request: c.request("initialize")})
	arguments, err := json.Marshal(map[string]any{"program": c.path("main.lua")})
	if err != nil {
		t.Fatal(err)
	}
	c.send(&dap.LaunchRequest{Request: c.request("launch"), Arguments: arguments})
	for range 900 {
		c.send(&dap.LoadedSourcesRequest{Request: c.request("loadedSources")})
	}
	c.send(&dap.ConfigurationDoneRequest{Request: c.request("configurationDone")})
	c.disconnect()
}

// Requests that wait for an evaluation without an end do not keep the client from
// disconnecting.
func TestDisconnectBehindManyRequests(t *testing.T) {
	t.Parallel()
	c := connect(t, map[string]string{"main.lua": "return 1"})
	c.begin(map[string]any{"stopOnEntry": true}, nil)
	_, frames := c.stopped("entry", 1)
	c.send(&dap.EvaluateRequest{Request: c.request("evaluate"), Arguments: dap.EvaluateArguments{Expression: "io.write('on') while true do end", FrameId: frames[0].Id}})
	event[*dap.OutputEvent](c)
	for range 1030 {
		c.send(&dap.ThreadsRequest{Request: c.request("threads")})
	}
	if !strings.Contains(c.disconnect(), "too many requests") {
		t.Error("nothing was refused")
	}
}

// disconnect sends its request and reads to the answer. refused is why others were.
func (c *client) disconnect() (refused string) {
	c.t.Helper()
	m := &dap.DisconnectRequest{Request: c.request("disconnect")}
	c.send(m)
	for {
		switch r := c.read().(type) {
		case *dap.ErrorResponse:
			refused += r.Message + "\n"
		case *dap.DisconnectResponse:
			c.conn.Close()
			if err := <-c.served; err != nil {
				c.t.Error(err)
			}
			c.served <- nil
			return refused
		}
	}
}

// stuck is a connection whose writes do not end, closed or not, as those to a
// full pipe on standard output.
type stuck struct {
	io.Reader
	release chan struct{}
}

func (s stuck) Write([]byte) (int, error) {
	<-s.release
	return 0, io.ErrClosedPipe
}

func (stuck) Close() error { return nil }

// A client that does not read keeps neither the script nor the server.
func TestDisconnectWithoutReading(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	write(t, filepath.Join(dir, "main.lua"), "while true do io.write('x') end")
	requests := &bytes.Buffer{}
	for i, m := range []dap.Message{
		&dap.InitializeRequest{Request: dap.Request{Command: "initialize"}},
		&dap.LaunchRequest{Request: dap.Request{Command: "launch"}, Arguments: json.RawMessage(`{"program": "main.lua"}`)},
		&dap.ConfigurationDoneRequest{Request: dap.Request{Command: "configurationDone"}},
		&dap.DisconnectRequest{Request: dap.Request{Command: "disconnect"}},
	} {
		q := m.(dap.RequestMessage).GetRequest()
		q.Seq, q.Type = i+1, "request"
		if err := dap.WriteProtocolMessage(requests, m); err != nil {
			t.Fatal(err)
		}
	}
	conn := stuck{requests, make(chan struct{})}
	defer close(conn.release)
	if err := server.Serve(t.Context(), conn, server.Options{Run: run, Dir: dir}); err != nil {
		t.Error(err)
	}
}

func TestRestartAfterTheEnd(t *testing.T) {
	t.Parallel()
	c := connect(t, map[string]string{"main.lua": "return 1"})
	c.begin(nil, nil)
	event[*dap.TerminatedEvent](c)
	if text := c.refused(&dap.RestartRequest{Request: c.request("restart")}); !strings.Contains(text, "nothing runs") {
		t.Errorf("refused with %s", text)
	}
}
