package http_test

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	nethttp "net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/gscript-lang/gscript/engine"
	"github.com/gscript-lang/gscript/engine/host"
	"github.com/gscript-lang/gscript/modules/http"
)

// running runs a script that serves and then calls ready(srv.url, srv.port); the
// server runs until the test's function returns. It returns what was printed
// and what was logged.
func running(t *testing.T, source string, visit func(url string, dir string)) (printed, logged string) {
	t.Helper()
	dir := t.TempDir()
	var out, log bytes.Buffer
	var mu sync.Mutex
	h := host.New(host.AllowAll(), host.Config{Dir: dir, Stdout: &out, Stderr: &out, Env: []string{},
		Log: slog.New(slog.NewTextHandler(&locked{mu: &mu, w: &log}, &slog.HandlerOptions{Level: slog.LevelWarn}))})
	t.Cleanup(func() { h.Close() })
	s := engine.New(engine.Options{Host: h, Modules: []engine.Entry{engine.Provide(http.Module())}}).NewState(t.Context())
	ready, done := make(chan string, 1), make(chan struct{})
	s.Set("ready", func(url string) { ready <- url })
	ended := make(chan error, 1)
	go func() {
		_, err := s.Run(t.Context(), "test.lua", head+source+"\nready(srv.url)\nsrv:wait()")
		ended <- err
	}()
	go func() {
		defer close(done)
		select {
		case url := <-ready:
			visit(url, dir)
		case err := <-ended:
			ended <- err
		}
	}()
	<-done
	select {
	case err := <-ended:
		if err != nil {
			t.Errorf("the script: %v", err)
		}
	default:
		s.Cancel("the test is over")
		if err := <-ended; err != nil && engine.KindOf(err) != engine.KindCanceled {
			t.Errorf("the script: %v", err)
		}
	}
	if err := s.Close(); err != nil {
		t.Error(err)
	}
	mu.Lock()
	defer mu.Unlock()
	return out.String(), log.String()
}

type locked struct {
	mu *sync.Mutex
	w  io.Writer
}

func (l *locked) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.w.Write(p)
}

// ask sends text as it is and returns the whole answer.
func ask(t *testing.T, url, text string) string {
	t.Helper()
	conn, err := net.Dial("tcp", strings.TrimPrefix(url, "http://"))
	if err != nil {
		t.Error(err)
		return ""
	}
	defer conn.Close()
	conn.SetDeadline(time.Now().Add(10 * time.Second))
	io.WriteString(conn, text)
	answer, _ := io.ReadAll(conn)
	return string(answer)
}

