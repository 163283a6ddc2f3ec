package host

import (
	"crypto/rand"
	"encoding/hex"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// AtomicFile is a file being written under a temporary name beside its final
// one. The final name never holds partial data: it appears, complete and on
// disk, at Commit. A device or a pipe stays what it is and is written into. It is
// not safe for concurrent use.
type AtomicFile struct {
	files AtomicFiles
	file  File
	name  string
	temp  string
	err   error // first failed write: Commit must not succeed after it
	done  bool
	// direct says that the name is a device or a pipe, which has no other name.
	direct bool
}

// AtomicFiles is what an AtomicFile needs of a file system.
type AtomicFiles interface {
	OpenFile(name string, flag int, perm fs.FileMode) (File, error)
	Stat(name string) (fs.FileInfo, error)
	Rename(oldName, newName string) error
	Remove(name string) error
}

const (
	partMark  = ".part-"
	partBytes = 8
)

// isPartSuffix reports whether s is what CreateAtomic appends to a name.
func isPartSuffix(s string) bool {
	digits, ok := strings.CutPrefix(s, partMark)
	if !ok || len(digits) != 2*partBytes {
		return false
	}
	_, err := hex.DecodeString(digits)
	return err == nil
}

// CreateAtomic starts writing name. perm is for the new file, before umask;
// the permissions of a file being replaced are not kept.
func CreateAtomic(f AtomicFiles, name string, perm fs.FileMode) (*AtomicFile, error) {
	const special = fs.ModeDevice | fs.ModeNamedPipe | fs.ModeSocket | fs.ModeIrregular
	if info, err := f.Stat(name); err == nil && info.Mode()&special != 0 {
		file, err := f.OpenFile(name, os.O_WRONLY, 0)
		if err != nil {
			return nil, err
		}
		return &AtomicFile{files: f, file: file, name: name, temp: name, direct: true}, nil
	}
	random := make([]byte, partBytes)
	rand.Read(random) // never fails
	temp := name + partMark + hex.EncodeToString(random)
	file, err := f.OpenFile(temp, os.O_WRONLY|os.O_CREATE|os.O_EXCL, perm)
	if err != nil {
		// The temporary name is nobody's concern, and no flag to be set.
		var path *fs.PathError
		var denied *DeniedError
		switch {
		case errors.As(err, &denied):
			denied.Target = strings.TrimSuffix(denied.Target, partMark+hex.EncodeToString(random))
		case errors.As(err, &path) && path.Path == temp:
			path.Path = name
		}
		return nil, err
	}
	return &AtomicFile{files: f, file: file, name: name, temp: temp}, nil
}

// Name returns the final name.
func (a *AtomicFile) Name() string { return a.name }

// TempName returns the name data is written under until Commit.
func (a *AtomicFile) TempName() string { return a.temp }

// Write writes to the temporary file.
func (a *AtomicFile) Write(p []byte) (int, error) {
	n, err := a.file.Write(p)
	return n, a.note(err)
}

// ReadFrom writes what r has. An error of r spoils the file too: what was
// read is not all there is.
func (a *AtomicFile) ReadFrom(r io.Reader) (int64, error) {
	n, err := io.Copy(a.file, r)
	return n, a.note(err)
}

func (a *AtomicFile) note(err error) error {
	var failed *fs.PathError
	if errors.As(err, &failed) && filepath.Base(failed.Path) == filepath.Base(a.temp) {
		// The temporary name is ours; people know the file by its own.
		err = &fs.PathError{Op: failed.Op, Path: a.name, Err: failed.Err}
	}
	if a.err == nil {
		a.err = err
	}
	return err
}

// Commit puts the file in place: its data reaches the disk before its name
// does. After an error, of Commit or of an earlier write, the temporary file
// is gone and the final name is as it was; only when the directory could not
// be synced is the new file in place already.
func (a *AtomicFile) Commit() error {
	if a.done {
		return fs.ErrClosed
	}
	if !a.direct {
		a.note(a.file.Sync())
	}
	a.note(a.file.Close())
	a.done = true
	if a.direct {
		return a.err
	}
	if a.err == nil {
		a.note(a.files.Rename(a.temp, a.name))
	}
	if a.err != nil {
		return errors.Join(a.err, a.files.Remove(a.temp))
	}
	if d, ok := a.files.(dirSyncer); ok {
		return d.syncParent(a.name)
	}
	return nil
}

// Abort gives the file up and removes the temporary file. After Commit or
// Abort it does nothing, so it can be deferred.
func (a *AtomicFile) Abort() error {
	if a.done {
		return nil
	}
	a.done = true
	if a.direct {
		return a.file.Close()
	}
	return errors.Join(a.file.Close(), a.files.Remove(a.temp))
}

// WriteFileAtomic writes a whole file by way of an AtomicFile.
func WriteFileAtomic(f AtomicFiles, name string, data []byte, perm fs.FileMode) error {
	a, err := CreateAtomic(f, name, perm)
	if err != nil {
		return err
	}
	defer a.Abort()
	a.Write(data) // Commit reports its error
	return a.Commit()
}

// dirSyncer is a file system that can make the entry of a file durable.
type dirSyncer interface{ syncParent(name string) error }
