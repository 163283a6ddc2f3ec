package modules_test

import (
	"errors"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"go.uber.org/goleak"

	"github.com/gscript-lang/gscript/engine"
	"github.com/gscript-lang/gscript/engine/host"
	"github.com/gscript-lang/gscript/engine/isolate"
	"github.com/gscript-lang/gscript/engine/module"
	"github.com/gscript-lang/gscript/modules"
	"github.com/gscript-lang/gscript/modules/internal/moduletest"
)

// processes starts the worker processes of examples: this test binary is their
// program, too.
var processes engine.Processes

func TestMain(m *testing.M) {
	processes = isolate.Child(engine.Options{Modules: modules.All()})
	goleak.VerifyTestMain(m)
}

// functions calls f for every function and method of every module.
func functions(t *testing.T, f func(t *testing.T, m *engine.Module, name string, fn *engine.Function)) {
	for _, entry := range modules.All() {
		m := entry.Declare()
		if m.Name != entry.Name {
			t.Errorf("the module listed as %s calls itself %s", entry.Name, m.Name)
		}
		for _, fn := range m.Funcs {
			t.Run(m.Name+"."+fn.Name, func(t *testing.T) { f(t, m, m.Name+"."+fn.Name, fn) })
		}
		for _, typ := range m.Types {
			for _, fn := range typ.Methods {
				t.Run(typ.Name+":"+fn.Name, func(t *testing.T) { f(t, m, typ.Name+":"+fn.Name, fn) })
			}
			for _, o := range typ.Operators {
				fn := &engine.Function{Name: o.Event, Examples: o.Examples}
				t.Run(typ.Name+" "+o.Event, func(t *testing.T) { f(t, m, typ.Name+" "+o.Event, fn) })
			}
		}
	}
}

func TestDeclarations(t *testing.T) {
	t.Parallel()
	for _, entry := range modules.All() {
		for _, err := range module.Check(entry.Declare()) {
			t.Errorf("%s: %v", entry.Name, err)
		}
	}
}

func TestExamplesRun(t *testing.T) {
	t.Parallel()
	functions(t, func(t *testing.T, _ *engine.Module, _ string, fn *engine.Function) {
		t.Parallel()
		for _, example := range fn.Examples {
			out := world(t, host.AllowAll()).Run(t, example)
			if want, ok := moduletest.Expected(example); ok {
				if diff := moduletest.Diff(out, want); diff != "" {
					t.Errorf("%s\nin\n%s", diff, example)
				}
			}
		}
	})
}

// A function that declares a permission must be refused without it: its example
// is run with everything granted but that.
func TestPermissionsAreAsked(t *testing.T) {
	t.Parallel()
	functions(t, func(t *testing.T, _ *engine.Module, _ string, fn *engine.Function) {
		t.Parallel()
		for _, c := range fn.Caps {
			if len(fn.Examples) == 0 {
				t.Fatalf("needs %s but has no example to show that it is refused", c)
			}
			var p host.Permissions
			for _, other := range host.Capabilities() {
				if other != c {
					p = p.Allow(other)
				}
			}
			_, err := world(t, p).Try(t, fn.Examples[0])
			var e *engine.Error
			if !errors.As(err, &e) || e.Kind != engine.KindDenied {
				t.Fatalf("without %s its example ends with %v", c, err)
			}
			if !strings.Contains(e.Hint, "--allow-"+string(c)) {
				t.Errorf("the denial of %s does not name the flag: %s", c, e.Hint)
			}
		}
	})
}

func world(t *testing.T, p host.Permissions) *moduletest.World {
	return &moduletest.World{Dir: t.TempDir(), Permissions: &p, Modules: modules.All(), Processes: processes}
}

// offTheWire lists the text parameters of the protocol modules that may hold
// line breaks: bodies, data, names of local files and secrets that travel
// encoded.
var offTheWire = []string{
	"body", "data", "text", "html", "input", "local", "path", "root", "known_hosts", "passphrase", "key", "cert", "ca",
	"sha256", "dir", "index", "default", "format", "min", "max", "mode", "bytes", "argv", "message", "command",
}

