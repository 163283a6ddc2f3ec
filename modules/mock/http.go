package mock

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net"
	nethttp "net/http"
	"net/http/httptrace"
	"net/url"
	"strings"
	"sync"

	"github.com/gscript-lang/gscript/engine"
	"github.com/gscript-lang/gscript/engine/host"
	"github.com/gscript-lang/gscript/modules/http"
	"github.com/gscript-lang/gscript/modules/internal/jsonconv"
)

// HTTP answers the requests of a state.
type HTTP struct {
	engine.Identity
	*Patch
	host   *host.Host
	routes *routes

	mu       sync.Mutex
	requests []request
}

func (*HTTP) String() string { return "mock.Http" }

// request is a request that was made.
type request struct {
	Method  string        `lua:"method" doc:"GET, POST, …"`
	URL     string        `lua:"url" doc:"the whole address"`
	Path    string        `lua:"path" doc:"the path in it"`
	Query   engine.Object `lua:"query" doc:"the parameters in the address" type:"table<string, string>"`
	Headers engine.Object `lua:"headers" doc:"the headers, with small letters" type:"table<string, string>"`
	Body    string        `lua:"body" doc:"what was sent"`
	JSON    any           `lua:"json" doc:"what was sent, read as JSON; nil when it is none" type:"any"`
}

func newHTTP(c *engine.Call, in routesIn) (*HTTP, error) {
	r, err := newRoutes(in.Routes)
	if err != nil {
		return nil, err
	}
	for _, each := range r.list {
		each.pattern = normal(each.pattern)
	}
	h := &HTTP{host: base(c), routes: r}
	h.host.Clock = c.Host().Clock
	restore := http.StandIn(c, h)
	h.Patch = replaced(c, "http", func() error { restore(); return nil })
	return h, nil
}

// normal puts the path of an address without one.
func normal(pattern string) string {
	method, address, ok := strings.Cut(pattern, " ")
	if !ok {
		address, method = method, ""
	}
	if u, err := url.Parse(address); err == nil && u.Host != "" && u.Path == "" && !strings.Contains(address, "*") {
		u.Path = "/"
		address = u.String()
	}
	return strings.TrimSpace(method + " " + address)
}

func (h *HTTP) add(_ *engine.Call, in routeIn) (engine.None, error) {
	h.routes.add(normal(in.Pattern), in.Answer)
	return engine.None{}, nil
}

// maxSent bounds how much of a request's body is kept.
const maxSent = 64 << 20

// RoundTrip answers a request.
func (h *HTTP) RoundTrip(r *nethttp.Request) (*nethttp.Response, error) {
	port := r.URL.Port()
	if port == "" {
		port = map[string]string{"http": "80", "https": "443"}[r.URL.Scheme]
	}
	if err := h.host.Check(host.Net, net.JoinHostPort(r.URL.Hostname(), port)); err != nil {
		return nil, err
	}
	reached(r.Context())
	sent, err := received(r)
	if err != nil {
		return nil, err
	}
	h.mu.Lock()
	h.requests = append(h.requests, sent)
	h.mu.Unlock()

	whole := *r.URL
	whole.Fragment, whole.User = "", nil
	if whole.Path == "" {
		whole.Path = "/"
	}
	bare := whole
	bare.RawQuery = ""
	m := r.Method + " "
	answer, ok := h.routes.find(m+whole.String(), whole.String(), m+bare.String(), bare.String(), m+bare.Path, bare.Path)
	if !ok {
		return nil, h.routes.unexpected("request", m+whole.String(), "mock.http answers every request")
	}
	if fn, isFunc := answer.(*engine.Func); isFunc {
		results, err := fn.Call(r.Context(), sent)
		if err != nil {
			return nil, err
		}
		answer = nil
		if len(results) > 0 {
			answer = results[0]
		}
	}
	return h.respond(r, answer)
}

// reached tells whoever watches the phases of the request that the server has it.
func reached(ctx context.Context) {
	trace := httptrace.ContextClientTrace(ctx)
	if trace == nil {
		return
	}
	if trace.GotConn != nil {
		trace.GotConn(httptrace.GotConnInfo{})
	}
	if trace.WroteRequest != nil {
		trace.WroteRequest(httptrace.WroteRequestInfo{})
	}
}

