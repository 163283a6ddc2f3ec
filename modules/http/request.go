package http

import (
	nethttp "net/http"
	"net/http/cookiejar"
	"net/url"
	"slices"
	"strings"

	"golang.org/x/net/http/httpguts"
	"golang.org/x/net/publicsuffix"

	"github.com/gscript-lang/gscript/engine"
	"github.com/gscript-lang/gscript/modules/internal/meter"
)

// request is what a call asks for, together with what its session adds.
type request struct {
	method  string
	url     *url.URL
	host    string // of the Host header, where it is not the URL's
	header  nethttp.Header
	cookies []*nethttp.Cookie // for home only
	home    origin            // where the credentials belong
	user    map[origin]string // Authorization by a URL's own user information
	secret  []string          // names of further secret headers
	payload *payload
	meter   *meter.Meter

	jar       nethttp.CookieJar
	pool      *pool
	limits    limits
	redirects int
	downgrade bool
	maxBody   int64 // 0 is no limit
	retry     *retryOptions
}

// prepare makes the request of a call. Where s has a base, what it knows of
// credentials is for the base's origin only.
func (s *Session) prepare(c *engine.Call, method, address string, o common, body content) (*request, error) {
	u, err := s.resolve(address)
	if err != nil {
		return nil, err
	}
	r := &request{method: method, jar: s.cookies(), user: map[origin]string{}}
	if r.method, err = checkMethod(method); err != nil {
		return nil, err
	}
	user := takeUser(u)
	r.url, r.home = u, originOf(u)
	base := s.options
	if s.base != nil && originOf(s.base) != r.home {
		base = base.withoutCredentials()
	}
	if err := addParams(u, base.Params, o.Params); err != nil {
		return nil, err
	}
	o = o.over(base)
	if r.payload, err = body.payload(c); err != nil {
		return nil, err
	}
	r.secret = o.SecretHeaders
	if err := r.setHeaders(o); err != nil {
		return nil, err
	}
	if user != "" && r.header.Get("Authorization") == "" {
		r.user[r.home] = user
	}
	if r.cookies, err = callCookies(o.Cookies); err != nil {
		return nil, err
	}
	if r.meter, err = meter.New(c, body.Progress); err != nil {
		return nil, err
	}
	r.limits = newLimits(o.Timeout)
	r.retry = o.Retry
	r.downgrade = o.AllowDowngrade != nil && *o.AllowDowngrade
	r.redirects = defaultRedirects
	if r.method == "HEAD" {
		r.redirects = 0
	}
	if o.Redirects != nil {
		r.redirects = *o.Redirects
	}
	r.maxBody = defaultMaxBody
	if o.MaxBody != nil {
		r.maxBody = int64(*o.MaxBody)
	}
	return r, nil
}

// withoutCredentials is o for an origin that is not the session's own.
func (o common) withoutCredentials() common {
	o.Auth, o.Cookies, o.Params = nil, nil, nil
	headers := map[string]any{}
	for name, v := range o.Headers {
		if !secretHeader(name, o.SecretHeaders) {
			headers[name] = v
		}
	}
	o.Headers = headers
	return o
}

var plainMethods = []string{"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE"}

func checkMethod(method string) (string, error) {
	if upper := strings.ToUpper(method); slices.Contains(plainMethods, upper) {
		return upper, nil
	}
	if !httpguts.ValidHeaderFieldName(method) || strings.EqualFold(method, "CONNECT") {
		return "", engine.Invalid("argument 'method' is not a method for requests: %q", method)
	}
	return method, nil
}

// addParams puts the session's and the call's parameters into the query; the
// call's replace the session's of the same name.
func addParams(u *url.URL, base, call any) error {
	if base == nil || call == nil {
		if call == nil {
			call = base
		}
		return addQuery(u, call)
	}
	own, err := pairs("params", call)
	if err != nil {
		return err
	}
	list, err := pairs("params", base)
	if err != nil {
		return err
	}
	list = slices.DeleteFunc(list, func(p pair) bool {
		return slices.ContainsFunc(own, func(q pair) bool { return p.name == q.name })
	})
	return addQuery(u, encodePairs(append(list, own...)))
}

