package finder

import (
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"sync"

	"github.com/gscript-lang/gscript/engine/host"
)

// Tree is a file system that modules are in. Names are those that Join makes.
type Tree interface {
	Stat(name string) (fs.FileInfo, error)
	ReadDir(name string) ([]fs.DirEntry, error)
	Open(name string) (io.ReadCloser, error)

	Native(slashed string) string // a path with the tree's separators
	Join(dir, name string) string
	Dir(name string) string
	Abs(name string) string   // one name for a file, however it is written
	Label(name string) string // for people
}

// Embedded is a tree inside the binary.
type Embedded struct {
	FS   fs.FS
	Name string // what people see in front of its files
}

func (t *Embedded) Stat(name string) (fs.FileInfo, error)      { return fs.Stat(t.FS, name) }
func (t *Embedded) ReadDir(name string) ([]fs.DirEntry, error) { return fs.ReadDir(t.FS, name) }
func (t *Embedded) Open(name string) (io.ReadCloser, error)    { return t.FS.Open(name) }
func (t *Embedded) Native(slashed string) string               { return slashed }
func (t *Embedded) Join(dir, name string) string               { return path.Join(dir, name) }
func (t *Embedded) Dir(name string) string                     { return path.Dir(name) }
func (t *Embedded) Abs(name string) string                     { return path.Clean(name) }
func (t *Embedded) Label(name string) string                   { return path.Join(t.Name, name) }

// Disk is the files of the host, zip archives among them as directories. Every
// look asks the host, with its permissions.
type Disk struct {
	files host.Files
	limit int // bytes of an archive, which is kept in memory

	mu       sync.Mutex
	archives map[string]*archive
}

// NewDisk makes a tree of the host's files, with archives of up to limit bytes.
func NewDisk(files host.Files, limit int) *Disk {
	return &Disk{files: files, limit: limit, archives: map[string]*archive{}}
}

// Stat describes a file.
func (t *Disk) Stat(name string) (fs.FileInfo, error) {
	a, inner, err := t.archive(name)
	if err != nil {
		return nil, err
	}
	if a != nil {
		return fs.Stat(a.files, inner)
	}
	return t.files.Stat(name)
}

// ReadDir lists a directory.
func (t *Disk) ReadDir(name string) ([]fs.DirEntry, error) {
	a, inner, err := t.archive(name)
	if err != nil {
		return nil, err
	}
	if a != nil {
		return fs.ReadDir(a.files, inner)
	}
	return t.files.ReadDir(name)
}

// Open opens a file.
func (t *Disk) Open(name string) (io.ReadCloser, error) {
	a, inner, err := t.archive(name)
	if err != nil {
		return nil, err
	}
	if a != nil {
		return a.files.Open(inner)
	}
	return t.files.OpenFile(name, os.O_RDONLY, 0)
}

func (t *Disk) Native(slashed string) string { return filepath.FromSlash(slashed) }
func (t *Disk) Label(name string) string     { return name }
func (t *Disk) Abs(name string) string       { return t.files.Abs(name) }
func (t *Disk) Dir(name string) string       { return filepath.Dir(name) }

// Join is filepath.Join, but keeps a pattern that stands by itself as it is
// written.
func (t *Disk) Join(dir, name string) string {
	if dir == "" {
		return name
	}
	return filepath.Join(dir, name)
}
