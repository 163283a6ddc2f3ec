package http

import (
	"github.com/gscript-lang/gscript/engine"
	"github.com/gscript-lang/gscript/engine/host"
	"github.com/gscript-lang/gscript/engine/module"
	"github.com/gscript-lang/gscript/modules/internal/jsonconv"
	"github.com/gscript-lang/gscript/modules/internal/transfer"
)

func serverType() *engine.Type {
	const setup = `
		local http = require "http"
		local srv = http.serve{}
		`
	t := engine.TypeOf[*Server]("http.Server",
		"A server. Each call of a handler is a task of its own, so handlers may wait for things while others run. A handler that raises is logged and answered with 500; a path that nobody answers is 404, and 405 where only the method is wrong. HEAD is answered by the handler for GET.",
		engine.Prop("url", "its address for clients on this machine, such as \"http://127.0.0.1:8080\"", func(s *Server) string { return s.url }),
		engine.Prop("port", "the port that it listens on, 0 for a unix socket", (*Server).port),
		engine.Prop("ca", "the certificate (PEM) that clients must trust, with tls=\"self-signed\"; empty otherwise", func(s *Server) string { return s.ca }),
	)
	for _, v := range verbs {
		t.Add(engine.Method(v.name, "Answer a path for the method "+methodOf(v.name)+".", routeOf(methodOf(v.name))).
			Example(setup, `srv:`+v.name+`("/items/{id}", function(req, res) res:header("X-Id", req.params.id) end)
		print(http.`+v.name+`(srv.url .. "/items/7").headers["x-id"])   --> 7
		srv:stop()`))
	}
	return t.Add(
		engine.Method("route", "Answer a path for any method.", (*Server).routeMethod).
			Example(setup, `srv:route("*", "/", function(req, res) res:text(req.method) end)
		print(http.request("PROPFIND", srv.url).body)   --> PROPFIND
		srv:stop()`),
		engine.Method("files", "Serve the files of a directory. Nothing outside it is served, whatever a path or a symbolic link says.", (*Server).files).
			Needs(host.Read).
			Example(setup, `local f = io.open("page.html", "w") f:write("<h1>hello</h1>") f:close()
		srv:files("/static", ".")
		print(http.get(srv.url .. "/static/page.html").body)   --> <h1>hello</h1>
		srv:stop()`),
		engine.Method("stop", "Take no more requests, wait for those under way, and close.", (*Server).stop).
			Example(setup, `srv:stop(1)
		print(pcall(http.get, srv.url))   --> false	…`),
		engine.Method("wait", "Wait until the server is stopped.", (*Server).wait).
			Example(setup, `srv:get("/quit", function(req, res) srv:stop() end)
		http.get(srv.url .. "/quit")
		srv:wait()
		print("stopped")   --> stopped`),
		engine.CloseMethod[*Server]("close", "Stop at once, without waiting for requests under way."),
	)
}

func methodOf(verb string) string {
	method, _ := checkMethod(verb)
	return method
}

// shown is an example of a handler and what a client gets.
func shown(handler, client, prints string) string {
	return `
		local http = require "http"
		local srv = http.serve{}
		srv:post("/", function(req, res) ` + handler + ` end)
		local r = http.post(srv.url .. "/?q=a+b", ` + client + `)
		print(r.status, r.body)   --> ` + prints + `
		srv:stop()`
}

