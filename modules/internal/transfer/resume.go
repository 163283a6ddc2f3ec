package transfer

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"os"
	"path"
	"time"

	"github.com/gscript-lang/gscript/engine/host"
)

// Resumer is a Remote that can start in the middle of a file.
type Resumer interface {
	Remote
	FetchFrom(ctx context.Context, path string, w io.Writer, offset int64) (int64, error)
}

// PartName is the name under which a transfer that can be resumed keeps what it
// has. It tells the size and the time of the whole file, so that a file that
// changed meanwhile is not put together from two versions.
func PartName(name string, size int64, mtime time.Time) string {
	sum := sha256.Sum256(fmt.Appendf(nil, "%d %d", size, mtime.Unix()))
	return name + ".part-" + hex.EncodeToString(sum[:8])
}

// ResumeFile is GetFile that goes on where an earlier ResumeFile of the same
// remote file was cut off, and leaves what it has when it is cut off itself.
func ResumeFile(ctx context.Context, l Local, r Resumer, remote, local string) (n int64, err error) {
	if local, err = localName(remote, local); err != nil {
		return 0, err
	}
	e, err := r.Stat(ctx, remote)
	if err != nil {
		return 0, err
	}
	if e == nil || e.Type != TypeFile || e.Size < 0 {
		return GetFile(ctx, l, r, remote, local) // nothing to compare a part with
	}
	part := PartName(local, e.Size, e.Mtime)
	file, err := l.Files.OpenFile(part, os.O_WRONLY|os.O_CREATE, filePerm)
	if err != nil {
		return 0, err
	}
	defer file.Close()
	have, err := file.Seek(0, io.SeekEnd)
	if err != nil {
		return 0, err
	}
	if have > e.Size {
		if err := file.Truncate(0); err != nil {
			return 0, err
		}
		if have, err = file.Seek(0, io.SeekStart); err != nil {
			return 0, err
		}
	}
	bar := l.Meter.Start(path.Base(remote), e.Size)
	defer func() { bar.Finish(err) }()
	if have > 0 {
		if err := bar.Add(have); err != nil {
			return 0, err
		}
	}
	if have < e.Size || have == 0 {
		if n, err = r.FetchFrom(ctx, remote, &meterWriter{file, bar}, have); err != nil {
			return n, err
		}
	}
	if have+n < e.Size {
		return n, Incomplete(remote, have+n, e.Size)
	}
	return n, commitPart(l.Files, file, part, local)
}

func commitPart(files host.Files, file host.File, part, local string) error {
	if err := file.Sync(); err != nil {
		return err
	}
	if err := file.Close(); err != nil {
		return err
	}
	return files.Rename(part, local)
}