// framing are headers that say where a body ends; two opinions about that are
// how requests are smuggled.
var framing = []string{"Content-Length", "Transfer-Encoding", "Trailer"}

func (r *request) setHeaders(o common) error {
	r.header = nethttp.Header{
		"User-Agent":      {"gscript"},
		"Accept":          {"*/*"},
		"Accept-Encoding": {"gzip, deflate"},
	}
	if r.payload != nil && r.payload.kind != "" {
		r.header.Set("Content-Type", r.payload.kind)
	}
	if o.Auth != nil {
		value, err := o.Auth.header()
		if err != nil {
			return err
		}
		r.header.Set("Authorization", value)
	}
	for name, v := range o.Headers {
		key := nethttp.CanonicalHeaderKey(name)
		switch {
		case !httpguts.ValidHeaderFieldName(name):
			return engine.Invalid("argument 'headers': %q is not a header's name", name)
		case slices.Contains(framing, key):
			return engine.Invalid("argument 'headers': %s follows from the body and cannot be set", key)
		}
		values, err := headerValues(key, v)
		if err != nil {
			return err
		}
		switch {
		case key == "Host" && len(values) == 1:
			if r.host = values[0]; !httpguts.ValidHostHeader(r.host) {
				return engine.Invalid("argument 'headers.Host' is not a valid host")
			}
		case len(values) == 0 && key == "User-Agent":
			r.header[key] = []string{""} // net/http sends its own otherwise
		case len(values) == 0:
			delete(r.header, key)
		default:
			r.header[key] = values
		}
	}
	return nil
}

// headerValues reads the value of one header: a scalar, a list, or false for
// none. The error does not show the value, which may be a secret.
func headerValues(name string, v any) ([]string, error) {
	list, ok := v.(engine.List)
	if v == false {
		return nil, nil
	}
	if !ok {
		list = engine.List{v}
	}
	var values []string
	for _, item := range list {
		text, ok := scalar(item)
		if !ok {
			return nil, engine.Invalid("argument 'headers.%s' must be a string, a number, a list of them, or false", name)
		}
		if err := engine.CheckWire(text); err != nil {
			return nil, engine.Invalid("argument 'headers.%s' %v", name, err)
		}
		if !httpguts.ValidHeaderFieldValue(text) {
			return nil, engine.Invalid("argument 'headers.%s' has a control character", name)
		}
		values = append(values, text)
	}
	return values, nil
}

func callCookies(given map[string]string) ([]*nethttp.Cookie, error) {
	var list []*nethttp.Cookie
	for name, value := range given {
		c := &nethttp.Cookie{Name: name, Value: value}
		if c.Valid() != nil {
			return nil, engine.Invalid("argument 'cookies.%s' has characters that a cookie cannot hold", name)
		}
		list = append(list, c)
	}
	slices.SortFunc(list, func(a, b *nethttp.Cookie) int { return strings.Compare(a.Name, b.Name) })
	return list, nil
}

// headerFor makes the headers for a request to u, which may be another origin
// than the one the credentials are for.
func (r *request) headerFor(u *url.URL, bodyDropped bool) nethttp.Header {
	at := originOf(u)
	h := r.header.Clone()
	for name := range h {
		if bodyDropped && (strings.HasPrefix(name, "Content-") || name == "Digest" || name == "Expect") {
			delete(h, name)
		}
		if at != r.home && secretHeader(name, r.secret) {
			delete(h, name)
		}
	}
	if auth := r.user[at]; auth != "" && h.Get("Authorization") == "" {
		h.Set("Authorization", auth)
	}
	cookies := h["Cookie"]
	own := r.cookies
	if at != r.home {
		own = nil
	}
	for _, c := range own {
		cookies = append(cookies, c.Name+"="+c.Value)
	}
	for _, c := range r.jar.Cookies(u) {
		if !slices.ContainsFunc(own, func(o *nethttp.Cookie) bool { return o.Name == c.Name }) {
			cookies = append(cookies, c.Name+"="+c.Value)
		}
	}
	if len(cookies) > 0 {
		h["Cookie"] = []string{strings.Join(cookies, "; ")}
	}
	return h
}

func newJar() nethttp.CookieJar {
	jar, _ := cookiejar.New(&cookiejar.Options{PublicSuffixList: publicsuffix.List}) // never fails
	return jar
}
