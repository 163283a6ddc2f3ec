package http

import (
	"context"
	nethttp "net/http"
	"net/url"
	"strings"
	"sync"

	"github.com/gscript-lang/gscript/engine"
)

// Session is what several requests share: defaults, cookies, connections. Its
// methods may be called by several tasks at once.
type Session struct {
	base    *url.URL
	options common
	pool    *pool // nil in the session that stands for a single call

	mu     sync.Mutex
	jar    nethttp.CookieJar
	closed bool
}

func openSession(c *engine.Call, in sessionIn) (*Session, error) {
	s := &Session{options: in.common, jar: newJar()}
	if in.Base != "" {
		base, err := parseURL(in.Base)
		if err != nil {
			return nil, err
		}
		if user := base.User; user != nil && s.options.Auth == nil {
			password, _ := user.Password()
			s.options.Auth = &credentials{User: user.Username(), Password: password}
		}
		base.User = nil
		if !strings.HasSuffix(base.Path, "/") {
			base = base.JoinPath("/")
		}
		s.base = base
	}
	var err error
	if s.pool, err = newPool(c, in.common); err != nil {
		return nil, err
	}
	return s, nil
}

// Close ends the session's connections.
func (s *Session) Close() error {
	s.mu.Lock()
	s.closed = true
	s.mu.Unlock()
	s.pool.Close()
	return nil
}

func (s *Session) String() string { return strings.TrimSpace("http.Session " + maskURL(s.base)) }

// resolve makes the URL of a request. A relative one is relative to the base as
// to a directory.
func (s *Session) resolve(address string) (*url.URL, error) {
	if s.base == nil {
		return parseURL(address)
	}
	u, err := url.Parse(address)
	if err != nil {
		// users/a:b reads as a scheme; below a base it is a path.
		if u, err = url.Parse("./" + address); err != nil {
			return nil, engine.Invalid("argument 'url' is not a valid URL")
		}
	}
	return checkURL(s.base.ResolveReference(u))
}

func (s *Session) cookies() nethttp.CookieJar {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.jar
}

// connect gives r its connections: the session's, or ones of its own where the
// call asks for other ways to the server. done closes the latter.
func (s *Session) connect(c *engine.Call, r *request, o common) (done func(), err error) {
	s.mu.Lock()
	closed := s.closed
	s.mu.Unlock()
	if closed {
		return nil, &engine.Error{Kind: engine.KindHandleClosed, Message: "the session is closed"}
	}
	switch {
	case o.reaches():
		if r.pool, err = newPool(c, o.over(s.options)); err != nil {
			return nil, err
		}
		return r.pool.Close, nil
	case s.pool != nil:
		r.pool = s.pool
	default:
		r.pool, err = sharedPool(c)
	}
	return func() {}, err
}

// do makes a request and reads the whole answer.
func (s *Session) do(c *engine.Call, method, address string, o common, body content) (*Response, error) {
	r, err := s.prepare(c, method, address, o, body)
	if err != nil {
		return nil, err
	}
	defer r.meter.Close()
	done, err := s.connect(c, r, o)
	if err != nil {
		return nil, err
	}
	defer done()
	ctx, cancel := r.limits.limited(c.Context(), c.Host().Clock)
	defer cancel()
	return r.response(ctx)
}

func (r *request) response(ctx context.Context) (*Response, error) {
	elapsed := stopwatch(r.pool.host.Clock)
	var response *Response
	err := r.run(ctx, func(f *flight, history []step) error {
		var src = readerFunc(f.Read)
		if r.payload == nil {
			bar := r.meter.Start(maskURL(f.url), f.total())
			src = f.counted(bar).Read
			defer func() { bar.Finish(f.raised) }()
		}
		body, err := f.body(r, src)
		if err != nil {
			return err
		}
		response = newResponse(f.answer(history), body, elapsed())
		return nil
	})
	return response, err
}

// verb makes the handler of s:get and the like.
func verb(method string) func(*Session, *engine.Call, urlIn) (*Response, error) {
	return func(s *Session, c *engine.Call, in urlIn) (*Response, error) {
		return s.do(c, method, in.URL, in.common, in.content)
	}
}

func (s *Session) request(c *engine.Call, in requestIn) (*Response, error) {
	return s.do(c, in.Method, in.URL, in.common, in.content)
}

// once is the session of a single call.
func once() *Session { return &Session{jar: newJar()} }

type cookieURLIn struct {
	URL string `lua:"url,arg,wire" doc:"address to which the cookies would be sent; the base unless given"`
}

type setCookieIn struct {
	Name  string `lua:"name,wire" doc:"name of the cookie"`
	Value string `lua:"value,wire" doc:"its value"`
	URL   string `lua:"url,opt,wire" doc:"address that the cookie is for; the base unless given"`
}

func (s *Session) place(address string) (*url.URL, error) {
	if address == "" && s.base == nil {
		return nil, engine.Invalid("argument 'url' is missing: the session has no base")
	}
	return s.resolve(address)
}

func (s *Session) listCookies(_ *engine.Call, in cookieURLIn) (map[string]string, error) {
	u, err := s.place(in.URL)
	if err != nil {
		return nil, err
	}
	found := map[string]string{}
	for _, c := range s.cookies().Cookies(u) {
		found[c.Name] = c.Value
	}
	return found, nil
}

func (s *Session) setCookie(_ *engine.Call, in setCookieIn) (engine.None, error) {
	u, err := s.place(in.URL)
	if err != nil {
		return engine.None{}, err
	}
	cookie := &nethttp.Cookie{Name: in.Name, Value: in.Value, Path: "/"}
	if cookie.Valid() != nil {
		return engine.None{}, engine.Invalid("a cookie cannot hold the characters of this name or value")
	}
	s.cookies().SetCookies(u, []*nethttp.Cookie{cookie})
	return engine.None{}, nil
}

func (s *Session) clearCookies(*engine.Call, engine.None) (engine.None, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.jar = newJar()
	return engine.None{}, nil
}
