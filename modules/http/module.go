// Package http is the Lua module http: a client and a server.
//
// # Security
//
// Credentials are bound to the origin (scheme, host and port) that they were
// given for, and no redirect takes them elsewhere. Certificates are verified.
// What comes from the other side is bounded: headers, bodies after decoding,
// redirects, waiting in each phase. URLs in errors and logs are without user
// information and without the values of parameters that are named like secrets.
// Static files are opened through an os.Root, so no path and no symbolic link
// leads out of their directory.
package http

import (
	nethttp "net/http"
	"strings"
	"time"

	"github.com/gscript-lang/gscript/engine"
	"github.com/gscript-lang/gscript/engine/host"
	"github.com/gscript-lang/gscript/engine/module"
	boxes "github.com/gscript-lang/gscript/modules/int64"
)

// verbs are the methods with a function of their own.
var verbs = []struct{ name, doc string }{
	{"get", "Ask for what is at an address, with GET."},
	{"post", "Send something to an address, with POST."},
	{"put", "Store something at an address, with PUT."},
	{"patch", "Change something at an address, with PATCH."},
	{"delete", "Remove what is at an address, with DELETE."},
	{"head", "Ask for the headers of what is at an address, with HEAD. Redirects are not followed unless redirects= is given."},
	{"options", "Ask what an address can do, with OPTIONS."},
}

const answerDoc = "the answer, whatever its status; r:check() raises for one of failure"

// Module declares http.
func Module() *engine.Module {
	m := &engine.Module{
		Name: "http",
		Doc: "HTTP: a client with sessions, downloads and streams, and a server that calls Lua functions. " +
			"Every call has time limits by default, bodies are bounded, and credentials stay at the origin they were given for.",
		Kinds: kinds(),
		Types: []*engine.Type{responseType(), streamType(), headersType(), sessionType(), serverType(), requestType(), replyType()},
		Uses:  []*engine.Type{boxes.Type()},
		Values: []module.Value{
			{Name: "status", Doc: "The statuses by their names: http.status.NOT_FOUND is 404.", Value: statuses()},
		},
	}
	for _, v := range verbs {
		m.Funcs = append(m.Funcs, engine.Fn(v.name, v.doc, single(strings.ToUpper(v.name))).
			Needs(host.Net).Raises(sending()...).Returning(answerDoc).Example(verbExample("http", v.name)))
	}
	m.Funcs = append(m.Funcs,
		engine.Fn("request", "Make a request with any method.", func(c *engine.Call, in requestIn) (*Response, error) {
			return once().request(c, in)
		}).Needs(host.Net).Raises(sending()...).Returning(answerDoc).Example(`
			local http = require "http"
			local srv = http.serve{}
			srv:route("REPORT", "/", function(req, res) res:text("done") end)
			print(http.request("REPORT", srv.url).body)   --> done
			srv:stop()`),
		engine.Fn("stream", "Make a request whose answer is read piece by piece, in any size. Nothing is retried, and max_body does not count.", streamIn).
			Needs(host.Net).Raises(sending()...).
			Returning("the answer, with its body still to come").
			Example(`
				local http = require "http"
				local srv = http.serve{}
				srv:get("/log", function(req, res) res:text("one\ntwo\n") end)
				for line in http.stream("GET", srv.url .. "/log"):lines() do print(line) end
				--> one
				--> two
				srv:stop()`),
		engine.Fn("download", "Store what is at an address in a file. The file has its name only when every byte is there, and is the right one where sha256 is given.", func(c *engine.Call, in downloadIn) (downloaded, error) {
			return once().download(c, in)
		}).Needs(host.Net, host.Write).Raises(append(sending(), errStatus, errChecksum)...).
			Returning("what was written").
			Example(`
				local http = require "http"
				local srv = http.serve{}
				srv:get("/f.bin", function(req, res) res:write(("x"):rep(1000)) end)
				print(http.download(srv.url .. "/f.bin", "f.bin", {progress=true}).size)   --> 1000
				srv:stop()`),
		engine.Fn("session", "Make several requests with the same options, cookies and connections.", openSession).
			Returning("the session; its connections are closed by close, or when the script ends").
			Example(`
				local http = require "http"
				local srv = http.serve{}
				srv:get("/users/{id}", function(req, res) res:json{id=req.params.id, agent=req.headers["user-agent"]} end)
				local s = http.session{base=srv.url, headers={["User-Agent"]="mine"}, timeout=10}
				local user = s:get("users/1"):json()
				print(user.id, user.agent)   --> 1	mine
				s:close()
				srv:stop()`),
		engine.Fn("serve", "Serve HTTP. The server runs until it is stopped or the script ends; srv:wait() keeps the script.", serve).
			Needs(host.Listen).
			Returning("the server, which listens already").
			Example(`
				local http = require "http"
				local srv = http.serve{listen="127.0.0.1:0"}
				srv:get("/hello/{name}", function(req, res) res:text("hello, " .. req.params.name) end)
				print(http.get(srv.url .. "/hello/you").text)   --> hello, you
				srv:stop()`),
		engine.Fn("reason", "Give the words for a status.", reason).AsInline().
			Returning("the words, nil for a status without any").
			Example(`
				local http = require "http"
				print(http.reason(404))   --> Not Found`),
		engine.Fn("date", "Write a time as HTTP headers do.", date).AsInline().
			Returning("the time as text, in GMT").
			Example(`
				local http = require "http"
				print(http.date(0))   --> Thu, 01 Jan 1970 00:00:00 GMT`),
	)
	return m
}