func get(t *testing.T, url, path string) string {
	t.Helper()
	return ask(t, url, "GET "+path+" HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
}

func status(answer string) string {
	_, rest, _ := strings.Cut(answer, " ")
	code, _, _ := strings.Cut(rest, " ")
	return code
}

func TestRoutes(t *testing.T) {
	t.Parallel()
	running(t, `
local srv = http.serve()
local function say(text) return function(req, res) res:text(text .. " " .. req.method) end end
srv:get("/", say("root"))
srv:get("/users/{id}", function(req, res) res:text("user " .. req.params.id) end)
srv:get("/users/me", say("me"))
srv:post("/users/{id}", say("post"))
srv:get("/tree/{rest...}", function(req, res) res:text("tree " .. req.params.rest) end)
srv:get("/dir/", say("dir"))
srv:route("*", "/any", say("any"))
srv:route("PURGE", "/any2", say("purge"))
for _, bad in ipairs{"users", "/{", "/{a}/{a}", "/users/{name}", "/a/{x...}/b"} do
	local ok, e = pcall(srv.get, srv, bad, print)
	assert(not ok and e.kind == "args.invalid", bad)
end
`, func(url, _ string) {
		for _, tt := range []struct{ request, want string }{
			{"GET /", "200|root GET"}, {"GET /?a=b", "200|root GET"}, {"GET /none", "404|404 page not found"},
			{"GET /users/7", "200|user 7"}, {"GET /users/a%2Fb%20c", "200|user a/b c"}, {"GET /users/me", "200|me GET"},
			{"POST /users/7", "200|post POST"}, {"DELETE /users/7", "405|Method Not Allowed"}, {"HEAD /users/7", "200|"},
			{"GET /users/7/x", "404|404 page not found"}, {"GET /tree/a/b", "200|tree a/b"}, {"GET /dir/", "200|dir GET"}, {"GET /dir/x", "404|404 page not found"},
			{"PATCH /any", "200|any PATCH"}, {"PURGE /any2", "200|purge PURGE"},
		} {
			answer := ask(t, url, tt.request+" HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
			_, body, _ := strings.Cut(answer, "\r\n\r\n")
			if got := status(answer) + "|" + strings.TrimSpace(body); got != tt.want {
				t.Errorf("%s: %q, want %q", tt.request, got, tt.want)
			}
			if strings.HasPrefix(tt.want, "405") && !strings.Contains(answer, "\r\nAllow: GET, HEAD, POST\r\n") {
				t.Errorf("%s: no Allow header in %q", tt.request, answer)
			}
		}
	})
}

func TestRequestOfAHandler(t *testing.T) {
	t.Parallel()
	running(t, `
local srv = http.serve{max_body=1000}
srv:post("/all/{id}", function(req, res)
	res:text(table.concat({req.method, req.path, req.params.id, req.query.q, req.query_string, req.headers["X-A"], req.headers.host, req.host,
		req.cookies.c, req.remote, req.proto, tostring(req.tls), req.url, req:body(), req:body()}, "|"))
end)
srv:post("/json", function(req, res) res:json(req:json()) end)
srv:post("/form", function(req, res)
	local f = req:form()
	res:text(tostring(f.a) .. "|" .. tostring(f.b) .. "|" .. #req:files())
end)
srv:post("/save", function(req, res) res:text(req:save("saved.bin")) end)
srv:post("/late", function(req, res)
	kept = kept or {req, res}
	if req.query.again then
		res:text(select(2, pcall(kept[2].text, kept[2], "x")).kind)
	end
end)
`, func(url, dir string) {
		post := func(path, header, body string) string {
			return ask(t, url, fmt.Sprintf("POST %s HTTP/1.1\r\nHost: me:1\r\nConnection: close\r\nContent-Length: %d\r\n%s\r\n%s", path, len(body), header, body))
		}
		for _, tt := range []struct{ path, header, body, status, want string }{
			{"/all/a%20b?q=1+2&q=3", "X-A: 1\r\nX-A: 2\r\nCookie: c=v; d=w\r\n", "data", "200",
				"POST|/all/a b|a b|1 2|q=1+2&q=3|1, 2|me:1|me:1|v|127.0.0.1|HTTP/1.1|false|http://me:1/all/a%20b?q=1+2&q=3|data|data"},
			{"/json", "", `{"b":null,"a":[]}`, "200", `{"b":null,"a":[]}`},
			{"/json", "", `{"b":`, "400", "Bad Request"},
			{"/form", "Content-Type: application/x-www-form-urlencoded\r\n", "a=1+2&b=%C3%A9&a=9", "200", "1 2|é|0"},
			{"/form", "Content-Type: application/x-www-form-urlencoded\r\n", "a=%zz", "400", "Bad Request"},
			{"/form", "Content-Type: multipart/form-data; boundary=b\r\n", "--b\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\nx\r\n--b--\r\n", "200", "x|nil|0"},
			{"/form", "Content-Type: multipart/form-data; boundary=b\r\n", "--b\r\n", "400", "Bad Request"},
			{"/form", "Content-Type: text/plain\r\n", "a=1", "200", "nil|nil|0"},
			{"/json", "", strings.Repeat(" ", 1001), "413", "Request Entity Too Large"},
			{"/save", "", strings.Repeat("s", 1000), "200", "1000"},
			{"/late", "", "", "200", ""},
			{"/late?again=1", "", "", "200", "handle.closed"},
		} {
			answer := post(tt.path, tt.header, tt.body)
			_, body, _ := strings.Cut(answer, "\r\n\r\n")
			if status(answer) != tt.status || !strings.HasPrefix(body, tt.want) {
				t.Errorf("%s: %s %q, want %s %q", tt.path, status(answer), body, tt.status, tt.want)
			}
		}
		if data, err := os.ReadFile(filepath.Join(dir, "saved.bin")); err != nil || len(data) != 1000 {
			t.Errorf("saved.bin: %d bytes, %v", len(data), err)
		}
		// A body that is too large or cut leaves the saved file as it was.
		post("/save", "", strings.Repeat("x", 1001))
		conn, _ := net.Dial("tcp", strings.TrimPrefix(url, "http://"))
		io.WriteString(conn, "POST /save HTTP/1.1\r\nHost: x\r\nContent-Length: 500\r\n\r\nshort")
		conn.(*net.TCPConn).CloseWrite()
		io.Copy(io.Discard, conn)
		conn.Close()
		entries, _ := os.ReadDir(dir)
		data, _ := os.ReadFile(filepath.Join(dir, "saved.bin"))
		if len(entries) != 1 || !strings.HasPrefix(string(data), "sss") {
			t.Errorf("%d files, saved.bin %.5q", len(entries), data)
		}
	})
}

func TestReplies(t *testing.T) {
	t.Parallel()
	_, logged := running(t, `
local srv = http.serve()
local function on(path, fn) srv:get(path, fn) end
on("/chain", function(req, res) res:status(201):header("X-A", "1"):header("X-L", {"a", "b"}):write("ok"):write("!") end)
on("/html", function(req, res) res:html("<p>") end)
on("/json", function(req, res) res:json{b=1, a={}} end)
on("/redirect", function(req, res) res:redirect("/é?x=1") end)
on("/error", function(req, res) res:write("before"):error(404, "gone <b>") end)
on("/htmlerror", function(req, res) res:html("x"):error(404, "gone <b>") end)
on("/empty", function(req, res) res:status(204) end)
on("/cookies", function(req, res) res:cookie("a", "1", {max_age=60}):cookie("b", "2", {samesite="Strict", httponly=false, path="/x"}):cookie("c", "", {max_age=0}) end)
on("/stream", function(req, res) res:write("a"):flush() res:write("b") end)
on("/large", function(req, res) for i = 1, 40 do res:write(("x"):rep(100000)) end end)
on("/raise", function(req, res) res:header("X-A", "1"):write("part") error("s3cret reason") end)
on("/raise-late", function(req, res) res:write("part"):flush() error("too late") end)
on("/header-cr", function(req, res) res:header("X-A", "1\r\nX-B: 2") end)
on("/header-lf", function(req, res) res:header("X-A\nB", "2") end)
on("/header-list", function(req, res) res:header("X-A", {"1", "2\n3"}) end)
on("/redirect-cr", function(req, res) res:redirect("/a\r\nX-B: 2") end)
on("/cookie-cr", function(req, res) res:cookie("a", "1\r\nX-B: 2") end)
on("/cookie-semi", function(req, res) res:cookie("a", "1; Domain=x") end)
on("/host-cookie", function(req, res) res:cookie("__Host-a", "1") end)
on("/late-status", function(req, res) res:write("a"):flush() res:status(404) end)
on("/nan", function(req, res) res:json{0/0} end)
`, func(url, _ string) {
		for _, tt := range []struct {
			path, status string
			want         []string
		}{
			{"/chain", "201", []string{"X-A: 1\r\n", "X-L: a\r\nX-L: b\r\n", "Content-Length: 3\r\n", "Content-Type: text/plain; charset=utf-8\r\n", "\r\n\r\nok!"}},
			{"/html", "200", []string{"text/html; charset=utf-8", "\r\n\r\n<p>"}},
			{"/json", "200", []string{"application/json\r\n", `{"b":1,"a":{}}`}},
			{"/redirect", "302", []string{"Location: /%C3%A9?x=1\r\n"}},
			{"/error", "404", []string{"nosniff", "\r\n\r\ngone <b>\n"}},
			{"/htmlerror", "404", []string{"\r\n\r\ngone &lt;b&gt;"}},
			{"/empty", "204", nil},
			{"/cookies", "200", []string{"Set-Cookie: a=1; Path=/; Max-Age=60; HttpOnly; SameSite=Lax\r\n", "Set-Cookie: b=2; Path=/x; SameSite=Strict\r\n", "Set-Cookie: c=; Path=/; Max-Age=0; HttpOnly; SameSite=Lax\r\n"}},
			{"/stream", "200", []string{"Transfer-Encoding: chunked\r\n", "\r\n\r\n1\r\na\r\n1\r\nb\r\n0\r\n"}},
			{"/large", "200", []string{"chunked"}},
			{"/raise", "500", []string{"\r\n\r\nInternal Server Error\n"}},
			{"/raise-late", "200", []string{"\r\n\r\n4\r\npart\r\n"}},
			{"/header-cr", "500", nil}, {"/header-lf", "500", nil}, {"/header-list", "500", nil}, {"/redirect-cr", "500", nil}, {"/cookie-cr", "500", nil},
			{"/cookie-semi", "500", nil}, {"/host-cookie", "500", nil}, {"/nan", "500", nil},
		} {
			answer := get(t, url, tt.path)
			if status(answer) != tt.status {
				t.Errorf("%s: status %s, want %s", tt.path, status(answer), tt.status)
			}
			for _, want := range tt.want {
				if !strings.Contains(answer, want) {
					t.Errorf("%s: %.300q lacks %q", tt.path, answer, want)
				}
			}
			for _, never := range []string{"s3cret", "test.lua", "traceback", "X-B: 2"} {
				if strings.Contains(answer, never) {
					t.Errorf("%s: %.300q shows %q", tt.path, answer, never)
				}
			}
			if tt.path == "/raise-late" && strings.Contains(answer, "0\r\n\r\n") {
				t.Errorf("the cut answer ends as a whole one does: %q", answer)
			}
			if tt.path == "/large" && len(answer) < 4000000 {
				t.Errorf("/large: %d bytes", len(answer))
			}
		}
	})
	if !strings.Contains(logged, "s3cret reason") || !strings.Contains(logged, "test.lua") || !strings.Contains(logged, "path=/raise") {
		t.Errorf("the failure is not in the log: %s", logged)
	}
}

// TestHandlersRunSideBySide: a handler that waits does not keep others waiting.
func TestHandlersRunSideBySide(t *testing.T) {
	t.Parallel()
	running(t, `
local srv = http.serve()
local upstream = http.serve()
local waiting = 0
upstream:get("/", function(req, res) res:text("up") end)
srv:get("/both", function(req, res)
	waiting = waiting + 1
	while waiting < 2 do http.get(upstream.url) end -- until the other one is here, too
	res:text("met")
end)
`, func(url, _ string) {
		var wg sync.WaitGroup
		for range 2 {
			wg.Go(func() {
				if answer := get(t, url, "/both"); !strings.HasSuffix(answer, "met") {
					t.Errorf("%q", answer)
				}
			})
		}
		wg.Wait()
	})
}

func TestServerLimits(t *testing.T) {
	t.Parallel()
	_, logged := running(t, `
local srv = http.serve{header_timeout=0.1, body_timeout=0.1, handler_timeout=0.2, idle_timeout=0.1, max_body="1KiB"}
srv:post("/body", function(req, res) res:text(#req:body()) end)
srv:get("/hang", function(req, res) while true do end end)
srv:get("/hang2", function(req, res) pcall(function() while true do end end) end)
`, func(url, _ string) {
		for _, tt := range []struct{ name, text, want string }{
			{"slow headers", "GET / HTTP/1.1\r\nHost: x\r\nX: ", ""},
			{"slow body", "POST /body HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\nabc", "408"},
			{"endless headers", "GET / HTTP/1.1\r\nHost: x\r\n" + strings.Repeat("X: "+strings.Repeat("x", 1000)+"\r\n", 100), "431"},
			{"a body that nobody reads", "POST /none HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\nabc", "404"},
			{"large body", "POST /body HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: 2000\r\n\r\n" + strings.Repeat("x", 2000), "413"},
			{"endless chunks", "POST /body HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n" + strings.Repeat("100\r\n"+strings.Repeat("x", 256)+"\r\n", 100), "413"},
			{"a handler that does not end", "GET /hang HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n", "500"},
			{"nor with pcall", "GET /hang2 HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n", "500"},
			{"smuggled length", "POST /body HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\nContent-Length: 4\r\n\r\nabcd", "400"},
			{"idle", "POST /body HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\nabc", "200"},
		} {
			start := time.Now()
			answer := ask(t, url, tt.text)
			if status(answer) != tt.want {
				t.Errorf("%s: %.100q, want %s", tt.name, answer, tt.want)
			}
			if took := time.Since(start); took > 5*time.Second {
				t.Errorf("%s took %v", tt.name, took)
			}
		}
	})
	if !strings.Contains(logged, "limit.deadline") {
		t.Errorf("the handler's limit is not in the log: %s", logged)
	}
}

func TestStaticFiles(t *testing.T) {
	t.Parallel()
	running(t, `
local srv = http.serve()
local ok, why = pcall(srv.files, srv, "/none", "missing")
assert(not ok and why.kind == "fs.not_found", tostring(why))
srv:get("/make", function(req, res)
	srv:files("/static", "site")
	srv:files("/list/", "site", {list=true, index=""})
	srv:files("/dots", "site", {dotfiles=true})
	res:text("made")
end)
srv:get("/one", function(req, res) res:file("site/a.txt", {name='ä"b.txt'}) end)
`, func(url, dir string) {
		write := func(name, text string) {
			path := filepath.Join(dir, filepath.FromSlash(name))
			if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
				t.Error(err)
			}
			if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
				t.Error(err)
			}
		}
		write("outside.txt", "s3cret")
		write("site/a.txt", "0123456789")
		write("site/<b>&.html", "<p>")
		write("site/.hidden", "s3cret")
		write("site/.git/config", "s3cret")
		write("site/sub/index.html", "index")
		write("site/sub/x.svg", "<svg>")
		write("site/noindex/x", "x")
		for name, target := range map[string]string{"out": "../outside.txt", "outdir": "..", "abs": filepath.Join(dir, "outside.txt"), "in": "a.txt"} {
			if err := os.Symlink(target, filepath.Join(dir, "site", name)); err != nil {
				t.Error(err)
			}
		}
		if answer := get(t, url, "/make"); status(answer) != "200" {
			t.Fatalf("%s", answer)
		}
		for _, tt := range []struct{ path, status, want string }{
			{"/static/a.txt", "200", "Content-Type: text/plain; charset=utf-8\r\n"},
			{"/static/a.txt", "200", "X-Content-Type-Options: nosniff\r\n"},
			{"/static/%61.txt", "200", "\r\n\r\n0123456789"},
			{"/static/in", "200", "0123456789"},
			{"/static/sub/", "200", "index"},
			{"/static/sub", "301", "Location: sub/\r\n"},
			{"/static/sub/x.svg", "200", "image/svg+xml"},
			{"/static/noindex/", "404", ""}, {"/static/", "404", ""}, {"/static/none", "404", ""}, {"/static/a.txt/", "404", ""},
			{"/static/.hidden", "404", ""}, {"/static/.git/config", "404", ""}, {"/static/%2egit/config", "404", ""},
			{"/static/out", "404", ""}, {"/static/outdir/outside.txt", "404", ""}, {"/static/abs", "404", ""},
			{"/static/..%2foutside.txt", "404", ""}, {"/static/..%2Foutside.txt", "404", ""}, {"/static/%2e%2e%2foutside.txt", "404", ""},
			{"/static/sub/..%2f..%2foutside.txt", "404", ""}, {"/static/..%5coutside.txt", "404", ""}, {"/static/sub%2fx.svg", "404", ""},
			{"/static/a.txt%00.html", "404", ""}, {"/static/%00", "404", ""}, {"/static//etc/passwd", "", ""}, {"/static/%2fetc%2fpasswd", "404", ""},
			{"/static/../outside.txt", "", ""}, {"/static/%2e%2e/outside.txt", "", ""}, {"/static/./a.txt", "", ""},
			{"/list/", "200", `<a href="./%3Cb%3E&amp;.html">&lt;b&gt;&amp;.html</a>`},
			{"/list/sub/", "200", "x.svg"},
			{"/dots/.hidden", "200", "s3cret"}, {"/dots/../outside.txt", "", ""}, {"/dots/..%2foutside.txt", "404", ""},
			{"/one", "200", `attachment; filename="__b.txt"; filename*=UTF-8''%C3%A4%22b.txt`},
		} {
			answer := get(t, url, tt.path)
			if tt.status != "" && status(answer) != tt.status || !strings.Contains(answer, tt.want) {
				t.Errorf("%s: %.300q, want %s with %q", tt.path, answer, tt.status, tt.want)
			}
			if strings.Contains(answer, "s3cret") && tt.path != "/dots/.hidden" || strings.Contains(answer, "root:") {
				t.Errorf("%s shows what is hidden or outside", tt.path)
			}
		}
		if answer := get(t, url, "/list/"); strings.Contains(answer, ".hidden") {
			t.Error("the listing shows a hidden file")
		}
		plain := get(t, url, "/static/a.txt")
		_, rest, _ := strings.Cut(plain, "Etag: ")
		etag, _, _ := strings.Cut(rest, "\r\n")
		for _, tt := range []struct{ header, status, body string }{
			{"Range: bytes=2-4", "206", "234"},
			{"Range: bytes=99-", "416", ""},
			{"If-None-Match: " + etag, "304", ""},
		} {
			answer := ask(t, url, "GET /static/a.txt HTTP/1.1\r\nHost: x\r\nConnection: close\r\n"+tt.header+"\r\n\r\n")
			if status(answer) != tt.status || !strings.HasSuffix(answer, tt.body) {
				t.Errorf("%s: %q", tt.header, answer)
			}
		}
		if answer := ask(t, url, "POST /static/a.txt HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"); status(answer) != "405" || !strings.Contains(answer, "Allow: GET, HEAD\r\n") {
			t.Errorf("POST: %q", answer)
		}
		if answer := ask(t, url, "HEAD /static/a.txt HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"); status(answer) != "200" || !strings.HasSuffix(answer, "\r\n\r\n") {
			t.Errorf("HEAD: %q", answer)
		}
	})
}

