package http_test

import (
	"bufio"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"net"
	nethttp "net/http"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/gscript-lang/gscript/modules/internal/moduletest"
)

// raw starts a server that speaks what each connection's function writes.
func raw(t *testing.T, speak func(conn net.Conn)) *moduletest.World {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	go func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			go func() {
				defer conn.Close()
				speak(conn)
			}()
		}
	}()
	w := world(t)
	w.Globals = map[string]any{"url": "http://" + l.Addr().String(), "address": l.Addr().String()}
	return w
}

// request reads one request's headers.
func request(conn net.Conn) {
	r := bufio.NewReader(conn)
	for {
		line, err := r.ReadString('\n')
		if err != nil || line == "\r\n" {
			return
		}
	}
}

// hang waits until the client has gone.
func hang(conn net.Conn) { io.Copy(io.Discard, conn) }

func TestTimeouts(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name, options, phase string
		scheme               string
		speak                func(conn net.Conn)
	}{
		{"TLS", `{timeout={tls=0.1}}`, "tls", "https", hang},
		{"first byte", `{timeout={first_byte=0.1}}`, "first_byte", "http", hang},
		{"headers that do not end", `{timeout={first_byte=0.1}}`, "first_byte", "http", func(conn net.Conn) {
			request(conn)
			io.WriteString(conn, "HTTP/1.1 200 OK\r\nA: ")
			hang(conn)
		}},
		{"body", `{timeout={read=0.1}}`, "read", "http", func(conn net.Conn) {
			request(conn)
			io.WriteString(conn, "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc")
			hang(conn)
		}},
		{"body that is not taken", `{body=("x"):rep(32 * 1024 * 1024), timeout={read=0.1}}`, "send", "http", nil}, // nothing is read
		{"total, silent", `{timeout=0.1}`, "first_byte", "http", hang},
		{"total, in a table", `{timeout={total=0.1, first_byte=5}}`, "first_byte", "http", hang},
		{"total, drop by drop", `{timeout={total=0.2, read=0.15}}`, "read", "http", func(conn net.Conn) {
			request(conn)
			io.WriteString(conn, "HTTP/1.1 200 OK\r\n\r\n")
			for {
				if _, err := io.WriteString(conn, "x"); err != nil {
					return
				}
			}
		}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			speak := tt.speak
			if speak == nil {
				done := make(chan struct{})
				t.Cleanup(func() { close(done) })
				speak = func(net.Conn) { <-done }
			}
			w := raw(t, speak)
			start := time.Now()
			e := w.Fail(t, "net.timeout", head+`http.request("POST", "`+tt.scheme+`://" .. address, `+tt.options+`)`)
			if took := time.Since(start); took > 5*time.Second {
				t.Errorf("took %v", took)
			}
			if e.Fields["phase"] != tt.phase {
				t.Errorf("phase %v, want %s: %v", e.Fields["phase"], tt.phase, e)
			}
			t.Log(e, "|", e.Hint)
		})
	}
}

// TestSlowIsNotSilent: a server that sends a little now and then is not idle.
// The pauses are the peer's, on a real socket, which a bubble of fake time
// cannot hold: together they outlast the limit that each of them keeps.
func TestSlowIsNotSilent(t *testing.T) {
	t.Parallel()
	w := raw(t, func(conn net.Conn) {
		request(conn)
		io.WriteString(conn, "HTTP/1.1 200 OK\r\nContent-Length: 20\r\n\r\n")
		for range 20 {
			io.WriteString(conn, "x")
			time.Sleep(15 * time.Millisecond)
		}
	})
	lines(t, w.Run(t, head+`print(#http.get(url, {timeout={read=0.2}}).body)`), "20")
}

