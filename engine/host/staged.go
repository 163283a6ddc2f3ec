package host

import (
	"context"
	"io"
	"io/fs"
	"net"
	"os"
	"time"
)

type stagedFiles struct{ s *Stage }

func (f stagedFiles) now() Files { return *f.s.files.Load() }

func (f stagedFiles) Open(name string) (File, error) { return f.now().Open(name) }
func (f stagedFiles) OpenFile(name string, flag int, perm fs.FileMode) (File, error) {
	return f.now().OpenFile(name, flag, perm)
}
func (f stagedFiles) ReadFile(name string) ([]byte, error)       { return f.now().ReadFile(name) }
func (f stagedFiles) Stat(name string) (fs.FileInfo, error)      { return f.now().Stat(name) }
func (f stagedFiles) Lstat(name string) (fs.FileInfo, error)     { return f.now().Lstat(name) }
func (f stagedFiles) ReadDir(name string) ([]fs.DirEntry, error) { return f.now().ReadDir(name) }
func (f stagedFiles) Readlink(name string) (string, error)       { return f.now().Readlink(name) }
func (f stagedFiles) Mkdir(name string, perm fs.FileMode) error  { return f.now().Mkdir(name, perm) }
func (f stagedFiles) MkdirAll(name string, perm fs.FileMode) error {
	return f.now().MkdirAll(name, perm)
}
func (f stagedFiles) MkdirTemp(pattern string) (string, error)  { return f.now().MkdirTemp(pattern) }
func (f stagedFiles) Remove(name string) error                  { return f.now().Remove(name) }
func (f stagedFiles) RemoveAll(name string) error               { return f.now().RemoveAll(name) }
func (f stagedFiles) Rename(oldName, newName string) error      { return f.now().Rename(oldName, newName) }
func (f stagedFiles) Symlink(target, name string) error         { return f.now().Symlink(target, name) }
func (f stagedFiles) Chmod(name string, mode fs.FileMode) error { return f.now().Chmod(name, mode) }
func (f stagedFiles) Chtimes(name string, atime, mtime time.Time) error {
	return f.now().Chtimes(name, atime, mtime)
}
func (f stagedFiles) Abs(name string) string { return f.now().Abs(name) }
func (f stagedFiles) WorkDir() string        { return f.now().WorkDir() }
func (f stagedFiles) TempDir() string        { return f.now().TempDir() }
func (f stagedFiles) OpenRoot(name string, c Capability) (*os.Root, error) {
	return f.now().OpenRoot(name, c)
}

// syncParent is for AtomicFile, which asks for it where there is one.
func (f stagedFiles) syncParent(name string) error {
	if d, ok := f.now().(dirSyncer); ok {
		return d.syncParent(name)
	}
	return nil
}

type stagedNetwork struct{ s *Stage }

func (n stagedNetwork) now() Network { return *n.s.network.Load() }

func (n stagedNetwork) DialContext(ctx context.Context, network, address string) (net.Conn, error) {
	return n.now().DialContext(ctx, network, address)
}
func (n stagedNetwork) Listen(ctx context.Context, network, address string) (net.Listener, error) {
	return n.now().Listen(ctx, network, address)
}
func (n stagedNetwork) LookupHost(ctx context.Context, host string) ([]string, error) {
	return n.now().LookupHost(ctx, host)
}

type stagedProcesses struct{ s *Stage }

func (p stagedProcesses) now() Processes { return *p.s.processes.Load() }

func (p stagedProcesses) Start(ctx context.Context, c Command) (Process, error) {
	return p.now().Start(ctx, c)
}
func (p stagedProcesses) LookPath(name string) (string, error) { return p.now().LookPath(name) }

type stagedEnvironment struct{ s *Stage }

func (e stagedEnvironment) now() Environment { return *e.s.environment.Load() }

func (e stagedEnvironment) Lookup(name string) (string, bool, error) { return e.now().Lookup(name) }
func (e stagedEnvironment) Environ() []string                        { return e.now().Environ() }
func (e stagedEnvironment) Set(name, value string) error             { return e.now().Set(name, value) }
func (e stagedEnvironment) Unset(name string) error                  { return e.now().Unset(name) }
func (e stagedEnvironment) Home() (string, error)                    { return e.now().Home() }
func (e stagedEnvironment) Hostname() (string, error)                { return e.now().Hostname() }
func (e stagedEnvironment) UserName() (string, error)                { return e.now().UserName() }

type stagedClock struct{ s *Stage }

func (c stagedClock) now() Clock { return *c.s.clock.Load() }

func (c stagedClock) Now() time.Time { return c.now().Now() }
func (c stagedClock) Sleep(ctx context.Context, d time.Duration) error {
	return c.now().Sleep(ctx, d)
}
func (c stagedClock) AfterFunc(d time.Duration, f func()) Timer { return c.now().AfterFunc(d, f) }
func (c stagedClock) NewTimer(d time.Duration) Timer            { return c.now().NewTimer(d) }

type stagedTerminal struct{ s *Stage }

func (t stagedTerminal) now() Terminal { return *t.s.terminal.Load() }

func (t stagedTerminal) Stdin() io.Reader           { return stagedInput{t} }
func (t stagedTerminal) Stdout() io.Writer          { return stagedOutput{t, false} }
func (t stagedTerminal) Stderr() io.Writer          { return stagedOutput{t, true} }
func (t stagedTerminal) IsTerminal(stream int) bool { return t.now().IsTerminal(stream) }
func (t stagedTerminal) Width() int                 { return t.now().Width() }
func (t stagedTerminal) Color(stream int) bool      { return t.now().Color(stream) }

type stagedInput struct{ t stagedTerminal }

func (i stagedInput) Read(p []byte) (int, error) { return i.t.now().Stdin().Read(p) }
func (i stagedInput) file() *os.File             { return fileOf(i.t.now().Stdin()) }

// stagedOutput is a plain value, because streams are compared.
type stagedOutput struct {
	t   stagedTerminal
	err bool
}

func (o stagedOutput) now() io.Writer {
	if o.err {
		return o.t.now().Stderr()
	}
	return o.t.now().Stdout()
}

func (o stagedOutput) Write(p []byte) (int, error) { return o.now().Write(p) }
func (o stagedOutput) file() *os.File              { return fileOf(o.now()) }
