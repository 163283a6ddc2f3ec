package isolate

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

// cgroup is a control group (version 2) for one child. It counts the programs
// that a script starts too. Most users may not make one.
type cgroup struct{ dir string }

const cgroupRoot = "/sys/fs/cgroup"

// newCgroup makes a group below this process's own, or beside it, and puts the
// process into it.
func newCgroup(pid int, memory int64, token string) (*cgroup, error) {
	self, err := os.ReadFile("/proc/self/cgroup")
	if err != nil {
		return nil, err
	}
	return cgroupUnder(cgroupRoot, string(self), pid, memory, token)
}

func cgroupUnder(root, self string, pid int, memory int64, token string) (*cgroup, error) {
	own := ""
	for line := range strings.Lines(self) {
		if path, ok := strings.CutPrefix(strings.TrimSpace(line), "0::"); ok {
			own = path
		}
	}
	if own == "" {
		return nil, errors.New("no control groups of version 2")
	}
	var errs []error
	// A group that holds processes, as our own does, usually has no children
	// with limits; the one above it may.
	for _, parent := range []string{own, filepath.Dir(own)} {
		dir := filepath.Join(root, parent)
		enabled, err := os.ReadFile(filepath.Join(dir, "cgroup.subtree_control"))
		if err != nil {
			errs = append(errs, err)
			continue
		}
		if !strings.Contains(" "+strings.TrimSpace(string(enabled))+" ", " memory ") {
			errs = append(errs, fmt.Errorf("%s does not hand on the memory controller", dir))
			continue
		}
		g := &cgroup{filepath.Join(dir, "gscript-"+token)}
		if err := g.make(pid, memory); err != nil {
			errs = append(errs, err)
			continue
		}
		return g, nil
	}
	return nil, errors.Join(errs...)
}

func (g *cgroup) make(pid int, memory int64) error {
	if err := os.Mkdir(g.dir, 0o755); err != nil {
		return err
	}
	err := g.set("memory.max", strconv.FormatInt(memory, 10))
	if err == nil {
		_ = g.set("memory.swap.max", "0") // absent without swap accounting
		_ = g.set("memory.oom.group", "1")
		err = g.set("cgroup.procs", strconv.Itoa(pid))
	}
	if err != nil {
		_ = os.Remove(g.dir)
	}
	return err
}

func (g *cgroup) set(name, value string) error {
	f, err := os.OpenFile(filepath.Join(g.dir, name), os.O_WRONLY, 0)
	if err != nil {
		return err
	}
	_, err = f.WriteString(value)
	return errors.Join(err, f.Close())
}

// close ends all of the group and removes it. It says whether the kernel killed
// for want of memory.
func (g *cgroup) close() (oom bool) {
	if g == nil {
		return false
	}
	events, _ := os.ReadFile(filepath.Join(g.dir, "memory.events"))
	for line := range strings.Lines(string(events)) {
		if n, ok := strings.CutPrefix(strings.TrimSpace(line), "oom_kill "); ok {
			oom = n != "0"
		}
	}
	_ = g.set("cgroup.kill", "1")
	// The group is empty a moment after its processes have died.
	for range 100 {
		if err := os.Remove(g.dir); err == nil || errors.Is(err, os.ErrNotExist) {
			break
		}
		time.Sleep(2 * time.Millisecond)
	}
	return oom
}
