package http

import (
	"errors"
	"io"
	"mime"
	"mime/multipart"
	"net"
	nethttp "net/http"
	"net/url"
	"os"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/gscript-lang/gscript/engine"
	"github.com/gscript-lang/gscript/engine/host"
	"github.com/gscript-lang/gscript/modules/internal/jsonconv"
	"github.com/gscript-lang/gscript/modules/internal/transfer"
)

// arriving is a request body on its way: silence ends it. net/http itself reads
// what a handler has left, before it answers, so the limit is also set before
// each write.
type arriving struct {
	io.ReadCloser
	server  *Server
	control *nethttp.ResponseController
	whole   atomic.Bool
}

func (a *arriving) deadline() {
	if d := a.server.options.BodyTimeout.Std(); d > 0 && !a.whole.Load() {
		_ = a.control.SetReadDeadline(a.server.host.Clock.Now().Add(d)) // the reader supports it
	}
}

func (a *arriving) Read(p []byte) (int, error) {
	a.deadline()
	n, err := a.ReadCloser.Read(p)
	if err == io.EOF {
		a.whole.Store(true)
		_ = a.control.SetReadDeadline(time.Time{})
	}
	return n, err
}

// Request is what a handler answers.
type Request struct {
	r      *nethttp.Request
	server *Server
	params map[string]string

	mu    sync.Mutex
	read  bool
	taken bool // by save
	data  string
	err   error
}

func (r *Request) String() string {
	return "http.Request " + r.r.Method + " " + maskURL(r.r.URL)
}

func (r *Request) headers() *Headers {
	h := r.r.Header.Clone()
	h.Set("Host", r.r.Host)
	return &Headers{h}
}

// first keeps the first of each name's values.
func first(values url.Values) map[string]string {
	m := map[string]string{}
	for name, list := range values {
		if len(list) > 0 {
			m[name] = list[0]
		}
	}
	return m
}

func (r *Request) query() map[string]string { return first(r.r.URL.Query()) }

func (r *Request) cookies() map[string]string {
	m := map[string]string{}
	for _, c := range r.r.Cookies() {
		if _, have := m[c.Name]; !have {
			m[c.Name] = c.Value
		}
	}
	return m
}

func (r *Request) remote() string {
	address, _, err := net.SplitHostPort(r.r.RemoteAddr)
	if err != nil {
		return r.r.RemoteAddr
	}
	return address
}

func (r *Request) url() string {
	u := *r.r.URL
	u.Scheme, u.Host = "http", r.r.Host
	if r.r.TLS != nil {
		u.Scheme = "https"
	}
	return u.String()
}

// refused is the cause of an error that is the client's fault. When the handler
// does not catch the error, the client is answered with the status.
type refused struct{ status int }

func (r *refused) Error() string { return nethttp.StatusText(r.status) }

// clientFault makes err one that the client has made.
func clientFault(err error, status int) error {
	e := *engine.Classify(err)
	e.Cause = &refused{status}
	return &e
}

func malformed(format string, args ...any) error {
	return clientFault(engine.Errorf(errProtocol, format, args...), nethttp.StatusBadRequest)
}

// load reads the body, once.
func (r *Request) load() (string, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.taken {
		return "", engine.Invalid("the body is read already, by req:save")
	}
	if !r.read {
		r.read = true
		data, err := io.ReadAll(r.r.Body)
		r.data, r.err = string(data), r.explain(err, int64(len(data)))
	}
	return r.data, r.err
}

func (r *Request) explain(err error, done int64) error {
	var large *nethttp.MaxBytesError
	switch {
	case err == nil:
		return nil
	case errors.As(err, &large):
		e := engine.Errorf(errTooLarge, "the request's body is larger than %s", engine.FormatSize(large.Limit))
		e.Hint = "allow more with max_body= of http.serve"
		return clientFault(e, nethttp.StatusRequestEntityTooLarge)
	case errors.Is(err, io.ErrUnexpectedEOF):
		e := engine.Errorf(transfer.ErrIncomplete, "the client ended the request's body after %d bytes", done)
		e.Fields = map[string]any{"done": done}
		return clientFault(e, nethttp.StatusBadRequest)
	case errors.Is(err, os.ErrDeadlineExceeded):
		return clientFault(err, nethttp.StatusRequestTimeout)
	}
	return clientFault(err, nethttp.StatusBadRequest)
}

func (r *Request) body(*engine.Call, engine.None) (string, error) { return r.load() }

func (r *Request) json(_ *engine.Call, in jsonconv.Big) (any, error) {
	text, err := r.load()
	if err != nil {
		return nil, err
	}
	v, err := in.Decode([]byte(text))
	if err != nil {
		return nil, clientFault(err, nethttp.StatusBadRequest)
	}
	return v, nil
}

// upload is a file of a form.
type upload struct {
	Field string `lua:"field" doc:"name of the form's field"`
	Name  string `lua:"name" doc:"name that the client gives to the file; not fit for a path, see path.base and fs"`
	Type  string `lua:"type" doc:"media type that the client gives"`
	Size  int64  `lua:"size" doc:"bytes"`
	Data  string `lua:"data" doc:"content"`
}

func (r *Request) form(*engine.Call, engine.None) (map[string]string, error) {
	values, _, err := r.parts()
	return first(values), err
}

func (r *Request) files(*engine.Call, engine.None) ([]upload, error) {
	_, files, err := r.parts()
	return files, err
}

const maxParts = 1000

// parts reads the body as a form of either kind. It is in memory already and
// bounded by max_body, so the parts are as well.
func (r *Request) parts() (url.Values, []upload, error) {
	text, err := r.load()
	if err != nil {
		return nil, nil, err
	}
	kind, params, _ := mime.ParseMediaType(r.r.Header.Get("Content-Type"))
	files := []upload{}
	switch kind {
	case "application/x-www-form-urlencoded":
		values, err := url.ParseQuery(text)
		if err != nil {
			return nil, nil, malformed("the request's body is not a valid form")
		}
		return values, files, nil
	case "multipart/form-data":
	default:
		return url.Values{}, files, nil
	}
	values := url.Values{}
	if !strings.Contains(text, "--"+params["boundary"]+"--") {
		return nil, nil, malformed("the request's multipart form has no end")
	}
	form := multipart.NewReader(strings.NewReader(text), params["boundary"])
	for n := 0; ; n++ {
		p, err := form.NextPart()
		if err == io.EOF {
			return values, files, nil
		}
		if err != nil || n >= maxParts {
			return nil, nil, malformed("the request's body is not a valid multipart form of at most %d parts", maxParts)
		}
		data, err := io.ReadAll(p)
		if err != nil {
			return nil, nil, malformed("the request's body is not a valid multipart form")
		}
		if name := p.FileName(); name != "" {
			files = append(files, upload{p.FormName(), name, p.Header.Get("Content-Type"), int64(len(data)), string(data)})
		} else {
			values.Add(p.FormName(), string(data))
		}
	}
}

type saveIn struct {
	Path string `lua:"path" doc:"file to write"`
}

// save streams the body into a file that gets its name when all of it is there.
func (r *Request) save(_ *engine.Call, in saveIn) (int64, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.read || r.taken {
		return 0, engine.Invalid("the body is read already")
	}
	r.taken = true
	file, err := host.CreateAtomic(r.server.host.Files, in.Path, 0o666)
	if err != nil {
		return 0, err
	}
	defer file.Abort()
	disk := &failing{w: file}
	n, err := io.Copy(disk, r.r.Body)
	if disk.err != nil {
		return 0, disk.err
	}
	if err != nil {
		return 0, r.explain(err, n)
	}
	return n, file.Commit()
}
