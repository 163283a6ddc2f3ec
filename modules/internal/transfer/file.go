package transfer

import (
	"context"
	"io"
	"path"
	"strings"

	"github.com/gscript-lang/gscript/engine"
	"github.com/gscript-lang/gscript/engine/host"
	"github.com/gscript-lang/gscript/modules/internal/meter"
)

// filePerm is what a new file may be at most; the umask takes from it.
const filePerm = 0o666

// GetFile fetches the file remote into the file local, which appears whole or
// not at all. An empty local is remote's own name, in the working directory.
func GetFile(ctx context.Context, l Local, r Remote, remote, local string) (int64, error) {
	local, err := localName(remote, local)
	if err != nil {
		return 0, err
	}
	size, err := fileSize(ctx, r, remote)
	if err != nil {
		return 0, err
	}
	return receive(ctx, l.Files, l.Meter, r, remote, local, size)
}

func localName(remote, local string) (string, error) {
	if local != "" {
		return local, nil
	}
	return host.LocalName(path.Base(remote))
}

// fileSize asks for the size of a remote file. When there is no such file, the
// transfer itself brings the server's own words for it.
func fileSize(ctx context.Context, r Remote, remote string) (int64, error) {
	e, err := r.Stat(ctx, remote)
	if err != nil || e == nil {
		return UnknownSize, err
	}
	if e.Type == TypeDir {
		return 0, &engine.Error{Kind: engine.KindInvalid, Target: remote, Message: "it is a directory", Hint: "get_dir takes a directory"}
	}
	if e.Type != TypeFile {
		return UnknownSize, nil
	}
	return e.Size, nil
}

func receive(ctx context.Context, files host.Files, m *meter.Meter, r Remote, remote, local string, size int64) (n int64, err error) {
	file, err := host.CreateAtomic(files, local, filePerm)
	if err != nil {
		return 0, err
	}
	defer file.Abort()
	bar := m.Start(path.Base(remote), size)
	defer func() { bar.Finish(err) }()
	n, err = r.Fetch(ctx, remote, &meterWriter{file, bar})
	if err != nil {
		return n, err
	}
	if size >= 0 && n < size {
		return n, Incomplete(remote, n, size)
	}
	return n, file.Commit()
}

// meterWriter counts what is written to w.
type meterWriter struct {
	w   io.Writer
	bar *meter.Bar
}

func (w *meterWriter) Write(p []byte) (int, error) {
	n, err := w.w.Write(p)
	if err != nil {
		return n, err
	}
	return n, w.bar.Add(int64(n))
}

// PutFile stores the file local as remote. An empty remote is local's own name.
func PutFile(ctx context.Context, l Local, r Remote, local, remote string) (int64, error) {
	file, err := l.Files.Open(local)
	if err != nil {
		return 0, err
	}
	if remote == "" {
		remote = path.Base(strings.ReplaceAll(l.Files.Abs(local), `\`, "/"))
	}
	return send(ctx, l.Meter, r, file, local, remote)
}

// send stores an open file and closes it.
func send(ctx context.Context, m *meter.Meter, r Remote, file host.File, local, remote string) (n int64, err error) {
	defer file.Close()
	info, err := file.Stat()
	if err != nil {
		return 0, err
	}
	if info.IsDir() {
		return 0, &engine.Error{Kind: engine.KindInvalid, Target: local, Message: "it is a directory", Hint: "put_dir takes a directory"}
	}
	size := info.Size()
	if !info.Mode().IsRegular() {
		size = UnknownSize
	}
	bar := m.Start(path.Base(remote), size)
	defer func() { bar.Finish(err) }()
	n, err = r.Store(ctx, remote, bar.Reader(file), size)
	if err == nil && n < size {
		err = Incomplete(remote, n, size)
	}
	return n, err
}
