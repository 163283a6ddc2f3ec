package http

import (
	"bufio"
	"compress/flate"
	"compress/gzip"
	"compress/zlib"
	"errors"
	"io"
	"strings"

	"github.com/gscript-lang/gscript/engine"
)

// decoded undoes the Content-Encoding of a body: gzip or deflate, once. Others
// were not asked for and are left as they are.
func decoded(r io.Reader, encoding string) (io.Reader, error) {
	if strings.Contains(encoding, ",") {
		return nil, engine.Errorf(errProtocol, "the body is encoded more than once, which is not taken")
	}
	switch strings.ToLower(strings.TrimSpace(encoding)) {
	case "gzip", "x-gzip":
		return &lazy{r: r, open: func(r *bufio.Reader) (io.Reader, error) { return gzip.NewReader(r) }}, nil
	case "deflate":
		return &lazy{r: r, open: inflater}, nil
	}
	return r, nil
}

// inflater reads deflate as the standard says, in a zlib frame, or bare, as
// some servers send it.
func inflater(r *bufio.Reader) (io.Reader, error) {
	head, err := r.Peek(2)
	if err == nil && head[0]&0x0F == 8 && (uint(head[0])<<8|uint(head[1]))%31 == 0 {
		return zlib.NewReader(r)
	}
	return flate.NewReader(r), nil
}

// lazy makes its decoder when the first byte is there, so that an empty body
// needs no frame.
type lazy struct {
	r    io.Reader
	open func(*bufio.Reader) (io.Reader, error)
	made io.Reader
}

func (l *lazy) Read(p []byte) (int, error) {
	if l.made == nil {
		buffered := bufio.NewReader(l.r)
		if _, err := buffered.Peek(1); err != nil {
			return 0, err
		}
		made, err := l.open(buffered)
		if err == io.EOF {
			err = io.ErrUnexpectedEOF
		}
		if err != nil {
			return 0, err
		}
		l.made = made
	}
	return l.made.Read(p)
}

var errLimit = errors.New("the body is larger than max_body")

// capped refuses to read more than max bytes.
type capped struct {
	r    io.Reader
	left int64
}

func (c *capped) Read(p []byte) (int, error) {
	if int64(len(p)) > c.left+1 {
		p = p[:c.left+1]
	}
	n, err := c.r.Read(p)
	if c.left -= int64(n); c.left < 0 {
		return 0, errLimit
	}
	return n, err
}

// body reads the whole body of an answer, decoded and within the limit.
func (f *flight) body(r *request, src io.Reader) (string, error) {
	if f.res.Request != nil && f.res.Request.Method == "HEAD" {
		return "", nil
	}
	encoding := f.res.Header.Get("Content-Encoding")
	total := f.total()
	tooLarge := func() error {
		return at(f.url, engine.Errorf(errTooLarge, "the body is larger than %s", engine.FormatSize(r.maxBody)).
			WithHint("allow more with max_body=, or write it to a file with http.download"))
	}
	if r.maxBody > 0 {
		if total > r.maxBody && encoding == "" {
			return "", tooLarge()
		}
		// Bytes that decode to nothing are bounded as well.
		src = &capped{src, r.maxBody + r.maxBody/8 + 64<<10}
	}
	src, err := decoded(src, encoding)
	if err != nil {
		return "", at(f.url, err)
	}
	if r.maxBody > 0 {
		src = &capped{src, r.maxBody}
	}
	var text strings.Builder
	if total > 0 && total <= 1<<20 {
		text.Grow(int(total))
	}
	n, err := io.Copy(&text, src)
	switch {
	case errors.Is(err, errLimit):
		return "", tooLarge()
	case err != nil:
		return "", f.broken(err, n)
	}
	return text.String(), nil
}
