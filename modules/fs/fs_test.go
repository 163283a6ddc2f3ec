package fs_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/gscript-lang/gscript/engine"
	"github.com/gscript-lang/gscript/engine/host"
	"github.com/gscript-lang/gscript/modules/fs"
	"github.com/gscript-lang/gscript/modules/internal/moduletest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const prelude = `local fs = require "fs" local join = table.concat `

// world is a directory with a small tree in it.
func world(t *testing.T) *moduletest.World {
	t.Helper()
	w := moduletest.New(t, fs.Module())
	for name, content := range map[string]string{
		"a.txt": "one\ntwo\r\nthree", "d/b.lua": "b", "d/e/c.lua": "c", "d/.hidden/x.lua": "x", "d/.rc": "rc",
	} {
		put(t, w, name, content)
	}
	return w
}

func put(t *testing.T, w *moduletest.World, name, content string) {
	t.Helper()
	path := filepath.Join(w.Dir, name)
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(content), 0o644); err != nil {
		t.Fatal(err)
	}
}

func content(t *testing.T, w *moduletest.World, name string) string {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(w.Dir, name))
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

// names lists a directory, to see that nothing is left over in it.
func names(t *testing.T, dir string) string {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	var list []string
	for _, e := range entries {
		list = append(list, e.Name())
	}
	return strings.Join(list, " ")
}

func TestLook(t *testing.T) {
	t.Parallel()
	w := world(t)
	if err := os.Symlink("nowhere", filepath.Join(w.Dir, "dead")); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink("d", filepath.Join(w.Dir, "l")); err != nil {
		t.Fatal(err)
	}
	const all = `local t = {} for e in fs.walk(%) do t[#t+1] = e.path..":"..e.type end print(join(t, " "))`
	for _, tt := range []struct{ script, want string }{
		{`print(fs.exists("a.txt"), fs.exists("b"), fs.exists("a.txt/b"), fs.exists("dead"))`, "true\tfalse\tfalse\tfalse"},
		{`print(fs.is_file("a.txt"), fs.is_file("d"), fs.is_dir("d"), fs.is_dir("l"), fs.is_dir("no"))`, "true\tfalse\ttrue\ttrue\tfalse"},
		{`local s = fs.stat("a.txt") print(s.name, s.path, s.size, s.type, s.mode, s.target)`, "a.txt\ta.txt\t14\tfile\trw-r--r--\tnil"},
		{`local s = fs.stat("l") print(s.name, s.type)`, "l\tdir"},
		{`local s = fs.stat("l", {follow=false}) print(s.type, s.target)`, "link\td"},
		{`print(fs.stat("no"), fs.stat("a.txt/x"))`, "nil\tnil"},
		{`for _, e in ipairs(fs.ls()) do io.write(e.name, ":", e.type, " ") end`, "a.txt:file d:dir dead:link l:link "},
		{`for _, e in ipairs(fs.ls("d", {hidden=false})) do io.write(e.path, " ") end`, "d/b.lua d/e "},
		{strings.Replace(all, "%", `"d"`, 1), "d/.hidden:dir d/.hidden/x.lua:file d/.rc:file d/b.lua:file d/e:dir d/e/c.lua:file"},
		{strings.Replace(all, "%", `".", {hidden=false}`, 1), "a.txt:file d:dir d/b.lua:file d/e:dir d/e/c.lua:file dead:link l:link"},
		{`print(join(fs.glob("*.txt"), " "))`, "a.txt"},
		{`print(join(fs.glob("**/*.lua"), " "))`, "d/b.lua d/e/c.lua"},
		{`print(join(fs.glob("**/*.lua", {hidden=true}), " "))`, "d/.hidden/x.lua d/b.lua d/e/c.lua"},
		{`print(join(fs.glob("d/**"), " "))`, "d/b.lua d/e d/e/c.lua"},
		{`print(join(fs.glob("l/*.lua"), " "))`, "l/b.lua"},
		{`print(join(fs.glob("{a,z}.txt"), " "), #fs.glob("no/*"), #fs.glob("a.txt/*"))`, "a.txt\t0\t0"},
		{`print(fs.glob(fs.cwd().."/a.*")[1] == fs.cwd().."/a.txt")`, "true"},
		{`print(fs.readlink("l"), fs.size("a.txt"))`, "d\t14"},
		{`for l in fs.lines("a.txt") do io.write("[", l, "]") end`, "[one][two][three]"},
		{`print(fs.equal("a.txt", "a.txt"), fs.equal("a.txt", "d/b.lua"), fs.equal("d/b.lua", "d/e/c.lua"))`, "true\tfalse\tfalse"},
	} {
		if out := w.Run(t, prelude+tt.script); strings.TrimSuffix(out, "\n") != tt.want {
			t.Errorf("%s\nprinted %q, want %q", tt.script, out, tt.want)
		}
	}
}

