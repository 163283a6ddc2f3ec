package mock

import (
	"fmt"
	"io/fs"
	"os"

	"github.com/gscript-lang/gscript/engine"
	"github.com/gscript-lang/gscript/engine/host"
	"github.com/gscript-lang/gscript/engine/host/fake"
)

// oneFile is a file system in which one name means a file in memory.
type oneFile struct {
	host.Files
	name string
	file host.File
}

func (f *oneFile) OpenFile(name string, flag int, perm fs.FileMode) (host.File, error) {
	if name == f.name {
		return f.file, nil
	}
	return f.Files.OpenFile(name, flag, perm)
}

// file opens a file that is in memory only, as io.open does: the library io makes
// its handles itself, so it is asked to open a name that means this file.
func file(c *engine.Call, in fileIn) (engine.Value, error) {
	world := host.Host{Files: c.Stage().Base().Files, Clock: c.Host().Clock, Permissions: host.AllowAll()}
	files := fake.NewFiles(&world)
	own := &oneFile{Files: c.Host().Files}
	own.name = fmt.Sprintf("mock file %p", own)
	if err := files.Put(own.name, []byte(in.Text)); err != nil {
		return engine.Value{}, err
	}
	var err error
	if own.file, err = files.OpenFile(own.name, os.O_RDWR, 0o600); err != nil {
		return engine.Value{}, err
	}
	lib, err := c.Load("io")
	if err != nil {
		return engine.Value{}, err
	}
	defer c.Stage().Replace(host.Host{Files: own})()
	results, err := c.Callable(lib.Field("open")).CallRaw(c.Context(), own.name, "r+")
	if err != nil || len(results) == 0 {
		return engine.Value{}, err
	}
	return results[0], nil
}
