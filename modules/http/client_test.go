package http_test

import (
	"bytes"
	"compress/flate"
	"compress/gzip"
	"compress/zlib"
	"fmt"
	"io"
	nethttp "net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/gscript-lang/gscript/engine/host"
	"github.com/gscript-lang/gscript/modules/internal/moduletest"
)

// serve starts a server in the process; its URL is the global url.
func serve(t *testing.T, h nethttp.HandlerFunc) *moduletest.World {
	t.Helper()
	srv := httptest.NewServer(h)
	t.Cleanup(srv.Close)
	w := world(t)
	w.Globals = map[string]any{"url": srv.URL}
	return w
}

const head = "local http = require 'http'\n"

// lines compares what a script prints with the lines wanted.
func lines(t *testing.T, got string, want ...string) {
	t.Helper()
	if diff := moduletest.Diff(got, want); diff != "" {
		t.Error(diff)
	}
}

// TestLinesOfTheIssue runs the lines of issue 2 as they are written there.
func TestLinesOfTheIssue(t *testing.T) {
	t.Parallel()
	w := world(t)
	if err := os.WriteFile(filepath.Join(w.Dir, "a.png"), []byte("\x89PNG"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Mkdir(filepath.Join(w.Dir, "dir"), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(w.Dir, "dir", "x.txt"), []byte("static"), 0o600); err != nil {
		t.Fatal(err)
	}
	out := w.Run(t, head+`
local srv = http.serve{listen="127.0.0.1:0"};  srv:get("/users/{id}", function(req, res) res:json{id=req.params.id} end);  srv:files("/static", "dir");  assert(srv.url)
srv:get("/echo", function(req, res) res:cookie("c", "1"):json{q=req.query.q, a=req.headers["x-a"], auth=req.headers.authorization, cookie=req.cookies.c} end)
srv:post("/echo", function(req, res)
	local f = req:files()[1]
	res:json{type=req.headers["content-type"]:match("^[^;]*"), form=req:form().a, file=f and f.name .. " " .. f.type .. " " .. #f.data, body=f and "" or req:body()}
end)
local url = srv.url .. "/echo"
local r = http.get(url, {params={q="a b"}, headers={["X-A"]="1"}, timeout=5});  print(r.status, r.headers["content-type"], r.body, r.text, r:json().q, r.url == url .. "?q=a+b", r.elapsed > 0);  r:check()
print(http.post(url, {json={a=1}}).body);  print(http.post(url, {form={a="1"}}).body);  print(http.post(url, {files={f={path="a.png"}}}).body)
for _, m in ipairs{"put", "patch", "delete", "head", "options"} do print(m, http[m](url).status) end
print(http.request("GET", url, {timeout=1}).status)
local s = http.session{base=srv.url .. "/", auth={"u","p"}, headers={["X-A"]="s"}, timeout=10};  print(s:get("users/1"):json().id)
s:get("echo")
print(s:get("echo").body)
local d = http.download(srv.url .. "/static/x.txt", "f.bin", {sha256="2053dbbf6ec7135c4e994d3464c478db6f48d3ca21052c8f44915edc96e02c39", progress=true})
print(d.size, io.open("f.bin"):read("*a"))
srv:stop()
print(pcall(http.get, url))
`)
	lines(t, out,
		`200	application/json	{"q":"a b","a":"1"}	{"q":"a b","a":"1"}	a b	true	true`,
		`{"type":"application/json","body":"{\"a\":1}"}`,
		`{"type":"application/x-www-form-urlencoded","form":"1","body":"a=1"}`,
		`{"type":"multipart/form-data","file":"a.png image/png 4","body":""}`,
		"put	405", "patch	405", "delete	405", "head	200", "options	405",
		"200", "1",
		`{"a":"s","auth":"Basic dTpw","cookie":"1"}`,
		"6	static",
		"false	http.get http://127.0.0.1:…",
	)
}

// dump answers with the request as it came.
func dump(w nethttp.ResponseWriter, r *nethttp.Request) {
	body, _ := io.ReadAll(r.Body)
	fmt.Fprintf(w, "%s %s\n", r.Method, r.RequestURI)
	for _, name := range []string{"User-Agent", "Accept", "Accept-Encoding", "Content-Type", "Content-Length", "X-A", "Authorization", "Cookie", "Host"} {
		v := strings.Join(r.Header[name], "|")
		switch name {
		case "Host":
			v = r.Host
		case "Content-Length":
			v = fmt.Sprint(r.ContentLength)
		}
		if v != "" && (name != "Host" || !strings.HasPrefix(v, "127")) {
			fmt.Fprintf(w, "%s: %s\n", name, v)
		}
	}
	fmt.Fprintf(w, "%s\n", body)
}

func TestRequests(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ name, call, want string }{
		{"plain", `http.get(url)`, "GET /\nUser-Agent: gscript\nAccept: */*\nAccept-Encoding: gzip, deflate\nContent-Length: 0\n"},
		{"params in order, repeated, behind the query", `http.get(url .. "//a%2Fb?z=1&y", {params={q="a b&", n=1.5, i=3, t=true, l={"x","y"}}})`, "GET //a%2Fb?z=1&y&q=a+b%26&n=1.5&i=3&t=true&l=x&l=y"},
		{"params as pairs", `http.get(url, {params={{"b","1"},{"a","2"},{"b","3"}}})`, "GET /?b=1&a=2&b=3"},
		{"params as text", `http.get(url, {params="a=1&b"})`, "GET /?a=1&b"},
		{"fragment stays here", `http.get(url .. "/x#frag")`, "GET /x\n"},
		{"headers taken off", `http.get(url, {headers={accept=false, ["user-agent"]=false, ["accept-encoding"]=false}})`, "GET /\nContent-Length: 0\n"},
		{"headers of several values", `http.get(url, {headers={["x-a"]={"1", 2}}})`, "X-A: 1|2\n"},
		{"host", `http.get(url, {headers={Host="example.org"}})`, "Host: example.org\n"},
		{"basic", `http.get(url, {auth={"u", "p:w"}})`, "Authorization: Basic dTpwOnc=\n"},
		{"basic by name", `http.get(url, {auth={user="u", password="p"}})`, "Authorization: Basic dTpw\n"},
		{"bearer", `http.get(url, {auth={bearer="tok"}})`, "Authorization: Bearer tok\n"},
		{"user information", `http.get((url:gsub("//", "//u:p%%40@")))`, "Authorization: Basic dTpwQA==\n"},
		{"explicit before user information", `http.get((url:gsub("//", "//u:p@")), {auth={bearer="t"}})`, "Authorization: Bearer t\n"},
		{"cookies", `http.get(url, {cookies={b="2", a="1"}, headers={Cookie="z=0"}})`, "Cookie: z=0; a=1; b=2\n"},
		{"body", `http.post(url, {body="x\0y"})`, "Content-Length: 3\nx\x00y"},
		{"empty body", `http.post(url, {body=""})`, "POST /\nUser-Agent: gscript\nAccept: */*\nAccept-Encoding: gzip, deflate\nContent-Length: 0\n"},
		{"form in order", `http.post(url, {form={b="é", a={1, 2}}})`, "Content-Type: application/x-www-form-urlencoded\nContent-Length: 16\nb=%C3%A9&a=1&a=2\n"},
		{"json", `http.put(url, {json={b={1}, a="é"}})`, "PUT /\nUser-Agent: gscript\nAccept: */*\nAccept-Encoding: gzip, deflate\nContent-Type: application/json\nContent-Length: 18\n" + `{"b":[1],"a":"é"}`},
		{"own type", `http.put(url, {json=1, headers={["content-type"]="application/x"}})`, "Content-Type: application/x\nContent-Length: 1\n1\n"},
		{"file", `http.put(url, {file="f.txt"})`, "Content-Type: text/plain; charset=utf-8\nContent-Length: 5\nhello\n"},
		{"open file", `http.put(url, {body=io.open("f.txt", "rb")})`, "Content-Length: -1\nhello\n"},
		{"function", `http.put(url, {body=(function() local n = 0 return function() n = n + 1 if n < 4 then return ("x"):rep(n) end end end)()})`, "Content-Length: -1\nxxxxxx\n"},
		{"method in small letters", `http.request("delete", url)`, "DELETE /\n"},
		{"method of one's own", `http.request("PROPFIND", url, {body="x"})`, "PROPFIND /\n"},
		{"by name", `http.request{method="GET", url=url, params={a=1}}`, "GET /?a=1\n"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			w := serve(t, dump)
			if err := os.WriteFile(filepath.Join(w.Dir, "f.txt"), []byte("hello"), 0o600); err != nil {
				t.Fatal(err)
			}
			if out := w.Run(t, head+"io.write(("+tt.call+").body)"); !strings.Contains(out, tt.want) {
				t.Errorf("sent\n%s\nwant\n%s", out, tt.want)
			}
		})
	}
}

