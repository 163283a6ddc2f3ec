package http

import (
	"encoding/base64"
	"net/url"
	"strings"

	"golang.org/x/net/http/httpguts"

	"github.com/gscript-lang/gscript/engine"
)

// origin is where credentials belong: they are never sent to another one.
type origin struct{ scheme, host, port string }

func originOf(u *url.URL) origin {
	port := u.Port()
	if port == "" {
		port = map[string]string{"http": "80", "https": "443"}[u.Scheme]
	}
	return origin{u.Scheme, strings.TrimSuffix(strings.ToLower(u.Hostname()), "."), port}
}

// parseURL reads an absolute http or https URL. The parser's own error is not
// shown: it quotes the URL, and a password with a slash in it reads as a port.
func parseURL(text string) (*url.URL, error) {
	u, err := url.Parse(text)
	if err != nil {
		return nil, engine.Invalid("argument 'url' is not a valid URL").
			WithHint("escape what has a meaning in URLs, such as / @ : and %% in a user name or password")
	}
	return checkURL(u)
}

func checkURL(u *url.URL) (*url.URL, error) {
	u.Scheme = strings.ToLower(u.Scheme)
	switch {
	case u.Scheme == "":
		return nil, engine.Invalid("argument 'url' must begin with http:// or https://")
	case u.Scheme != "http" && u.Scheme != "https":
		return nil, engine.Invalid("argument 'url' must begin with http:// or https://, not %s:", u.Scheme)
	case u.Opaque != "" || u.Hostname() == "" || !httpguts.ValidHostHeader(u.Host):
		return nil, engine.Invalid("argument 'url' has no valid host")
	}
	return u, nil
}

// takeUser takes the user information off u and returns it as the value of an
// Authorization header, "" where there is none.
func takeUser(u *url.URL) string {
	user := u.User
	u.User = nil
	if user == nil {
		return ""
	}
	password, _ := user.Password()
	if user.Username() == "" && password == "" {
		return ""
	}
	return basic(user.Username(), password)
}

func basic(user, password string) string {
	return "Basic " + base64.StdEncoding.EncodeToString([]byte(user+":"+password))
}

func (a *credentials) header() (string, error) {
	switch {
	case a.Bearer != "" && (a.User != "" || a.Password != ""):
		return "", engine.Invalid("argument 'auth' is either a user with a password or bearer=, not both")
	case a.Bearer != "":
		return "Bearer " + a.Bearer, nil
	case strings.Contains(a.User, ":"):
		return "", engine.Invalid("argument 'auth': a user name for Basic must not contain a colon")
	case a.User == "" && a.Password == "":
		return "", engine.Invalid("argument 'auth' is {\"user\", \"password\"} or {bearer=\"token\"}")
	}
	return basic(a.User, a.Password), nil
}
