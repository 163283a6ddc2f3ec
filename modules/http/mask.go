package http

import (
	"net/url"
	"slices"
	"strings"
	"unicode"
)

const masked = "***"

// maskURL prints u for people: without user and password, and without the
// values of query parameters that are named like a secret.
func maskURL(u *url.URL) string {
	if u == nil {
		return ""
	}
	clean := *u
	clean.User = nil
	clean.RawQuery = maskQuery(u.RawQuery)
	if strings.Contains(u.Fragment, "=") {
		clean.Fragment, clean.RawFragment = maskQuery(u.EscapedFragment()), ""
	}
	return clean.String()
}

func maskQuery(query string) string {
	if query == "" {
		return ""
	}
	pairs := strings.FieldsFunc(query, func(r rune) bool { return r == '&' || r == ';' })
	for i, pair := range pairs {
		name, _, ok := strings.Cut(pair, "=")
		plain, err := url.QueryUnescape(name)
		if err != nil {
			plain = name
		}
		if ok && secretName(plain) {
			pairs[i] = name + "=" + masked
		}
	}
	return strings.Join(pairs, "&")
}

var (
	secretParts = []string{"token", "secret", "password", "passwd", "passphrase", "signature", "credential", "apikey", "authorization", "cookie"}
	secretWords = []string{"key", "sig", "pwd", "pass", "auth", "jwt", "sid", "code", "session"}
)

// secretName says whether a parameter or header is named like a secret:
// access_token, apiKey, X-Amz-Signature, client-secret.
func secretName(name string) bool {
	lower := strings.ToLower(name)
	if slices.ContainsFunc(secretParts, func(part string) bool { return strings.Contains(lower, part) }) {
		return true
	}
	return slices.ContainsFunc(words(name), func(w string) bool { return slices.Contains(secretWords, w) })
}

// words splits a name at punctuation and where an upper case letter starts a
// word, into lower case words.
func words(name string) []string {
	var list []string
	start := 0
	cut := func(end int) {
		if end > start {
			list = append(list, strings.ToLower(name[start:end]))
		}
	}
	var before rune
	for i, r := range name {
		switch {
		case !unicode.IsLetter(r) && !unicode.IsDigit(r):
			cut(i)
			start = i + len(string(r))
		case unicode.IsUpper(r) && unicode.IsLower(before):
			cut(i)
			start = i
		}
		before = r
	}
	cut(len(name))
	return list
}

// secretHeader says whether a request header must not leave its origin.
// Idempotency-Key and the like are named with key but hold no secret.
func secretHeader(name string, more []string) bool {
	if slices.ContainsFunc(more, func(m string) bool { return strings.EqualFold(m, name) }) {
		return true
	}
	switch strings.ToLower(name) {
	case "idempotency-key", "x-idempotency-key":
		return false
	}
	return secretName(name)
}
