package http_test

import (
	"fmt"
	"io"
	nethttp "net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
)

// recorder remembers the requests that a server got.
type recorder struct {
	mu   sync.Mutex
	seen []*nethttp.Request
	body []string
}

func (r *recorder) ServeHTTP(w nethttp.ResponseWriter, req *nethttp.Request) {
	body, _ := io.ReadAll(req.Body)
	r.mu.Lock()
	defer r.mu.Unlock()
	r.seen = append(r.seen, req)
	r.body = append(r.body, string(body))
	fmt.Fprintf(w, "%s %s", req.Method, body)
}

// secrets are the values that must not be found at another origin.
var secrets = []string{"s3cret-auth", "s3cret-proxy", "s3cret-cookie", "s3cret-jar", "s3cret-key", "s3cret-custom", "s3cret-private", "dTpzM2NyZXQ="}

func leaked(r *nethttp.Request) []string {
	var found []string
	text := r.RequestURI + " " + r.Host
	for name, values := range r.Header {
		text += "\n" + name + ": " + strings.Join(values, ", ")
	}
	for _, s := range secrets {
		if strings.Contains(text, s) {
			found = append(found, s)
		}
	}
	return found
}

const credentials = `{
	headers={Authorization="Bearer s3cret-auth", ["Proxy-Authorization"]="Basic s3cret-proxy", Cookie="c=s3cret-cookie",
		["X-Api-Key"]="s3cret-key", ["X-Custom"]="s3cret-custom", ["PRIVATE-TOKEN"]="s3cret-private", ["X-Plain"]="plain"},
	cookies={j="s3cret-jar"}, secret_headers={"x-custom"}, allow_downgrade=true, tls={insecure=true}}`

// TestCredentialsStayAtTheirOrigin redirects from a to b, which differ in port,
// scheme or host, with each status, with each way to give a credential.
func TestCredentialsStayAtTheirOrigin(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name           string
		fromTLS, toTLS bool
		sameServer     bool
		toHost         string
	}{
		{name: "the same origin", sameServer: true},
		{name: "another port"},
		{name: "another host", toHost: "localhost"},
		{name: "from https to http", fromTLS: true},
		{name: "from http to https", toTLS: true},
		{name: "from https to https on another port", fromTLS: true, toTLS: true},
	} {
		for _, status := range []int{301, 302, 303, 307, 308} {
			t.Run(fmt.Sprint(tt.name, " ", status), func(t *testing.T) {
				t.Parallel()
				there := &recorder{}
				start := func(tls bool, h nethttp.Handler) *httptest.Server {
					srv := httptest.NewUnstartedServer(h)
					if tls {
						srv.StartTLS()
					} else {
						srv.Start()
					}
					t.Cleanup(srv.Close)
					return srv
				}
				b := start(tt.toTLS, there)
				target := b.URL + "/there"
				if tt.toHost != "" {
					target = strings.Replace(target, "127.0.0.1", tt.toHost, 1)
				}
				a := start(tt.fromTLS, nethttp.HandlerFunc(func(w nethttp.ResponseWriter, r *nethttp.Request) {
					if r.URL.Path == "/there" {
						there.ServeHTTP(w, r)
						return
					}
					if got := leaked(r); len(got) < 7 && r.URL.Path == "/headers" {
						t.Errorf("the first request lacks credentials: only %v", got)
					}
					if auth := r.Header.Get("Authorization"); auth != "Basic dTpzM2NyZXQ=" && r.URL.Path == "/user" {
						t.Errorf("the first request has the authorization %q", auth)
					}
					if tt.sameServer {
						target = "/there"
					}
					w.Header().Set("Location", target)
					w.WriteHeader(status)
				}))
				w := world(t)
				w.Globals = map[string]any{"a": a.URL}
				w.Run(t, head+`
assert(http.post(a .. "/headers", `+credentials+`):check())
assert(http.get((a:gsub("//", "//u:s3cret@")) .. "/user", {tls={insecure=true}, allow_downgrade=true}):check())
assert(http.get(a .. "/user", {auth={"u", "s3cret"}, tls={insecure=true}, allow_downgrade=true}):check())
local s = http.session{base=a, auth={"u", "s3cret"}, headers={["X-Api-Key"]="s3cret-key"}, tls={insecure=true}, allow_downgrade=true}
assert(s:get("user"):check())
`)
				if len(there.seen) != 4 {
					t.Fatalf("%d requests arrived, want 4", len(there.seen))
				}
				for i, r := range there.seen {
					got := leaked(r)
					switch {
					case tt.sameServer && len(got) == 0:
						t.Errorf("request %d lost its credentials at its own origin", i)
					case !tt.sameServer && len(got) > 0:
						t.Errorf("request %d took along %v", i, got)
					}
					if i == 0 && r.Header.Get("X-Plain") != "plain" {
						t.Error("a plain header was lost")
					}
				}
			})
		}
	}
}

