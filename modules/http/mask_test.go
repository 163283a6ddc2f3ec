package http

import (
	nethttp "net/http"
	"net/url"
	"strings"
	"testing"
	"time"
)

func TestMaskURL(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ in, want string }{
		{"http://h/a?b=c", "http://h/a?b=c"},
		{"http://u:p@h/", "http://h/"},
		{"http://h/?token=1&a=2&Access_Token=3&apiKey=4&api-key=5&key=6", "http://h/?token=***&a=2&Access_Token=***&apiKey=***&api-key=***&key=***"},
		{"http://h/?X-Amz-Signature=1&X-Amz-Credential=2&X-Amz-Date=3", "http://h/?X-Amz-Signature=***&X-Amz-Credential=***&X-Amz-Date=3"},
		{"http://h/?client_secret=1&password=2&passwd=3&pwd=4&sig=5&code=6&sid=7", "http://h/?client_secret=***&password=***&passwd=***&pwd=***&sig=***&code=***&sid=***"},
		{"http://h/?tok%65n=1;secret=2", "http://h/?tok%65n=***&secret=***"},
		{"http://h/?monkey=1&keyboard=2&author=3&signal=4&keyword=5", "http://h/?monkey=1&keyboard=2&author=3&signal=4&keyword=5"},
		{"http://h/?token", "http://h/?token"},
		{"http://h/#access_token=1&a=2", "http://h/#access_token=***&a=2"},
		{"http://h/#part", "http://h/#part"},
	} {
		u, err := url.Parse(tt.in)
		if err != nil {
			t.Fatal(err)
		}
		if got := maskURL(u); got != tt.want {
			t.Errorf("%s: %s, want %s", tt.in, got, tt.want)
		}
	}
}

func TestSecretHeader(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]bool{
		"Authorization": true, "proxy-authorization": true, "Cookie": true, "X-Api-Key": true, "X-Auth-Token": true, "Private-Token": true,
		"X-Amz-Security-Token": true, "X-Goog-Api-Key": true, "X-Vault-Token": true, "X-Csrf-Token": true, "Ocp-Apim-Subscription-Key": true, "X-Mine": true,
		"Accept": false, "User-Agent": false, "X-Request-Id": false, "Idempotency-Key": false, "If-None-Match": false,
	} {
		if got := secretHeader(name, []string{"x-mine"}); got != want {
			t.Errorf("%s: %v", name, got)
		}
	}
}

func TestRetryAfter(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 11, 22, 0, 0, 0, 0, time.UTC)
	for in, want := range map[string]time.Duration{
		"": 0, "0": 0, "120": 2 * time.Minute, " 3 ": 3 * time.Second, "x": 0, "-5": 0,
		"Sun, 22 Nov 2026 00:01:00 GMT": time.Minute, "Sun, 22 Nov 2020 00:01:00 GMT": 0,
		"99999999999999999999": 1<<63 - 1,
	} {
		if got := retryAfter(in, now); got != want {
			t.Errorf("%q: %v, want %v", in, got, want)
		}
	}
}

func TestWaits(t *testing.T) {
	t.Parallel()
	o := &retryOptions{Backoff: 1e9, MaxWait: 30e9}
	for try, most := range []time.Duration{1e9, 2e9, 4e9, 8e9, 16e9, 30e9, 30e9} {
		for range 100 {
			if d := o.wait(try); d < most/2 || d > most {
				t.Fatalf("try %d waits %v", try, d)
			}
		}
	}
	if d := o.wait(1000); d > 30*time.Second || d < 0 {
		t.Errorf("a late try waits %v", d)
	}
	if d := (&retryOptions{}).wait(3); d != 0 {
		t.Errorf("without backoff: %v", d)
	}
}

// FuzzMask: no value of a parameter named like a secret is ever shown.
func FuzzMask(f *testing.F) {
	f.Add("token", "v")
	f.Add("a&b=1;c", "=")
	f.Fuzz(func(t *testing.T, name, noise string) {
		u := &url.URL{Scheme: "http", Host: "h", User: url.UserPassword("u", "S3CRET"),
			RawQuery: url.QueryEscape(name) + "=" + url.QueryEscape(noise) + "&api_token=S3CRET&" + noise + "&" + url.QueryEscape(name+"Secret") + "=S3CRET"}
		if strings.Contains(strings.ToUpper(name+noise), "S3CRET") {
			return
		}
		if got := maskURL(u); strings.Contains(got, "S3CRET") {
			t.Fatalf("%q shows the secret: %s", u.RawQuery, got)
		}
	})
}

// FuzzLinks: any Link header is read without a panic and in bounded time.
func FuzzLinks(f *testing.F) {
	f.Add(`</p?page=2>; rel="next last"; title="a \"b\", c", <http://x.org/>; rel=prev`)
	f.Add(`<>;;=;"`)
	f.Add(`<a>;rel="x\`)
	f.Fuzz(func(t *testing.T, header string) {
		base, _ := url.Parse("http://h/")
		a := answer{url: base, header: nethttp.Header{"Link": {header}}}
		for rel, l := range a.links() {
			if rel == "" || !strings.Contains(l.Rel, rel) {
				t.Fatalf("%q: %q %+v", header, rel, l)
			}
		}
	})
}
