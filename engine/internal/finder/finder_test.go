package finder

import (
	"context"
	"errors"
	"io/fs"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
)

func TestRelative(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name, by  string
		pkg       bool
		want, bad string
	}{
		{".x", "a.b", false, "a.x", ""},
		{".x", "a", true, "a.x", ""},
		{".x.y", "a.b", false, "a.x.y", ""},
		{"..x", "a.b.c", false, "a.x", ""},
		{"..x", "a.b", true, "a.x", ""},
		{"...x", "a.b.c", true, "a.x", ""},
		{".", "a.b", false, "a", ""},
		{".", "a.b", true, "a.b", ""},
		{"..", "a.b.c", false, "a", ""},
		{".x", "a", false, "", "is in none"},
		{"..x", "a.b", false, "", "above the outermost package"},
		{strings.Repeat(".", 900) + "x", "a.b", false, "", "above the outermost package"},
	} {
		got, err := Relative(tt.name, tt.by, tt.pkg)
		if got != tt.want || (err != nil) != (tt.bad != "") || err != nil && !strings.Contains(err.Error(), tt.bad) {
			t.Errorf("%s by %s (%v) is %q, %v; want %q %q", tt.name, tt.by, tt.pkg, got, err, tt.want, tt.bad)
		}
	}
}

func TestSplitArchive(t *testing.T) {
	t.Parallel()
	for name, want := range map[string][2]string{
		"lib.zip":               {"lib.zip", "."},
		"lib.zip/":              {"lib.zip", "."},
		"a/lib.ZIP/b/c.lua":     {"a/lib.ZIP", "b/c.lua"},
		"/a/lib.zip/x.zip/c":    {"/a/lib.zip", "x.zip/c"},
		"lib.zip/../../etc":     {"lib.zip", "../../etc"},
		"lib.zip//b/./../c.lua": {"lib.zip", "c.lua"},
		"a/b.lua":               {},
		".zip/a.lua":            {},
		"":                      {},
	} {
		file, inner, ok := splitArchive(name)
		if file != want[0] || inner != want[1] || ok != (want[0] != "") {
			t.Errorf("%q is %q, %q, %v; want %q", name, file, inner, ok, want)
		}
	}
}

// closed is a tree that may not be looked at.
type closed struct{ Embedded }

var errClosed = &BadArchive{"closed", fs.ErrPermission}

func (*closed) Stat(string) (fs.FileInfo, error) { return nil, errClosed }

func chainOf(trees ...Tree) (chain []Place) {
	for _, tree := range trees {
		chain = append(chain, Below(tree, "")...)
	}
	return chain
}

func files(names ...string) *Embedded {
	m := fstest.MapFS{}
	for _, n := range names {
		m[n] = &fstest.MapFile{}
	}
	return &Embedded{FS: m}
}

func TestFind(t *testing.T) {
	t.Parallel()
	one, two := files("a.lua", "p/q.lua", "d.lua/x"), files("a.lua", "p/init.lua", "b/init.lua")
	two.Name = "two"
	chain := chainOf(one, two)
	for name, want := range map[string]string{"a": "a.lua", "p.q": "p/q.lua", "p": "two/p/init.lua", "b": "two/b/init.lua"} {
		f, err := Find(context.Background(), chain, name)
		if err != nil || f.File != want || f.Package != strings.HasSuffix(want, "init.lua") {
			t.Errorf("%s is %+v, %v; want %s", name, f, err, want)
		}
	}
	_, err := Find(context.Background(), chain, "d") // d.lua is a directory
	var missing *Missing
	if !errors.As(err, &missing) || !slices.Equal(missing.Tried, []string{"d.lua", "d/init.lua", "two/d.lua", "two/d/init.lua"}) {
		t.Errorf("d is missed by %v, %v", err, missing)
	}
	// A place that cannot be looked at matters only if no other has the module.
	if _, err := Find(context.Background(), chainOf(&closed{}, one), "a"); err != nil {
		t.Error(err)
	}
	if _, err := Find(context.Background(), chainOf(&closed{}, one), "none"); !errors.Is(err, fs.ErrPermission) {
		t.Errorf("a closed place is passed over in silence: %v", err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := Find(ctx, chain, "a"); !errors.Is(err, context.Canceled) {
		t.Errorf("a canceled search gives %v", err)
	}
}

func TestNameOf(t *testing.T) {
	t.Parallel()
	tree := files()
	chain := []Place{{tree, "", "?.lua"}, {tree, "", "?/init.lua"}, {tree, "", "lib/?.lua"}, {tree, "", "fixed.lua"}, {tree, "", "x/?/?.lua"}}
	for file, want := range map[string]string{
		"a.lua": "a", "a/b.lua": "a.b", "a/init.lua": "a", "a.b/c.lua": "", "a.txt": "", "init.lua": "init",
	} {
		if got, _ := NameOf(chain, tree, file); got != want {
			t.Errorf("%s is called %q, want %q", file, got, want)
		}
	}
	if got, _ := NameOf(chain, files(), "a.lua"); got != "" {
		t.Errorf("a file of another tree is called %q", got)
	}
}

func TestNearbyAndNamespace(t *testing.T) {
	t.Parallel()
	tree := files("a.lua", "p/init.lua", "p/b.lua", "n/m/x.lua", "data/x.txt", "readme.md", "init.lua")
	chain := chainOf(tree)
	if got := Nearby(context.Background(), chain, "z"); !slices.Equal(got, []string{"a", "p"}) {
		t.Errorf("near z are %v", got)
	}
	if got := Nearby(context.Background(), chain, "p.z"); !slices.Equal(got, []string{"p.b"}) {
		t.Errorf("near p.z are %v", got)
	}
	if got := Namespace(context.Background(), chain, "n"); len(got) != 1 || got[0].File != "n" {
		t.Errorf("n is %v", got)
	}
	for _, name := range []string{"data", "none"} {
		if got := Namespace(context.Background(), chain, name); got != nil {
			t.Errorf("%s is a namespace: %v", name, got)
		}
	}
}

// denied is a directory that the system does not let us read.
type denied struct{ Embedded }

func (*denied) Stat(name string) (fs.FileInfo, error) {
	return nil, &fs.PathError{Op: "stat", Path: name, Err: fs.ErrPermission}
}

// TestUnreadableDirectory checks that a directory that may not be read is told of
// where no other place has the module.
func TestUnreadableDirectory(t *testing.T) {
	t.Parallel()
	chain := chainOf(&denied{}, files("a.lua"))
	if _, err := Find(t.Context(), chain, "a"); err != nil {
		t.Error(err)
	}
	var missing *Missing
	if _, err := Find(t.Context(), chain, "b"); !errors.As(err, &missing) || !errors.Is(missing.Cause, fs.ErrPermission) {
		t.Errorf("the directory is passed over in silence: %v", err)
	}
}
