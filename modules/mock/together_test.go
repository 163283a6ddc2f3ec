package mock_test

import (
	"encoding/pem"
	"net/http/httptest"
	"os"
	"path/filepath"
	"testing"

	"github.com/gscript-lang/gscript/modules/env"
	"github.com/gscript-lang/gscript/modules/fs"
	"github.com/gscript-lang/gscript/modules/http"
	"github.com/gscript-lang/gscript/modules/internal/moduletest"
	"github.com/gscript-lang/gscript/modules/mock"
)

// Files that are faked take nothing away from the fake of HTTP: the certificates
// that the machine trusts are none of theirs.
func TestFilesAndHTTPTogether(t *testing.T) {
	t.Parallel()
	server := httptest.NewTLSServer(nil)
	defer server.Close()
	trusted := filepath.Join(t.TempDir(), "trusted.pem")
	text := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: server.Certificate().Raw})
	if err := os.WriteFile(trusted, text, 0o600); err != nil {
		t.Fatal(err)
	}
	w := moduletest.New(t, mock.Module(), fs.Module(), http.Module(), env.Module())
	out := w.Run(t, `
		local mock, http, fs = require "mock", require "http", require "fs"
		require("env").set("SSL_CERT_FILE", [[`+trusted+`]])
		mock.fs{["a.txt"]="text"}
		mock.http{["GET https://x.example/"]={body="body"}}
		print(http.get("https://x.example/").body, fs.read("a.txt"))`)
	if out != "body\ttext\n" {
		t.Errorf("printed %q", out)
	}
}