func TestStop(t *testing.T) {
	t.Parallel()
	out, _ := running(t, `
local srv = http.serve()
srv:get("/quit", function(req, res) srv:stop() res:text("bye") end)
assert(select(2, pcall(srv.wait, srv, {timeout=0.02})).kind == "timeout")
local other = http.serve()
other:stop() other:stop() other:wait() other:close()
print(select(2, pcall(http.get, other.url)).kind)
`, func(url, _ string) {
		if answer := get(t, url, "/quit"); !strings.HasSuffix(answer, "bye") {
			t.Errorf("%q", answer)
		}
		for { // the script ends by itself, when wait returns
			conn, err := net.Dial("tcp", strings.TrimPrefix(url, "http://"))
			if err != nil {
				return
			}
			conn.Close()
		}
	})
	lines(t, out, "net.refused")
}

// TestStopWithARequestUnderWay: what is left after the grace is cut off.
func TestStopWithARequestUnderWay(t *testing.T) {
	t.Parallel()
	running(t, `
local srv = http.serve()
local up = http.serve()
srv:get("/hang", function(req, res) res:write("x"):flush() up:wait() end)
srv:get("/stop", function(req, res) srv:stop(0.05) end)
`, func(url, _ string) {
		conn, err := net.Dial("tcp", strings.TrimPrefix(url, "http://"))
		if err != nil {
			t.Error(err)
			return
		}
		defer conn.Close()
		io.WriteString(conn, "GET /hang HTTP/1.1\r\nHost: x\r\n\r\n")
		r := bufio.NewReader(conn)
		if line, err := r.ReadString('\n'); err != nil || !strings.Contains(line, "200") {
			t.Errorf("%q, %v", line, err)
		}
		get(t, url, "/stop")
		rest, _ := io.ReadAll(r)
		if strings.Contains(string(rest), "0\r\n\r\n") {
			t.Errorf("the answer looks whole: %q", rest)
		}
	})
}