// TestUserOfARedirect: user information in a Location goes to its own origin
// only, and is never seen in the answer.
func TestUserOfARedirect(t *testing.T) {
	t.Parallel()
	last := httptest.NewServer(nethttp.HandlerFunc(func(w nethttp.ResponseWriter, r *nethttp.Request) {
		fmt.Fprintf(w, "last=%s", r.Header.Get("Authorization"))
	}))
	t.Cleanup(last.Close)
	middle := httptest.NewServer(nethttp.HandlerFunc(func(w nethttp.ResponseWriter, r *nethttp.Request) {
		if r.Header.Get("Authorization") != "Basic eDp5" {
			t.Errorf("authorization at its own origin: %q", r.Header.Get("Authorization"))
		}
		nethttp.Redirect(w, r, last.URL, nethttp.StatusFound)
	}))
	t.Cleanup(middle.Close)
	w := serve(t, func(w nethttp.ResponseWriter, r *nethttp.Request) {
		w.Header().Set("Location", strings.Replace(middle.URL, "//", "//x:y@", 1))
		w.WriteHeader(302)
	})
	out := w.Run(t, head+`
local r = http.get(url)
print(r.body)
for _, h in ipairs(r.history) do print(h.status, h.url:find("x:y", 1, true), h.location:find("x:y", 1, true)) end`)
	lines(t, out, "last=", "302	nil	nil", "302	nil	nil")
}

func TestMethodsOfRedirects(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		status       int
		method, want string
	}{
		{301, "POST", "GET "}, {302, "POST", "GET "}, {303, "POST", "GET "}, {307, "POST", "POST body"}, {308, "POST", "POST body"},
		{301, "PUT", "PUT body"}, {302, "PATCH", "PATCH body"}, {303, "PUT", "GET "}, {307, "PUT", "PUT body"}, {303, "DELETE", "GET "},
	} {
		t.Run(fmt.Sprint(tt.status, tt.method), func(t *testing.T) {
			t.Parallel()
			rec := &recorder{}
			w := serve(t, func(w nethttp.ResponseWriter, r *nethttp.Request) {
				if r.URL.Path == "/to" {
					rec.ServeHTTP(w, r)
					return
				}
				io.Copy(io.Discard, r.Body)
				w.Header().Set("Location", "/to")
				w.WriteHeader(tt.status)
			})
			out := w.Run(t, head+`
local r = http.request("`+tt.method+`", url, {body="body", headers={["Content-Type"]="text/x", ["Content-Language"]="en", ["X-Kept"]="1"}})
print(r.body)
print(#r.history, r.history[1].status)`)
			lines(t, out, strings.TrimSpace(tt.want), fmt.Sprint("1	", tt.status))
			got := rec.seen[0]
			dropped := strings.HasPrefix(tt.want, "GET")
			for _, name := range []string{"Content-Type", "Content-Language"} {
				if (got.Header.Get(name) == "") != dropped {
					t.Errorf("%s: %q after the redirect", name, got.Header.Get(name))
				}
			}
			if dropped && got.ContentLength != 0 {
				t.Errorf("a body of %d bytes after the redirect", got.ContentLength)
			}
			if got.Header.Get("X-Kept") != "1" {
				t.Error("another header was dropped")
			}
		})
	}
}