// TestRefusedBeforeSending checks that nothing reaches the wire of a request
// that is wrong.
func TestRefusedBeforeSending(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ name, call, want string }{
		{"CR in a value", `http.get(url, {headers={a="x\rb: c"}})`, "line break"},
		{"LF in a value", `http.get(url, {headers={a={"1", "x\nb: c"}}})`, "line break"},
		{"NUL in a value", `http.get(url, {headers={a="x\0"}})`, "NUL"},
		{"control in a value", `http.get(url, {headers={a="x\1"}})`, "control character"},
		{"LF in a name", `http.get(url, {headers={["a\nb"]="1"}})`, "line break"},
		{"space in a name", `http.get(url, {headers={["a b"]="1"}})`, "is not a header's name"},
		{"LF in the method", `http.request("GET\n", url)`, "line break"},
		{"space in the method", `http.request("GET /x", url)`, "is not a method"},
		{"CONNECT", `http.request("CONNECT", url)`, "is not a method"},
		{"CRLF in the URL", `http.get(url .. "/a\r\nb: c")`, "line break"},
		{"NUL in the URL", `http.get(url .. "/\0")`, "NUL"},
		{"LF in params", `http.get(url, {params="a=\nb"})`, "line break"},
		{"LF in a bearer token", `http.get(url, {auth={bearer="a\nb"}})`, "line break"},
		{"LF in a cookie", `http.get(url, {cookies={a="b\nc"}})`, "line break"},
		{"semicolon in a cookie", `http.get(url, {cookies={a="b;c"}})`, "cookie cannot hold"},
		{"length by hand", `http.post(url, {body="x", headers={["content-length"]="5"}})`, "follows from the body"},
		{"chunks by hand", `http.post(url, {body="x", headers={["transfer-encoding"]="chunked"}})`, "follows from the body"},
		{"ftp", `http.get("ftp://127.0.0.1/")`, "must begin with http:// or https://, not ftp:"},
		{"file", `http.get("file:///etc/passwd")`, "not file:"},
		{"no scheme", `http.get("example.org")`, "must begin with http:// or https://"},
		{"no host", `http.get("http:///x")`, "no valid host"},
		{"two bodies", `http.post(url, {json={}, body="x"})`, "one body"},
		{"nan", `http.post(url, {json={a={0/0}}})`, "a[1] is NaN"},
		{"a table as the body", `http.post(url, {body={}})`, "is bytes, not a table"},
		{"a table in params", `http.get(url, {params={a={b={}}}})`, "must be a string, a number"},
		{"a table in headers", `http.get(url, {headers={a={b="c"}}})`, "argument 'headers.A' must be"},
		{"colon in a user", `http.get(url, {auth={"a:b", "c"}})`, "must not contain a colon"},
		{"an unknown option", `http.get(url, {paramz={}})`, "unknown option 'paramz'"},
		{"an unknown file option", `http.post(url, {files={f={pth="x"}}})`, "unknown option 'pth'"},
		{"a proxy without a host", `http.get(url, {proxy="x"})`, "argument 'proxy'"},
		{"a missing file", `http.put(url, {file="none"})`, "no such file"},
		{"a directory as a file", `http.put(url, {file="."})`, "it is a directory"},
		{"a password in a URL that does not parse", `http.get("http://u:secretpw/@" .. url:sub(8))`, "is not a valid URL"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			var asked atomic.Int32
			w := serve(t, func(nethttp.ResponseWriter, *nethttp.Request) { asked.Add(1) })
			_, err := w.Try(t, head+tt.call)
			if err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("error %v, want %q", err, tt.want)
			}
			if err != nil && strings.Contains(err.Error(), "secretpw") {
				t.Errorf("the error shows the password: %v", err)
			}
			if asked.Load() != 0 {
				t.Error("the request was sent")
			}
		})
	}
}