func TestTLS(t *testing.T) {
	t.Parallel()
	lines(t, world(t).Run(t, head+`
local srv = http.serve{tls="self-signed"}
srv:get("/", function(req, res) res:cookie("a", "1"):json{tls=req.tls, proto=req.proto, url=req.url == srv.url .. "/"} end)
assert(srv.url:find("^https://127.0.0.1:") and srv.ca:find("BEGIN CERTIFICATE"))
local e = select(2, pcall(http.get, srv.url))
print(e.kind)
local r = http.get(srv.url, {tls={ca=srv.ca}})
print(r.body, r.proto, (r.headers["set-cookie"]:find("Secure", 1, true)) ~= nil)
local f = io.open("ca.pem", "w") f:write(srv.ca) f:close()
print(http.get(srv.url, {tls={ca="ca.pem"}}).status, http.get(srv.url, {tls={insecure=true}}).status)
print(select(2, pcall(http.get, srv.url, {tls={ca=srv.ca, server_name="other.example"}})).kind)
print(select(2, pcall(http.get, srv.url)).kind) -- insecure=true did not stick
local s = http.session{base=srv.url, tls={ca=srv.ca}}
print(s:get("").status, s:get("").status)
s:close()
srv:stop()`),
		"tls.verify", `{"tls":true,"proto":"HTTP/2.0","url":true}	HTTP/2	true`, "200	200", "tls.verify", "tls.verify", "200	200")
}

