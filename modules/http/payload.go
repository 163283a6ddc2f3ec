package http

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"strings"
	"sync"

	"github.com/gscript-lang/gscript/engine"
	"github.com/gscript-lang/gscript/engine/host"
	"github.com/gscript-lang/gscript/modules/internal/jsonconv"
	"github.com/gscript-lang/gscript/modules/internal/meter"
)

// payload is the body of a request.
type payload struct {
	open func() (io.ReadCloser, error)
	size int64  // -1 is unknown
	kind string // its Content-Type, "" for none
	name string // for the meter
	once bool   // it can be opened once only
}

// payload makes the body that a call asks for, nil for none.
func (o content) payload(c *engine.Call) (*payload, error) {
	given := 0
	for _, is := range []bool{o.JSON != nil, o.Form != nil || o.Files != nil, o.Body != nil, o.File != ""} {
		if is {
			given++
		}
	}
	switch {
	case given > 1:
		return nil, engine.Invalid("a request has one body: give one of json, form (with files), body and file")
	case o.JSON != nil:
		data, err := jsonconv.Encode(o.JSON, jsonconv.EncodeOptions{})
		if err != nil {
			return nil, err
		}
		return textPayload(string(data), "application/json"), nil
	case o.Files != nil:
		return multipartPayload(c, o.Form, o.Files)
	case o.Form != nil:
		fields, err := pairs("form", o.Form)
		if err != nil {
			return nil, err
		}
		return textPayload(encodePairs(fields), "application/x-www-form-urlencoded"), nil
	case o.File != "":
		return filePayload(c, o.File)
	}
	switch body := o.Body.(type) {
	case nil:
		return nil, nil
	case string:
		return textPayload(body, ""), nil
	case *engine.Func:
		return oncePayload(io.NopCloser(&pieces{c: c, fn: body})), nil
	case io.Reader:
		return oncePayload(io.NopCloser(body)), nil
	case engine.Object, engine.List:
		return nil, engine.Invalid("argument 'body' is bytes, not a table").WithHint("send tables with json= or form=")
	}
	return nil, engine.Invalid("argument 'body' must be a string, an open file or a function, not %s", describe(o.Body))
}

func textPayload(text, kind string) *payload {
	return &payload{
		open: func() (io.ReadCloser, error) { return io.NopCloser(strings.NewReader(text)), nil },
		size: int64(len(text)),
		kind: kind,
	}
}

func oncePayload(r io.ReadCloser) *payload {
	return &payload{open: func() (io.ReadCloser, error) { return r, nil }, size: -1, once: true}
}

// fileSize returns the size of a file that is to be sent, -1 for what is no
// regular file.
func fileSize(h *host.Host, path string) (int64, error) {
	info, err := h.Files.Stat(path)
	switch {
	case err != nil:
		return 0, err
	case info.IsDir():
		return 0, &fs.PathError{Op: "read", Path: path, Err: errors.New("it is a directory")}
	case !info.Mode().IsRegular():
		return -1, nil
	}
	return info.Size(), nil
}

func filePayload(c *engine.Call, path string) (*payload, error) {
	h := c.Host()
	size, err := fileSize(h, path)
	if err != nil {
		return nil, err
	}
	return &payload{
		open: func() (io.ReadCloser, error) { return h.Files.Open(path) },
		size: size,
		kind: typeByName(path),
		name: path,
		once: size < 0,
	}, nil
}

// pieces reads what a Lua function returns, call by call.
type pieces struct {
	c    *engine.Call
	fn   *engine.Func
	rest string
	done bool
}

func (p *pieces) Read(b []byte) (int, error) {
	for p.rest == "" {
		if p.done {
			return 0, io.EOF
		}
		v, err := p.c.Invoke(p.fn)
		if err != nil {
			return 0, err
		}
		switch v := v.(type) {
		case nil:
			p.done = true
		case string:
			p.rest = v
		default:
			return 0, engine.Invalid("the function in 'body' must return strings and nil at the end, not %s", describe(v))
		}
	}
	n := copy(b, p.rest)
	p.rest = p.rest[n:]
	return n, nil
}

// outgoing is the body on its way. The transport may read it after the exchange
// is over; then no callback may run any more, so stop ends it and waits.
type outgoing struct {
	r     io.ReadCloser
	bar   *meter.Bar
	watch *watch

	mu   sync.Mutex
	over bool
	err  error // of reading it: the reason why the exchange failed
}

func (o *outgoing) Read(b []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.over {
		return 0, context.Canceled
	}
	n, err := o.r.Read(b)
	o.watch.touch()
	if berr := o.bar.Add(int64(n)); berr != nil {
		err = berr
	}
	if err != nil && err != io.EOF && o.err == nil {
		o.err = err
	}
	return n, err
}

// Close is called by the transport; the body is closed by stop.
func (o *outgoing) Close() error { return nil }

func (o *outgoing) stop() error {
	if o == nil {
		return nil
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	if !o.over {
		o.over = true
		o.r.Close()
	}
	return o.err
}
