package ssh

import (
	"context"
	"encoding/hex"
	"errors"
	"io"
	"io/fs"
	"os"
	"path"
	"slices"
	"strings"

	"github.com/pkg/sftp"

	"github.com/gscript-lang/gscript/engine"
	"github.com/gscript-lang/gscript/modules/internal/transfer"
)

// remote is the session as the other side of a transfer, for one call.
type remote struct {
	s       *SFTP
	c       *engine.Call
	direct  bool // store under the final name
	parents bool // make missing directories
}

func (r remote) List(ctx context.Context, dir string) ([]transfer.Entry, error) {
	var entries []transfer.Entry
	err := r.s.do(ctx, r.c, dir, func(client *sftp.Client) error {
		infos, err := client.ReadDirContext(ctx, r.s.at(dir))
		if err != nil {
			return err
		}
		for _, info := range infos {
			entries = append(entries, entryOf(info, transfer.Join(dir, info.Name())))
		}
		return nil
	})
	slices.SortFunc(entries, func(a, b transfer.Entry) int { return strings.Compare(a.Name, b.Name) })
	return entries, err
}

func (r remote) Stat(ctx context.Context, path string) (*transfer.Entry, error) {
	return r.stat(ctx, path, (*sftp.Client).Stat)
}

func (r remote) stat(ctx context.Context, path string, look func(*sftp.Client, string) (os.FileInfo, error)) (*transfer.Entry, error) {
	var entry *transfer.Entry
	err := r.s.do(ctx, r.c, path, func(client *sftp.Client) error {
		info, err := look(client, r.s.at(path))
		if err != nil {
			if errors.Is(err, fs.ErrNotExist) {
				return nil
			}
			return err
		}
		e := entryOf(info, path)
		if e.Type == transfer.TypeLink {
			e.Target, _ = client.ReadLink(r.s.at(path)) // a courtesy: the link may be gone
		}
		entry = &e
		return nil
	})
	return entry, err
}

func (r remote) Mkdir(ctx context.Context, dir string) error {
	return r.s.do(ctx, r.c, dir, func(client *sftp.Client) error {
		err := client.Mkdir(r.s.at(dir))
		if err == nil {
			return nil
		}
		if info, serr := client.Stat(r.s.at(dir)); serr == nil && info.IsDir() {
			return nil
		}
		return err
	})
}

// Fetch streams a file. It reads as many bytes as the file had at the
// beginning, whatever happens to the file meanwhile; fewer are an error.
func (r remote) Fetch(ctx context.Context, path string, w io.Writer) (int64, error) {
	return r.FetchFrom(ctx, path, w, 0)
}

// FetchFrom is Fetch for the bytes from offset on.
func (r remote) FetchFrom(ctx context.Context, path string, w io.Writer, offset int64) (n int64, err error) {
	err = r.s.do(ctx, r.c, path, func(client *sftp.Client) error {
		file, err := client.Open(r.s.at(path))
		if err != nil {
			return err
		}
		defer file.Close()
		info, err := file.Stat()
		if err != nil {
			return err
		}
		into := &counted{ctx: ctx, w: w, start: offset}
		if into.total = info.Size() - offset; offset > 0 && into.total <= 0 {
			return nil
		}
		if _, err := file.Seek(offset, io.SeekStart); err != nil {
			return err
		}
		err = into.fetch(file)
		n = into.n
		return err
	})
	if err == nil || ctx.Err() != nil {
		return n, err
	}
	var short *shortError
	if errors.As(err, &short) {
		return n, transfer.Incomplete(r.s.client.addr+":"+path, offset+n, offset+short.total)
	}
	return n, err
}

// counted writes what is fetched, up to total bytes, and stops when ctx ends.
type counted struct {
	ctx   context.Context
	w     io.Writer
	start int64 // in the file
	n     int64
	total int64 // 0 or less: nobody knows, as for the files of /proc
}

type shortError struct{ total int64 }

func (*shortError) Error() string { return "the file ended early" }

var (
	errEnough = errors.New("all bytes are there")
	errPiece  = errors.New("the server gave a piece only")
)

// pieceSize is what the library asks for at once.
const pieceSize = 1 << 15

func (t *counted) Write(p []byte) (int, error) {
	if err := t.ctx.Err(); err != nil {
		return 0, context.Cause(t.ctx)
	}
	rest := p
	if t.total > 0 && int64(len(p)) > t.total-t.n {
		rest = p[:t.total-t.n]
	}
	n, err := t.w.Write(rest)
	t.n += int64(n)
	switch {
	case err != nil:
		return n, err
	case t.total > 0 && t.n == t.total:
		return n, errEnough
	case t.total > pieceSize && len(p) < pieceSize:
		return n, errPiece
	}
	return len(p), nil
}

// fetch reads file to its end. The library asks for many pieces at once and
// takes it for granted that each comes whole. A server may send less than was
// asked for; from there on one piece is read after the other.
func (t *counted) fetch(file *sftp.File) error {
	_, err := file.WriteTo(t)
	if err == errPiece {
		if _, err = file.Seek(t.start+t.n, io.SeekStart); err == nil {
			err = t.slowly(file)
		}
	}
	switch {
	case err == errEnough:
		return nil
	case err == nil && t.total > 0 && t.n < t.total:
		return &shortError{t.total}
	}
	return err
}

func (t *counted) slowly(file *sftp.File) error {
	buf := make([]byte, pieceSize)
	for {
		n, err := file.Read(buf)
		if n > 0 {
			if _, werr := t.Write(buf[:n]); werr != nil && werr != errPiece {
				return werr
			}
		}
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
	}
}