// single makes the handler of http.get and the like.
func single(method string) func(*engine.Call, urlIn) (*Response, error) {
	return func(c *engine.Call, in urlIn) (*Response, error) {
		return once().do(c, method, in.URL, in.common, in.content)
	}
}

// verbExample shows a verb of the module or of a session.
func verbExample(of, name string) string {
	setup := `local http = require "http"
local srv = http.serve{}
srv:route("*", "/items", function(req, res) res:header("X-Seen", req.method .. " " .. #req:body()) end)
`
	if of == "s" {
		setup += "local s = http.session{base=srv.url}\n"
	}
	call := of + "." + name + `(srv.url .. "/items"`
	if of == "s" {
		call = "s:" + name + `("items"`
	}
	seen := strings.ToUpper(name) + " 0"
	switch name {
	case "post", "put", "patch":
		call += ", {json={a=1}}"
		seen = strings.ToUpper(name) + " 7"
	case "get":
		call += `, {params={q="a b"}, timeout=5}`
	}
	return setup + "local r = " + call + ")\nprint(r.status, r.headers[\"x-seen\"])   --> 200\t" + seen + "\nsrv:stop()"
}

type reasonIn struct {
	Status int `lua:"status" doc:"status such as 404"`
}

func reason(_ *engine.Call, in reasonIn) (*string, error) {
	text := nethttp.StatusText(in.Status)
	if text == "" {
		return nil, nil
	}
	return &text, nil
}

type dateIn struct {
	Time float64 `lua:"time" doc:"seconds since 1970"`
}

func date(_ *engine.Call, in dateIn) (string, error) {
	if !(in.Time >= 0 && in.Time < 253402300800) { // the year 10000
		return "", engine.Invalid("argument 'time' is no date from 1970 to 9999: %v", in.Time)
	}
	return time.Unix(int64(in.Time), 0).UTC().Format(nethttp.TimeFormat), nil
}

// statuses names them as Python does.
func statuses() engine.Object {
	var list engine.Object
	name := strings.NewReplacer(" ", "_", "-", "_", "'", "")
	for code := 100; code < 600; code++ {
		if text := nethttp.StatusText(code); text != "" {
			list = append(list, engine.Pair{Key: strings.ToUpper(name.Replace(text)), Value: float64(code)})
		}
	}
	return list
}
