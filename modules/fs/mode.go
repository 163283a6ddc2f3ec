package fs

import (
	"io/fs"
	"strconv"
	"strings"

	"github.com/gscript-lang/gscript/engine"
)

// parseMode reads permissions as in "644" or "rw-r--r--"; "" gives nil.
func parseMode(s string) (*fs.FileMode, error) {
	if s == "" {
		return nil, nil
	}
	if n, err := strconv.ParseUint(s, 8, 32); err == nil && n <= 0o777 {
		mode := fs.FileMode(n)
		return &mode, nil
	}
	const letters = "rwxrwxrwx"
	var mode fs.FileMode
	for i := range letters {
		switch {
		case len(s) != len(letters) || s[i] != letters[i] && s[i] != '-':
			return nil, engine.Invalid("argument 'mode' must be permissions as in \"644\" or \"rw-r--r--\", got %q", strings.ToValidUTF8(s, "?"))
		case s[i] == letters[i]:
			mode |= 1 << (len(letters) - 1 - i)
		}
	}
	return &mode, nil
}
