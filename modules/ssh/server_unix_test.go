//go:build unix

package ssh

import (
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"github.com/gscript-lang/gscript/engine"
)

// A named pipe without a writer would hold the server's task for ever.
func TestServerPipe(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	writeFile(t, w.Dir, "served/file", "x")
	if err := syscall.Mkfifo(filepath.Join(w.Dir, "served", "pipe"), 0o600); err != nil {
		t.Fatal(err)
	}
	within(t, 5*time.Second, func() {
		w.Run(t, withTree+`
			fails("ssh.sftp", s.read, s, "pipe", {timeout=3})
			fails("ssh.sftp", s.write, s, "pipe", "x", {timeout=3, atomic=false})
			fails("ssh.sftp", s.ls, s, "pipe", {timeout=3})
			local r = s:get_dir(".", "here", {timeout=3})
			assert(r.files == 1 and #r.refused == 1)
			fails("`+engine.KindInvalid+`", s.cd, s, "pipe")`)
	})
}
