package isolate

import (
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"strconv"
	"strings"
	"sync"
	"syscall"

	"golang.org/x/sys/unix"
)

// maxrssUnit is what Rusage.Maxrss counts in.
const maxrssUnit = 1 << 10

// childAttr gives the child a session of its own, so that all that it leaves can
// be found, and that it does not read from a terminal as a background job. The
// kernel kills it with its parent; one that may start programs notices itself,
// to take them along.
func childAttr(b boot) *syscall.SysProcAttr {
	attr := &syscall.SysProcAttr{Setsid: true}
	if !b.run {
		attr.Pdeathsig = syscall.SIGKILL
	}
	return attr
}

// statm is a process's memory in pages.
type statm struct{ size, resident, shared, text, lib, data int64 }

func parseStatm(line string) (s statm, err error) {
	_, err = fmt.Sscan(line, &s.size, &s.resident, &s.shared, &s.text, &s.lib, &s.data)
	return s, err
}

// Go reserves its heap in arenas. What is left of the first, which begins at a
// random place, is not counted on.
const arena = 64 << 20

// Room for what grows beside the heap: its books, and with cgo what the
// allocator reserves for each thread.
const (
	books    = 24 << 20
	cgoSpace = 512 << 20
)

// cgoThreads are started before the limits count: with cgo the stack of each is
// 8 MiB of data, nearly all of it never touched.
const cgoThreads = 12

// confine puts this process under its limits. What the runtime has mapped
// already is mostly never touched, so the limits count from there.
//
// RLIMIT_DATA alone does not stop one large allocation: Go maps memory over
// address space that it has reserved, which the kernel lets pass, and only the
// next mapping fails. RLIMIT_AS stops the reservation.
func confine(b boot) (guards []string) {
	guards = append(guards, "go memory limit")
	if b.memory == 0 {
		return nil
	}
	_ = unix.Setrlimit(unix.RLIMIT_CORE, &unix.Rlimit{})
	if usesCgo() {
		startThreads(cgoThreads)
	}
	line, err := os.ReadFile("/proc/self/statm")
	if err != nil {
		return guards
	}
	used, err := parseStatm(string(line))
	if err != nil {
		return guards
	}
	page := int64(os.Getpagesize())
	growth := b.memory - used.resident*page
	data := used.data*page + growth + b.memory/10 // the parent's watch comes first
	space := used.size*page + (growth+arena-1)/arena*arena + books
	if usesCgo() {
		space += cgoSpace
	}
	if lower(unix.RLIMIT_DATA, data) {
		guards = append(guards, "RLIMIT_DATA "+size(data))
	}
	// Programs that the script starts would inherit it, and many reserve more.
	if !b.run && lower(unix.RLIMIT_AS, space) {
		guards = append(guards, "RLIMIT_AS "+size(space))
	}
	return guards
}

func lower(resource int, bytes int64) bool {
	var l unix.Rlimit
	if unix.Getrlimit(resource, &l) != nil {
		return false
	}
	n := min(uint64(bytes), l.Cur)
	return unix.Setrlimit(resource, &unix.Rlimit{Cur: n, Max: n}) == nil
}

// startThreads makes n threads, which the runtime keeps for later.
func startThreads(n int) {
	var up, down sync.WaitGroup
	up.Add(n)
	for range n {
		down.Go(func() {
			runtime.LockOSThread()
			defer runtime.UnlockOSThread()
			up.Done()
			up.Wait()
		})
	}
	down.Wait()
}

func usesCgo() bool {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return true
	}
	for _, s := range info.Settings {
		if s.Key == "CGO_ENABLED" {
			return s.Value != "0"
		}
	}
	return true
}

// waitExit waits until a child has ended and leaves it to be reaped.
func waitExit(pid int) bool {
	for {
		err := unix.Waitid(unix.P_PID, pid, nil, unix.WEXITED|unix.WNOWAIT, nil)
		if err != unix.EINTR {
			return err == nil
		}
	}
}

// killSession ends what is left of the session that a child led: its process
// group, and those of programs that the script started, if it could.
func killSession(pid int, programs bool) {
	killGroup(pid)
	if !programs {
		return
	}
	killMembers(pid)
}

// killMembers ends every process of a session but its leader. What is started
// while we look is found the next time, unless it starts more than we can end.
func killMembers(session int) {
	for range 200 {
		if !eachOfSession(session, func(member int) { _ = unix.Kill(member, unix.SIGKILL) }) {
			return
		}
	}
}

// endSession ends this process and all of its session.
func endSession() {
	pid := os.Getpid()
	killMembers(pid)
	killGroup(pid)
	os.Exit(1) // not a leader: a wrapper started us
}

// eachOfSession calls f with every living process of a session but its leader.
func eachOfSession(session int, f func(pid int)) (found bool) {
	stats, _ := filepath.Glob("/proc/[0-9]*/stat")
	for _, name := range stats {
		line, err := os.ReadFile(name)
		if err != nil {
			continue
		}
		// "pid (name) state ppid pgrp session", and the name may hold anything.
		fields := strings.Fields(string(line[strings.LastIndexByte(string(line), ')')+1:]))
		if len(fields) < 4 || fields[0] == "Z" || fields[3] != strconv.Itoa(session) {
			continue
		}
		pid, err := strconv.Atoi(filepath.Base(filepath.Dir(name)))
		if err == nil && pid != session {
			found = true
			f(pid)
		}
	}
	return found
}

// watch reads the resident memory of a process.
type watch struct {
	file *os.File
	page int64
}

func newWatch(pid int, _ int64) *watch {
	f, err := os.Open(fmt.Sprintf("/proc/%d/statm", pid))
	if err != nil {
		return nil
	}
	return &watch{f, int64(os.Getpagesize())}
}

func (w *watch) sample() (resident int64, ok bool) {
	var buf [128]byte
	n, _ := w.file.ReadAt(buf[:], 0)
	s, err := parseStatm(string(buf[:n]))
	return s.resident * w.page, err == nil && s.resident > 0
}

func (w *watch) close() {
	if w != nil {
		w.file.Close()
	}
}