func TestAccessLog(t *testing.T) {
	t.Parallel()
	out, logged := running(t, `
local srv = http.serve{log=function(e) print(e.method, e.path, e.status, e.bytes, e.error and "error" or "fine", e.elapsed >= 0, e.remote:match("^127")) end,
	handler=function(req, res) res:text("other") end}
srv:get("/x", function(req, res) res:text("abc") end)
srv:get("/raise", function(req, res) error("oops") end)
srv:get("/cut", function(req, res) res:write("x"):flush() error("oops") end)
`, func(url, _ string) {
		get(t, url, "/x?token=s3cret&a=1")
		get(t, url, "/raise")
		get(t, url, "/cut")
		get(t, url, "/whatever")
		get(t, url, "/log%0aforged")
	})
	lines(t, out, "GET	/x?token=***&a=1	200	3	fine	true	127", "GET	/raise	500	22	error	true	127", "GET	/cut	200	1	error	true	127", "GET	/whatever	200	5	fine	true	127", "GET	/log%0aforged	200	5	fine	true	127")
	if strings.Contains(logged, "s3cret") {
		t.Error(logged)
	}
}

// blocked is a network on which connecting never ends.
type blocked struct{ host.Network }

func (blocked) DialContext(ctx context.Context, _, _ string) (net.Conn, error) {
	<-ctx.Done()
	return nil, context.Cause(ctx)
}

