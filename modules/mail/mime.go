package mail

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"io"
	"mime"
	"net/url"
	"strings"
	"unicode/utf8"

	"github.com/emersion/go-message/charset"
)

// field is one header field.
type field struct {
	name       string
	value      string // unfolded, not decoded
	text       string // decoded
	start, end int    // in the bytes of the message
}

// cutLine returns the first line of data without its end, and where the next
// begins.
func cutLine(data []byte) (line []byte, next int) {
	i := bytes.IndexByte(data, '\n')
	if i < 0 {
		return data, len(data)
	}
	return bytes.TrimSuffix(data[:i], []byte("\r")), i + 1
}

// splitHeader reads the header fields at the beginning of data and returns what
// follows. A line that is no header field ends the header, as in Python.
func (p *parser) splitHeader(data []byte) (fields []field, body []byte) {
	pos := 0
	if bytes.HasPrefix(data, []byte("From ")) {
		_, pos = cutLine(data)
		p.defect("the message begins with the separator line of a mailbox file")
	}
	dropped := false
	for pos < len(data) {
		line, next := cutLine(data[pos:])
		start := pos
		if len(line) == 0 {
			return fields, data[pos+next:]
		}
		colon := bytes.IndexByte(line, ':')
		name := string(bytes.TrimRight(line[:max(colon, 0)], " \t"))
		if !isHeaderName(name) {
			p.defect("the empty line between header and body is missing")
			return fields, data[pos:]
		}
		var value strings.Builder
		value.Write(bytes.TrimSpace(line[colon+1:]))
		for pos += next; pos < len(data) && (data[pos] == ' ' || data[pos] == '\t'); pos += next {
			line, next = cutLine(data[pos:])
			value.WriteByte(' ')
			value.Write(bytes.TrimSpace(line))
		}
		if len(fields) >= maxFields {
			if !dropped {
				p.defect("more than %d header fields: the rest is left out", maxFields)
			}
			dropped = true
			continue
		}
		fields = append(fields, field{name: name, value: strings.TrimSpace(value.String()), start: start, end: pos})
	}
	return fields, nil
}

// isHeaderName says whether s can stand before the colon (RFC 5322 3.6.8).
func isHeaderName(s string) bool {
	for i := 0; i < len(s); i++ {
		if s[i] <= ' ' || s[i] >= 0x7f || s[i] == ':' {
			return false
		}
	}
	return s != ""
}

// splitMultipart returns the parts between the boundary lines, at most limit,
// and whether the closing boundary was there.
func splitMultipart(body []byte, boundary string, limit int) (parts [][]byte, closed bool) {
	mark := []byte("--" + boundary)
	start := -1 // of the current part
	for pos := 0; pos < len(body); {
		i := bytes.Index(body[pos:], mark)
		if i < 0 {
			break
		}
		at := pos + i
		if at > 0 && body[at-1] != '\n' { // said first, or a long line of them is read again and again
			pos = at + len(mark)
			continue
		}
		line, next := cutLine(body[at:])
		rest := bytes.TrimRight(line[len(mark):], " \t")
		final := bytes.Equal(rest, []byte("--"))
		if len(rest) > 0 && !final {
			pos = at + len(mark)
			continue
		}
		if start >= 0 {
			end := max(start, at-1)
			if end > start && body[end-1] == '\r' {
				end--
			}
			parts = append(parts, body[start:end])
		}
		if final {
			return parts, true
		}
		start = at + next
		pos = start
		if len(parts) >= limit {
			return parts, true
		}
	}
	if start >= 0 {
		parts = append(parts, body[start:])
	}
	return parts, false
}

// decodeTransfer undoes the transfer encoding and keeps what it cannot read.
func (p *parser) decodeTransfer(encoding string, body []byte) []byte {
	var (
		out []byte
		ok  = true
	)
	switch encoding {
	case "", "7bit", "8bit", "binary":
		return body
	case "quoted-printable":
		out, ok = decodeQuoted(body)
	case "base64":
		out, ok = decodeBase64(body)
	default:
		p.defect("a part in the unknown encoding %.40q is given as it is", encoding)
		return body
	}
	if !ok {
		p.defect("a part is damaged: not all of its %s could be read", encoding)
	}
	return out
}