func TestMultipartIsStreamed(t *testing.T) {
	t.Parallel()
	const size = 8 << 20
	w := serve(t, func(w nethttp.ResponseWriter, r *nethttp.Request) {
		length := r.ContentLength
		form, err := r.MultipartReader()
		if err != nil {
			t.Error(err)
			return
		}
		for {
			p, err := form.NextPart()
			if err != nil {
				break
			}
			n, _ := io.Copy(io.Discard, p)
			fmt.Fprintf(w, "%s|%s|%s|%d\n", p.FormName(), p.FileName(), p.Header.Get("Content-Type"), n)
		}
		fmt.Fprintln(w, length > size, r.TransferEncoding)
	})
	if err := os.WriteFile(filepath.Join(w.Dir, "big.bin"), make([]byte, size), 0o600); err != nil {
		t.Fatal(err)
	}
	out := w.Run(t, head+`
local last
local r = http.post(url, {
	form={b="1", ['q"\r\nX: y']="2"},
	files={f={{path="big.bin", name='a"b\n.bin', type="x/y"}, "big.bin"}, g={data="text"}},
	progress=function(done, total) assert(done >= (last or 0) and done <= total) last = done end,
})
io.write(r.body)
assert(last and last > 2 * 8 * 1024 * 1024)
`)
	lines(t, out,
		"b|||1", `q%22%0D%0AX: y|||1`,
		`f|a%22b%0A.bin|x/y|8388608`, "f|big.bin|application/octet-stream|8388608", "g|g|application/octet-stream|4",
		"true []")
}

