package ftp

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"path"

	"github.com/gscript-lang/gscript/engine"
	"github.com/gscript-lang/gscript/modules/internal/meter"
	"github.com/gscript-lang/gscript/modules/internal/transfer"
)

// Fetch streams a file into w.
func (s *session) Fetch(ctx context.Context, name string, w io.Writer) (int64, error) {
	return s.FetchFrom(ctx, name, w, 0)
}

// FetchFrom streams a file from offset on into w.
func (s *session) FetchFrom(_ context.Context, name string, w io.Writer, offset int64) (int64, error) {
	s.uploading = false
	remote, err := s.library.RetrFrom(name, uint64(offset))
	if err != nil {
		return 0, s.explain(err, name)
	}
	local := &sink{w: w}
	n, err := io.Copy(local, remote)
	cerr := remote.Close()
	switch {
	case local.err != nil:
		s.control.resync()
		return n, local.err
	case s.control.broken != nil:
		return n, s.control.broken
	case err != nil || cerr != nil && s.control.last.code == 426:
		s.control.resync()
		return n, s.cut(name, n, err)
	case cerr != nil:
		return n, s.explain(cerr, name)
	case s.data.ragged:
		size, known, err := s.size(name)
		if err == nil && (!known || offset+n != size) {
			err = s.cut(name, n, io.ErrUnexpectedEOF)
		}
		return n, err
	}
	return n, nil
}

func (s *session) cut(name string, n int64, err error) error {
	return &engine.Error{
		Kind: transfer.ErrIncomplete.Name, Target: s.target(name), Retryable: true, Cause: err,
		Message: fmt.Sprintf("the transfer was cut after %d bytes", n),
		Hint:    "try again; get with resume=true goes on where it was cut",
		Fields:  map[string]any{"done": n},
	}
}

// sink remembers an error of our side.
type sink struct {
	w   io.Writer
	err error
}

func (s *sink) Write(p []byte) (int, error) {
	n, err := s.w.Write(p)
	s.err = err
	return n, err
}

// source remembers an error of our side. The data connection is then cut, or
// the server would take what it has for the whole file.
type source struct {
	r       io.Reader
	session *session
	n       int64
	touched bool
	err     error
}

func (s *source) Read(p []byte) (int, error) {
	s.touched = true
	n, err := s.r.Read(p)
	s.n += int64(n)
	if err != nil && err != io.EOF {
		s.err = err
		s.session.data.abort = true
	}
	return n, err
}

// upload sends r by one of the library's calls.
func (s *session) upload(name string, r *source, send func(io.Reader) error) error {
	s.uploading = true
	err := send(r)
	if r.err == nil || s.control.broken != nil {
		return s.explain(err, name)
	}
	s.control.resync()
	return r.err
}

// store streams r straight into a file and checks that all of it is there.
func (s *session) store(name string, r *source) (int64, error) {
	err := s.upload(name, r, func(r io.Reader) error { return s.library.Stor(name, r) })
	if err != nil {
		return r.n, err
	}
	return r.n, s.verify(name, r.n)
}

func (s *session) verify(name string, want int64) error {
	size, known, err := s.size(name)
	if err == nil && known && size != want {
		err = transfer.Incomplete(s.target(name), size, want)
	}
	return err
}

// Store streams r into a temporary file beside name and renames it.
func (s *session) Store(ctx context.Context, name string, r io.Reader, _ int64) (int64, error) {
	mark := make([]byte, 8)
	rand.Read(mark) // never fails
	temp := name + ".part-" + hex.EncodeToString(mark)
	n, err := s.store(temp, &source{r: r, session: s})
	if err == nil {
		err = s.settle(ctx, temp, name)
	}
	if err != nil && s.control.broken == nil {
		s.control.exchange("DELE " + temp) // as far as it is there
	}
	return n, err
}

// settle gives a complete file its name. Servers that do not rename over a file
// have it removed first.
func (s *session) settle(ctx context.Context, temp, name string) error {
	err := s.rename(temp, name)
	if err == nil || s.control.broken != nil {
		return err
	}
	old, serr := s.Stat(ctx, name)
	if serr == nil && old != nil && old.Type == transfer.TypeFile && s.command("DELE", name, 250) == nil {
		err = s.rename(temp, name)
	}
	var e *engine.Error
	if errors.As(err, &e) {
		e.Hint = "the server takes the file but does not rename it; upload it under its own name with atomic=false"
	}
	return err
}

// uploader is a session with the options of an upload.
type uploader struct {
	*session
	direct  bool // under the final name
	parents bool // make missing directories
}

// Store is session's, with the options.
func (u uploader) Store(ctx context.Context, name string, r io.Reader, size int64) (int64, error) {
	src := &source{r: r, session: u.session}
	n, err := u.once(ctx, name, src, size)
	dir := path.Dir(name)
	var e *engine.Error
	if code, _ := codeOf(err, &e); !u.parents || src.touched || code/100 != 5 || dir == "." || dir == "/" {
		return n, err
	}
	if known, serr := u.Stat(ctx, dir); serr != nil || known != nil {
		return n, err // the directory is there: that was not it
	}
	if u.mkdirs(ctx, dir) != nil {
		return n, err
	}
	return u.once(ctx, name, src, size)
}

func (u uploader) once(ctx context.Context, name string, src *source, size int64) (int64, error) {
	if u.direct {
		return u.store(name, src)
	}
	return u.session.Store(ctx, name, src, size)
}

// resume stores r, the whole of it size bytes, going on where an earlier upload
// under the same temporary name was cut off.
func (s *session) resume(ctx context.Context, temp, name string, r io.ReadSeeker, size int64, bar *meter.Bar) (int64, error) {
	have, _, err := s.size(temp)
	if err != nil {
		return 0, err
	}
	if have > size {
		if err := s.command("DELE", temp, 250); err != nil {
			return 0, err
		}
		have = 0
	}
	if _, err := r.Seek(have, io.SeekStart); err != nil {
		return 0, err
	}
	if have > 0 {
		if err := bar.Add(have); err != nil {
			return 0, err
		}
	}
	src := &source{r: bar.Reader(r), session: s}
	switch {
	case have == 0: // whatever the server may have there without telling its size
		err = s.upload(temp, src, func(r io.Reader) error { return s.library.Stor(temp, r) })
	case have < size:
		err = s.upload(temp, src, func(r io.Reader) error { return s.library.Append(temp, r) })
	}
	if err == nil {
		err = s.verify(temp, size)
	}
	if err != nil {
		return src.n, err
	}
	return src.n, s.settle(ctx, temp, name)
}
