package ssh

import (
	"strings"

	"github.com/gscript-lang/gscript/engine"
)

func quoteWords(_ *engine.Call, in quoteIn) (string, error) {
	for _, w := range in.Words {
		if err := noNUL("a word", w); err != nil {
			return "", err
		}
	}
	return quote(in.Words), nil
}

// quote makes one command line of words, each of which a POSIX shell takes as
// it is.
func quote(words []string) string {
	quoted := make([]string, len(words))
	for i, w := range words {
		quoted[i] = quoteWord(w)
	}
	return strings.Join(quoted, " ")
}

func quoteWord(w string) string {
	if w != "" && strings.Trim(w, plainBytes) == "" && !strings.HasPrefix(w, "~") {
		return w
	}
	return "'" + strings.ReplaceAll(w, "'", `'\''`) + "'"
}

// plainBytes mean nothing to a shell. "=" is missing: as the first word, a=b
// would be an assignment.
const plainBytes = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789@%_+:,./-"

func noNUL(what, s string) error {
	if strings.ContainsRune(s, 0) {
		return engine.Invalid("%s must not contain a NUL byte: the other side would see less than was written", what)
	}
	return nil
}

// printable takes what could move a terminal's cursor out of text that the
// other side chose.
func printable(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\n' || r == '\t':
			return r
		case r < ' ' || r >= 0x7f && r < 0xa0:
			return -1
		}
		return r
	}, strings.ToValidUTF8(s, "?"))
}
