package finder

import (
	"archive/zip"
	"bytes"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"
)

// BadArchive is the error of a zip archive that cannot be read.
type BadArchive struct {
	File string
	Why  error
}

func (b *BadArchive) Error() string {
	return fmt.Sprintf("%s cannot be read as a zip archive: %v", b.File, b.Why)
}
func (b *BadArchive) Unwrap() error { return b.Why }

// archive is what an archive held when it was last looked at.
type archive struct {
	files *zip.Reader
	info  fs.FileInfo
	err   error
}

// is says that a file is still the one that was read.
func (a *archive) is(info fs.FileInfo) bool {
	return a.info.Size() == info.Size() && a.info.ModTime().Equal(info.ModTime()) &&
		(info.Sys() == nil || os.SameFile(a.info, info))
}

// splitArchive cuts a name behind its first part that looks like an archive. The
// rest is "." for the archive itself.
func splitArchive(name string) (file, inner string, ok bool) {
	slashed := filepath.ToSlash(name)
	for i := 0; i < len(slashed); {
		end := len(slashed)
		if n := strings.IndexByte(slashed[i:], '/'); n >= 0 {
			end = i + n
		}
		if part := slashed[i:end]; len(part) > len(".zip") && strings.EqualFold(part[len(part)-len(".zip"):], ".zip") {
			return name[:end], path.Clean(strings.TrimLeft(slashed[end:], "/")), true
		}
		i = end + 1
	}
	return "", "", false
}

// archive returns the archive that a name is in, nil for none. It is read again
// when it has changed.
func (t *Disk) archive(name string) (*archive, string, error) {
	file, inner, ok := splitArchive(name)
	if !ok {
		return nil, "", nil
	}
	info, err := t.files.Stat(file)
	if err != nil {
		return nil, "", err
	}
	if info.IsDir() {
		return nil, "", nil
	}
	if !fs.ValidPath(inner) {
		return nil, "", &fs.PathError{Op: "open", Path: name, Err: fs.ErrNotExist}
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	a := t.archives[file]
	if a == nil || !a.is(info) {
		a = &archive{info: info}
		a.files, a.err = t.readArchive(file)
		t.archives[file] = a
	}
	return a, inner, a.err
}

func (t *Disk) readArchive(file string) (*zip.Reader, error) {
	f, err := t.files.OpenFile(file, os.O_RDONLY, 0)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, int64(t.limit)+1))
	if err == nil && len(data) > t.limit {
		err = fmt.Errorf("it is larger than %d MiB", t.limit>>20)
	}
	var r *zip.Reader
	if err == nil {
		r, err = zip.NewReader(bytes.NewReader(data), int64(len(data)))
	}
	if err != nil {
		return nil, &BadArchive{file, err}
	}
	return r, nil
}