func TestCallbacksThatRaise(t *testing.T) {
	t.Parallel()
	w := serve(t, func(w nethttp.ResponseWriter, r *nethttp.Request) {
		io.Copy(io.Discard, r.Body)
		w.Write(make([]byte, 1<<20))
	})
	out := w.Run(t, head+`
print(pcall(http.post, url, {body=function() error("from the body", 0) end}))
print(pcall(http.post, url, {body=function() return {} end}))
print(pcall(http.get, url, {progress=function() error({code=7}, 0) end}))
print(select(2, pcall(http.get, url, {progress=function() error({code=7}, 0) end})).code)
print(pcall(http.download, url, "f.bin", {progress=function() error("stop", 0) end}))
print(io.open("f.bin"))
print(http.get(url).status)
`)
	lines(t, out, "false	from the body", "false	http.post: the function in 'body' must return strings and nil at the end, not a table",
		"false	table: …", "7", "false	stop", "nil	f.bin: No such file…", "200")
}

func compressed(kind string, data []byte) []byte {
	var b bytes.Buffer
	var w io.WriteCloser
	switch kind {
	case "gzip":
		w = gzip.NewWriter(&b)
	case "zlib":
		w = zlib.NewWriter(&b)
	case "flate":
		w, _ = flate.NewWriter(&b, 9)
	}
	w.Write(data)
	w.Close()
	return b.Bytes()
}