func TestHostileServers(t *testing.T) {
	t.Parallel()
	answer := func(text string) func(net.Conn) {
		return func(conn net.Conn) {
			request(conn)
			io.WriteString(conn, text)
		}
	}
	endless := func(start, piece string) func(net.Conn) {
		return func(conn net.Conn) {
			request(conn)
			io.WriteString(conn, start)
			for {
				if _, err := io.WriteString(conn, piece); err != nil {
					return
				}
			}
		}
	}
	for _, tt := range []struct {
		name  string
		speak func(net.Conn)
		kind  string
	}{
		{"no HTTP", answer("SSH-2.0-OpenSSH\r\n\r\n"), "http.protocol"},
		{"bad status", answer("HTTP/1.1 abc\r\n\r\n"), "http.protocol"},
		{"bad header", answer("HTTP/1.1 200 OK\r\nno colon\r\n\r\n"), "http.protocol"},
		{"two lengths", answer("HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nxx"), "http.protocol"},
		{"bad chunk", answer("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n"), "http.protocol"},
		{"closed at once", func(conn net.Conn) { request(conn) }, "net.closed"},
		{"short body", answer("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc"), "transfer.incomplete"},
		{"short chunks", answer("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nabc"), "transfer.incomplete"},
		{"chunks without an end", answer("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n"), "transfer.incomplete"},
		{"endless body", endless("HTTP/1.1 200 OK\r\n\r\n", strings.Repeat("x", 1<<16)), "http.too_large"},
		{"endless chunks", endless("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", "4\r\nabcd\r\n"), "http.too_large"},
		{"announced too large", answer("HTTP/1.1 200 OK\r\nContent-Length: 99999999999\r\n\r\n"), "http.too_large"},
		{"endless headers", endless("HTTP/1.1 200 OK\r\n", "X-A: "+strings.Repeat("x", 1000)+"\r\n"), "http.too_large"},
		{"endless interim answers", endless("", "HTTP/1.1 103 Early\r\n\r\n"), "http.too_large"},
		{"an empty redirect target", answer("HTTP/1.1 302 Found\r\nLocation: http://\r\nContent-Length: 0\r\n\r\n"), "http.redirect"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			w := raw(t, tt.speak)
			e := w.Fail(t, tt.kind, head+`http.get(url, {max_body="1MiB", timeout=10})`)
			t.Log(e)
			if strings.Contains(e.Error(), "net/http") {
				t.Errorf("the message names the library: %v", e)
			}
		})
	}
	t.Run("TLS where none is spoken", func(t *testing.T) {
		t.Parallel()
		w := raw(t, func(conn net.Conn) {
			conn.Read(make([]byte, 1000))
			io.WriteString(conn, "HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n")
		})
		e := w.Fail(t, "tls.failed", head+`http.get("https://" .. address)`)
		t.Log(e)
	})
}

