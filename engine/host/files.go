package host

import (
	"io"
	"io/fs"
	"os"
	"time"
)

// File is an open file. The real one is an *os.File.
type File interface {
	io.Reader
	io.Writer
	io.Seeker
	io.Closer
	io.ReaderAt
	io.WriterAt
	Name() string
	Stat() (fs.FileInfo, error)
	Sync() error
	Truncate(size int64) error
}

// Files is the file system. Relative names are taken from WorkDir. Operations
// without the needed grant return a *DeniedError; otherwise errors are those
// of package os, with the name as it was given.
//
// Looking (Open, Stat, Lstat, ReadDir, Readlink, ReadFile) needs Read,
// changing (Mkdir, Remove, Rename, Symlink, Chmod, Chtimes, ...) needs Write,
// and OpenFile needs what its flag says: a file opened for both needs both.
type Files interface {
	// Open opens a file for reading.
	Open(name string) (File, error)
	// OpenFile is the general open call; flag is as for os.OpenFile.
	OpenFile(name string, flag int, perm fs.FileMode) (File, error)
	// ReadFile returns the whole content of a file.
	ReadFile(name string) ([]byte, error)

	// Stat describes a file, following links.
	Stat(name string) (fs.FileInfo, error)
	// Lstat describes a file or the link itself.
	Lstat(name string) (fs.FileInfo, error)
	// ReadDir lists a directory, sorted by name.
	ReadDir(name string) ([]fs.DirEntry, error)
	// Readlink returns the target of a symbolic link.
	Readlink(name string) (string, error)

	// Mkdir makes one directory.
	Mkdir(name string, perm fs.FileMode) error
	// MkdirAll makes a directory and the missing ones above it.
	MkdirAll(name string, perm fs.FileMode) error
	// MkdirTemp makes a new directory in TempDir; see os.MkdirTemp for the
	// pattern. It needs any write grant, and grants reading and writing in
	// the new directory.
	MkdirTemp(pattern string) (string, error)
	// Remove removes a file or an empty directory.
	Remove(name string) error
	// RemoveAll removes a tree; it is no error when there is none.
	RemoveAll(name string) error
	// Rename moves a file, replacing a file at newName. Between two
	// separately granted directories it fails with syscall.EXDEV, as
	// between two disks: copy instead.
	Rename(oldName, newName string) error
	// Symlink makes name a link to target. The target must be covered by a
	// read or write grant as well.
	Symlink(target, name string) error
	// Chmod changes the permission bits.
	Chmod(name string, mode fs.FileMode) error
	// Chtimes changes the times of access and modification.
	Chtimes(name string, atime, mtime time.Time) error

	// Abs returns the cleaned absolute form of a name; it touches nothing.
	Abs(name string) string
	// WorkDir returns the directory relative names are taken from.
	WorkDir() string
	// TempDir returns the system's directory for temporary files.
	TempDir() string
	// OpenRoot opens a directory as a tree that cannot be left, for servers
	// and archives. c is Read or Write; the tree's user must keep to it.
	OpenRoot(name string, c Capability) (*os.Root, error)
}