func TestWalkSeesWhatVanishes(t *testing.T) {
	t.Parallel()
	w := world(t)
	out := w.Run(t, prelude+`for e in fs.walk("d", {hidden=false}) do io.write(e.path, " ") fs.remove_all("d/e") end`)
	if out != "d/b.lua d/e " {
		t.Errorf("walked %q", out)
	}
}

func TestWrite(t *testing.T) {
	t.Parallel()
	w := world(t)
	os.Chmod(filepath.Join(w.Dir, "a.txt"), 0o600)
	os.Symlink("d/b.lua", filepath.Join(w.Dir, "l"))
	w.Run(t, prelude+`
		fs.write("a.txt", "new")
		fs.write("l", "through")
		fs.write("x/y/z", "deep", {parents=true, mode="rwx------"})
		fs.write("plain", "p", {atomic=false})
		fs.append("plain", "q")
		fs.append("fresh", "r")
		fs.write("/dev/null", "gone")
		assert(fs.read("plain") == "pq" and fs.read("fresh") == "r")`)
	if got := content(t, w, "a.txt"); got != "new" {
		t.Errorf("a.txt holds %q", got)
	}
	for name, want := range map[string]os.FileMode{"a.txt": 0o600, "x/y/z": 0o700} {
		if info, err := os.Stat(filepath.Join(w.Dir, name)); err != nil || info.Mode() != want {
			t.Errorf("mode of %s: %v, %v; want %v", name, info.Mode(), err, want)
		}
	}
	if got := content(t, w, "d/b.lua"); got != "through" {
		t.Errorf("the file behind the link holds %q", got)
	}
	if _, err := os.Readlink(filepath.Join(w.Dir, "l")); err != nil {
		t.Errorf("the link was replaced: %v", err)
	}
	if info, err := os.Stat("/dev/null"); err != nil || info.Mode()&os.ModeDevice == 0 {
		t.Fatalf("/dev/null was replaced: %v, %v", info, err)
	}
	if got := names(t, w.Dir); got != "a.txt d fresh l plain x" {
		t.Errorf("left over: %s", got)
	}
}

func TestFailedWriteLeavesTheFile(t *testing.T) {
	t.Parallel()
	w := world(t)
	w.Fail(t, "fs.not_found", prelude+`fs.write("no/a.txt", "x")`)
	w.Fail(t, engine.KindInvalid, prelude+`fs.write("a.txt", "x", {mode="999"})`)
	w.Fail(t, "fs.failed", prelude+`fs.write("d", "x")`)
	if got := content(t, w, "a.txt"); !strings.HasPrefix(got, "one") {
		t.Errorf("a.txt holds %q", got)
	}
	if got := names(t, w.Dir); got != "a.txt d" {
		t.Errorf("left over: %s", got)
	}
}

func TestCircleOfLinksIsNotReplaced(t *testing.T) {
	t.Parallel()
	w := world(t)
	os.Symlink("l2", filepath.Join(w.Dir, "l1"))
	os.Symlink("l1", filepath.Join(w.Dir, "l2"))
	w.Fail(t, "fs.failed", prelude+`fs.write("l1", "x")`)
	if target, err := os.Readlink(filepath.Join(w.Dir, "l1")); err != nil || target != "l2" {
		t.Errorf("the link is now %q, %v", target, err)
	}
}

func TestDeadlineStopsReading(t *testing.T) {
	t.Parallel()
	w := world(t)
	w.Deadline = 50 * time.Millisecond
	start := time.Now()
	for _, call := range []string{`equal("/dev/zero", "/dev/zero")`, `lines("/dev/zero")()`} {
		w.Fail(t, engine.KindDeadline, prelude+`fs.`+call)
	}
	if d := time.Since(start); d > 10*time.Second {
		t.Errorf("stopped after %v", d)
	}
}