func TestConnectTimeout(t *testing.T) {
	t.Parallel()
	h := host.New(host.AllowAll(), host.Config{Dir: t.TempDir(), Env: []string{}})
	h.Network = blocked{h.Network}
	t.Cleanup(func() { h.Close() })
	for _, options := range []string{`{timeout={connect=0.05}}`, `{timeout=0.05}`} {
		s := engine.New(engine.Options{Host: h, Modules: []engine.Entry{engine.Provide(http.Module())}}).NewState(t.Context())
		_, err := s.Run(t.Context(), "test.lua", head+`http.get("http://192.0.2.1/", `+options+`)`)
		var e *engine.Error
		if !errors.As(err, &e) || e.Kind != engine.KindNetTimeout || e.Fields["phase"] != "connect" {
			t.Errorf("%s: %v", options, err)
		}
		s.Close()
	}
}

// TestCancel: the end of the script ends a request at once.
func TestCancel(t *testing.T) {
	t.Parallel()
	arrived := make(chan struct{}, 1)
	gone := make(chan struct{})
	w := serve(t, func(w nethttp.ResponseWriter, r *nethttp.Request) {
		arrived <- struct{}{}
		<-r.Context().Done()
		close(gone)
	})
	ctx, cancel := context.WithCancel(t.Context())
	go func() { <-arrived; cancel() }()
	s := engine.New(engine.Options{Permissions: host.AllowAll(), Modules: w.Modules}).NewState(t.Context())
	s.Set("url", w.Globals["url"])
	if _, err := s.Run(ctx, "test.lua", head+`http.get(url)`); engine.KindOf(err) != engine.KindCanceled {
		t.Errorf("error %v", err)
	}
	<-gone
	s.Close()
}
