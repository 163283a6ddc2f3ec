package http

import (
	"compress/flate"
	"compress/gzip"
	"compress/zlib"
	"context"
	"errors"
	"fmt"
	"io"
	nethttp "net/http"
	"net/url"
	"strings"

	"github.com/gscript-lang/gscript/engine"
	"github.com/gscript-lang/gscript/modules/internal/transfer"
)

// explain turns an error of the exchange into what went wrong: what the body
// callback raised, which limit passed, or what the network said.
func (f *flight) explain(err error) error {
	if oerr := f.out.stop(); oerr != nil {
		return oerr
	}
	var limit *expired
	if errors.As(context.Cause(f.ctx), &limit) {
		return f.timedOut(limit)
	}
	return at(f.url, protocolError(err))
}

func (f *flight) timedOut(limit *expired) error {
	now := limit.phase
	if limit.whole {
		now = f.watch.at()
	}
	e := &engine.Error{
		Kind: engine.KindNetTimeout, Target: maskURL(f.url), Retryable: !limit.whole,
		Message: limit.Error(),
		Hint:    "check that the server answers, or give more time with timeout={" + phaseNames[now].option + "=…}",
		Fields:  map[string]any{"phase": phaseNames[now].key},
		Cause:   limit,
	}
	if limit.whole {
		e.Message = fmt.Sprintf("took longer than %v; the last step was %s", limit.limit, phaseNames[now].doing)
		e.Hint = "check that the server answers, or give more time with timeout="
	}
	return e
}

// at gives an error the URL as its target.
func at(u *url.URL, err error) error {
	var e *engine.Error
	if !errors.As(err, &e) {
		e = engine.Classify(err)
	}
	named := *e
	named.Target = maskURL(u)
	return &named
}

// protocolError gives kinds to the errors of net/http, which have no types.
func protocolError(err error) error {
	text := err.Error()
	has := func(s string) bool { return strings.Contains(text, s) }
	switch {
	case errors.Is(err, nethttp.ErrSchemeMismatch):
		return &engine.Error{Kind: "tls.failed", Message: "the server speaks plain HTTP on this port", Hint: "use http:// instead of https://", Cause: err}
	case has("readLoopPeekFail"):
		return engine.Errorf(errProtocol, "the server answered before it was asked")
	case has("response headers exceeded") || has("header list larger than"):
		return engine.Errorf(errTooLarge, "the headers of the answer are larger than %s", engine.FormatSize(maxHeaderBytes))
	}
	e := engine.Classify(err)
	if e.Kind != "failed" {
		return e
	}
	text = strings.TrimPrefix(text, "net/http: ")
	text = strings.TrimPrefix(text, "HTTP/1.x transport connection broken: ")
	text = strings.TrimPrefix(text, "http: ")
	text, _, _ = strings.Cut(text, "; got [")
	if i := strings.Index(text, `"`); i > 0 {
		text = strings.TrimRight(text[:i], " :") // what follows is quoted from the server
	}
	return engine.Errorf(errProtocol, "the server does not speak HTTP as it should: %s", text)
}

// broken explains an error that came while the body was read: done bytes of it
// are there.
func (f *flight) broken(err error, done int64) error {
	if f.raised != nil {
		return f.raised
	}
	var own *engine.Error
	if errors.As(err, &own) {
		return at(f.url, own)
	}
	var corrupt flate.CorruptInputError
	switch {
	case errors.Is(err, gzip.ErrHeader), errors.Is(err, gzip.ErrChecksum), errors.Is(err, zlib.ErrHeader),
		errors.Is(err, zlib.ErrChecksum), errors.Is(err, zlib.ErrDictionary), errors.As(err, &corrupt):
		return at(f.url, engine.Errorf(errProtocol, "the body is not the %s that its headers say", f.res.Header.Get("Content-Encoding")))
	case errors.Is(err, io.ErrUnexpectedEOF):
		return f.incomplete(done)
	}
	return f.explain(err)
}

func (f *flight) incomplete(done int64) error {
	e := engine.Errorf(transfer.ErrIncomplete, "the connection ended after %d bytes, before the body was complete", done)
	e.Fields = map[string]any{"done": done}
	if total := f.total(); total >= 0 {
		e.Message = fmt.Sprintf("the connection ended after %d of %d bytes", done, total)
		e.Fields["total"] = total
	}
	e.Retryable = true
	return at(f.url, e)
}