// decodeBase64 leaves out what does not belong to the alphabet.
func decodeBase64(body []byte) (out []byte, ok bool) {
	ok = true
	digits := make([]byte, 0, len(body))
	for i, c := range body {
		switch {
		case c >= 'A' && c <= 'Z', c >= 'a' && c <= 'z', c >= '0' && c <= '9', c == '+', c == '/':
			digits = append(digits, c)
		case c == '=':
			if len(bytes.Trim(body[i:], "= \t\r\n")) > 0 {
				ok = false
			}
			return appendBase64(digits, ok)
		case c != ' ' && c != '\t' && c != '\r' && c != '\n':
			ok = false
		}
	}
	return appendBase64(digits, ok && len(digits)%4 == 0)
}

func appendBase64(digits []byte, ok bool) ([]byte, bool) {
	if len(digits)%4 == 1 {
		digits, ok = digits[:len(digits)-1], false
	}
	out := make([]byte, base64.RawStdEncoding.DecodedLen(len(digits)))
	n, err := base64.RawStdEncoding.Decode(out, digits)
	return out[:n], ok && err == nil
}

// decodeQuoted keeps what is no valid escape as it stands.
func decodeQuoted(body []byte) (out []byte, ok bool) {
	ok = true
	out = make([]byte, 0, len(body))
	for len(body) > 0 {
		line, next := cutLine(body)
		end := body[len(line):next]
		body = body[next:]
		line = bytes.TrimRight(line, " \t")
		soft := bytes.HasSuffix(line, []byte("="))
		if soft {
			line = line[:len(line)-1]
		}
		for i := 0; i < len(line); i++ {
			if line[i] != '=' {
				out = append(out, line[i])
				continue
			}
			if i+2 < len(line) && isHex(line[i+1]) && isHex(line[i+2]) {
				out = append(out, unhex(line[i+1])<<4|unhex(line[i+2]))
				i += 2
				continue
			}
			out = append(out, '=')
			ok = false
		}
		if !soft {
			out = append(out, end...)
		}
	}
	return out, ok
}

func isHex(c byte) bool {
	return c >= '0' && c <= '9' || c >= 'A' && c <= 'F' || c >= 'a' && c <= 'f'
}

func unhex(c byte) byte {
	switch {
	case c <= '9':
		return c - '0'
	case c <= 'F':
		return c - 'A' + 10
	}
	return c - 'a' + 10
}

func decodeCharset(name string, data []byte) ([]byte, error) {
	switch strings.ToLower(name) {
	case "", "utf-8", "us-ascii", "utf8", "ascii":
		return data, nil
	}
	r, err := charset.Reader(name, bytes.NewReader(data))
	if err != nil {
		return data, err
	}
	out, err := io.ReadAll(r)
	if err != nil {
		return data, err
	}
	return out, nil
}

// parameters reads a value such as `text/plain; charset=utf-8`.
func (p *parser) parameters(value string) (string, map[string]string) {
	if value == "" {
		return "", nil
	}
	loose := looseParameters(value)
	kind, params, err := mime.ParseMediaType(value)
	if err != nil {
		p.defect("the header value %.60q is malformed", value)
		kind, _, _ = strings.Cut(value, ";")
		return strings.ToLower(strings.TrimSpace(kind)), loose
	}
	if params == nil {
		params = map[string]string{}
	}
	for name, value := range loose { // such as the charsets that mime cannot read
		if _, ok := params[name]; !ok {
			params[name] = value
		}
	}
	return kind, params
}

// looseParameters reads parameters however they are quoted, and the extended
// form name*=charset'language'percent-encoded in any charset.
func looseParameters(value string) map[string]string {
	out := map[string]string{}
	for _, param := range splitOutside(value, ';')[1:] {
		name, v, ok := strings.Cut(param, "=")
		if !ok {
			continue
		}
		name, v = strings.ToLower(strings.TrimSpace(name)), strings.Trim(strings.TrimSpace(v), `"`)
		if base, extended := strings.CutSuffix(name, "*"); extended {
			decoded, err := decodeExtended(v)
			if err != nil {
				continue
			}
			name, v = base, decoded
		}
		if _, ok := out[name]; !ok {
			out[name] = v
		}
	}
	return out
}

func decodeExtended(v string) (string, error) {
	words := strings.SplitN(v, "'", 3)
	if len(words) != 3 {
		return "", fmt.Errorf("no charset in %q", v)
	}
	raw, err := url.PathUnescape(words[2])
	if err != nil {
		return "", err
	}
	text, err := decodeCharset(words[0], []byte(raw))
	if err == nil && !utf8.Valid(text) {
		err = fmt.Errorf("%q is not in the charset it names", v)
	}
	return string(text), err
}
