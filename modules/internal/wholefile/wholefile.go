// Package wholefile replaces files of the script's own: the name holds the old
// content or all of the new one, never a part.
package wholefile

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/gscript-lang/gscript/engine/host"
)

// maxLinks bounds a chain of links, as operating systems do.
const maxLinks = 40

// FollowLinks returns the file that a link leads to, so that replacing it does
// not replace the link. A name that cannot be looked at stays as it is.
func FollowLinks(files host.Files, name string) string {
	at := name
	for range maxLinks {
		info, err := files.Lstat(at)
		if err != nil || info.Mode()&fs.ModeSymlink == 0 {
			return at
		}
		target, err := files.Readlink(at)
		if err != nil {
			return name
		}
		if !filepath.IsAbs(target) {
			target = filepath.Join(filepath.Dir(at), target)
		}
		at = target
	}
	return name
}

// Write replaces what name, or the link of that name, holds. Without a mode the
// file keeps its permissions, and a new one has the usual ones. What is not a
// plain file, such as /dev/null, is written into.
func Write(ctx context.Context, files host.Files, name string, r io.Reader, mode *fs.FileMode) error {
	target := FollowLinks(files, name)
	if info, err := files.Lstat(target); err == nil && info.Mode()&fs.ModeSymlink != 0 {
		return WriteInto(files, name, r, os.O_TRUNC, mode) // a circle: the system's error says so
	}
	if info, err := files.Stat(target); err == nil {
		if !info.Mode().IsRegular() {
			return WriteInto(files, target, r, os.O_TRUNC, mode)
		}
		if perm := info.Mode().Perm(); mode == nil {
			mode = &perm
		}
	}
	return Replace(ctx, files, target, r, mode)
}

// Replace is Write for a name that is no link; whatever has it is replaced.
func Replace(ctx context.Context, files host.Files, name string, r io.Reader, mode *fs.FileMode) error {
	f, err := host.CreateAtomic(files, name, orUsual(mode))
	if err != nil {
		return err
	}
	defer f.Abort()
	if _, err := io.Copy(f, &Reader{ctx, r}); err != nil {
		return err
	}
	if mode != nil {
		if err := files.Chmod(f.TempName(), *mode); err != nil { // past the umask
			return err
		}
	}
	return f.Commit()
}

// WriteInto writes into the file itself; flag says whether at its end.
func WriteInto(files host.Files, name string, r io.Reader, flag int, mode *fs.FileMode) error {
	f, err := files.OpenFile(name, os.O_WRONLY|os.O_CREATE|flag, orUsual(mode))
	if err != nil {
		return err
	}
	_, err = io.Copy(f, r)
	if err = errors.Join(err, f.Close()); err != nil || mode == nil {
		return err
	}
	return files.Chmod(name, *mode)
}

func orUsual(mode *fs.FileMode) fs.FileMode {
	if mode == nil {
		return 0o666
	}
	return *mode
}

// Reader ends a long read when Ctx ends.
type Reader struct {
	Ctx context.Context
	R   io.Reader
}

func (r *Reader) Read(p []byte) (int, error) {
	if err := r.Ctx.Err(); err != nil {
		return 0, err
	}
	return r.R.Read(p)
}
