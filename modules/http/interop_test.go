//go:build interop

package http_test

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"

	"github.com/gscript-lang/gscript/modules/hash"
	"github.com/gscript-lang/gscript/modules/http"
	"github.com/gscript-lang/gscript/modules/internal/moduletest"
)

// TestInterop talks to an nginx, which scripts/interop/run starts.
func TestInterop(t *testing.T) {
	root := os.Getenv("GSCRIPT_NGINX_ROOT")
	if root == "" {
		t.Fatal("no nginx: run scripts/interop/run")
	}
	want, err := os.ReadFile(filepath.Join(root, "big.bin"))
	if err != nil {
		t.Fatal(err)
	}
	w := moduletest.New(t, http.Module(), hash.Module())
	w.Globals = map[string]any{
		"plain": os.Getenv("GSCRIPT_NGINX_URL"),
		"tls":   os.Getenv("GSCRIPT_NGINX_TLS_URL"),
		"ca":    os.Getenv("GSCRIPT_NGINX_CA"),
	}
	w.Run(t, `
		local http, hash = require "http", require "hash"
		local r = http.get(plain .. "/hello.txt", {params={q="a b"}}):check()
		assert(r.text == "hello\n" and r.headers["content-type"] == "text/plain", r.text)
		assert(http.get(plain .. "/moved"):check().url == plain .. "/hello.txt", "the redirect was not followed")

		local s = http.session{tls={ca=ca}}
		r = s:get(plain .. "/secure"):check()
		assert(r.url == tls .. "/hello.txt" and r.text == "hello\n", r.url)
		assert(s:get(tls .. "/missing").status == 404)
		local _, e = try(function() s:get(tls .. "/missing"):check() end)
		assert(e.kind == "http.status" and e.code == 404, e)
		_, e = try(http.get, tls .. "/hello.txt")
		assert(e.kind == "tls.verify", e)
		assert(s:put(tls .. "/new.txt", {body="x"}).status == 405)

		s:download(tls .. "/big.bin", "tls.bin")
		http.download(plain .. "/big.bin", "plain.bin", {sha256=hash.file("tls.bin")})
	`)
	for _, name := range []string{"tls.bin", "plain.bin"} {
		got, err := os.ReadFile(filepath.Join(w.Dir, name))
		if err != nil || !bytes.Equal(got, want) {
			t.Errorf("%s holds %d bytes, want %d: %v", name, len(got), len(want), err)
		}
	}
}
