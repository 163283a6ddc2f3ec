package mock

import (
	"maps"
	"slices"
	"strings"

	"github.com/gscript-lang/gscript/engine"
	"github.com/gscript-lang/gscript/engine/host"
	"github.com/gscript-lang/gscript/engine/host/fake"
)

// Files is the fake file system of a state.
type Files struct {
	engine.Identity
	*Patch
	files *fake.Files
}

func (*Files) String() string { return "mock.Files" }

func newFiles(c *engine.Call, in filesIn) (*Files, error) {
	f := &Files{files: fake.NewFiles(base(c))}
	for _, name := range slices.Sorted(maps.Keys(in.Files)) {
		if err := f.put(name, in.Files[name]); err != nil {
			return nil, err
		}
	}
	restore := c.Stage().Replace(host.Host{Files: f.files})
	f.Patch = replaced(c, "fs", func() error { restore(); return nil })
	return f, nil
}

// base is the world beneath the fakes, but with the clock of the test: what
// fakes ask for permissions and for the time.
func base(c *engine.Call) *host.Host {
	h := *c.Stage().Base()
	h.Clock = c.Host().Clock
	return &h
}

func (f *Files) put(name string, content any) error {
	switch v := content.(type) {
	case string:
		return unmade(name, f.files.Put(name, []byte(v)))
	case bool:
		if v {
			return unmade(name, f.files.MakeDir(name))
		}
	}
	return engine.Invalid("the content of %s must be a string, or true for a directory", name)
}

// unmade names the file that could not be made.
func unmade(name string, err error) error {
	switch {
	case name == "":
		return engine.Invalid("a name is empty, so it names no file")
	case err != nil:
		return engine.Invalid("%s cannot be made: %v", name, err)
	}
	return nil
}

func (f *Files) write(_ *engine.Call, in writeIn) (engine.None, error) {
	return engine.None{}, unmade(in.Name, f.files.Put(in.Name, []byte(in.Text)))
}

// read returns the content of a file, nil when there is none.
func (f *Files) read(_ *engine.Call, in keyIn) (*string, error) {
	data, ok := f.files.All()[f.files.Abs(in.Name)]
	if !ok {
		return nil, nil
	}
	text := string(data)
	return &text, nil
}

func (f *Files) list(*engine.Call, engine.None) ([]string, error) {
	var names []string
	for name := range f.files.All() {
		if rel, ok := strings.CutPrefix(name, f.files.WorkDir()+"/"); ok {
			name = rel
		}
		names = append(names, name)
	}
	slices.Sort(names)
	return names, nil
}