func TestDecoding(t *testing.T) {
	t.Parallel()
	text := []byte(strings.Repeat("hello ", 1000))
	bomb := compressed("gzip", make([]byte, 80<<20))
	nothing := bytes.Repeat(compressed("gzip", nil), 20000) // many members without content
	for _, tt := range []struct {
		name, encoding string
		body           []byte
		want           string // a kind, or "" for the text
	}{
		{"gzip", "gzip", compressed("gzip", text), ""},
		{"x-gzip", "X-Gzip", compressed("gzip", text), ""},
		{"deflate with a frame", "deflate", compressed("zlib", text), ""},
		{"deflate without", "deflate", compressed("flate", text), ""},
		{"identity", "identity", text, ""},
		{"not gzip", "gzip", text, "http.protocol"},
		{"cut gzip", "gzip", compressed("gzip", text)[:40], "transfer.incomplete"},
		{"bad checksum", "gzip", append(compressed("gzip", text)[:len(compressed("gzip", text))-8], 1, 2, 3, 4, 5, 6, 7, 8), "http.protocol"},
		{"twice", "gzip, gzip", compressed("gzip", compressed("gzip", text)), "http.protocol"},
		{"bomb", "gzip", bomb, "http.too_large"},
		{"bomb of nothing", "gzip", nothing, "http.too_large"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			w := serve(t, func(w nethttp.ResponseWriter, r *nethttp.Request) {
				w.Header().Set("Content-Encoding", tt.encoding)
				w.Write(tt.body)
			})
			source := head + `local r = http.get(url, {max_body="` + map[bool]string{true: "100k", false: "64MiB"}[tt.name == "bomb of nothing"] + `"}) print(r.body)`
			if tt.want != "" {
				w.Fail(t, tt.want, source)
				return
			}
			lines(t, w.Run(t, source), strings.TrimRight(string(text), " "))
		})
	}
	t.Run("head", func(t *testing.T) {
		t.Parallel()
		w := serve(t, func(w nethttp.ResponseWriter, r *nethttp.Request) { w.Header().Set("Content-Encoding", "gzip") })
		lines(t, w.Run(t, head+`print(http.head(url).status, http.get(url).body == "")`), "200	true")
	})
}

func TestText(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ kind, body, want string }{
		{"text/plain; charset=iso-8859-1", "caf\xe9", "café"},
		{"text/plain; charset=utf-16le", "h\x00i\x00", "hi"},
		{"text/plain", "café", "café"},
		{"text/plain", "caf\xe9 \x80", "café €"},
		{"text/plain; charset=none-such", "café", "café"},
		{"text/plain; charset=utf-8", "\xEF\xBB\xBFx", "x"},
		{"", "x", "x"},
	} {
		w := serve(t, func(w nethttp.ResponseWriter, r *nethttp.Request) {
			w.Header().Set("Content-Type", tt.kind)
			io.WriteString(w, tt.body)
		})
		lines(t, w.Run(t, head+`local r = http.get(url) print(r.text)`), tt.want)
	}
}

func TestAnswers(t *testing.T) {
	t.Parallel()
	w := serve(t, func(w nethttp.ResponseWriter, r *nethttp.Request) {
		switch r.URL.Path {
		case "/links":
			w.Header().Add("Link", `</p?page=2>; rel="next last"; title="a \"b\", c", <http://x.org/>; rel=prev`)
			w.Header().Add("Link", `<u,v>;rel="x"`)
			w.Header().Add("Set-Cookie", "a=1; Path=/")
			w.Header().Add("Set-Cookie", "b=2")
			w.Header().Add("X-Many", "1")
			w.Header().Add("X-Many", "2")
		case "/bad":
			w.WriteHeader(503)
			io.WriteString(w, strings.Repeat("b", 600))
		case "/json":
			io.WriteString(w, `{"big":9007199254740993,"null":null,"e":[],"deep":{"x":1}}`)
		case "/deep":
			io.WriteString(w, strings.Repeat("[", 100000))
		}
	})
	out := w.Run(t, head+`
local r = http.get(url .. "/links")
print(r.links.next.url == url .. "/p?page=2", r.links.last.title, r.links.prev.url, r.links.x.url == url .. "/u,v")
print(r.cookies.a, r.cookies.b, #r.headers:all("SET-COOKIE"), r.headers["set-cookie"], r.headers["X-MANY"], r.headers.nothing)
local n = 0
for k, v in pairs(r.headers) do if k == "X-Many" then n = v end end
print(n, r.reason, r.ok, r.proto, r.method, (tostring(r):gsub(url, "URL")))
local ok, e = pcall(function() http.get(url .. "/bad?token=abc&a=1"):check() end)
print(e.kind, e.code, #e.body, e.retryable, e.url == url .. "/bad?token=***&a=1", tostring(e):find("abc", 1, true))
local j = http.get(url .. "/json"):json()
print(j.null ~= nil, tostring(j.null), #j.e, j.deep.x)
print(http.get(url .. "/json"):json{big="text"}.big, http.get(url .. "/json"):json().big)
local ok, e = pcall(function() http.get(url .. "/deep"):json() end)
print(e.kind)
print(http.status.NOT_FOUND, http.status.IM_A_TEAPOT, http.reason(418), http.reason(299))
`)
	lines(t, out,
		`true	a "b", c	http://x.org/	true`,
		"1	2	2	a=1; Path=/	1, 2	nil",
		"1, 2	OK	true	HTTP/1.1	GET	http.Response 200 GET URL/links",
		"http.status	503	512	true	true	nil",
		"true	null	0	1", "9007199254740993	9007199254740993", "json.syntax", "404	418	I'm a teapot	nil")
}

