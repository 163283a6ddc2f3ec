package http

import (
	"context"
	"net/url"

	"github.com/gscript-lang/gscript/engine"
)

// step is one answer on the way to the last: a redirect that was followed.
type step struct {
	Status   int    `lua:"status" doc:"status of the redirect"`
	URL      string `lua:"url" doc:"address that was asked"`
	Location string `lua:"location" doc:"address that it led to"`
}

// route is where a request stands between redirects.
type route struct {
	method  string
	url     *url.URL
	body    *payload
	dropped bool // a redirect has made the body fall away
}

// follow sends r and follows redirects. This is not net/http's own client,
// which takes credentials along to other ports and subdomains.
func (r *request) follow(ctx context.Context) (*flight, []step, error) {
	first := *r.url
	now := route{method: r.method, url: &first, body: r.payload}
	seen := map[string]bool{}
	var history []step
	for {
		header := r.headerFor(now.url, now.dropped)
		key := now.method + " " + now.url.String() + "\n" + header.Get("Cookie")
		if seen[key] {
			return nil, nil, r.refuse(now.url, history, "the redirects go in a circle")
		}
		seen[key] = true
		f, err := r.send(ctx, now.method, now.url, header, now.body)
		if err != nil {
			return nil, nil, err
		}
		r.jar.SetCookies(now.url, f.res.Cookies())
		location := f.res.Header.Get("Location")
		if r.redirects <= 0 || location == "" || !redirects(f.res.StatusCode) {
			return f, history, nil
		}
		next, err := r.next(now, f.res.StatusCode, location, history)
		f.discard()
		if err != nil {
			return nil, nil, err
		}
		history = append(history, step{f.res.StatusCode, now.url.String(), next.url.String()})
		now = next
	}
}

func redirects(status int) bool {
	return status >= 301 && status <= 303 || status == 307 || status == 308
}

// next decides where a redirect leads and what of the request goes along.
func (r *request) next(now route, status int, location string, history []step) (route, error) {
	history = append(history, step{Status: status})
	if len(history) > r.redirects {
		return now, r.refuse(now.url, history, "more than %d redirects", r.redirects)
	}
	target, err := url.Parse(location)
	if err != nil {
		return now, r.refuse(now.url, history, "the redirect leads to something that is no URL")
	}
	u := now.url.ResolveReference(target)
	if u.Scheme != "http" && u.Scheme != "https" {
		return now, r.refuse(now.url, history, "a redirect to %q is not followed; only http and https are", u.Scheme+":")
	}
	user := takeUser(u)
	if _, err := checkURL(u); err != nil {
		return now, r.refuse(now.url, history, "the redirect leads to something that is no URL")
	}
	if u.Fragment == "" {
		u.Fragment, u.RawFragment = now.url.Fragment, now.url.RawFragment
	}
	if user != "" {
		r.user[originOf(u)] = user
	}
	if now.url.Scheme == "https" && u.Scheme == "http" && !r.downgrade {
		e := r.refuse(now.url, history, "a redirect from https to http is not followed: %s", maskURL(u))
		e.Hint = "allow it with allow_downgrade=true, if what is sent and received may be read by others"
		e.Fields["location"] = maskURL(u)
		return now, e
	}
	next := route{method: now.method, url: u, body: now.body, dropped: now.dropped}
	if status == 303 && now.method != "GET" && now.method != "HEAD" ||
		(status == 301 || status == 302) && now.method == "POST" {
		next.method, next.body, next.dropped = "GET", nil, true
	}
	if next.body != nil && next.body.once {
		e := r.refuse(now.url, history, "the redirect asks for the body again, which can be read only once")
		e.Hint = "send the body as a string or with file=, or ask the address that it leads to: " + maskURL(u)
		e.Fields["location"] = maskURL(u)
		return now, e
	}
	return next, nil
}

func (r *request) refuse(u *url.URL, history []step, format string, args ...any) *engine.Error {
	e := engine.Errorf(errRedirect, format, args...)
	e.Target = maskURL(u)
	e.Fields = map[string]any{}
	if len(history) > 0 {
		e.Code = history[len(history)-1].Status
	}
	return e
}
