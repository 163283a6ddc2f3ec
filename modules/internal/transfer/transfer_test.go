package transfer

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/gscript-lang/gscript/engine"
	"github.com/gscript-lang/gscript/engine/host"
	"github.com/gscript-lang/gscript/modules/internal/moduletest"
)

// memory is a Remote in memory. Its names may be anything.
type memory struct {
	files map[string]string
	dirs  map[string][]Entry // listings that are made up
	made  []string
	lie   int64 // added to the sizes that Stat and List tell
	fail  error // of Fetch, after half of the file
}

func (m *memory) List(_ context.Context, dir string) ([]Entry, error) {
	if made, ok := m.dirs[dir]; ok {
		return made, nil
	}
	var entries []Entry
	for name, content := range m.files {
		if path.Dir(name) == dir {
			entries = append(entries, Entry{Name: path.Base(name), Type: TypeFile, Size: int64(len(content)) + m.lie})
		}
	}
	return entries, nil
}

func (m *memory) Stat(_ context.Context, name string) (*Entry, error) {
	if _, ok := m.dirs[name]; ok {
		return &Entry{Name: name, Type: TypeDir}, nil
	}
	content, ok := m.files[name]
	if !ok {
		return nil, nil
	}
	return &Entry{Name: name, Type: TypeFile, Size: int64(len(content)) + m.lie, Mtime: time.Unix(1, 0)}, nil
}

func (m *memory) Mkdir(_ context.Context, dir string) error {
	m.made = append(m.made, dir)
	return nil
}

func (m *memory) Fetch(ctx context.Context, name string, w io.Writer) (int64, error) {
	return m.FetchFrom(ctx, name, w, 0)
}

func (m *memory) FetchFrom(_ context.Context, name string, w io.Writer, offset int64) (int64, error) {
	content, ok := m.files[name]
	if !ok {
		return 0, errors.New("no such file")
	}
	content = content[offset:]
	if m.fail != nil {
		n, _ := io.WriteString(w, content[:len(content)/2])
		return int64(n), m.fail
	}
	n, err := io.WriteString(w, content)
	return int64(n), err
}

func (m *memory) Store(_ context.Context, name string, r io.Reader, _ int64) (int64, error) {
	b, err := io.ReadAll(r)
	m.files[name] = string(b)
	return int64(len(b)), err
}

func local(t *testing.T) (Local, string) {
	t.Helper()
	dir := t.TempDir()
	h := host.New(host.AllowAll(), host.Config{Dir: dir})
	t.Cleanup(func() { h.Close() })
	return Local{Files: h.Files}, dir
}