func TestDownload(t *testing.T) {
	t.Parallel()
	data := strings.Repeat("data ", 100000)
	sum := sha256.Sum256([]byte(data))
	for _, tt := range []struct {
		name, call string
		speak      func(conn net.Conn)
		kind       string
		left       []string // names in the directory afterwards
	}{
		{name: "whole", call: `http.download(url .. "/a", "f.bin", {sha256="` + strings.ToUpper(hex.EncodeToString(sum[:])) + `"})`, left: []string{"f.bin"}},
		{name: "progress", call: `local last = 0; http.download(url .. "/a", "f.bin", {progress=function(d, t, n) assert(t == 500000 and n == "f.bin" and d >= last) last = d end}); assert(last == 500000)`, left: []string{"f.bin"}},
		{name: "wrong checksum", call: `http.download(url .. "/a", "f.bin", {sha256=("0"):rep(64)})`, kind: "http.checksum"},
		{name: "no checksum", call: `http.download(url .. "/a", "f.bin", {sha256="abc"})`, kind: "args.invalid"},
		{name: "status", call: `http.download(url .. "/missing", "f.bin")`, kind: "http.status"},
		{name: "nothing new", call: `http.download(url .. "/same", "f.bin")`, kind: "http.status"},
		{name: "an unasked part", call: `http.download(url .. "/part", "f.bin")`, kind: "http.status"},
		{name: "too large", call: `http.download(url .. "/a", "f.bin", {max_body=1000})`, kind: "http.too_large"},
		{name: "a directory takes the server's name", call: `print(http.download(url .. "/named", ".").path)`, left: []string{"real name.txt"}},
		{name: "a directory takes the URL's name", call: `print(http.download(url .. "/x/last.bin?q", "./").path)`, left: []string{"last.bin"}},
		{name: "a name that leaves the directory", call: `http.download(url .. "/evil", ".")`, kind: "name.refused"},
		{name: "a name with a backslash", call: `http.download(url .. "/evil2", ".")`, kind: "name.refused"},
		{name: "a URL without a name", call: `http.download(url .. "/x/..%2f", ".")`, kind: "name.refused"},
		{name: "a missing directory", call: `http.download(url .. "/a", "none/f.bin")`, kind: "fs.not_found"},
		{name: "gzip is stored as it is", call: `local d = http.download(url .. "/gzip", "f.gz"); assert(d.size < 1000, d.size)`, left: []string{"f.gz"}},
		{name: "cut", call: `http.download(url, "f.bin")`, kind: "transfer.incomplete", speak: func(conn net.Conn) {
			request(conn)
			fmt.Fprintf(conn, "HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s", len(data), data[:70000])
		}},
		{name: "reset", call: `http.download(url, "f.bin")`, kind: "net.closed", speak: func(conn net.Conn) {
			request(conn)
			fmt.Fprintf(conn, "HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s", len(data), data[:70000])
			conn.(*net.TCPConn).SetLinger(0)
		}},
		{name: "silence", call: `http.download(url, "f.bin", {timeout={read=0.1}})`, kind: "net.timeout", speak: func(conn net.Conn) {
			request(conn)
			fmt.Fprintf(conn, "HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s", len(data), data[:70000])
			hang(conn)
		}},
	} {
		for _, before := range []bool{false, true} { // whether the file is there already
			t.Run(fmt.Sprint(tt.name, before), func(t *testing.T) {
				t.Parallel()
				var w *moduletest.World
				if tt.speak != nil {
					w = raw(t, tt.speak)
				} else {
					w = serve(t, func(w nethttp.ResponseWriter, r *nethttp.Request) {
						switch r.URL.Path {
						case "/missing":
							nethttp.Error(w, "none", 404)
							return
						case "/same":
							w.WriteHeader(304)
							return
						case "/part":
							w.WriteHeader(206)
						case "/named":
							w.Header().Set("Content-Disposition", `attachment; filename="real name.txt"`)
						case "/evil":
							w.Header().Set("Content-Disposition", `attachment; filename="../../evil"`)
						case "/evil2":
							w.Header().Set("Content-Disposition", `attachment; filename="..\\evil"`)
						case "/gzip":
							w.Header().Set("Content-Encoding", "gzip")
							w.Write(compressed("gzip", make([]byte, 100000)))
							return
						}
						w.Header().Set("Content-Length", fmt.Sprint(len(data)))
						io.WriteString(w, data)
					})
				}
				want := tt.left
				if before {
					if err := os.WriteFile(filepath.Join(w.Dir, "f.bin"), []byte("old"), 0o600); err != nil {
						t.Fatal(err)
					}
					if len(want) == 0 || want[0] != "f.bin" {
						want = append([]string{"f.bin"}, want...)
					}
				}
				if tt.kind != "" {
					t.Log(w.Fail(t, tt.kind, head+tt.call))
				} else {
					w.Run(t, head+tt.call)
				}
				entries, err := os.ReadDir(w.Dir)
				if err != nil {
					t.Fatal(err)
				}
				var names []string
				for _, e := range entries {
					names = append(names, e.Name())
				}
				if fmt.Sprint(names) != fmt.Sprint(want) {
					t.Errorf("the directory holds %v, want %v", names, want)
				}
				if content, err := os.ReadFile(filepath.Join(w.Dir, "f.bin")); err == nil {
					whole := len(tt.left) > 0 && tt.left[0] == "f.bin"
					if whole && string(content) != data || !whole && string(content) != "old" {
						t.Errorf("f.bin holds %d bytes", len(content))
					}
				}
			})
		}
	}
}