func TestSession(t *testing.T) {
	t.Parallel()
	var mu sync.Mutex
	remotes := map[string]bool{}
	w := serve(t, func(w nethttp.ResponseWriter, r *nethttp.Request) {
		mu.Lock()
		remotes[r.RemoteAddr] = true
		mu.Unlock()
		if r.URL.Path == "/api/login" {
			nethttp.SetCookie(w, &nethttp.Cookie{Name: "sid", Value: "s1", Path: "/"})
		}
		fmt.Fprintf(w, "%s a=%s b=%s c=%s auth=%s\n", r.RequestURI, r.Header.Get("X-A"), r.Header.Get("X-B"), r.Header.Get("Cookie"), r.Header.Get("Authorization"))
	})
	out := w.Run(t, head+`
local s = http.session{base=url .. "/api", auth={"u", "p"}, headers={["X-A"]="1", ["x-b"]="2"}, params={v=1, w=2}, timeout={total=10, read=5}}
io.write(s:get("users/1").body)
io.write(s:get("users/a:b?x=1", {headers={["x-a"]="3", ["X-B"]=false}, params={v=9}, timeout=3, auth={bearer="t"}}).body)
io.write(s:get("login").body)
io.write(s:post("/root", {cookies={sid="call", n="1"}}).body)
io.write(s:request("GET", url .. "/abs").body)
print(s:cookies().sid, s:cookies(url .. "/x").sid)
s:clear_cookies()
s:set_cookie("k", "v")
io.write(s:get("").body)
s:close()
print(select(2, pcall(s.get, s, "x")).kind)
io.write(http.session{base=(url:gsub("//", "//a:b@"))}:get("x").body)
`)
	lines(t, out,
		"/api/users/1?v=1&w=2 a=1 b=2 c= auth=Basic dTpw",
		"/api/users/a:b?x=1&w=2&v=9 a=3 b= c= auth=Bearer t",
		"/api/login?v=1&w=2 a=1 b=2 c= auth=Basic dTpw",
		"/root?v=1&w=2 a=1 b=2 c=n=1; sid=call auth=Basic dTpw",
		"/abs?v=1&w=2 a=1 b=2 c=sid=s1 auth=Basic dTpw",
		"s1	s1",
		"/api/?v=1&w=2 a=1 b=2 c=k=v auth=Basic dTpw",
		"handle.closed",
		"/x a= b= c= auth=Basic YTpi")
	if len(remotes) != 2 {
		t.Errorf("%d connections for two sessions", len(remotes))
	}
}

// TestSessionKeepsToItsBase: an absolute URL to another origin gets nothing of
// what the session knows.
func TestSessionKeepsToItsBase(t *testing.T) {
	t.Parallel()
	other := httptest.NewServer(nethttp.HandlerFunc(dump))
	t.Cleanup(other.Close)
	w := serve(t, dump)
	w.Globals["other"] = other.URL
	out := w.Run(t, head+`
local s = http.session{base=url, auth={"u", "p"}, headers={["X-Api-Key"]="k", ["X-A"]="1"}, params={token="t"}, cookies={c="1"}}
io.write(s:get(other .. "/x").body)
s:close()`)
	lines(t, out, "GET /x", "User-Agent: gscript", "Accept: */*", "Accept-Encoding: gzip, deflate", "Content-Length: 0", "X-A: 1")
}