// tree lists the files below dir with their content.
func tree(t *testing.T, dir string) string {
	t.Helper()
	var out []string
	err := filepath.WalkDir(dir, func(name string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		b, err := os.ReadFile(name)
		rel, _ := filepath.Rel(dir, name)
		out = append(out, filepath.ToSlash(rel)+"="+string(b))
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return strings.Join(out, " ")
}

func TestGetFile(t *testing.T) {
	t.Parallel()
	cut := errors.New("cut")
	tests := []struct {
		name   string
		remote *memory
		from   string
		want   string // what stands in the directory afterwards, which held "a=old"
		kind   string
	}{
		{"whole", &memory{files: map[string]string{"d/a": "hello"}}, "d/a", "a=hello", ""},
		{"empty", &memory{files: map[string]string{"d/a": ""}}, "d/a", "a=", ""},
		{"grown meanwhile", &memory{files: map[string]string{"d/a": "hello"}, lie: -2}, "d/a", "a=hello", ""},
		{"short", &memory{files: map[string]string{"d/a": "hello"}, lie: 1}, "d/a", "a=old", ErrIncomplete.Name},
		{"cut", &memory{files: map[string]string{"d/a": "hello"}, fail: cut}, "d/a", "a=old", "failed"},
		{"missing", &memory{}, "d/a", "a=old", "failed"},
		{"a directory", &memory{dirs: map[string][]Entry{"d/a": nil}}, "d/a", "a=old", engine.KindInvalid},
		{"no name to take", &memory{}, "d/..", "a=old", engine.KindNameRefused},
	}
	for _, test := range tests {
		l, dir := local(t)
		if err := os.WriteFile(filepath.Join(dir, "a"), []byte("old"), 0o666); err != nil {
			t.Fatal(err)
		}
		n, err := GetFile(t.Context(), l, test.remote, test.from, "")
		kind := ""
		if err != nil {
			kind = engine.Classify(err).Kind
		}
		if got := tree(t, dir); kind != test.kind || got != test.want || err == nil && int(n) != len(test.want)-len("a=") {
			t.Errorf("%s: %d bytes, %v; there is %s", test.name, n, err, got)
		}
	}
}

func TestResumeFile(t *testing.T) {
	t.Parallel()
	l, dir := local(t)
	m := &memory{files: map[string]string{"a": "0123456789"}, fail: errors.New("cut")}
	if _, err := ResumeFile(t.Context(), l, m, "a", "b"); err == nil {
		t.Fatal("the cut went unseen")
	}
	part := PartName("b", 10, time.Unix(1, 0))
	if got := tree(t, dir); got != part+"=01234" {
		t.Fatalf("kept %s", got)
	}
	m.fail = nil
	if n, err := ResumeFile(t.Context(), l, m, "a", "b"); n != 5 || err != nil {
		t.Errorf("%d %v", n, err)
	}
	if got := tree(t, dir); got != "b=0123456789" {
		t.Errorf("there is %s", got)
	}
	// A file that changed is not put together from two versions.
	if err := os.WriteFile(filepath.Join(dir, part), []byte("zzzzz"), 0o666); err != nil {
		t.Fatal(err)
	}
	m.files["a"] = "another one"
	if _, err := ResumeFile(t.Context(), l, m, "a", "b"); err != nil {
		t.Error(err)
	}
	if got := tree(t, dir); got != "b=another one "+part+"=zzzzz" {
		t.Errorf("there is %s", got)
	}
	// A part that is too long is of no use.
	long := PartName("b", 11, time.Unix(1, 0))
	if err := os.WriteFile(filepath.Join(dir, long), []byte(strings.Repeat("z", 20)), 0o666); err != nil {
		t.Fatal(err)
	}
	if _, err := ResumeFile(t.Context(), l, m, "a", "b"); err != nil || !strings.HasPrefix(tree(t, dir), "b=another one ") {
		t.Errorf("%v, there is %s", err, tree(t, dir))
	}
}

func TestGetDirRefusesNames(t *testing.T) {
	t.Parallel()
	hostile := []string{"..", ".", "", "/etc/passwd", "../up", `..\up`, `a\b`, "a/b", "nul\x00", "esc\x1b[2J", "line\nbreak", "\xff\xfe", strings.Repeat("n", 300)}
	m := &memory{files: map[string]string{"r/good": "hello", "r/sub/also": "fine"}, dirs: map[string][]Entry{}}
	entries := []Entry{
		{Name: "good", Type: TypeFile, Size: 5}, {Name: "good", Type: TypeFile, Size: 5},
		{Name: "link", Type: TypeLink, Target: "/etc"}, {Name: "dev", Type: TypeOther}, {Name: "sub", Type: TypeDir},
	}
	for _, name := range hostile {
		entries = append(entries, Entry{Name: name, Type: TypeFile, Size: 5})
		entries = append(entries, Entry{Name: name + " ", Type: TypeDir})
		m.files["r/"+name] = "evil!"
	}
	m.dirs["r"] = entries
	m.dirs["r/  "] = nil
	l, dir := local(t)
	result, err := GetDir(t.Context(), l, m, "r", "in/to")
	if err != nil || result.Files != 2 || result.Bytes != 9 {
		t.Errorf("%+v %v", result, err)
	}
	if got := tree(t, dir); got != "in/to/good=hello in/to/sub/also=fine" {
		t.Errorf("there is %s", got)
	}
	for _, name := range hostile {
		if !slices.ContainsFunc(result.Refused, func(r Refusal) bool { return r.Name == fmt.Sprintf("%q", "r/"+name) && r.Reason != "" }) {
			t.Errorf("%q is not among the refused", name)
		}
	}
	for _, r := range result.Refused {
		if strings.ContainsAny(r.Name, "\x00\x1b\n") {
			t.Errorf("%q is not safe to print", r.Name)
		}
	}
}

func TestGetDirStaysInside(t *testing.T) {
	t.Parallel()
	l, dir := local(t)
	outside := t.TempDir()
	if err := os.Mkdir(filepath.Join(dir, "tree"), 0o777); err != nil {
		t.Fatal(err)
	}
	moduletest.Symlink(t, outside, filepath.Join(dir, "tree", "sub"))
	m := &memory{files: map[string]string{"r/sub/x": "evil"}, dirs: map[string][]Entry{"r": {{Name: "sub", Type: TypeDir}}}}
	if _, err := GetDir(t.Context(), l, m, "r", "tree"); err == nil {
		t.Error("a link out of the tree was followed")
	}
	if got := tree(t, outside); got != "" {
		t.Errorf("wrote %s outside", got)
	}
}

func TestPutDir(t *testing.T) {
	t.Parallel()
	l, dir := local(t)
	secret := filepath.Join(t.TempDir(), "secret")
	for name, content := range map[string]string{secret: "secret", "src/a": "one", "src/sub/b": "two", "src/sub/deep/c": "three", "src/bad\nname": "x"} {
		if !filepath.IsAbs(name) {
			name = filepath.Join(dir, name)
		}
		if err := os.MkdirAll(filepath.Dir(name), 0o777); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(name, []byte(content), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	for link, target := range map[string]string{"file": secret, "dir": filepath.Dir(secret), "in": "a"} {
		moduletest.Symlink(t, target, filepath.Join(dir, "src", link))
	}
	m := &memory{files: map[string]string{}}
	result, err := PutDir(t.Context(), l, m, "src", "to")
	if err != nil || result.Files != 3 || result.Bytes != 11 || len(result.Refused) != 4 {
		t.Errorf("%+v %v", result, err)
	}
	if len(m.files) != 3 || m.files["to/a"] != "one" || m.files["to/sub/b"] != "two" || m.files["to/sub/deep/c"] != "three" {
		t.Errorf("stored %v", m.files)
	}
	if want := []string{"to", "to/sub", "to/sub/deep"}; !slices.Equal(m.made, want) {
		t.Errorf("made %v", m.made)
	}
}

func TestPutFile(t *testing.T) {
	t.Parallel()
	l, dir := local(t)
	if err := os.WriteFile(filepath.Join(dir, "a"), []byte("hello"), 0o666); err != nil {
		t.Fatal(err)
	}
	m := &memory{files: map[string]string{}}
	if n, err := PutFile(t.Context(), l, m, "a", ""); n != 5 || err != nil || m.files["a"] != "hello" {
		t.Errorf("%d %v %v", n, err, m.files)
	}
	if _, err := PutFile(t.Context(), l, m, ".", "x"); engine.KindOf(err) != engine.KindInvalid {
		t.Error(err)
	}
	if _, err := PutFile(t.Context(), l, m, "none", "x"); engine.Classify(err).Kind != "fs.not_found" {
		t.Error(err)
	}
}

// endless is a server that invents directories as it is asked.
type endless struct {
	memory
	width int
}

func (e *endless) List(context.Context, string) ([]Entry, error) {
	entries := make([]Entry, e.width)
	for i := range entries {
		entries[i] = Entry{Name: fmt.Sprint("d", i), Type: TypeDir}
	}
	return entries, nil
}

func TestEndlessTrees(t *testing.T) {
	t.Parallel()
	l, dir := local(t)
	result, err := GetDir(t.Context(), l, &endless{width: 1}, "r", "deep")
	if err != nil || len(result.Refused) != 1 || result.Refused[0].Reason != tooDeep {
		t.Errorf("%+v %v", result, err)
	}
	deepest := filepath.Join(dir, "deep", strings.Repeat("d0/", maxDepth-1))
	if _, err := os.Stat(deepest); err != nil {
		t.Error(err)
	}
	if _, err := os.Stat(filepath.Join(deepest, "d0")); err == nil {
		t.Error("one too deep")
	}
	_, err = GetDir(t.Context(), l, &endless{width: maxEntries + 1}, "r", "wide")
	if engine.KindOf(err) != engine.KindNameRefused {
		t.Error(err)
	}
}

func TestWalk(t *testing.T) {
	t.Parallel()
	m := &memory{files: map[string]string{"r/b": "x", "r/sub/c": "y"}, dirs: map[string][]Entry{
		"r":  {{Name: "sub", Type: TypeDir}, {Name: "b", Type: TypeFile}, {Name: "..", Type: TypeDir}, {Name: "l", Type: TypeLink}},
		"..": {{Name: "outside", Type: TypeFile}}, "r/..": {{Name: "outside", Type: TypeFile}},
	}}
	it := Walk(t.Context(), m, "r")
	var got []string
	for {
		e, err := it.Next()
		if err != nil {
			t.Fatal(err)
		}
		if e == nil {
			break
		}
		got = append(got, e.(Entry).Path)
	}
	if want := []string{"r/..", "r/b", "r/l", "r/sub", "r/sub/c"}; !slices.Equal(got, want) {
		t.Errorf("walked %v", got)
	}
}

func TestJoin(t *testing.T) {
	t.Parallel()
	for _, test := range [][3]string{{"", "a", "a"}, {"/", "a", "/a"}, {"d", "a", "d/a"}, {"d/", "a", "d/a"}, {"..", "a", "../a"}, {"d/../e", "a", "d/../e/a"}} {
		if got := Join(test[0], test[1]); got != test[2] {
			t.Errorf("Join(%q, %q) = %q", test[0], test[1], got)
		}
	}
}
