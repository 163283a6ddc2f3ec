package http

import (
	"maps"
	"slices"
	"strings"

	"github.com/gscript-lang/gscript/engine"
	"github.com/gscript-lang/gscript/modules/internal/tlsconf"
)

// Defaults of every request.
const (
	defaultMaxBody   = 64 << 20
	defaultRedirects = 10
	maxHeaderBytes   = 256 << 10
)

// common are the options of a request that a session may set for all of its
// requests.
type common struct {
	Params         any               `lua:"params,opt" type:"table|string" doc:"query of the URL: names with a value or a list of values, or a list of {name, value} pairs; it comes after the query that the URL has"`
	Headers        map[string]any    `lua:"headers,opt,wire" type:"table<string, string|number|string[]|false>" doc:"headers to send; false takes one off that would be sent otherwise"`
	Cookies        map[string]string `lua:"cookies,opt,wire" doc:"cookies to send to the origin of the URL only; they are not kept"`
	Auth           *credentials      `lua:"auth,opt" type:"table" doc:"{\"user\", \"password\"} for Basic, {bearer=\"token\"} for a bearer token; sent to the origin of the URL only, in a session with a base to that of the base"`
	Timeout        *timeouts         `lua:"timeout,opt" type:"duration|table" doc:"limit for the whole call, or a table of limits: {connect=, tls=, first_byte=, read=, total=}"`
	Redirects      *int              `lua:"redirects,opt" doc:"how many redirects to follow: 10 unless given, none for HEAD; with 0 the redirect itself is the response"`
	AllowDowngrade *bool             `lua:"allow_downgrade,opt" doc:"follow redirects from https to http"`
	SecretHeaders  []string          `lua:"secret_headers,opt,wire" doc:"names of further headers that must not leave their origin; Authorization, Cookie and all that are named like a token, key or secret never do"`
	MaxBody        *engine.Size      `lua:"max_body,opt" doc:"largest body to take, after decoding: \"64MiB\" unless given, for a download no limit"`
	Retry          *retryOptions     `lua:"retry,opt" type:"integer|table" doc:"repeat requests that failed for a reason that may pass: how many times, or a table; idempotent methods only; without it nothing is repeated"`
	TLS            *tlsconf.Options  `lua:"tls,opt" doc:"how to speak TLS"`
	Proxy          *string           `lua:"proxy,opt,wire" doc:"proxy as a URL with http, https, socks5 or socks5h, \"none\" for no proxy; unless given it comes from HTTP_PROXY, HTTPS_PROXY and NO_PROXY where the script may read them"`
	UnixSocket     string            `lua:"unix_socket,opt,wire" doc:"path of a unix socket to connect to instead of the URL's host"`
}

// content is the body of a request. At most one kind of it may be given, form
// and files apart.
type content struct {
	JSON     any    `lua:"json,opt" doc:"value to send as JSON"`
	Form     any    `lua:"form,opt" type:"table" doc:"fields to send as a form, as in params"`
	Files    any    `lua:"files,opt" type:"table" doc:"files to send as a multipart form, streamed: a field's name with {path=, name=, type=} or {data=, name=, type=}, or a list of those"`
	Body     any    `lua:"body,opt" type:"string|function|file" doc:"bytes to send: a string, an open file, or a function that returns the next piece and nil at the end"`
	File     string `lua:"file,opt,wire" doc:"path of a file to send as the body"`
	Progress any    `lua:"progress,opt" type:"boolean|fun(done: integer, total: integer, name: string)" doc:"show how the transfer goes on: of the body that is sent, else of the one that comes"`
}

type urlIn struct {
	URL string `lua:"url,wire" doc:"address with http or https; in a session with a base it may be relative to that"`
	common
	content
}

type requestIn struct {
	Method string `lua:"method,wire" doc:"method such as \"GET\" or \"PROPFIND\""`
	URL    string `lua:"url,wire" doc:"address with http or https; in a session with a base it may be relative to that"`
	common
	content
}

