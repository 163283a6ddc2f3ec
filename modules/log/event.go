package log

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/gscript-lang/gscript/engine"
	"github.com/gscript-lang/gscript/modules/internal/jsonconv"
)

// event is one line.
type event struct {
	at      time.Time
	level   level
	message string
	fields  engine.Object
}

var colors = map[level]string{debug: "\x1b[2m", info: "\x1b[32m", warn: "\x1b[33m", severe: "\x1b[31m"}

const stamp = "2006-01-02T15:04:05.000Z07:00"

// text is the line for people.
func (e event) text(short, color bool) string {
	var b strings.Builder
	if short {
		b.WriteString(e.at.Format("15:04:05"))
	} else {
		b.WriteString(e.at.Format(stamp))
	}
	name := fmt.Sprintf("%-5s", strings.ToUpper(levels[e.level].name))
	if color {
		name = colors[e.level] + name + "\x1b[0m"
	}
	b.WriteString(" " + name + " " + oneLine(e.message))
	for _, p := range e.fields {
		b.WriteString(" " + word(p.Key) + "=" + word(plain(p.Value)))
	}
	b.WriteByte('\n')
	return b.String()
}

// json is the line as a JSON object.
func (e event) json() string {
	o := engine.Object{
		{Key: "time", Value: e.at.Format(stamp)},
		{Key: "level", Value: levels[e.level].name},
		{Key: "msg", Value: valid(e.message)},
	}
	for _, p := range e.fields {
		key := p.Key
		for key == "time" || key == "level" || key == "msg" {
			key += "_"
		}
		o = append(o, engine.Pair{Key: valid(key), Value: encodable(p.Value)})
	}
	line, err := jsonconv.Encode(o, jsonconv.EncodeOptions{})
	if err != nil { // encodable has seen to it
		line = []byte(strconv.Quote(err.Error()))
	}
	return string(line) + "\n"
}

func valid(s string) string { return strings.ToValidUTF8(s, "\uFFFD") }

// encodable replaces what JSON cannot hold by its text, because a line that is
// lost is worse than one that is less exact.
func encodable(v any) any {
	switch v := v.(type) {
	case nil, bool:
		return v
	case string:
		return valid(v)
	case engine.Object:
		o := make(engine.Object, len(v))
		for i, p := range v {
			o[i] = engine.Pair{Key: valid(p.Key), Value: encodable(p.Value)}
		}
		return o
	case engine.List:
		list := make(engine.List, len(v))
		for i, item := range v {
			list[i] = encodable(item)
		}
		return list
	}
	if _, err := jsonconv.Encode(v, jsonconv.EncodeOptions{}); err != nil {
		return valid(plain(v))
	}
	return v
}

// plain is a value as text.
func plain(v any) string {
	switch v := v.(type) {
	case nil:
		return "nil"
	case string:
		return v
	case float64:
		return strconv.FormatFloat(v, 'g', 14, 64)
	case engine.Object, engine.List:
		text, err := jsonconv.Encode(encodable(v), jsonconv.EncodeOptions{})
		if err == nil {
			return string(text)
		}
	case error:
		return v.Error()
	case *engine.Func:
		return "function"
	case bool, fmt.Stringer:
		return fmt.Sprint(v)
	}
	return fmt.Sprintf("%T", v)
}

// oneLine writes what could forge a line, or move the cursor, as escapes.
func oneLine(s string) string {
	if !strings.ContainsFunc(s, unprintable) && utf8.ValidString(s) {
		return s
	}
	var b strings.Builder
	for i, r := range s {
		switch {
		case r == utf8.RuneError && !strings.HasPrefix(s[i:], "\uFFFD"):
			fmt.Fprintf(&b, `\x%02x`, s[i])
		case unprintable(r):
			quoted := strconv.QuoteRune(r)
			b.WriteString(quoted[1 : len(quoted)-1])
		default:
			b.WriteRune(r)
		}
	}
	return b.String()
}

func unprintable(r rune) bool { return !unicode.IsPrint(r) }

// word is a name or value of a field: quoted where it would not be seen as one.
func word(s string) string {
	if s == "" || strings.ContainsAny(s, " \"=") && !strings.HasPrefix(s, "{") && !strings.HasPrefix(s, "[") {
		return `"` + strings.ReplaceAll(oneLine(s), `"`, `\"`) + `"`
	}
	return oneLine(s)
}

// hidden stands for a secret.
const hidden = "[hidden]"

var secretWords = []string{"password", "passwd", "passphrase", "secret", "token", "apikey", "authorization", "cookie", "credential", "privatekey", "signature"}

// secretName says that a field of that name holds what nobody should read.
func secretName(name string) bool {
	flat := strings.Map(func(r rune) rune {
		if r == '_' || r == '-' || r == '.' || r == ' ' {
			return -1
		}
		return unicode.ToLower(r)
	}, name)
	return slices.ContainsFunc(secretWords, func(w string) bool { return strings.Contains(flat, w) })
}

func hideSecrets(o engine.Object) engine.Object {
	clean := make(engine.Object, len(o))
	for i, p := range o {
		if secretName(p.Key) {
			p.Value = hidden
		} else {
			p.Value = hideBelow(p.Value)
		}
		clean[i] = p
	}
	return clean
}

func hideBelow(v any) any {
	switch v := v.(type) {
	case engine.Object:
		return hideSecrets(v)
	case engine.List:
		list := make(engine.List, len(v))
		for i, item := range v {
			list[i] = hideBelow(item)
		}
		return list
	}
	return v
}
