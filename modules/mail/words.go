package mail

import (
	"mime"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/emersion/go-message/charset"
)

// maxWord is longer than any encoded word should be (75, says RFC 2047).
const maxWord = 2000

func wordDecoder() *mime.WordDecoder {
	return &mime.WordDecoder{CharsetReader: charset.Reader}
}

// decodeWords decodes the encoded words of a header value (RFC 2047). Line
// breaks in them become spaces, or a decoded header could start another one.
// Each word is read once: mime's DecodeHeader takes a quadratic time on words
// that cannot be read.
func (p *parser) decodeWords(s string) string {
	var out strings.Builder
	decoder := wordDecoder()
	between := false // only white space since the last encoded word
	for s != "" {
		start := strings.Index(s, "=?")
		if start < 0 {
			break
		}
		word := encodedWord(s[start:])
		if word == "" {
			out.WriteString(s[:start+2])
			s, between = s[start+2:], false
			continue
		}
		text, err := decoder.Decode(word)
		if err != nil {
			p.defect("an encoded word cannot be read: %v", err)
			text = word
		}
		if !between || strings.TrimSpace(s[:start]) != "" || err != nil {
			out.WriteString(s[:start])
		}
		out.WriteString(text)
		s, between = s[start+len(word):], err == nil
	}
	out.WriteString(s)
	if !utf8.ValidString(out.String()) {
		p.defect("a header has bytes that are not UTF-8")
	}
	cleaned := clean(out.String())
	if cleaned != strings.TrimSpace(out.String()) {
		p.defect("a header hid a line break or another control character")
	}
	return cleaned
}

// encodedWord returns the =?charset?encoding?text?= at the beginning of s, or
// "".
func encodedWord(s string) string {
	limit := min(len(s), maxWord)
	marks := 0
	for i := 2; i < limit; i++ {
		switch c := s[i]; {
		case c == ' ' && marks < 2, c == '\t':
			return ""
		case c == '?':
			if marks++; marks == 3 {
				if i+1 < limit && s[i+1] == '=' {
					return s[:i+2]
				}
				return ""
			}
		}
	}
	return ""
}

// clean turns control characters into spaces, so that a decoded value can be
// written into a header, a log or a terminal.
func clean(s string) string {
	return strings.TrimSpace(strings.Map(func(r rune) rune {
		if unicode.IsControl(r) && r != '\t' {
			return ' '
		}
		return r
	}, s))
}
