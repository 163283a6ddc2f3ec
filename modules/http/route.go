package http

import (
	"context"
	"errors"
	"fmt"
	nethttp "net/http"
	"runtime/debug"
	"strings"

	"github.com/gscript-lang/gscript/engine"
)

type routeIn struct {
	Pattern string       `lua:"pattern,wire" doc:"path such as \"/users/{id}\"; {rest...} at the end takes all that follows, slashes too"`
	Handler *engine.Func `lua:"handler" type:"fun(req: http.Request, res: http.Reply)" doc:"called for each request, as a task of its own"`
}

type methodRouteIn struct {
	Method string `lua:"method,wire" doc:"method such as \"GET\", or \"*\" for all"`
	routeIn
}

// route makes the handler of srv:get and the like.
func routeOf(method string) func(*Server, *engine.Call, routeIn) (engine.None, error) {
	return func(s *Server, _ *engine.Call, in routeIn) (engine.None, error) {
		return engine.None{}, s.route(method, in)
	}
}

func (s *Server) routeMethod(_ *engine.Call, in methodRouteIn) (engine.None, error) {
	if in.Method == "*" {
		return engine.None{}, s.route("", in.routeIn)
	}
	method, err := checkMethod(in.Method)
	if err != nil {
		return engine.None{}, err
	}
	return engine.None{}, s.route(method, in.routeIn)
}

// route registers a handler. A path that ends in a slash is that path alone:
// net/http would take all below it.
func (s *Server) route(method string, in routeIn) error {
	pattern := in.Pattern
	if strings.HasSuffix(pattern, "/") {
		pattern += "{$}"
	}
	return s.register(method, pattern, in.Pattern, s.handler(in.Pattern, in.Handler))
}

func (s *Server) register(method, pattern, shown string, h nethttp.Handler) (err error) {
	if !strings.HasPrefix(pattern, "/") {
		return engine.Invalid("argument 'pattern' must begin with a slash: %q", shown)
	}
	defer func() {
		if r := recover(); r != nil { // how ServeMux refuses a pattern
			text := fmt.Sprint(r)
			err = engine.Invalid("argument 'pattern' %q cannot be used", shown)
			if strings.Contains(text, "conflicts with pattern") {
				err = engine.Invalid("argument 'pattern' %q conflicts with another route of the server", shown).
					WithHint("two routes match the same paths and neither is the more precise one")
			}
		}
	}()
	if method != "" {
		pattern = method + " " + pattern
	}
	s.mux.Handle(pattern, h)
	return nil
}

// paramNames lists the names in a pattern.
func paramNames(pattern string) []string {
	var names []string
	for _, segment := range strings.Split(pattern, "/") {
		name, ok := strings.CutPrefix(segment, "{")
		if name, closed := strings.CutSuffix(name, "}"); ok && closed && name != "$" {
			names = append(names, strings.TrimSuffix(name, "..."))
		}
	}
	return names
}

// entry is what every request comes through first.
func (s *Server) entry(w nethttp.ResponseWriter, r *nethttp.Request) {
	out := &transmission{ResponseWriter: w, server: s, control: nethttp.NewResponseController(w)}
	elapsed := stopwatch(s.host.Clock)
	defer func() {
		if p := recover(); p != nil {
			if p == nethttp.ErrAbortHandler {
				s.report(r, out, elapsed())
				panic(p)
			}
			s.host.Log.Error("panic", "in", "http.serve", "panic", p, "stack", string(debug.Stack()))
			out.fail(nethttp.StatusInternalServerError)
		}
	}()
	if r.Body != nil && r.Body != nethttp.NoBody {
		limited := nethttp.MaxBytesReader(w, r.Body, int64(s.options.MaxBody))
		out.arriving = &arriving{ReadCloser: limited, server: s, control: out.control}
		out.arriving.deadline()
		r.Body = out.arriving
	}
	s.mux.ServeHTTP(out, r)
	s.report(r, out, elapsed())
}

// report calls the log function.
func (s *Server) report(r *nethttp.Request, out *transmission, elapsed float64) {
	if s.options.Log == nil {
		return
	}
	entry := engine.Object{
		{Key: "method", Value: printable(r.Method)},
		{Key: "path", Value: printable(maskURL(r.URL))},
		{Key: "status", Value: max(out.status, 200)},
		{Key: "bytes", Value: out.bytes},
		{Key: "elapsed", Value: elapsed},
		{Key: "remote", Value: r.RemoteAddr},
	}
	if out.failure != nil {
		entry = append(entry, engine.Pair{Key: "error", Value: out.failure.Error()})
	}
	if _, err := s.options.Log.Call(s.ctx, entry); err != nil && s.ctx.Err() == nil {
		s.host.Log.Error("the log function has failed", "error", err)
	}
}

// handler makes the net/http handler of a Lua function.
func (s *Server) handler(pattern string, fn *engine.Func) nethttp.Handler {
	names := paramNames(pattern)
	return nethttp.HandlerFunc(func(w nethttp.ResponseWriter, r *nethttp.Request) {
		out := w.(*transmission)
		ctx, cancel := context.WithCancel(context.WithValue(s.ctx, serverKey{}, s))
		if limit := s.options.HandlerTimeout.Std(); limit > 0 {
			ctx, cancel = context.WithTimeout(ctx, limit)
		}
		defer cancel()
		req := &Request{r: r, server: s, params: map[string]string{}}
		for _, name := range names {
			req.params[name] = r.PathValue(name)
		}
		reply := &Reply{out: out, req: r, server: s, header: out.Header()}
		_, err := fn.Call(ctx, req, reply)
		if err == nil {
			err = reply.finish()
		}
		reply.end()
		if err != nil {
			s.failed(out, r, err)
		}
	})
}

// failed answers for a handler that raised. What went wrong is for the log; the
// client learns nothing of it. Where a part of the answer is out already, the
// connection is cut, so that the client does not take the part for the whole.
func (s *Server) failed(out *transmission, r *nethttp.Request, err error) {
	out.failure = err
	if s.ctx.Err() == nil {
		e := engine.Classify(err)
		s.host.Log.Error("a handler has failed", "method", r.Method, "path", maskURL(r.URL),
			"kind", e.Kind, "error", e.Error(), "traceback", e.Traceback)
	}
	if out.sent {
		panic(nethttp.ErrAbortHandler)
	}
	var fault *refused
	if errors.As(err, &fault) {
		out.fail(fault.status)
		return
	}
	out.fail(nethttp.StatusInternalServerError)
}
