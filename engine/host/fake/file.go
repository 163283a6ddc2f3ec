package fake

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"slices"
	"syscall"
	"time"
)

// file is an open file of Files.
type file struct {
	files *Files
	node  *node
	name  string
	flag  int

	// Guarded by the mutex of files.
	at     int64
	closed bool
}

func newFile(f *Files, n *node, name string, flag int) *file {
	return &file{files: f, node: n, name: name, flag: flag}
}

func (f *file) Name() string { return f.name }

// do runs an operation on the open file.
func (f *file) do(op string, act func() (int64, error)) (int64, error) {
	f.files.mu.Lock()
	defer f.files.mu.Unlock()
	if f.closed {
		return 0, &fs.PathError{Op: op, Path: f.name, Err: fs.ErrClosed}
	}
	n, err := act()
	if err != nil && err != io.EOF {
		err = &fs.PathError{Op: op, Path: f.name, Err: err}
	}
	return n, err
}

func (f *file) Read(p []byte) (int, error) {
	n, err := f.do("read", func() (int64, error) {
		n, err := f.readAt(p, f.at)
		f.at += n
		return n, err
	})
	return int(n), err
}

func (f *file) ReadAt(p []byte, off int64) (int, error) {
	n, err := f.do("read", func() (int64, error) {
		n, err := f.readAt(p, off)
		if err == nil && n < int64(len(p)) {
			err = io.EOF
		}
		return n, err
	})
	return int(n), err
}

func (f *file) readAt(p []byte, off int64) (int64, error) {
	switch {
	case f.node.mode.IsDir():
		return 0, syscall.EISDIR
	case f.flag&os.O_WRONLY != 0:
		return 0, syscall.EBADF
	case off < 0:
		return 0, errors.New("negative offset")
	case len(p) == 0:
		return 0, nil
	case off >= int64(len(f.node.data)):
		return 0, io.EOF
	}
	return int64(copy(p, f.node.data[off:])), nil
}

func (f *file) Write(p []byte) (int, error) {
	n, err := f.do("write", func() (int64, error) {
		if f.flag&os.O_APPEND != 0 {
			f.at = int64(len(f.node.data))
		}
		n, err := f.writeAt(p, f.at)
		f.at += n
		return n, err
	})
	return int(n), err
}

func (f *file) WriteAt(p []byte, off int64) (int, error) {
	n, err := f.do("write", func() (int64, error) {
		if f.flag&os.O_APPEND != 0 {
			return 0, errors.New("invalid use of WriteAt on file opened with O_APPEND")
		}
		return f.writeAt(p, off)
	})
	return int(n), err
}

// maxFile bounds a file, so that a seek and a write cannot fill the memory.
const maxFile = 64 << 20

func (f *file) writeAt(p []byte, off int64) (int64, error) {
	end := off + int64(len(p))
	switch {
	case f.flag&(os.O_WRONLY|os.O_RDWR) == 0:
		return 0, syscall.EBADF
	case off < 0:
		return 0, errors.New("negative offset")
	case end > maxFile || end < 0:
		return 0, syscall.EFBIG
	}
	f.resize(max(end, int64(len(f.node.data))))
	copy(f.node.data[off:], p)
	f.node.mtime = f.files.real.Clock.Now()
	return int64(len(p)), nil
}

func (f *file) resize(size int64) {
	n := f.node
	if size > int64(len(n.data)) {
		n.data = slices.Grow(n.data, int(size)-len(n.data))
		old := len(n.data)
		n.data = n.data[:size]
		clear(n.data[old:])
	}
	n.data = n.data[:size]
}

func (f *file) Seek(offset int64, whence int) (int64, error) {
	return f.do("seek", func() (int64, error) {
		switch whence {
		case io.SeekCurrent:
			offset += f.at
		case io.SeekEnd:
			offset += int64(len(f.node.data))
		}
		if offset < 0 {
			return 0, syscall.EINVAL
		}
		f.at = offset
		return offset, nil
	})
}

func (f *file) Truncate(size int64) error {
	_, err := f.do("truncate", func() (int64, error) {
		switch {
		case f.flag&(os.O_WRONLY|os.O_RDWR) == 0 || size < 0:
			return 0, syscall.EINVAL
		case size > maxFile:
			return 0, syscall.EFBIG
		}
		f.resize(size)
		f.node.mtime = f.files.real.Clock.Now()
		return 0, nil
	})
	return err
}

func (f *file) Stat() (info fs.FileInfo, err error) {
	_, err = f.do("stat", func() (int64, error) {
		info = describe(f.name, f.node)
		return 0, nil
	})
	return info, err
}

func (f *file) Sync() error {
	_, err := f.do("sync", func() (int64, error) { return 0, nil })
	return err
}

func (f *file) Close() error {
	_, err := f.do("close", func() (int64, error) {
		f.closed = true
		return 0, nil
	})
	return err
}

// fileInfo is what Stat tells.
type fileInfo struct {
	name  string
	size  int64
	mode  fs.FileMode
	mtime time.Time
}

func describe(name string, n *node) fs.FileInfo {
	size := int64(len(n.data))
	if n.mode&fs.ModeSymlink != 0 {
		size = int64(len(n.target))
	}
	return fileInfo{name, size, n.mode, n.mtime}
}

func (i fileInfo) Name() string       { return i.name }
func (i fileInfo) Size() int64        { return i.size }
func (i fileInfo) Mode() fs.FileMode  { return i.mode }
func (i fileInfo) ModTime() time.Time { return i.mtime }
func (i fileInfo) IsDir() bool        { return i.mode.IsDir() }
func (i fileInfo) Sys() any           { return nil }