func TestStream(t *testing.T) {
	t.Parallel()
	w := serve(t, func(w nethttp.ResponseWriter, r *nethttp.Request) {
		switch r.URL.Path {
		case "/lines":
			for _, s := range []string{"one\r", "\ntwo\n\nfour", "\nlast"} { // CRLF comes in two pieces
				io.WriteString(w, s)
				w.(nethttp.Flusher).Flush()
			}
		case "/gzip":
			w.Header().Set("Content-Encoding", "gzip")
			w.Write(compressed("gzip", []byte("abcdef")))
		case "/cut":
			w.Header().Set("Content-Length", "100")
			io.WriteString(w, "short")
		case "/long":
			io.WriteString(w, strings.Repeat("x", 3<<20))
		case "/bad":
			nethttp.Error(w, "no such thing", 404)
		}
	})
	out := w.Run(t, head+`
local r = http.stream("GET", url .. "/lines")
for l in r:lines() do print("[" .. l .. "]") end
r:close()
local r = http.stream("GET", url .. "/gzip")
print(r:read(4), r:read(4), r:read(4))
r:close()
print(select(2, pcall(r.read, r)).kind)
local r = http.stream("GET", url .. "/cut")
local e = select(2, pcall(function() for p in r:chunks() do end end))
print(e.kind, e.done, e.total)
r:close()
local r = http.stream("GET", url .. "/long")
print(select(2, pcall(function() for p in r:lines() do end end)).kind)
r:close()
local n = 0
for p in http.stream("GET", url .. "/long"):chunks("1MiB") do n = n + #p end
print(n)
local e = select(2, pcall(function() http.stream("GET", url .. "/bad"):check() end))
print(e.kind, e.code, (e.body:gsub("%s+$", "")))
`)
	lines(t, out, "[one]", "[two]", "[]", "[four]", "[last]", "abcd	ef	nil", "handle.closed",
		"transfer.incomplete	5	100", "http.too_large", "3145728", "http.status	404	no such thing")
}

func TestPermission(t *testing.T) {
	t.Parallel()
	w := serve(t, dump)
	none := host.Permissions{}
	w.Permissions = &none
	e := w.Fail(t, "permission.denied", head+`http.get(url)`)
	if !strings.Contains(e.Hint, "--allow-net") {
		t.Errorf("hint %q", e.Hint)
	}
	w.Fail(t, "permission.denied", head+`http.serve{}`)
}

func TestProxy(t *testing.T) {
	t.Parallel()
	proxy := httptest.NewServer(nethttp.HandlerFunc(func(w nethttp.ResponseWriter, r *nethttp.Request) {
		if r.Method == "CONNECT" {
			w.WriteHeader(407)
			return
		}
		fmt.Fprintf(w, "proxied %s %s\n", r.URL, r.Header.Get("Proxy-Authorization"))
	}))
	t.Cleanup(proxy.Close)
	w := serve(t, dump)
	address := strings.TrimPrefix(proxy.URL, "http://")
	w.Globals["proxy"] = address
	w.Env = []string{"HTTP_PROXY=http://e:v@" + address, "NO_PROXY=skip.test"}
	out := w.Run(t, head+`
io.write(http.get("http://x.test/a?b", {proxy="http://u:p@" .. proxy}).body)
io.write(http.get("http://x.test/").body)
print(http.get(url, {proxy="none"}).status, http.get(url).status)
local e = select(2, pcall(http.get, "https://x.test/", {proxy="http://u:p@" .. proxy}))
print(e.kind, e.code, tostring(e):find("u:p", 1, true))
`)
	lines(t, out, "proxied http://x.test/a?b Basic dTpw", "proxied http://x.test/ Basic ZTp2", "200	200", "http.proxy	407	nil")
}

func TestUnixSocket(t *testing.T) {
	t.Parallel()
	lines(t, world(t).Run(t, head+`
local srv = http.serve{listen="unix:s.sock"}
srv:get("/", function(req, res) res:text("by file") end)
print(http.get("http://localhost/", {unix_socket="s.sock"}).body, srv.port)
srv:stop()`), "by file	0")
}
