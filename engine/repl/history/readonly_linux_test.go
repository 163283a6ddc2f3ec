package history

import (
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"syscall"
	"testing"
)

// TestHistoryThatIsOnlyRead checks that what was typed can be recalled where
// nothing can be written. To root all files can, so the thread is somebody else.
func TestHistoryThatIsOnlyRead(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	path := filepath.Join(dir, "history")
	if err := os.WriteFile(path, encoded("kept"), 0o444); err != nil {
		t.Fatal(err)
	}
	if os.Geteuid() == 0 {
		if err := os.Chmod(filepath.Dir(dir), 0o755); err != nil {
			t.Fatal(err)
		}
		runtime.LockOSThread()
		const nobody = 65534
		if err := syscall.Setfsuid(nobody); err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() {
			if err := syscall.Setfsuid(0); err != nil {
				t.Error(err)
			}
			runtime.UnlockOSThread()
		})
	}
	if f, err := os.OpenFile(path, os.O_RDWR, 0); err == nil {
		f.Close()
		t.Fatal("this user may write to every file")
	}
	h, err := Open(path)
	if err == nil || !slices.Equal(h.list, []string{"kept"}) {
		t.Errorf("%q, %v", h.list, err)
	}
	if err := h.Add("x"); err != nil || h.Len() != 2 {
		t.Errorf("%d entries, %v", h.Len(), err)
	}
}
