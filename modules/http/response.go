package http

import (
	"fmt"
	"mime"
	nethttp "net/http"
	"net/url"
	"strings"
	"sync"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/htmlindex"

	"github.com/gscript-lang/gscript/engine"
	"github.com/gscript-lang/gscript/modules/internal/jsonconv"
)

// Response is an answer with its whole body.
type Response struct {
	answer
	body    string
	elapsed float64
	text    func() string
}

// answer is what is known of an answer when its headers are there.
type answer struct {
	status  int
	reason  string
	proto   string
	method  string
	url     *url.URL
	header  nethttp.Header
	history []step
}

func (f *flight) answer(history []step) answer {
	return answer{
		status:  f.res.StatusCode,
		reason:  strings.TrimSpace(strings.TrimPrefix(f.res.Status, fmt.Sprint(f.res.StatusCode))),
		proto:   version(f.res),
		method:  f.res.Request.Method,
		url:     f.url,
		header:  f.res.Header,
		history: history,
	}
}

func newResponse(a answer, body string, elapsed float64) *Response {
	r := &Response{answer: a, body: body, elapsed: elapsed}
	r.text = sync.OnceValue(func() string { return toUTF8(body, a.header.Get("Content-Type")) })
	return r
}

func (r *Response) String() string {
	return fmt.Sprintf("http.Response %d %s %s", r.status, r.method, maskURL(r.url))
}

func (a *answer) ok() bool { return a.status >= 200 && a.status < 400 }

// reasonText is the status in words, the standard's where the server has none.
func (a *answer) reasonText() string {
	if a.reason != "" {
		return a.reason
	}
	return nethttp.StatusText(a.status)
}

// shownBody is how much of a body an error holds.
const shownBody = 512

// failure is the error for a status of failure, nil for one of success. body is
// the body or its beginning.
func (a *answer) failure(body string) error {
	if a.ok() {
		return nil
	}
	return a.failed(body)
}

func (a *answer) failed(body string) error {
	start := body[:min(len(body), shownBody)]
	e := engine.Errorf(errStatus, "%d %s", a.status, printable(a.reasonText()))
	e.Target = maskURL(a.url)
	e.Code = a.status
	e.Fields = map[string]any{"body": start, "url": e.Target, "method": a.method}
	switch a.status {
	case 408, 425, 429, 500, 502, 503, 504:
		e.Retryable = true
	case 401:
		e.Hint = "give credentials with auth="
	}
	return e
}

// printable takes control characters out of text from the other side.
func printable(s string) string {
	return strings.Map(func(r rune) rune {
		if r < 0x20 || r == 0x7F {
			return -1
		}
		return r
	}, s)
}

func (r *Response) check(*engine.Call, engine.None) (*Response, error) {
	return r, r.failure(r.body)
}

func (r *Response) json(_ *engine.Call, in jsonconv.Big) (any, error) {
	v, err := in.Decode([]byte(r.body))
	if err != nil {
		return nil, at(r.url, err)
	}
	return v, nil
}

// toUTF8 turns a body into UTF-8: by the charset that its type names, else as
// it is when that is valid, else from Windows-1252, which takes any byte.
func toUTF8(body, contentType string) string {
	if _, params, err := mime.ParseMediaType(contentType); err == nil && params["charset"] != "" {
		if enc, err := htmlindex.Get(params["charset"]); err == nil {
			if text, err := enc.NewDecoder().String(body); err == nil {
				return strings.TrimPrefix(text, "\uFEFF")
			}
		}
	}
	if utf8.ValidString(body) {
		return strings.TrimPrefix(body, "\uFEFF")
	}
	text, err := charmap.Windows1252.NewDecoder().String(body)
	if err != nil {
		return body
	}
	return text
}

// cookies lists what the answer sets, name by name.
func (a *answer) cookies() map[string]string {
	set := map[string]string{}
	for _, c := range (&nethttp.Response{Header: a.header}).Cookies() {
		set[c.Name] = c.Value
	}
	return set
}

// link is an entry of the Link header.
type link struct {
	URL    string `lua:"url" doc:"where it leads, as an absolute URL"`
	Rel    string `lua:"rel" doc:"what it is"`
	Title  string `lua:"title" doc:"its title"`
	Type   string `lua:"type" doc:"the type of what is there"`
	Anchor string `lua:"anchor" doc:"what it belongs to, where that is not the answer itself"`
}

// links reads the Link headers (RFC 8288), by what each link is; of equal ones
// the first counts.
func (a *answer) links() map[string]link {
	found := map[string]link{}
	for _, header := range a.header.Values("Link") {
		for header != "" {
			var l link
			var ok bool
			l, header, ok = a.nextLink(header)
			if !ok {
				break
			}
			for _, rel := range strings.Fields(l.Rel) {
				if _, have := found[rel]; !have {
					found[rel] = l
				}
			}
		}
	}
	return found
}

// nextLink reads one link and returns what follows its comma.
func (a *answer) nextLink(s string) (l link, rest string, ok bool) {
	_, s, ok = strings.Cut(s, "<")
	target, s, closed := strings.Cut(s, ">")
	if !ok || !closed {
		return l, "", false
	}
	if u, err := a.url.Parse(strings.TrimSpace(target)); err == nil {
		l.URL = u.String()
	}
	for {
		s = strings.TrimLeft(s, " \t")
		if !strings.HasPrefix(s, ";") {
			_, rest, _ = strings.Cut(s, ",")
			return l, rest, true
		}
		var name, value string
		name, value, s = linkParam(s[1:])
		switch {
		case name == "rel" && l.Rel == "":
			l.Rel = strings.ToLower(value)
		case name == "title":
			l.Title = value
		case name == "type":
			l.Type = value
		case name == "anchor":
			l.Anchor = value
		}
	}
}

func linkParam(s string) (name, value, rest string) {
	end := strings.IndexAny(s, "=;,")
	if end < 0 {
		return strings.ToLower(strings.TrimSpace(s)), "", ""
	}
	name = strings.ToLower(strings.TrimSpace(s[:end]))
	if s[end] != '=' {
		return name, "", s[end:]
	}
	s = strings.TrimLeft(s[end+1:], " \t")
	if !strings.HasPrefix(s, `"`) {
		end = strings.IndexAny(s, ";,")
		if end < 0 {
			end = len(s)
		}
		return name, strings.TrimSpace(s[:end]), s[end:]
	}
	var b strings.Builder
	for i := 1; i < len(s); i++ {
		switch {
		case s[i] == '"':
			return name, b.String(), s[i+1:]
		case s[i] == '\\' && i+1 < len(s):
			i++
		}
		b.WriteByte(s[i])
	}
	return name, b.String(), ""
}
