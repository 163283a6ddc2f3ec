package expr

import (
	"errors"
	"fmt"
	"regexp"
	"strings"
	"unicode/utf8"

	"github.com/expr-lang/expr/file"

	"github.com/gscript-lang/gscript/engine"
)

// problem makes the error for what expr-lang reports about a formula: its words
// are those of Go, and its own text repeats the formula in full.
func problem(kind *engine.ErrorKind, source string, err error, names []string) *engine.Error {
	var f *file.Error
	if !errors.As(err, &f) {
		first, _, _ := strings.Cut(err.Error(), "\n") // a stack may follow
		return hinted(engine.Errorf(kind, "%s", plainWords(first)), names)
	}
	var own *engine.Error
	if errors.As(f.Prev, &own) {
		located(own, source, f.From)
		return own
	}
	at := f.From
	if strings.Contains(f.Message, "unexpected token EOF") || strings.Contains(f.Message, "unexpected end") {
		at = len([]rune(strings.TrimRight(source, " \t\r\n")))
	}
	return hinted(located(engine.Errorf(kind, "%s", plainWords(f.Message)), source, at), names)
}

// located adds the place of an error, counted in characters, and shows it.
func located(e *engine.Error, source string, at int) *engine.Error {
	runes := []rune(source)
	at = min(max(at, 0), len(runes))
	line, start := 1, 0
	for i, r := range runes[:at] {
		if r == '\n' {
			line, start = line+1, i+1
		}
	}
	column := at - start
	end := start
	for end < len(runes) && runes[end] != '\n' {
		end++
	}
	from, to := max(start, at-around), min(end, at+around)
	excerpt := strings.Map(func(r rune) rune {
		if r < ' ' || r == utf8.RuneError {
			return ' '
		}
		return r
	}, string(runes[from:to]))
	fields := map[string]any{"line": line, "column": column + 1}
	for k, v := range e.Fields {
		fields[k] = v
	}
	e.Fields = fields
	e.Message = fmt.Sprintf("%s, at line %d, column %d:\n  %s\n  %s^", e.Message, line, column+1, excerpt, strings.Repeat(" ", at-from))
	return e
}

// around is how many characters before and behind an error are shown.
const around = 50

var (
	wrongType   = regexp.MustCompile(`interface conversion: (?:interface \{\}|.+?) is (.+?), not (\S+)`)
	missingKey  = regexp.MustCompile(`^reflect(?:\.|: )`)
	token       = regexp.MustCompile(`^unexpected token \w+\((".*")\)`)
	unknownWord = regexp.MustCompile(`unknown (?:name|field|function) (\S+)`)
	typeNames   = regexp.MustCompile(`map\[string\]interface \{\}|map\[interface \{\}\]\[\]interface \{\}|\[\]interface \{\}|\[\]int\b|\[\]string\b|interface \{\}|<nil>|\bfloat64\b|\bint64\b|\bint\b|\bbool\b|time\.Weekday|time\.Month|time\.Time|time\.Duration|map\[string\]any|\[\]any`)
)

func typeName(t string) string {
	switch {
	case t == "<nil>" || t == "nil":
		return "nil"
	case strings.HasPrefix(t, "map["):
		return "map"
	case strings.HasPrefix(t, "[]"):
		return "list"
	}
	switch t {
	case "interface {}":
		return "any value"
	case "float64", "int64", "int":
		return "number"
	case "bool":
		return "boolean"
	case "time.Weekday":
		return "weekday"
	case "time.Month":
		return "month"
	case "time.Time":
		return "date"
	case "time.Duration":
		return "duration"
	}
	return t
}

// plainWords takes Go's words out of a message.
func plainWords(s string) string {
	s = strings.TrimPrefix(s, "compilation failed: ")
	switch {
	case strings.Contains(s, "integer divide by zero"):
		return "% by zero"
	case strings.Contains(s, "unexpected token EOF"), strings.Contains(s, "unexpected end of expression"):
		return "the formula ends too early"
	case missingKey.MatchString(s):
		return "this value has no such key"
	case strings.Contains(s, "runtime error"):
		return "this does not work with such values"
	}
	if p := token.FindStringSubmatch(s); p != nil {
		return "unexpected " + p[1]
	}
	if p := wrongType.FindStringSubmatch(s); p != nil {
		return fmt.Sprintf("a %s is needed here, got a %s", typeName(p[2]), typeName(p[1]))
	}
	return typeNames.ReplaceAllStringFunc(s, typeName)
}

// hints are ways out for what people of other languages write.
var hints = []struct {
	about *regexp.Regexp
	hint  string
}{
	{regexp.MustCompile(`unknown name (None|null|NULL|undefined)\b`), "the word is nil"},
	{regexp.MustCompile(`unknown name (True|False)\b`), "the words are true and false"},
	{regexp.MustCompile(`\b(weekday|month)\b`), "int(…) around it makes a number: 1 is January, and Monday"},
	{regexp.MustCompile(`operation: \.\. .*string|a range wants a whole number, got the string`), "texts are joined by +"},
	{regexp.MustCompile(`operation: in .*string and string`), "in looks into lists and maps: write text contains part"},
	{regexp.MustCompile(`operation: (\+ .*(string.*number|number.*string)|string \+ number|number \+ string)`), "string(…) makes a text of a number, float(…) and int(…) a number of a text"},
	{regexp.MustCompile(`operation: (.* )?% `), "% wants whole numbers: write int(…) around a float"},
	{regexp.MustCompile(`operation: \.\. `), "a range wants whole numbers: write int(…) around a float"},
	{regexp.MustCompile(`a boolean is needed|non-bool|operation: (and|or|&&|\|\||not|!) `), "and, or, not and conditions want true or false: compare, as in n != 0 or s != \"\""},
	{regexp.MustCompile(`unexpected "="`), "== compares; let name = value; gives a name"},
	{regexp.MustCompile(`unrecognized character: U\+007E`), "the operator is !="},
	{regexp.MustCompile(`unexpected "#"|cannot use pointer accessor`), "# is the item inside filter, map and the like; len(list) is the length"},
	{regexp.MustCompile(`array elements can only be selected`), "the first item is list[0], the last list[-1]"},
	{regexp.MustCompile(`index out of range`), "the first item is [0], the last [-1]; get(list, n) gives nil where there is none"},
	{regexp.MustCompile(`cannot fetch .* from nil`), "?. gives nil where there is nothing, ?? another value: user?.name ?? \"nobody\""},
	{regexp.MustCompile(`maximum allowed nodes|too large a formula`), "make the formula shorter, or part it"},
}

func hinted(e *engine.Error, names []string) *engine.Error {
	first, _, _ := strings.Cut(e.Message, "\n")
	for _, h := range hints {
		if h.about.MatchString(first) {
			e.Hint = h.hint
			return e
		}
	}
	if p := unknownWord.FindStringSubmatch(first); p != nil {
		word := strings.TrimRight(p[1], ",")
		if near := engine.Suggest(word, names); near != "" && len(word) > 2 && word[0] != '$' {
			e.Hint = fmt.Sprintf("did you mean %s?", near)
		} else if strings.Contains(first, "function") {
			e.Hint = "functions of the script are given with the option functions="
		}
	}
	return e
}