func TestRedirectsThatAreRefused(t *testing.T) {
	t.Parallel()
	plain := httptest.NewServer(nethttp.HandlerFunc(dump))
	t.Cleanup(plain.Close)
	secure := httptest.NewTLSServer(nethttp.HandlerFunc(func(w nethttp.ResponseWriter, r *nethttp.Request) {
		nethttp.Redirect(w, r, plain.URL+"/?token=s3cret", nethttp.StatusFound)
	}))
	t.Cleanup(secure.Close)
	w := serve(t, func(w nethttp.ResponseWriter, r *nethttp.Request) {
		to := map[string]string{
			"/loop": "/loop2", "/loop2": "/loop", "/self": "/self",
			"/ftp": "ftp://127.0.0.1/x", "/file": "file:///etc/passwd", "/js": "javascript:alert(1)",
			"/nohost": "http:///x", "/bad": "http://u:s3cret/@h/", "/frag": "/end#there",
		}[r.URL.Path]
		switch {
		case r.URL.Path == "/count":
			to = "/count?" + r.URL.RawQuery + "x"
		case r.URL.Path == "/cookie":
			if _, err := r.Cookie("seen"); err != nil { // to itself, with a cookie: no loop
				nethttp.SetCookie(w, &nethttp.Cookie{Name: "seen", Value: "1"})
				to = "/cookie"
			}
		}
		io.Copy(io.Discard, r.Body)
		if to == "" {
			io.WriteString(w, "end")
			return
		}
		w.Header().Set("Location", to)
		w.WriteHeader(307)
	})
	w.Globals["secure"] = secure.URL
	out := w.Run(t, head+`
local function why(path, o)
	local e = select(2, pcall(http.get, path, o))
	if type(e) == "string" then return print(e) end
	print(e.kind, e.code, (e.message:gsub("%d+%.%d+%.%d+%.%d+:%d+", "ADDR")))
	assert(not tostring(e):find("s3cret") and not (e.hint or ""):find("s3cret") and not tostring(e.cause):find("s3cret") and not tostring(e.location):find("s3cret"))
end
why(url .. "/loop") why(url .. "/self") why(url .. "/count") why(url .. "/count", {redirects=2})
why(url .. "/ftp") why(url .. "/file") why(url .. "/js") why(url .. "/nohost") why(url .. "/bad")
why(secure, {tls={insecure=true}})
print(http.get(secure, {tls={insecure=true}, allow_downgrade=true}).status)
print(http.get(url .. "/cookie").body, http.get(url .. "/frag#mine").url == url .. "/end#there", http.get(url .. "/loop", {redirects=0}).status, http.head(url .. "/loop").status)
local n = 0
local e = select(2, pcall(http.put, url .. "/frag", {body=function() n = n + 1 if n == 1 then return "x" end end}))
print(e.kind, e.code, e.message)
print(http.put(url .. "/frag", {body="again"}).body)
`)
	lines(t, out,
		"http.redirect	307	the redirects go in a circle", "http.redirect	307	the redirects go in a circle",
		"http.redirect	307	more than 10 redirects", "http.redirect	307	more than 2 redirects",
		`http.redirect	307	a redirect to "ftp:" is not followed; only http and https are`,
		`http.redirect	307	a redirect to "file:" is not followed; only http and https are`,
		`http.redirect	307	a redirect to "javascript:" is not followed; only http and https are`,
		"http.redirect	307	the redirect leads to something that is no URL", "http.redirect	307	the redirect leads to something that is no URL",
		"http.redirect	302	a redirect from https to http is not followed: http://ADDR/?token=***",
		"200", "end	true	307	307",
		"http.redirect	307	the redirect asks for the body again, which can be read only once",
		"end")
}

// TestSecretsAreNotShown makes requests with secrets fail in every way and looks
// for them in everything that an error shows.
func TestSecretsAreNotShown(t *testing.T) {
	t.Parallel()
	w := serve(t, func(w nethttp.ResponseWriter, r *nethttp.Request) {
		switch r.URL.Path {
		case "/cut":
			w.Header().Set("Content-Length", "9")
			io.WriteString(w, "x")
		case "/big":
			w.Write(make([]byte, 2000))
		case "/loop":
			nethttp.Redirect(w, r, r.URL.String(), nethttp.StatusFound)
		case "/gzip":
			w.Header().Set("Content-Encoding", "gzip")
			io.WriteString(w, "this is not gzip")
		case "/silent":
			<-r.Context().Done()
		case "/drop":
			panic(nethttp.ErrAbortHandler)
		default:
			w.WriteHeader(500)
		}
	})
	out := w.Run(t, head+`
local n = 0
local function look(url, o)
	o = o or {}
	o.headers, o.max_body = {["X-Api-Key"]="s3cret-key"}, 1000
	url = url:gsub("//", "//user:s3cret-pw@", 1)
	url = url .. "?token=s3cret-1&api_key=s3cret-2&X-Amz-Signature=s3cret-3&password=s3cret-4&client_secret=s3cret-5&accessToken=s3cret-6&sig=s3cret-7&plain=shown#access_token=s3cret-8"
	local ok, e = pcall(function() return tostring(http.get(url, o):check()) end)
	assert(not ok, url)
	for _, v in ipairs{tostring(e), e.message, e.target or "", e.hint or "", tostring(e.cause), e.url or "", e.location or "", e.traceback or ""} do
		assert(not v:find("s3cret"), v)
	end
	assert(e.target:find("plain=shown", 1, true), tostring(e))
	print(e.kind)
end
for _, path in ipairs{"/cut", "/big", "/loop", "/gzip", "/drop", "/status"} do look(url .. path) end
look(url .. "/silent", {timeout=0.05})
look("http://127.0.0.1:1/")
look("http://name.invalid/", {timeout=5})
local r = http.stream("GET", url .. "/status?token=s3cret-1")
assert(not tostring(r):find("s3cret"))
r:close()
assert(not tostring(http.get(url .. "/status?token=s3cret-1")):find("s3cret"))
`)
	lines(t, out, "transfer.incomplete", "http.too_large", "http.redirect", "http.protocol", "net.closed", "http.status", "net.timeout", "net.refused", "net.dns")
}
