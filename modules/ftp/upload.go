package ftp

import (
	"errors"
	"io"
	"os"

	"github.com/gscript-lang/gscript/engine/host"
)

// upload is a file that a client sends.
type upload struct {
	files *files
	name  string
	whole *host.AtomicFile // or
	file  *os.File
	err   error // the transfer was cut
}

func (u *upload) Write(p []byte) (int, error) {
	if u.whole != nil {
		return u.whole.Write(p)
	}
	return u.file.Write(p)
}

func (u *upload) Read([]byte) (int, error) { return 0, errors.ErrUnsupported }

func (u *upload) Seek(offset int64, whence int) (int64, error) {
	if u.whole != nil {
		return 0, errors.ErrUnsupported
	}
	return u.file.Seek(offset, whence)
}

// TransferError says that not all of the file came.
func (u *upload) TransferError(err error) { u.err = err }

// Close puts the file in place and tells the script.
func (u *upload) Close() error {
	s := u.files.server
	defer s.work.Done()
	if err := u.end(); err != nil || u.err != nil {
		return err
	}
	if isPart(u.name) {
		s.mu.Lock()
		s.pending[u.name] = true
		s.mu.Unlock()
		return nil
	}
	return s.uploaded(u.name, u.files)
}

func (u *upload) end() error {
	switch {
	case u.whole == nil:
		return u.file.Close()
	case u.err != nil:
		return u.whole.Abort()
	}
	return u.whole.Commit()
}

// settled tells the script of an upload that has got its final name.
func (s *Server) settled(from, to string, f *files) error {
	s.mu.Lock()
	waits := s.pending[from]
	delete(s.pending, from)
	s.mu.Unlock()
	if !waits {
		return nil
	}
	return s.uploaded(to, f)
}

// uploaded calls on_upload. The client hears that it failed, but not why.
func (s *Server) uploaded(name string, f *files) error {
	if s.onUpload == nil {
		return nil
	}
	info, err := f.change.Stat(name)
	if err != nil {
		return err
	}
	if _, err := s.onUpload.Call(s.ctx, name, info.Size(), f.user); err != nil {
		s.host.Log.Warn("ftp: on_upload failed", "path", name, "error", err)
		return errors.New("the server's script failed")
	}
	return nil
}

var _ io.ReadWriteSeeker = (*upload)(nil)