// Store writes a temporary file beside the final one and renames it when all
// bytes are there, so that nobody sees a part.
func (r remote) Store(ctx context.Context, path string, from io.Reader, size int64) (n int64, err error) {
	final := r.s.at(path)
	temp, flags := final, os.O_WRONLY|os.O_CREATE|os.O_TRUNC
	if !r.direct {
		random := make([]byte, 8)
		if _, err := io.ReadFull(r.c.Host().Random, random); err != nil {
			return 0, err
		}
		temp, flags = final+".part-"+hex.EncodeToString(random), os.O_WRONLY|os.O_CREATE|os.O_EXCL
	}
	err = r.s.do(ctx, r.c, path, func(client *sftp.Client) error {
		file, err := r.openNew(client, temp, flags)
		if err != nil {
			return err
		}
		n, err = store(file, path, &cancelable{ctx, from})
		if err == nil && size >= 0 && n < size {
			err = transfer.Incomplete(path, n, size)
		}
		if r.direct {
			return err
		}
		if err == nil {
			err = replace(client, temp, final)
		}
		if err != nil {
			client.Remove(temp) // when the connection is gone, it stays; the final name is clean either way
		}
		return err
	})
	return n, err
}

func (r remote) openNew(client *sftp.Client, name string, flags int) (*sftp.File, error) {
	file, err := client.OpenFile(name, flags)
	dir := path.Dir(name)
	if r.parents && errors.Is(err, fs.ErrNotExist) && dir != "." && dir != "/" {
		if client.MkdirAll(dir) == nil {
			return client.OpenFile(name, flags)
		}
	}
	return file, err
}

// store writes a file, closes it and has the server say how long it is.
func store(file *sftp.File, path string, from io.Reader) (int64, error) {
	n, err := file.ReadFromWithConcurrency(from, 0)
	if err == nil {
		var info os.FileInfo
		if info, err = file.Stat(); err == nil && info.Size() != n {
			err = transfer.Incomplete(path, info.Size(), n)
		}
	}
	if cerr := file.Close(); err == nil {
		err = cerr
	}
	return n, err
}

// resume stores the whole of from, size bytes, going on where an earlier upload
// under the same temporary name was cut off. It writes one piece after the
// other: what is there must have no holes.
func (r remote) resume(ctx context.Context, temp, name string, from io.ReadSeeker, size int64, skipped func(int64) error) (n int64, err error) {
	err = r.s.do(ctx, r.c, name, func(client *sftp.Client) error {
		file, err := r.openNew(client, r.s.at(temp), os.O_WRONLY|os.O_CREATE)
		if err != nil {
			return err
		}
		defer file.Close()
		info, err := file.Stat()
		if err != nil {
			return err
		}
		have := info.Size()
		if have > size {
			have = 0
			if err := file.Truncate(0); err != nil {
				return err
			}
		}
		if _, err := from.Seek(have, io.SeekStart); err != nil {
			return err
		}
		if _, err := file.Seek(have, io.SeekStart); err != nil {
			return err
		}
		if err := skipped(have); err != nil {
			return err
		}
		n, err = io.CopyBuffer(onlyWriter{file}, &cancelable{ctx, from}, make([]byte, pieceSize))
		if err == nil && have+n != size {
			err = transfer.Incomplete(name, have+n, size)
		}
		if err == nil {
			err = file.Close()
		}
		if err == nil {
			err = replace(client, r.s.at(temp), r.s.at(name))
		}
		return err
	})
	return n, err
}

// onlyWriter hides the library's own way of copying.
type onlyWriter struct{ io.Writer }

// replace gives the file from the name to, with the permissions of the file
// that had the name before.
func replace(client *sftp.Client, from, to string) error {
	old, err := client.Stat(to)
	if err == nil && old.Mode().IsRegular() {
		if err := client.Chmod(from, old.Mode().Perm()); err != nil {
			return err
		}
	}
	return rename(client, from, to, true)
}

const posixRename = "posix-rename@openssh.com"

// rename replaces what stands at to only when told so. Without the extension
// there is a moment in which the name is free.
func rename(client *sftp.Client, from, to string, replace bool) error {
	if !replace {
		return client.Rename(from, to)
	}
	if _, ok := client.HasExtension(posixRename); ok {
		return client.PosixRename(from, to)
	}
	err := client.Rename(from, to)
	if err == nil {
		return nil
	}
	if info, serr := client.Lstat(to); serr != nil || info.IsDir() {
		return err
	}
	if err := client.Remove(to); err != nil {
		return err
	}
	return client.Rename(from, to)
}

// cancelable ends a transfer when its context does.
type cancelable struct {
	ctx context.Context
	r   io.Reader
}

func (r *cancelable) Read(p []byte) (int, error) {
	if r.ctx.Err() != nil {
		return 0, context.Cause(r.ctx)
	}
	return r.r.Read(p)
}

func entryOf(info os.FileInfo, path string) transfer.Entry {
	e := transfer.Entry{Name: info.Name(), Path: path, Size: info.Size(), Mode: info.Mode().Perm().String()[1:]}
	if e.Size < 0 {
		e.Size = transfer.UnknownSize
	}
	if t := info.ModTime(); t.Unix() != 0 {
		e.Mtime = t
	}
	switch mode := info.Mode(); {
	case mode.IsRegular():
		e.Type = transfer.TypeFile
	case mode.IsDir():
		e.Type = transfer.TypeDir
	case mode&fs.ModeSymlink != 0:
		e.Type = transfer.TypeLink
	default:
		e.Type = transfer.TypeOther
	}
	return e
}
