package host

import (
	"fmt"
	"os"
	"runtime"
	"unsafe"

	"golang.org/x/sys/unix"
)

// seals keep the memory as large as it is: what is mapped can never be cut off,
// so that no access faults.
const seals = unix.F_SEAL_SHRINK | unix.F_SEAL_GROW | unix.F_SEAL_SEAL

// NewMemory makes memory of zeros that other processes of the same user can
// open. It is given back when nobody holds it any more.
func NewMemory(size int) (*Memory, error) {
	fd, err := unix.MemfdCreate("gscript", unix.MFD_CLOEXEC|unix.MFD_ALLOW_SEALING)
	if err != nil {
		return nil, fmt.Errorf("shared memory: %w", err)
	}
	f := os.NewFile(uintptr(fd), "shared memory")
	size = rounded(size)
	err = unix.Ftruncate(fd, int64(size))
	if err == nil {
		_, err = unix.FcntlInt(uintptr(fd), unix.F_ADD_SEALS, seals)
	}
	if err != nil {
		f.Close()
		return nil, fmt.Errorf("shared memory of %d bytes: %w", size, err)
	}
	m, err := mapped(f, size)
	if err != nil {
		f.Close()
		return nil, err
	}
	m.file, m.fd = f, fd
	return m, nil
}

// OpenMemory opens memory that another process made, whose number and
// descriptor Place told there.
func OpenMemory(pid, fd, size int) (*Memory, error) {
	f, err := os.OpenFile(fmt.Sprintf("/proc/%d/fd/%d", pid, fd), os.O_RDWR, 0)
	if err != nil {
		return nil, fmt.Errorf("shared memory: %w", err)
	}
	defer f.Close()
	got, err := unix.FcntlInt(f.Fd(), unix.F_GET_SEALS, 0)
	if err != nil || got&seals != seals {
		return nil, fmt.Errorf("shared memory: what the other process has there is none")
	}
	size = rounded(size)
	if info, err := f.Stat(); err != nil || info.Size() != int64(size) {
		return nil, fmt.Errorf("shared memory: it has another size than %d bytes", size)
	}
	return mapped(f, size)
}

func mapped(f *os.File, size int) (*Memory, error) {
	data, err := unix.Mmap(int(f.Fd()), 0, size, unix.PROT_READ|unix.PROT_WRITE, unix.MAP_SHARED)
	if err != nil {
		return nil, fmt.Errorf("shared memory of %d bytes: %w", size, err)
	}
	m := &Memory{words: unsafe.Slice((*uint64)(unsafe.Pointer(unsafe.SliceData(data))), size/8)}
	runtime.AddCleanup(m, func(data []byte) { _ = unix.Munmap(data) }, data)
	return m, nil
}

// rounded is a size in whole pages, at least one.
func rounded(size int) int {
	page := os.Getpagesize()
	return max(size+page-1, page) / page * page
}
