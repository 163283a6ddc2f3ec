package host

import (
	"errors"
	"io/fs"
	"strings"
	"testing"
)

// newHost returns a host that is closed with the test.
func newHost(t *testing.T, p Permissions, c Config) *Host {
	t.Helper()
	h := New(p, c)
	t.Cleanup(func() {
		if err := h.Close(); err != nil {
			t.Errorf("close host: %v", err)
		}
	})
	return h
}

// wantDenied checks that err is a denial that names the flag.
func wantDenied(t *testing.T, what string, err error, flag string) {
	t.Helper()
	var denied *DeniedError
	if !errors.As(err, &denied) {
		t.Errorf("%s: got error %v, want a denial", what, err)
		return
	}
	if denied.Flag() != flag {
		t.Errorf("%s: flag %s, want %s", what, denied.Flag(), flag)
	}
	if !errors.Is(err, fs.ErrPermission) {
		t.Errorf("%s: a denial must be fs.ErrPermission", what)
	}
}

func TestPermissions(t *testing.T) {
	t.Parallel()
	var none Permissions
	some := none.Allow(Read).Allow(Write, "/a").Allow(Write, "/b").Allow(Net, "example.com:443", "10.0.0.0/8")
	for _, tt := range []struct {
		p    Permissions
		text string
	}{
		{none, "none"},
		{AllowAll(), "all"},
		{some, "read write=/a,/b net=example.com:443,10.0.0.0/8"},
		{some.Allow(Write), "read write net=example.com:443,10.0.0.0/8"},
	} {
		if got := tt.p.String(); got != tt.text {
			t.Errorf("String() = %q, want %q", got, tt.text)
		}
	}
	if none.Has(Read) || !some.Has(Write) || some.All(Write) || !some.All(Read) || some.Has(Run) {
		t.Errorf("Has and All disagree with %s", some)
	}
	one, two := some.Allow(Env, "A"), some.Allow(Env, "B")
	if one.String() == two.String() || some.Has(Env) {
		t.Errorf("Allow changed its receiver: %s, %s, %s", some, one, two)
	}
	if err := some.Check(); err != nil {
		t.Errorf("Check: %v", err)
	}
	for _, bad := range []Permissions{
		none.Allow(Read, ""), none.Allow(Read, "a\x00b"), none.Allow(Net, "a:b:c"), none.Allow(Net, "host:http"),
		none.Allow(Net, "a.*.com"), none.Allow(Env, "A*B"), none.Allow(Env, "A=B"), none.Allow("root"),
	} {
		if err := bad.Check(); err == nil {
			t.Errorf("Check of %q found nothing", bad.String())
		}
	}
}

func TestDeniedError(t *testing.T) {
	t.Parallel()
	e := &DeniedError{Capability: Write, Target: "/etc/x"}
	if e.Error() != "permission denied: write /etc/x" || e.Flag() != "--allow-write=/etc/x" {
		t.Errorf("%s; %s", e, e.Flag())
	}
	e.Target = ""
	if e.Error() != "permission denied: write" || e.Flag() != "--allow-write" {
		t.Errorf("%s; %s", e, e.Flag())
	}
}

// The zero permissions deny every operation of every part.
func TestNothingGranted(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	h := newHost(t, Permissions{}, Config{Dir: dir})
	f := h.Files
	read, write := "--allow-read="+dir+"/x", "--allow-write="+dir+"/x"
	for what, op := range map[string]struct {
		do   func() error
		flag string
	}{
		"open":      {func() error { _, err := f.Open("x"); return err }, read},
		"openfile":  {func() error { _, err := f.OpenFile("x", 1, 0); return err }, write},
		"readfile":  {func() error { _, err := f.ReadFile("x"); return err }, read},
		"stat":      {func() error { _, err := f.Stat("x"); return err }, read},
		"lstat":     {func() error { _, err := f.Lstat("x"); return err }, read},
		"readdir":   {func() error { _, err := f.ReadDir("x"); return err }, read},
		"readlink":  {func() error { _, err := f.Readlink("x"); return err }, read},
		"openroot":  {func() error { _, err := f.OpenRoot("x", Write); return err }, write},
		"mkdir":     {func() error { return f.Mkdir("x", 0o777) }, write},
		"mkdirall":  {func() error { return f.MkdirAll("x", 0o777) }, write},
		"mkdirtemp": {func() error { _, err := f.MkdirTemp("x"); return err }, "--allow-write=" + f.TempDir()},
		"remove":    {func() error { return f.Remove("x") }, write},
		"removeall": {func() error { return f.RemoveAll("x") }, write},
		"rename":    {func() error { return f.Rename("x", "y") }, write},
		"symlink":   {func() error { return f.Symlink("y", "x") }, write},
		"chmod":     {func() error { return f.Chmod("x", 0o600) }, write},
		"chtimes":   {func() error { return f.Chtimes("x", h.Clock.Now(), h.Clock.Now()) }, write},
		"atomic":    {func() error { return WriteFileAtomic(f, "x", nil, 0o600) }, write},
		"dial":      {func() error { _, err := h.Network.DialContext(t.Context(), "tcp", "127.0.0.1:9"); return err }, "--allow-net=127.0.0.1:9"},
		"dial name": {func() error { _, err := h.Network.DialContext(t.Context(), "tcp", "a.invalid:9"); return err }, "--allow-net=a.invalid:9"},
		"dial unix": {func() error { _, err := h.Network.DialContext(t.Context(), "unix", dir+"/x"); return err }, read},
		"listen":    {func() error { _, err := h.Network.Listen(t.Context(), "tcp", "127.0.0.1:0"); return err }, "--allow-listen=127.0.0.1:0"},
		"lookup":    {func() error { _, err := h.Network.LookupHost(t.Context(), "a.invalid"); return err }, "--allow-net=a.invalid"},
		"start":     {func() error { _, err := h.Processes.Start(t.Context(), Command{Argv: []string{"sh"}}); return err }, "--allow-run=sh"},
		"lookpath":  {func() error { _, err := h.Processes.LookPath("sh"); return err }, "--allow-run=sh"},
		"env":       {func() error { _, _, err := h.Environment.Lookup("PATH"); return err }, "--allow-env=PATH"},
		"hostname":  {func() error { _, err := h.Environment.Hostname(); return err }, "--allow-env=HOSTNAME"},
		"library":   {func() error { _, err := h.LibraryPath("x"); return err }, "--allow-ffi=" + dir + "/x"},
	} {
		wantDenied(t, what, op.do(), op.flag)
	}
	if env := h.Environment.Environ(); len(env) != 0 {
		t.Errorf("environ: %v", env)
	}
	if list, _ := h.Files.(*files).ReadDir(dir); len(list) > 0 {
		t.Errorf("something was made: %v", list)
	}
}

func TestCapabilityNames(t *testing.T) {
	t.Parallel()
	var names []string
	for _, c := range Capabilities() {
		names = append(names, string(c))
	}
	if got := strings.Join(names, " "); got != "read write net listen run env ffi" {
		t.Error(got)
	}
}
