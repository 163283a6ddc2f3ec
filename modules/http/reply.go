package http

import (
	"html"
	nethttp "net/http"
	"net/url"
	"path/filepath"
	"strings"
	"sync"

	"golang.org/x/net/http/httpguts"

	"github.com/gscript-lang/gscript/engine"
	"github.com/gscript-lang/gscript/modules/internal/jsonconv"
)

// transmission is the answer on its way to the client. Each write has the
// server's time limit, so that a client that does not read is let go.
type transmission struct {
	nethttp.ResponseWriter
	server  *Server
	control *nethttp.ResponseController

	arriving *arriving // the request's body, nil for none

	sent    bool
	status  int
	bytes   int64
	failure error
}

func (t *transmission) WriteHeader(status int) {
	if status >= 200 {
		t.sent, t.status = true, status
	}
	t.deadline()
	t.ResponseWriter.WriteHeader(status)
}

func (t *transmission) Write(p []byte) (int, error) {
	if !t.sent {
		t.WriteHeader(nethttp.StatusOK)
	}
	t.deadline()
	n, err := t.ResponseWriter.Write(p)
	t.bytes += int64(n)
	return n, err
}

func (t *transmission) deadline() {
	d := t.server.options.BodyTimeout.Std()
	if d <= 0 {
		return
	}
	if t.arriving != nil && !t.arriving.whole.Load() {
		t.arriving.deadline()
		d *= 2 // what is left of the request is read first
	}
	_ = t.control.SetWriteDeadline(t.server.host.Clock.Now().Add(d)) // the writer supports it
}

// fail answers with nothing but a status, unless a part of an answer is out.
func (t *transmission) fail(status int) {
	if t.sent {
		return
	}
	clear(t.Header())
	nethttp.Error(t, nethttp.StatusText(status), status)
}

// maxHeld is how much of an answer is held back until its handler is done, so
// that one that raises in the middle can still be answered with a failure.
const maxHeld = 1 << 20

// Reply is the answer that a handler gives.
type Reply struct {
	out    *transmission
	req    *nethttp.Request
	server *Server
	header nethttp.Header

	mu    sync.Mutex
	code  int
	held  []byte
	ended bool
}

// open locks the reply for a method; it fails once the handler is done or, where
// fresh is asked for, once the headers are out.
func (r *Reply) open(fresh bool) error {
	r.mu.Lock()
	if r.ended {
		r.mu.Unlock()
		return &engine.Error{Kind: engine.KindHandleClosed, Message: "the request is answered already", Hint: "a reply is of use only while its handler runs"}
	}
	if fresh && r.out.sent {
		r.mu.Unlock()
		return engine.Invalid("the headers are sent already; set status and headers before the first flush or megabyte")
	}
	return nil
}

type statusIn struct {
	Status int `lua:"status" doc:"status from 200 to 599"`
}

func (r *Reply) status(_ *engine.Call, in statusIn) (*Reply, error) {
	if in.Status < 200 || in.Status > 599 {
		return nil, engine.Invalid("argument 'status' must be from 200 to 599, got %d", in.Status)
	}
	if err := r.open(true); err != nil {
		return nil, err
	}
	defer r.mu.Unlock()
	r.code = in.Status
	return r, nil
}

type setHeaderIn struct {
	Name  string `lua:"name,wire" doc:"name of the header"`
	Value any    `lua:"value" type:"string|number|string[]|false" doc:"its value or list of values; false takes it off"`
}

func (r *Reply) setHeader(_ *engine.Call, in setHeaderIn) (*Reply, error) {
	if !httpguts.ValidHeaderFieldName(in.Name) {
		return nil, engine.Invalid("argument 'name' is not a header's name: %q", in.Name)
	}
	name := nethttp.CanonicalHeaderKey(in.Name)
	if name == "Transfer-Encoding" {
		return nil, engine.Invalid("the header %s follows from the body and cannot be set", name)
	}
	values, err := headerValues(name, in.Value)
	if err != nil {
		return nil, err
	}
	if err := r.open(true); err != nil {
		return nil, err
	}
	defer r.mu.Unlock()
	if len(values) == 0 {
		delete(r.header, name)
	} else {
		r.header[name] = values
	}
	return r, nil
}

type writeIn struct {
	Text string `lua:"text" doc:"bytes to send"`
}

func (r *Reply) write(_ *engine.Call, in writeIn) (*Reply, error) {
	return r, r.send("", in.Text)
}