type downloadIn struct {
	URL      string `lua:"url,wire" doc:"address of the file"`
	Path     string `lua:"path" doc:"file to write; a directory takes the name that the server gives, or the URL's last part"`
	SHA256   string `lua:"sha256,opt" doc:"checksum that the file must have, in hexadecimal"`
	Progress any    `lua:"progress,opt" type:"boolean|fun(done: integer, total: integer, name: string)" doc:"show how the download goes on"`
	common
}

type sessionIn struct {
	Base string `lua:"base,opt,wire" doc:"address of a directory to which the URLs of requests are relative; one that starts with / is relative to its host"`
	common
}

// credentials is auth={"user", "password"} or auth={bearer="token"}.
type credentials struct {
	User     string `lua:"user,arg,wire" doc:"login name, for Basic"`
	Password string `lua:"password,arg,wire,secret" doc:"password, for Basic"`
	Bearer   string `lua:"bearer,opt,wire,secret" doc:"token, for Bearer"`
}

// timeouts are the limits of the phases of a request; 0 is none.
type timeouts struct {
	Total     *engine.Duration `lua:"total,opt,short" doc:"whole call, redirects and retries included; none unless given"`
	Connect   *engine.Duration `lua:"connect,opt" doc:"finding the address and connecting, 10 s unless given"`
	TLS       *engine.Duration `lua:"tls,opt" doc:"TLS handshake, 10 s unless given"`
	FirstByte *engine.Duration `lua:"first_byte,opt" doc:"waiting for the answer once the request is sent, 30 s unless given"`
	Read      *engine.Duration `lua:"read,opt" doc:"silence while a body comes or goes, 60 s unless given"`
}

type retryOptions struct {
	Total   int             `lua:"total,opt,short" default:"3" doc:"how many more times to try"`
	Status  []int           `lua:"status,opt" doc:"statuses after which to try again: 429, 502, 503 and 504 unless given"`
	Methods []string        `lua:"methods,opt,wire" doc:"methods that may be repeated: those that are idempotent unless given"`
	Backoff engine.Duration `lua:"backoff,opt" default:"0.5" doc:"wait before the first repetition; each further one waits twice as long, with jitter"`
	MaxWait engine.Duration `lua:"max_wait,opt" default:"30" doc:"longest wait; a server that asks for more with Retry-After is not asked again"`
}

// over puts o's options over those of base.
func (o common) over(base common) common {
	out := base
	if o.Params != nil {
		out.Params = o.Params
	}
	out.Timeout = o.Timeout.over(base.Timeout)
	out.SecretHeaders = append(slices.Clone(base.SecretHeaders), o.SecretHeaders...)
	out.Cookies = maps.Clone(base.Cookies)
	for name, value := range o.Cookies {
		if out.Cookies == nil {
			out.Cookies = map[string]string{}
		}
		out.Cookies[name] = value
	}
	out.Headers = map[string]any{}
	for name, value := range base.Headers {
		out.Headers[strings.ToLower(name)] = value
	}
	for name, value := range o.Headers {
		out.Headers[strings.ToLower(name)] = value
	}
	replace(&out.Auth, o.Auth)
	replace(&out.Redirects, o.Redirects)
	replace(&out.AllowDowngrade, o.AllowDowngrade)
	replace(&out.MaxBody, o.MaxBody)
	replace(&out.Retry, o.Retry)
	replace(&out.TLS, o.TLS)
	replace(&out.Proxy, o.Proxy)
	if o.UnixSocket != "" {
		out.UnixSocket = o.UnixSocket
	}
	return out
}

// replace sets *dst to v where v is given.
func replace[T any](dst **T, v *T) {
	if v != nil {
		*dst = v
	}
}

func (t *timeouts) over(base *timeouts) *timeouts {
	if base == nil {
		return t
	}
	if t == nil {
		return base
	}
	out := *base
	replace(&out.Total, t.Total)
	replace(&out.Connect, t.Connect)
	replace(&out.TLS, t.TLS)
	replace(&out.FirstByte, t.FirstByte)
	replace(&out.Read, t.Read)
	return &out
}

// reaches says whether o asks for a way to the server other than the session's.
func (o common) reaches() bool {
	return o.TLS != nil || o.Proxy != nil || o.UnixSocket != ""
}
