package hostcall

import (
	"errors"
	"io"
	"io/fs"
	"os/exec"
	"strings"
	"syscall"
)

// kinds are the errors that Go knows by a value of its own, and what C calls
// them on every system.
var kinds = []struct {
	is     error
	number int
	text   string
}{
	{fs.ErrNotExist, 2, "No such file or directory"},
	{fs.ErrPermission, 13, "Permission denied"},
	{fs.ErrExist, 17, "File exists"},
	{exec.ErrNotFound, 2, "No such file or directory"},
	{io.ErrClosedPipe, 32, "Broken pipe"},
	{fs.ErrClosed, 9, "Bad file descriptor"},
}

func text(err error) string {
	var no syscall.Errno
	// ENOTEMPTY is a kind of fs.ErrExist to Go, hence the system's word first.
	if errors.As(err, &no) && no.Error() != "" && !foreignNumbers {
		s := no.Error()
		return strings.ToUpper(s[:1]) + s[1:]
	}
	for _, k := range kinds {
		if errors.Is(err, k.is) {
			return k.text
		}
	}
	var path *fs.PathError
	if errors.As(err, &path) {
		return path.Err.Error()
	}
	return err.Error()
}

func number(err error) int {
	var no syscall.Errno
	if errors.As(err, &no) && !foreignNumbers {
		return int(no)
	}
	for _, k := range kinds {
		if errors.Is(err, k.is) {
			return k.number
		}
	}
	if no != 0 {
		return int(no)
	}
	return 1
}

// Errors that the libraries give themselves.
var (
	ErrBadFile = error(syscall.EBADF)
	ErrNoSeek  = error(syscall.ESPIPE)
)