// send puts text behind what is there, as media type kind unless the handler
// has set one.
func (r *Reply) send(kind, text string) error {
	if err := r.open(false); err != nil {
		return err
	}
	defer r.mu.Unlock()
	if kind != "" && r.header.Get("Content-Type") == "" && !r.out.sent {
		r.header.Set("Content-Type", kind)
	}
	r.held = append(r.held, text...)
	if len(r.held) > maxHeld {
		return r.flushLocked()
	}
	return nil
}

func (r *Reply) flushLocked() error {
	if !r.out.sent {
		r.head()
	}
	held := r.held
	r.held = r.held[:0]
	if _, err := r.out.Write(held); err != nil {
		return err
	}
	return r.out.control.Flush()
}

func (r *Reply) head() {
	if r.header.Get("Content-Type") == "" && len(r.held) > 0 {
		r.header.Set("Content-Type", "text/plain; charset=utf-8")
	}
	if r.code == 0 {
		r.code = nethttp.StatusOK
	}
	r.out.WriteHeader(r.code)
}

func (r *Reply) flush(*engine.Call, engine.None) (*Reply, error) {
	if err := r.open(false); err != nil {
		return nil, err
	}
	defer r.mu.Unlock()
	return r, r.flushLocked()
}

// finish sends what is held when the handler is done.
func (r *Reply) finish() error {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.ended {
		return nil
	}
	r.ended = true
	if !r.out.sent {
		r.head()
	}
	if len(r.held) > 0 && r.req.Method != "HEAD" && bodyAllowed(r.code) {
		_, err := r.out.Write(r.held)
		return err
	}
	return nil
}

func bodyAllowed(status int) bool { return status != 204 && status != 304 }

// end makes the reply of no more use.
func (r *Reply) end() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.ended = true
}

func (r *Reply) text(_ *engine.Call, in writeIn) (*Reply, error) {
	return r, r.send("text/plain; charset=utf-8", in.Text)
}

func (r *Reply) html(_ *engine.Call, in writeIn) (*Reply, error) {
	return r, r.send("text/html; charset=utf-8", in.Text)
}

type replyJSONIn struct {
	Value any `lua:"value" doc:"value to send as JSON"`
}

func (r *Reply) json(_ *engine.Call, in replyJSONIn) (*Reply, error) {
	data, err := jsonconv.Encode(in.Value, jsonconv.EncodeOptions{})
	if err != nil {
		return nil, err
	}
	return r, r.send("application/json", string(data))
}

type redirectIn struct {
	URL    string `lua:"url,wire" doc:"where to go, absolute or relative"`
	Status int    `lua:"status,arg" default:"302" doc:"301, 302, 303, 307 or 308"`
}

func (r *Reply) redirect(_ *engine.Call, in redirectIn) (*Reply, error) {
	if !redirects(in.Status) {
		return nil, engine.Invalid("argument 'status' must be 301, 302, 303, 307 or 308, got %d", in.Status)
	}
	u, err := url.Parse(in.URL)
	if err != nil {
		return nil, engine.Invalid("argument 'url' is not a valid URL")
	}
	if err := r.open(true); err != nil {
		return nil, err
	}
	defer r.mu.Unlock()
	r.header.Set("Location", u.String())
	r.code = in.Status
	return r, nil
}

type errorIn struct {
	Status  int    `lua:"status" doc:"status from 400 to 599"`
	Message string `lua:"message,arg" doc:"text for the client; the status in words unless given"`
}

func (r *Reply) error(_ *engine.Call, in errorIn) (*Reply, error) {
	if in.Status < 400 || in.Status > 599 {
		return nil, engine.Invalid("argument 'status' must be from 400 to 599, got %d", in.Status)
	}
	if in.Message == "" {
		in.Message = nethttp.StatusText(in.Status)
	}
	if err := r.open(true); err != nil {
		return nil, err
	}
	defer r.mu.Unlock()
	r.code = in.Status
	r.header.Set("X-Content-Type-Options", "nosniff")
	if strings.HasPrefix(r.header.Get("Content-Type"), "text/html") {
		r.held = append(r.held[:0], html.EscapeString(in.Message)...)
		return r, nil
	}
	r.header.Set("Content-Type", "text/plain; charset=utf-8")
	r.held = append(r.held[:0], in.Message+"\n"...)
	return r, nil
}

type sendFileIn struct {
	Path string `lua:"path" doc:"file to send"`
	Name string `lua:"name,opt,wire" doc:"offer it for saving under this name"`
	Type string `lua:"type,opt,wire" doc:"media type; by the file's name unless given"`
}