func requestType() *engine.Type {
	return engine.TypeOf[*Request]("http.Request", "A request that a handler answers. It is of use only while its handler runs.",
		engine.Prop("method", "its method, in capitals", func(r *Request) string { return r.r.Method }),
		engine.Prop("path", "its path, with escapes undone", func(r *Request) string { return r.r.URL.Path }),
		engine.Prop("url", "its whole address, by the Host header", (*Request).url),
		engine.Prop("host", "the Host header", func(r *Request) string { return r.r.Host }),
		engine.Prop("params", "what stands for the names in the route's pattern", func(r *Request) map[string]string { return r.params }),
		engine.Prop("query", "the query's parameters, of equal names the first", (*Request).query),
		engine.Prop("query_string", "the query as it came", func(r *Request) string { return r.r.URL.RawQuery }),
		engine.Prop("headers", "its headers, in any case", (*Request).headers),
		engine.Prop("cookies", "its cookies by name", (*Request).cookies),
		engine.Prop("remote", "the address of the client or of the proxy before it", (*Request).remote),
		engine.Prop("proto", "the protocol, such as \"HTTP/1.1\"", func(r *Request) string { return r.r.Proto }),
		engine.Prop("tls", "whether the request came over TLS", func(r *Request) bool { return r.r.TLS != nil }),
		engine.Method("body", "Read the body.", (*Request).body).
			Raises(errTooLarge, transfer.ErrIncomplete).
			Returning("its bytes").
			Example(shown(`res:text(req:body():upper())`, `{body="abc"}`, "200\tABC")),
		engine.Method("json", "Read the body as JSON.", (*Request).json).
			Raises(jsonconv.ErrSyntax, jsonconv.ErrRange, errTooLarge, transfer.ErrIncomplete).
			ReturningType("any", "the value; null is json.null").
			Example(shown(`res:json{req:json().a + 1}`, `{json={a=1}}`, "200\t[2]")),
		engine.Method("form", "Read the body as a form, of either kind.", (*Request).form).
			Raises(errProtocol, errTooLarge, transfer.ErrIncomplete).
			Returning("the fields by name, of equal names the first").
			Example(shown(`res:text(req:form().a)`, `{form={a="b c"}}`, "200\tb c")),
		engine.Method("files", "Read the files of a multipart form.", (*Request).files).
			Raises(errProtocol, errTooLarge, transfer.ErrIncomplete).
			Returning("the files in their order, none for another kind of body").
			Example(shown(`local f = req:files()[1]; res:text(f.name .. f.data)`, `{files={f={data="abc", name="a.txt"}}}`, "200\ta.txtabc")),
		engine.Method("save", "Store the body in a file, without holding it in memory. The file has its name only when all of it is there. It needs the permission to write.", (*Request).save).
			Raises(errTooLarge, transfer.ErrIncomplete).
			Returning("the number of bytes").
			Example(shown(`res:text(req:save("upload.bin"))`, `{body=("x"):rep(1000)}`, "200\t1000")),
	)
}

func replyType() *engine.Type {
	methods := []module.Member{
		engine.Method("status", "Set the status; 200 without it.", (*Reply).status).Returning("the reply itself").
			Example(shown(`res:status(201):text("made")`, `{}`, "201\tmade")),
		engine.Method("header", "Set a header.", (*Reply).setHeader).Returning("the reply itself").
			Example(shown(`res:header("X-A", "1"):write("ok")`, `{}`, "200\tok")),
		engine.Method("cookie", "Set a cookie, by default for this host, hidden from scripts in pages, and not sent along from other sites.", (*Reply).cookie).Returning("the reply itself").
			Example(shown(`res:cookie("sid", "7", {max_age="1h"})`, `{}`, "200\t")),
		engine.Method("write", "Put bytes behind what is there. Up to 1 MiB is held back until the handler is done.", (*Reply).write).Returning("the reply itself").
			Example(shown(`res:write("a"):write("b")`, `{}`, "200\tab")),
		engine.Method("flush", "Send what is there now. Status and headers cannot be changed after it.", (*Reply).flush).Returning("the reply itself").
			Example(shown(`res:write("a"):flush():write("b")`, `{}`, "200\tab")),
		engine.Method("text", "Answer with plain text.", (*Reply).text).Returning("the reply itself").
			Example(shown(`res:text("hello")`, `{}`, "200\thello")),
		engine.Method("html", "Answer with HTML.", (*Reply).html).Returning("the reply itself").
			Example(shown(`res:html("<p>hello")`, `{}`, "200\t<p>hello")),
		engine.Method("json", "Answer with a value as JSON.", (*Reply).json).Raises(jsonconv.ErrValue).Returning("the reply itself").
			Example(shown(`res:json{a={1, 2}}`, `{}`, "200\t{\"a\":[1,2]}")),
		engine.Method("redirect", "Send the client to another address.", (*Reply).redirect).Returning("the reply itself").
			Example(shown(`res:redirect("/other", 303)`, `{redirects=0}`, "303\t")),
		engine.Method("error", "Answer with a failure and a text, instead of what was written before.", (*Reply).error).Returning("the reply itself").
			Example(shown(`res:error(410, "gone")`, `{}`, "410\tgone")),
		engine.Method("file", "Answer with a file, with ranges and conditions. It needs the permission to read.", (*Reply).file).
			Example(shown(`local f = io.open("f.txt", "w") f:write("abc") f:close() res:file("f.txt")`, `{}`, "200\tabc")),
	}
	return engine.TypeOf[*Reply]("http.Reply", "The answer that a handler gives. It is of use only while its handler runs; nothing set means 200 with an empty body.", methods...)
}