func TestRetry(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ name, call, want string }{
		{"no retry", `http.get(url .. "/503")`, "503 1"},
		{"until it works", `http.get(url .. "/503?ok=3", {retry={total=5, backoff=0.001}})`, "200 3"},
		{"number", `http.get(url .. "/503?ok=2", {retry=1, timeout=10})`, "200 2"},
		{"given up", `http.get(url .. "/503", {retry={total=2, backoff=0.001}})`, "503 3"},
		{"a dropped connection", `http.get(url .. "/drop?ok=2", {retry={total=2, backoff=0.001}})`, "200 2"},
		{"a cut body", `http.get(url .. "/cut?ok=2", {retry={total=2, backoff=0.001}})`, "200 2"},
		{"not POST", `http.post(url .. "/503?ok=2", {body="x", retry={total=2, backoff=0.001}})`, "503 1"},
		{"POST when asked", `http.post(url .. "/503?ok=2", {body="x", retry={total=2, backoff=0.001, methods={"post"}}})`, "200 2"},
		{"PUT with its body", `http.put(url .. "/503?ok=2", {body="x", retry={total=2, backoff=0.001}})`, "200 2"},
		{"not a body that is gone", `http.put(url .. "/503?ok=2", {body=(function() local s = "x" return function() local r = s s = nil return r end end)(), retry={total=2, backoff=0.001}})`, "503 1"},
		{"not 404", `http.get(url .. "/404?ok=2", {retry={total=2, backoff=0.001}})`, "404 1"},
		{"404 when asked", `http.get(url .. "/404?ok=2", {retry={total=2, backoff=0.001, status={404}}})`, "200 2"},
		{"Retry-After in bounds", `http.get(url .. "/503?ok=2&after=0", {retry=2})`, "200 2"},
		{"Retry-After out of bounds", `http.get(url .. "/503?ok=2&after=3600", {retry=2})`, "503 1"},
		{"Retry-After far out of bounds", `http.get(url .. "/503?ok=2&after=99999999999999999999", {retry=2})`, "503 1"},
		{"Retry-After as a date", `http.get(url .. "/503?ok=2&after=Mon,+01+Jan+2120+00:00:00+GMT", {retry=2})`, "503 1"},
		{"Retry-After in the past", `http.get(url .. "/503?ok=2&after=Mon,+01+Jan+2001+00:00:00+GMT", {retry={total=2, backoff=0.001}})`, "200 2"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			var n atomic.Int32
			w := serve(t, func(w nethttp.ResponseWriter, r *nethttp.Request) {
				body, _ := io.ReadAll(r.Body)
				if r.Method != "GET" && string(body) != "x" {
					t.Errorf("body %q", body)
				}
				count := n.Add(1)
				w.Header().Set("X-Count", fmt.Sprint(count))
				if r.URL.Query().Get("ok") == fmt.Sprint(count) {
					return
				}
				if after := r.URL.Query().Get("after"); after != "" {
					w.Header().Set("Retry-After", after)
				}
				switch r.URL.Path {
				case "/drop":
					panic(nethttp.ErrAbortHandler)
				case "/cut":
					w.Header().Set("Content-Length", "5")
				case "/404":
					w.WriteHeader(404)
				default:
					w.WriteHeader(503)
				}
			})
			lines(t, w.Run(t, head+`local r = `+tt.call+` print(r.status .. " " .. r.headers["x-count"])`), tt.want)
		})
	}
	t.Run("the total limit counts the waits", func(t *testing.T) {
		t.Parallel()
		w := serve(t, func(w nethttp.ResponseWriter, r *nethttp.Request) { w.WriteHeader(503) })
		w.Fail(t, "net.timeout", head+`http.get(url, {retry={total=50, backoff=10}, timeout=0.1})`)
	})
}