// Text that reaches a protocol line must be declared so, which makes the binder
// refuse CR, LF and NUL in it.
func TestWireTextIsDeclared(t *testing.T) {
	t.Parallel()
	functions(t, func(t *testing.T, m *engine.Module, _ string, fn *engine.Function) {
		if !slices.Contains([]string{"http", "ftp", "ssh", "mail"}, m.Name) {
			return
		}
		var check func(path string, params []module.Param)
		check = func(path string, params []module.Param) {
			for _, p := range params {
				typ := p.Go
				if typ == nil {
					continue
				}
				if typ.Kind() == reflect.Pointer {
					typ = typ.Elem()
				}
				switch {
				case typ.Kind() == reflect.Struct && m.TypeOf(p.Go) == nil && len(structFields(typ)) > 0:
					check(path+p.Name+".", structFields(typ))
				case typ.Kind() == reflect.String && !p.Wire && len(p.Enum) == 0 && !slices.Contains(offTheWire, p.Name):
					t.Errorf("the text parameter %s%s is neither declared wire nor known to stay off the wire", path, p.Name)
				}
			}
		}
		check("", fn.Params)
	})
}

func structFields(t reflect.Type) []module.Param {
	if t.PkgPath() == "" || strings.Contains(t.PkgPath(), "engine/internal") || t.PkgPath() == "time" {
		return nil
	}
	return module.Params(t)
}

// forbidden lists what modules may not use, because the host gives it to them
// with the permission checks inside. An entry without a dot forbids the import.
var forbidden = []string{
	"os/exec", "log", "net/smtp",
	"net.Dial", "net.DialTimeout", "net.Dialer", "net.Listen", "net.ListenPacket", "net.ListenConfig", "net.LookupHost", "net.LookupIP", "net.DefaultResolver",
	"http.DefaultClient", "http.DefaultTransport", "http.Get", "http.Post", "http.Head", "http.PostForm", "http.ListenAndServe",
	"time.Now", "time.Since", "time.Until", "time.Sleep", "time.After", "time.AfterFunc", "time.NewTimer", "time.NewTicker", "time.Tick",
	"fmt.Print", "fmt.Println", "fmt.Printf",
	"tls.Dial", "tls.Listen", "ssh.Dial",
}

// osAllowed is what modules may use of package os: names without an effect.
var osAllowed = []string{
	"O_RDONLY", "O_WRONLY", "O_RDWR", "O_CREATE", "O_TRUNC", "O_APPEND", "O_EXCL",
	"Root", "File", "FileMode", "FileInfo", "ModePerm", "ModeDir", "ModeSymlink", "ModeType",
	"ErrNotExist", "ErrExist", "ErrPermission", "ErrInvalid", "ErrClosed", "ErrDeadlineExceeded", "PathError", "LinkError", "SyscallError",
	"IsNotExist", "IsExist", "PathSeparator", "DevNull", "Signal",
}

func TestModulesAskTheHost(t *testing.T) {
	t.Parallel()
	err := filepath.WalkDir(".", func(path string, d fs.DirEntry, err error) error {
		if d != nil && d.Name() == "testdata" {
			return filepath.SkipDir
		}
		if err != nil || d.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") || strings.Contains(path, "moduletest") {
			return err
		}
		file, err := parser.ParseFile(token.NewFileSet(), path, nil, 0)
		if err != nil {
			return err
		}
		imported := map[string]string{} // by the name in the file
		for _, spec := range file.Imports {
			p := strings.Trim(spec.Path.Value, `"`)
			if slices.Contains(forbidden, p) {
				t.Errorf("%s imports %s: ask the host", path, p)
			}
			name := p[strings.LastIndex(p, "/")+1:]
			if spec.Name != nil {
				name = spec.Name.Name
			}
			imported[name] = p
		}
		ast.Inspect(file, func(n ast.Node) bool {
			sel, ok := n.(*ast.SelectorExpr)
			if !ok {
				return true
			}
			pkg, ok := sel.X.(*ast.Ident)
			if !ok || pkg.Obj != nil || imported[pkg.Name] == "" {
				return true
			}
			p := imported[pkg.Name]
			use := p[strings.LastIndex(p, "/")+1:] + "." + sel.Sel.Name
			if slices.Contains(forbidden, use) && !strings.HasPrefix(p, "github.com/gscript-lang/") {
				t.Errorf("%s uses %s: ask the host", path, use)
			}
			if p == "os" && !slices.Contains(osAllowed, sel.Sel.Name) {
				t.Errorf("%s uses os.%s: ask the host", path, sel.Sel.Name)
			}
			return true
		})
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}