// file sends a file at once, with ranges and conditions answered.
func (r *Reply) file(_ *engine.Call, in sendFileIn) (engine.None, error) {
	f, err := r.server.host.Files.Open(in.Path)
	if err != nil {
		return engine.None{}, err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return engine.None{}, err
	}
	if !info.Mode().IsRegular() {
		return engine.None{}, engine.Invalid("%s is not a regular file", in.Path)
	}
	if err := r.open(true); err != nil {
		return engine.None{}, err
	}
	defer r.mu.Unlock()
	if len(r.held) > 0 || r.code != 0 {
		return engine.None{}, engine.Invalid("res:file is an answer of its own; it goes with neither write nor status")
	}
	if in.Type == "" {
		in.Type = typeByName(in.Path)
	}
	if r.header.Get("Content-Type") == "" {
		r.header.Set("Content-Type", in.Type)
	}
	if in.Name != "" {
		r.header.Set("Content-Disposition", attachment(in.Name))
	}
	serveContent(r.out, r.req, filepath.Base(in.Path), info, f)
	r.ended = true
	return engine.None{}, nil
}

// attachment is a Content-Disposition with the name in both spellings (RFC 6266).
func attachment(name string) string {
	plain := strings.Map(func(c rune) rune {
		if c < 0x20 || c > 0x7E || c == '"' || c == '\\' {
			return '_'
		}
		return c
	}, name)
	return `attachment; filename="` + plain + `"; filename*=UTF-8''` + url.PathEscape(name)
}

type cookieIn struct {
	Name     string           `lua:"name,wire" doc:"name of the cookie"`
	Value    string           `lua:"value,wire" doc:"its value"`
	Path     string           `lua:"path,opt,wire" default:"/" doc:"paths that it is sent to"`
	Domain   string           `lua:"domain,opt,wire" doc:"domain that it is sent to; the host alone unless given"`
	MaxAge   *engine.Duration `lua:"max_age,opt" doc:"how long it is kept; 0 deletes it; to the end of the browser's session unless given"`
	Secure   *bool            `lua:"secure,opt" doc:"send it over https only; true unless given where the server speaks TLS"`
	HTTPOnly bool             `lua:"httponly,opt" default:"true" doc:"hide it from scripts in pages"`
	SameSite string           `lua:"samesite,opt" enum:"Lax|Strict|None" default:"Lax" doc:"whether it goes along with requests from other sites"`
}

var sameSites = map[string]nethttp.SameSite{
	"Lax": nethttp.SameSiteLaxMode, "Strict": nethttp.SameSiteStrictMode, "None": nethttp.SameSiteNoneMode,
}

func (r *Reply) cookie(_ *engine.Call, in cookieIn) (*Reply, error) {
	c := &nethttp.Cookie{
		Name: in.Name, Value: in.Value, Path: in.Path, Domain: in.Domain,
		Secure: r.req.TLS != nil, HttpOnly: in.HTTPOnly, SameSite: sameSites[in.SameSite],
	}
	if in.Secure != nil {
		c.Secure = *in.Secure
	}
	if in.MaxAge != nil {
		if c.MaxAge = int(in.MaxAge.Seconds()); c.MaxAge == 0 {
			c.MaxAge = -1 // net/http's way to say 0
		}
	}
	if err := checkCookie(c); err != nil {
		return nil, err
	}
	if err := r.open(true); err != nil {
		return nil, err
	}
	defer r.mu.Unlock()
	r.header.Add("Set-Cookie", c.String())
	return r, nil
}

// checkCookie refuses what browsers would drop or net/http would change.
func checkCookie(c *nethttp.Cookie) error {
	switch {
	case c.Valid() != nil:
		return engine.Invalid("the cookie %q has characters that a cookie cannot hold", c.Name)
	case c.SameSite == nethttp.SameSiteNoneMode && !c.Secure:
		return engine.Invalid("the cookie %q with samesite=\"None\" must be secure", c.Name)
	case strings.HasPrefix(c.Name, "__Secure-") && !c.Secure:
		return engine.Invalid("the cookie %q must be secure, by its name", c.Name)
	case strings.HasPrefix(c.Name, "__Host-") && (!c.Secure || c.Domain != "" || c.Path != "/"):
		return engine.Invalid("the cookie %q must be secure, for the path / and without a domain, by its name", c.Name)
	}
	return nil
}
