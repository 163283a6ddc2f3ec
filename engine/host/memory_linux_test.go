package host_test

import (
	"os"
	"runtime"
	"sync/atomic"
	"testing"

	"golang.org/x/sys/unix"

	"github.com/gscript-lang/gscript/engine/host"
)

func TestMemoryIsShared(t *testing.T) {
	t.Parallel()
	made, err := host.NewMemory(10_000)
	if err != nil {
		t.Fatal(err)
	}
	pid, fd, ok := made.Place()
	if !ok || pid != os.Getpid() {
		t.Fatalf("made by %d, %v", pid, ok)
	}
	opened, err := host.OpenMemory(pid, fd, 10_000)
	if err != nil {
		t.Fatal(err)
	}
	if _, _, ok := opened.Place(); ok {
		t.Error("what was opened says that it was made here")
	}
	if len(opened.Words())*8 < 10_000 {
		t.Fatalf("%d words", len(opened.Words()))
	}
	atomic.AddUint64(&made.Words()[1249], 5)
	if got := atomic.AddUint64(&opened.Words()[1249], 1); got != 6 {
		t.Errorf("the other mapping has %d", got)
	}
	// It stays mapped after the maker has let it go.
	words := opened.Words()
	runtime.KeepAlive(made)
	made = nil
	runtime.GC()
	runtime.GC()
	if words[1249] != 6 {
		t.Errorf("then it has %d", words[1249])
	}
	runtime.KeepAlive(opened)
}

// A descriptor that is no such memory, or can be cut off under the mapping, is
// refused: an access would fault.
func TestMemoryRefuses(t *testing.T) {
	t.Parallel()
	file, err := os.CreateTemp(t.TempDir(), "")
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	if err := file.Truncate(8192); err != nil {
		t.Fatal(err)
	}
	unsealed, err := unix.MemfdCreate("test", unix.MFD_CLOEXEC|unix.MFD_ALLOW_SEALING)
	if err != nil {
		t.Fatal(err)
	}
	defer unix.Close(unsealed)
	if err := unix.Ftruncate(unsealed, 8192); err != nil {
		t.Fatal(err)
	}
	m, err := host.NewMemory(8192)
	if err != nil {
		t.Fatal(err)
	}
	_, fd, _ := m.Place()
	for name, try := range map[string]struct{ fd, size int }{
		"a file": {int(file.Fd()), 8192}, "unsealed memory": {unsealed, 8192},
		"another size": {fd, 16384}, "no descriptor": {1 << 20, 8192},
	} {
		if _, err := host.OpenMemory(os.Getpid(), try.fd, try.size); err == nil {
			t.Errorf("%s was opened", name)
		}
	}
	if err := unix.Ftruncate(fd, 0); err == nil {
		t.Error("the memory can be cut off")
	}
	runtime.KeepAlive(m)
}
