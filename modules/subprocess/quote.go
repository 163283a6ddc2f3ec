package subprocess

import (
	"strings"

	"github.com/gscript-lang/gscript/engine"
)

// plain are the characters that mean themselves to every POSIX shell.
const plain = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_@%+=:,./-"

func quote(_ *engine.Call, in quoteIn) (string, error) {
	words := make([]string, len(in.Items))
	for i, w := range in.Items {
		if strings.ContainsRune(w, 0) {
			return "", engine.Invalid("argument 'items[%d]' has a NUL byte, which no shell takes", i+1)
		}
		words[i] = quoteWord(w)
	}
	return strings.Join(words, " "), nil
}

// quoteWord quotes one word for a POSIX shell.
func quoteWord(w string) string {
	if w != "" && strings.Trim(w, plain) == "" {
		return w
	}
	return "'" + strings.ReplaceAll(w, "'", `'\''`) + "'"
}
