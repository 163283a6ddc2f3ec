package http

import (
	"strings"

	"github.com/gscript-lang/gscript/engine"
	"github.com/gscript-lang/gscript/engine/host"
	"github.com/gscript-lang/gscript/engine/module"
	"github.com/gscript-lang/gscript/modules/internal/jsonconv"
	"github.com/gscript-lang/gscript/modules/internal/transfer"
)

// answerProps are the properties of answers of either type.
func answerProps[T any](of func(T) *answer) []module.Member {
	return []module.Member{
		engine.Prop("status", "its status, such as 200", func(r T) int { return of(r).status }),
		engine.Prop("reason", "the status in words, as the server gives it", func(r T) string { return of(r).reasonText() }),
		engine.Prop("ok", "whether the status is below 400", func(r T) bool { return of(r).ok() }),
		engine.Prop("headers", "its headers, in any case", func(r T) *Headers { return &Headers{of(r).header} }),
		engine.Prop("url", "the address that answered, after redirects and without user and password", func(r T) string { return of(r).url.String() }),
		engine.Prop("method", "the method of the last request, which a redirect may have changed", func(r T) string { return of(r).method }),
		engine.Prop("proto", "the protocol, such as \"HTTP/2\"", func(r T) string { return of(r).proto }),
		engine.Prop("history", "the redirects that were followed, first to last", func(r T) []step { return of(r).history }),
		engine.Prop("links", "the Link headers by what they are: r.links.next.url", func(r T) map[string]link { return of(r).links() }),
		engine.Prop("cookies", "the cookies that this answer sets, by name", func(r T) map[string]string { return of(r).cookies() }),
	}
}

func responseType() *engine.Type {
	t := engine.TypeOf[*Response]("http.Response", "An answer with its whole body.",
		engine.Prop("body", "the bytes of the body, decoded from gzip or deflate", func(r *Response) string { return r.body }),
		engine.Prop("text", "the body as UTF-8, by the charset that the answer names", func(r *Response) string { return r.text() }),
		engine.Prop("elapsed", "seconds from the call to the end of the body, redirects and retries included", func(r *Response) float64 { return r.elapsed }),
		engine.Method("json", "Read the body as JSON.", (*Response).json).
			Raises(jsonconv.ErrSyntax, jsonconv.ErrRange).
			ReturningType("any", "the value; null is json.null").
			Example(`
				local http = require "http"
				local srv = http.serve{}
				srv:get("/", function(req, res) res:json{list={1, 2}} end)
				print(#http.get(srv.url):json().list)   --> 2
				srv:stop()`),
		engine.Method("check", "Raise an error when the status is one of failure, 400 and above.", (*Response).check).
			Raises(errStatus).
			Returning("the answer itself").
			Example(`
				local http = require "http"
				local srv = http.serve{}
				local ok, e = pcall(function() http.get(srv.url .. "/nothing"):check() end)
				print(e.kind, e.code)   --> http.status	404
				srv:stop()`),
	)
	return t.Add(answerProps(func(r *Response) *answer { return &r.answer })...)
}

func streamType() *engine.Type {
	const setup = `
		local http = require "http"
		local srv = http.serve{}
		srv:get("/", function(req, res) res:text("one\ntwo\n") end)
		local r = http.stream("GET", srv.url)
		`
	t := engine.TypeOf[*Stream]("http.Stream", "An answer whose body is read piece by piece. It holds a connection until it is read to the end and closed.",
		engine.Method("read", "Read the next piece of the body.", (*Stream).read).
			Raises(transfer.ErrIncomplete, errProtocol).
			ReturningType("string?", "at most size bytes, fewer only at the end; nil after it").
			Example(setup, `print(r:read(3), #r:read(), r:read())   --> one	5	nil
		r:close()
		srv:stop()`),
		engine.Method("chunks", "Iterate over the body in pieces.", (*Stream).chunks).
			Raises(transfer.ErrIncomplete, errProtocol).
			ReturningType("fun(): string?", "an iterator over pieces of size bytes, the last one shorter").
			Example(setup, `for piece in r:chunks(6) do print(#piece) end
		--> 6
		--> 2
		r:close()
		srv:stop()`),
		engine.Method("lines", "Iterate over the lines of the body, without their ends.", (*Stream).lines).
			Raises(transfer.ErrIncomplete, errProtocol, errTooLarge).
			ReturningType("fun(): string?", "an iterator over the lines").
			Example(setup, `for line in r:lines() do print(line) end
		--> one
		--> two
		r:close()
		srv:stop()`),
		engine.Method("check", "Raise an error when the status is one of failure, 400 and above.", (*Stream).check).
			Raises(errStatus).
			Returning("the stream itself").
			Example(setup, `print(r:check().status)   --> 200
		r:close()
		srv:stop()`),
		engine.CloseMethod[*Stream]("close", "Let go of the connection. What was not read is lost."),
	)
	return t.Add(answerProps(func(s *Stream) *answer { return &s.answer })...)
}

func sessionType() *engine.Type {
	const setup = `
		local http = require "http"
		local srv = http.serve{}
		srv:get("/login", function(req, res) res:cookie("sid", "7") end)
		srv:get("/", function(req, res) res:text(req.cookies.sid or "nobody") end)
		local s = http.session{base=srv.url}
		`
	t := engine.TypeOf[*Session]("http.Session", "Requests with the same options, cookies and connections. Options of a call go before those of the session; headers, params and timeouts are put together. Several tasks may use one session.")
	for _, v := range verbs {
		t.Add(engine.Method(v.name, v.doc, verb(strings.ToUpper(v.name))).
			Needs(host.Net).Raises(sending()...).Returning(answerDoc).Example(verbExample("s", v.name)))
	}
	return t.Add(
		engine.Method("request", "Make a request with any method.", (*Session).request).
			Needs(host.Net).Raises(sending()...).Returning(answerDoc).
			Example(setup, `print(s:request("GET", "").body)   --> nobody
		s:close()
		srv:stop()`),
		engine.Method("stream", "Make a request whose answer is read piece by piece.", (*Session).stream).
			Needs(host.Net).Raises(sending()...).Returning("the answer, with its body still to come").
			Example(setup, `local r = s:stream("GET", "")
		print(r:read())   --> nobody
		r:close()
		s:close()
		srv:stop()`),
		engine.Method("download", "Store what is at an address in a file, as http.download does.", (*Session).download).
			Needs(host.Net, host.Write).Raises(append(sending(), errStatus, errChecksum)...).
			Returning("what was written").
			Example(setup, `print(s:download("", "page.txt").size)   --> 6
		s:close()
		srv:stop()`),
		engine.Method("cookies", "List the cookies that would be sent to an address.", (*Session).listCookies).
			Returning("the values by name").
			Example(setup, `s:get("login")
		print(s:cookies().sid, s:get("").body)   --> 7	7
		s:close()
		srv:stop()`),
		engine.Method("set_cookie", "Keep a cookie as if the server had set it.", (*Session).setCookie).
			Example(setup, `s:set_cookie("sid", "me")
		print(s:get("").body)   --> me
		s:close()
		srv:stop()`),
		engine.Method("clear_cookies", "Forget all cookies.", (*Session).clearCookies).
			Example(setup, `s:get("login")
		s:clear_cookies()
		print(s:get("").body)   --> nobody
		s:close()
		srv:stop()`),
		engine.CloseMethod[*Session]("close", "Close the session's connections."),
	)
}