func received(r *nethttp.Request) (request, error) {
	sent := request{Method: r.Method, URL: r.URL.String(), Path: r.URL.Path}
	for name, values := range r.URL.Query() {
		sent.Query = append(sent.Query, engine.Pair{Key: name, Value: strings.Join(values, ", ")})
	}
	for name, values := range r.Header {
		sent.Headers = append(sent.Headers, engine.Pair{Key: strings.ToLower(name), Value: strings.Join(values, ", ")})
	}
	if r.Body == nil {
		return sent, nil
	}
	defer r.Body.Close()
	data, err := io.ReadAll(io.LimitReader(r.Body, maxSent))
	if err != nil {
		return sent, err
	}
	sent.Body = string(data)
	if strings.Contains(r.Header.Get("Content-Type"), "json") {
		sent.JSON, _ = jsonconv.Decode(data)
	}
	return sent, nil
}

// respond makes the response that an answer means.
func (h *HTTP) respond(r *nethttp.Request, answer any) (*nethttp.Response, error) {
	res := &nethttp.Response{
		StatusCode: nethttp.StatusOK, Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
		Header: nethttp.Header{}, Request: r,
	}
	var body []byte
	switch v := answer.(type) {
	case nil:
		res.StatusCode = nethttp.StatusNoContent
	case string:
		body = []byte(v)
		res.Header.Set("Content-Type", "text/plain; charset=utf-8")
	case float64:
		res.StatusCode = int(v)
	case engine.Object:
		var err error
		if body, err = h.fill(r.Context(), res, v); err != nil {
			return nil, err
		}
	default:
		return nil, badAnswer("an answer is a table, a string, a status or a function")
	}
	if res.StatusCode < 100 || res.StatusCode > 999 {
		return nil, badAnswer("a status is a number from 100 to 999, not %d", res.StatusCode)
	}
	res.Status = fmt.Sprintf("%d %s", res.StatusCode, nethttp.StatusText(res.StatusCode))
	if r.Method == nethttp.MethodHead {
		body = nil
	}
	res.Body, res.ContentLength = io.NopCloser(bytes.NewReader(body)), int64(len(body))
	return res, nil
}

func badAnswer(format string, args ...any) error { return engine.Invalid(format, args...) }

// answerFields are what the table of an answer may have.
var answerFields = [...]string{"status", "body", "json", "headers", "error", "delay"}

func (h *HTTP) fill(ctx context.Context, res *nethttp.Response, o engine.Object) (body []byte, err error) {
	for _, p := range o {
		ok := true
		switch v := p.Value; p.Key {
		case "status":
			var n float64
			n, ok = v.(float64)
			res.StatusCode = int(n)
		case "body":
			var s string
			s, ok = v.(string)
			body = []byte(s)
		case "json":
			if body, err = jsonconv.Encode(v, jsonconv.EncodeOptions{}); err != nil {
				return nil, err
			}
			if res.Header.Get("Content-Type") == "" {
				res.Header.Set("Content-Type", "application/json")
			}
		case "headers":
			var headers engine.Object
			headers, ok = v.(engine.Object)
			for _, each := range headers {
				res.Header.Set(each.Key, fmt.Sprint(each.Value))
			}
		case "error":
			var kind string
			if kind, ok = v.(string); ok {
				return nil, &engine.Error{Kind: kind, Message: "mock.http fails the request so", Retryable: strings.HasPrefix(kind, "net.")}
			}
		case "delay":
			var d engine.Duration
			if d, ok = duration(v); ok {
				if err := h.host.Clock.Sleep(ctx, d.Std()); err != nil {
					return nil, err
				}
			}
		default:
			return nil, unknownField("an answer", p.Key, answerFields[:])
		}
		if !ok {
			return nil, badAnswer("the field '%s' of an answer has a value of the wrong type", p.Key)
		}
	}
	return body, nil
}

func duration(v any) (engine.Duration, bool) {
	switch v := v.(type) {
	case float64:
		return engine.Duration(v * 1e9), v >= 0
	case string:
		d, err := engine.ParseDuration(v)
		return d, err == nil
	}
	return 0, false
}

func unknownField(what, key string, fields []string) error {
	e := badAnswer("%s has no field '%s'", what, key).(*engine.Error)
	if near := engine.Suggest(key, fields); near != "" {
		return e.WithHint("did you mean '%s'?", near)
	}
	return e.WithHint("there are: %s", strings.Join(fields, ", "))
}

func (h *HTTP) made() []request {
	h.mu.Lock()
	defer h.mu.Unlock()
	return append([]request{}, h.requests...)
}
