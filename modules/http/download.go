package http

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"mime"
	nethttp "net/http"
	"net/url"
	"path"
	"path/filepath"
	"strings"

	"github.com/gscript-lang/gscript/engine"
	"github.com/gscript-lang/gscript/engine/host"
)

// downloaded is what a download did.
type downloaded struct {
	Path   string  `lua:"path" doc:"file that was written"`
	Size   int64   `lua:"size" doc:"its bytes"`
	SHA256 string  `lua:"sha256" doc:"its checksum in hexadecimal"`
	URL    string  `lua:"url" doc:"address that it came from, after redirects"`
	Time   float64 `lua:"elapsed" doc:"seconds that it took"`
}

func (s *Session) download(c *engine.Call, in downloadIn) (downloaded, error) {
	if in.SHA256 != "" && !isSHA256(in.SHA256) {
		return downloaded{}, engine.Invalid("argument 'sha256' must be 64 hexadecimal digits")
	}
	o := in.common
	if o.MaxBody == nil && s.options.MaxBody == nil {
		o.MaxBody = new(engine.Size)
	}
	r, err := s.prepare(c, "GET", in.URL, o, content{Progress: in.Progress})
	if err != nil {
		return downloaded{}, err
	}
	defer r.meter.Close()
	r.header.Set("Accept-Encoding", "identity")
	done, err := s.connect(c, r, o)
	if err != nil {
		return downloaded{}, err
	}
	defer done()
	ctx, cancel := r.limits.limited(c.Context(), c.Host().Clock)
	defer cancel()
	return r.intoFile(ctx, in)
}

// intoFile writes the body into a temporary file that gets its name when every
// byte is there and is the right one.
func (r *request) intoFile(ctx context.Context, in downloadIn) (out downloaded, err error) {
	elapsed := stopwatch(r.pool.host.Clock)
	files := r.pool.host.Files
	err = r.run(ctx, func(f *flight, history []step) error {
		a := f.answer(history)
		// 204, 304 and an unasked part are no file either.
		if a.status != 200 && a.status != 203 && (a.status != 206 || r.header.Get("Range") == "") {
			start, _ := io.ReadAll(io.LimitReader(f, shownBody))
			return a.failed(string(start))
		}
		name, err := fileName(files, in.Path, f.res.Header, f.url)
		if err != nil {
			return err
		}
		file, err := host.CreateAtomic(files, name, 0o666)
		if err != nil {
			return err
		}
		defer file.Abort()
		bar := r.meter.Start(filepath.Base(name), f.total())
		n, sum, err := f.save(r, file, f.counted(bar))
		if err == nil {
			err = checkSum(f.url, in.SHA256, sum)
		}
		bar.Finish(err)
		if err != nil {
			return err
		}
		if err := file.Commit(); err != nil {
			return err
		}
		out = downloaded{Path: name, Size: n, SHA256: sum, URL: f.url.String(), Time: elapsed()}
		return nil
	})
	return out, err
}

func (f *flight) save(r *request, w io.Writer, src io.Reader) (n int64, sum string, err error) {
	if r.maxBody > 0 {
		src = &capped{src, r.maxBody}
	}
	h := sha256.New()
	disk := &failing{w: w}
	n, err = io.Copy(io.MultiWriter(disk, h), src)
	switch {
	case disk.err != nil:
		return n, "", disk.err
	case errors.Is(err, errLimit):
		return n, "", at(f.url, engine.Errorf(errTooLarge, "the file is larger than %s", engine.FormatSize(r.maxBody)))
	case err != nil:
		return n, "", f.broken(err, n)
	}
	if total := f.total(); total >= 0 && n != total {
		return n, "", f.incomplete(n)
	}
	return n, hex.EncodeToString(h.Sum(nil)), nil
}

// failing keeps the error of its writer, to tell it from those of the network.
type failing struct {
	w   io.Writer
	err error
}

func (f *failing) Write(p []byte) (int, error) {
	n, err := f.w.Write(p)
	f.err = err
	return n, err
}

func isSHA256(s string) bool {
	sum, err := hex.DecodeString(s)
	return err == nil && len(sum) == sha256.Size
}

func checkSum(u *url.URL, expected, actual string) error {
	if expected == "" || strings.EqualFold(expected, actual) {
		return nil
	}
	e := engine.Errorf(errChecksum, "the file has the SHA-256 %s, not the expected one", actual)
	e.Target = maskURL(u)
	e.Hint = "nothing was written; the file has changed on the server, or somebody changed it on the way"
	e.Fields = map[string]any{"expected": strings.ToLower(expected), "actual": actual}
	return e
}

// fileName is the file to write: the path as given, or in a directory the name
// that the server gives, checked before it touches the disk.
func fileName(files host.Files, given string, header nethttp.Header, u *url.URL) (string, error) {
	if !strings.HasSuffix(given, "/") {
		if info, err := files.Stat(given); err != nil || !info.IsDir() {
			return given, nil
		}
	}
	name := ""
	if _, params, err := mime.ParseMediaType(header.Get("Content-Disposition")); err == nil {
		name = params["filename"]
	}
	if name == "" {
		name = path.Base(u.Path)
	}
	name, err := host.LocalName(name)
	if err != nil {
		return "", at(u, err)
	}
	return filepath.Join(given, name), nil
}
