package terminal

import (
	"fmt"
	"strings"
)

// arguments cuts text into words as a shell does: quotes keep blanks, and a
// backslash outside of single quotes keeps the character that follows.
func arguments(text string) ([]string, error) {
	var (
		list  []string
		word  strings.Builder
		begun bool
		quote rune
		kept  bool // the character before was a backslash
	)
	for _, r := range text {
		switch {
		case kept:
			word.WriteRune(r)
			kept = false
		case r == '\\' && quote != '\'':
			begun, kept = true, true
		case quote != 0:
			if r == quote {
				quote = 0
			} else {
				word.WriteRune(r)
			}
		case r == '"' || r == '\'':
			begun, quote = true, r
		case r == ' ' || r == '\t':
			if begun {
				list = append(list, word.String())
				word.Reset()
				begun = false
			}
		default:
			begun = true
			word.WriteRune(r)
		}
	}
	if quote != 0 || kept {
		return nil, fmt.Errorf("the arguments %s end within a quote or behind a backslash", text)
	}
	if begun {
		list = append(list, word.String())
	}
	return list, nil
}
