// Package glob matches names against patterns as shells do: * and ? within one
// element of a path, [a-z] and [!a-z], ** for any number of directories, and
// {a,b} for either.
package glob

import (
	"fmt"
	"path"
	"slices"
	"strings"
)

const (
	maxLength       = 4096 // of a pattern
	maxAlternatives = 1000 // that the braces of a pattern stand for
)

// Pattern is what one alternative of a pattern asks of each element of a path.
// An element "**" stands for any number of directories.
type Pattern []string

// Parse reads a pattern, with slashes, and returns its alternatives.
func Parse(pattern string) ([]Pattern, error) {
	if len(pattern) > maxLength {
		return nil, fmt.Errorf("the pattern has %d bytes; at most %d are taken", len(pattern), maxLength)
	}
	texts, err := braces(pattern)
	if err != nil {
		return nil, err
	}
	var list []Pattern
	for _, text := range texts {
		var p Pattern
		for i, e := range strings.Split(text, "/") {
			if e == "" && i > 0 || e == "**" && len(p) > 0 && p[len(p)-1] == "**" {
				continue
			}
			e = strings.ReplaceAll(e, "[!", "[^")
			if _, err := path.Match(e, ""); err != nil {
				return nil, fmt.Errorf("the pattern %q is malformed: a [ without its ], or a \\ at the end", pattern)
			}
			p = append(p, e)
		}
		list = append(list, p)
	}
	return list, nil
}

// braces expands {a,b}, also inside one another.
func braces(pattern string) ([]string, error) {
	done, todo := []string(nil), []string{pattern}
	for len(todo) > 0 {
		text := todo[0]
		todo = todo[1:]
		open, parts, end := firstBraces(text)
		if parts == nil {
			done = append(done, text)
		}
		var next []string
		for _, part := range parts {
			next = append(next, text[:open]+part+text[end:])
		}
		todo = append(next, todo...)
		if len(done)+len(todo) > maxAlternatives {
			return nil, fmt.Errorf("the pattern %q has more than %d alternatives", pattern, maxAlternatives)
		}
	}
	return done, nil
}

// firstBraces finds the first group of braces: where it begins, its parts, and
// where it ends. Braces that are not closed or hold no comma are plain text.
func firstBraces(text string) (open int, parts []string, end int) {
	for open = 0; open < len(text); open++ {
		switch text[open] {
		case '\\':
			open++
		case '{':
			if parts, end = group(text, open); len(parts) > 1 {
				return open, parts, end
			}
		}
	}
	return 0, nil, 0
}

func group(text string, open int) (parts []string, end int) {
	depth, from := 0, open+1
	for i := open; i < len(text); i++ {
		switch text[i] {
		case '\\':
			i++
		case '{':
			depth++
		case ',':
			if depth == 1 {
				parts = append(parts, text[from:i])
				from = i + 1
			}
		case '}':
			if depth--; depth == 0 {
				return append(parts, text[from:i]), i + 1
			}
		}
	}
	return nil, 0
}

// Special says whether an element of a pattern stands for more than itself.
func Special(element string) bool { return strings.ContainsAny(element, `*?[\`) }

// Element matches one element that is not "**". A name that begins with a dot
// is matched only by a pattern that does too, unless hidden.
func Element(pattern, name string, hidden bool) bool {
	if !hidden && strings.HasPrefix(name, ".") && !strings.HasPrefix(pattern, ".") {
		return false
	}
	ok, _ := path.Match(pattern, name)
	return ok
}

// Match matches a whole path, with slashes.
func (p Pattern) Match(name string, hidden bool) bool {
	names := strings.Split(name, "/")
	// can[i] says that the elements so far match the first i of the pattern.
	can := make([]bool, len(p)+1)
	can[0] = true
	p.skip(can)
	for _, n := range names {
		next := make([]bool, len(p)+1)
		for i, e := range p {
			switch {
			case !can[i]:
			case e == "**":
				next[i] = next[i] || hidden || !strings.HasPrefix(n, ".")
			case Element(e, n, hidden):
				next[i+1] = true
			}
		}
		can = next
		p.skip(can)
	}
	return can[len(p)]
}

// skip lets each "**" stand for nothing.
func (p Pattern) skip(can []bool) {
	for i, e := range p {
		if e == "**" && can[i] {
			can[i+1] = true
		}
	}
}

// Match says whether a path, with slashes, matches any of the patterns.
func Match(patterns []Pattern, name string, hidden bool) bool {
	return slices.ContainsFunc(patterns, func(p Pattern) bool { return p.Match(name, hidden) })
}