func TestRemove(t *testing.T) {
	t.Parallel()
	w := world(t)
	os.Symlink("d", filepath.Join(w.Dir, "l"))
	e := w.Fail(t, "fs.not_empty", prelude+`fs.remove("d")`)
	if !strings.Contains(e.Hint, "remove_all") {
		t.Errorf("hint %q", e.Hint)
	}
	w.Fail(t, "fs.not_found", prelude+`fs.remove("no")`)
	w.Run(t, prelude+`fs.remove("no", {missing_ok=true}) fs.remove_all("l") fs.remove_all("no")`)
	if got := content(t, w, "d/b.lua"); got != "b" {
		t.Errorf("the link was followed: %q", got)
	}
	w.Run(t, prelude+`fs.remove_all("d") fs.remove("a.txt")`)
	if got := names(t, w.Dir); got != "" {
		t.Errorf("left over: %s", got)
	}
}

func TestRemoveAllRefuses(t *testing.T) {
	t.Parallel()
	w := world(t)
	for _, path := range []string{`""`, `" "`, `"/"`, `"."`, `"./"`, `".."`, `fs.cwd()`, `"d/.."`, `"//"`, `os.getenv("HOME")`, `os.getenv("HOME").."/.."`} {
		w.Fail(t, "fs.refused", prelude+`fs.remove_all(`+path+`)`)
	}
	if got := names(t, w.Dir); got != "a.txt d" {
		t.Errorf("left: %s", got)
	}
}

func TestCopy(t *testing.T) {
	t.Parallel()
	w := world(t)
	os.Chmod(filepath.Join(w.Dir, "d/b.lua"), 0o755)
	os.Chmod(filepath.Join(w.Dir, "d/e"), 0o550)
	t.Cleanup(func() {
		os.Chmod(filepath.Join(w.Dir, "d/e"), 0o755)
		os.Chmod(filepath.Join(w.Dir, "to/d2/e"), 0o755)
	})
	os.Symlink("b.lua", filepath.Join(w.Dir, "d/l"))
	out := w.Run(t, prelude+`
		local r = fs.copy("a.txt", "b.txt")
		print(r.files, r.bytes, fs.equal("a.txt", "b.txt"))
		fs.copy("a.txt", "d")
		fs.copy("a.txt", "a.txt")
		local last
		r = fs.copy("d", "to/d2", {recursive=true, progress=function(done, total, name) last = name..done.."/"..total end})
		print(r.files, r.bytes, last, fs.readlink("to/d2/l"), fs.stat("to/d2/b.lua").mode, fs.stat("to/d2/e").mode)
		fs.chmod("to/d2/e", "755")
		print(fs.copy("d", "to/d2", {recursive=true}).files)`)
	want := "1\t14\ttrue\n6\t19\tc.lua1/1\tb.lua\trwxr-xr-x\tr-xr-x---\n6\n"
	if out != want {
		t.Errorf("printed %q, want %q", out, want)
	}
}

func TestCopyRefuses(t *testing.T) {
	t.Parallel()
	w := world(t)
	os.Symlink("d", filepath.Join(w.Dir, "l"))
	put(t, w, "outside/keep", "keep")
	put(t, w, "dest/x", "x")
	os.Symlink("../outside", filepath.Join(w.Dir, "dest/e"))
	w.Fail(t, engine.KindInvalid, prelude+`fs.copy("d", "x")`)
	w.Fail(t, "fs.refused", prelude+`fs.copy("d", "d/sub/x", {recursive=true})`)
	w.Fail(t, "fs.refused", prelude+`fs.copy("d", "l/x", {recursive=true})`)
	w.Fail(t, "fs.refused", prelude+`fs.copy("a.txt", "/dev/null")`)
	w.Fail(t, "fs.exists", prelude+`fs.copy("a.txt", "d/b.lua", {overwrite=false})`)
	w.Fail(t, "fs.exists", prelude+`fs.copy("d", "dest", {recursive=true})`)
	w.Fail(t, "fs.not_found", prelude+`fs.copy("no", "x")`)
	if got := names(t, filepath.Join(w.Dir, "outside")); got != "keep" {
		t.Errorf("a link in the destination was followed: %s", got)
	}
	if got := names(t, filepath.Join(w.Dir, "d")); got != ".hidden .rc b.lua e" {
		t.Errorf("d holds %s", got)
	}
}

func TestCanceledCopyLeavesNothing(t *testing.T) {
	t.Parallel()
	w := world(t)
	put(t, w, "big", strings.Repeat("x", 1<<20))
	_, err := w.Try(t, prelude+`fs.copy("big", "copy", {progress=function() error("enough", 0) end})`)
	if err == nil || !strings.Contains(err.Error(), "enough") {
		t.Errorf("error %v", err)
	}
	if got := names(t, w.Dir); got != "a.txt big d" {
		t.Errorf("left over: %s", got)
	}
}

func TestTemp(t *testing.T) {
	t.Parallel()
	w := world(t)
	out := w.Run(t, prelude+`
		local d, f = fs.temp_dir("x-"), fs.temp_file("r-", {suffix=".txt"})
		assert(fs.is_dir(d) and fs.size(f) == 0 and f:match("%.txt$") and fs.stat(d).mode == "rwx------")
		fs.mkdir(d.."/a") fs.write(d.."/a/b", "x") fs.chmod(d.."/a", "000")
		print(d) print(f)`)
	failed, err := w.Try(t, prelude+`print(fs.temp_dir()) error("x")`)
	if err == nil {
		t.Error("no error")
	}
	for _, name := range strings.Fields(out + failed) {
		if _, err := os.Lstat(name); !os.IsNotExist(err) {
			t.Errorf("%s is still there (%v)", name, err)
		}
	}
	w.Fail(t, engine.KindInvalid, prelude+`fs.temp_dir("../x")`)
	w.Fail(t, engine.KindInvalid, prelude+`fs.temp_file("a", {suffix="/x"})`)
}

func TestRenameTouchChmodMkdir(t *testing.T) {
	t.Parallel()
	w := world(t)
	out := w.Run(t, prelude+`
		fs.rename("a.txt", "d/b.lua")
		fs.touch("d/b.lua", {mtime=1000.5})
		fs.touch("made")
		fs.chmod("made", 640)
		fs.mkdir("m") fs.mkdir("m/n/o", {parents=true}) fs.mkdir("m", {parents=true})
		print(fs.exists("a.txt"), fs.size("d/b.lua"), fs.stat("d/b.lua").mtime, fs.stat("made").mode, fs.is_dir("m/n/o"))`)
	if want := "false\t14\t1000.5\trw-r-----\ttrue\n"; out != want {
		t.Errorf("printed %q, want %q", out, want)
	}
	w.Fail(t, "fs.exists", prelude+`fs.mkdir("m")`)
	w.Fail(t, "fs.not_found", prelude+`fs.mkdir("no/n")`)
	w.Fail(t, engine.KindInvalid, prelude+`fs.chmod("made", "rwxrwxrw")`)
}

func TestPermissions(t *testing.T) {
	t.Parallel()
	w := world(t)
	w.Permissions = &host.Permissions{}
	for _, call := range []string{
		`read("a.txt")`, `write("a.txt", "")`, `append("a.txt", "")`, `lines("a.txt")`, `equal("a.txt", "a.txt")`,
		`exists("a.txt")`, `is_file("a.txt")`, `is_dir("d")`, `stat("a.txt")`, `size("a.txt")`, `ls()`, `walk()`, `glob("*")`,
		`readlink("a.txt")`, `mkdir("x")`, `remove("a.txt")`, `remove_all("d")`, `rename("a.txt", "b")`, `copy("a.txt", "b")`,
		`symlink("a.txt", "b")`, `chmod("a.txt", "600")`, `touch("a.txt")`, `temp_dir()`, `temp_file()`,
	} {
		w.Fail(t, engine.KindDenied, prelude+`fs.`+call)
	}
	granted := host.Permissions{}.Allow(host.Write, filepath.Join(w.Dir, "a.txt"))
	w.Permissions = &granted
	w.Run(t, prelude+`fs.write("a.txt", "granted")`)
	if got := content(t, w, "a.txt"); got != "granted" {
		t.Errorf("a.txt holds %q", got)
	}
}
