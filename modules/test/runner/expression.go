package runner

import (
	"strings"
)

// expression is what -k and -m take: words with and, or, not and parentheses.
type expression struct {
	text  string
	words []string
	holds func(has func(word string) bool) bool
}

// parseExpression reads an expression; flag names it in messages. An empty one
// is nil.
func parseExpression(flag, text string) (*expression, error) {
	if strings.TrimSpace(text) == "" {
		return nil, nil
	}
	p := &expressionParser{flag: flag, text: text, tokens: expressionTokens(text)}
	holds, err := p.or()
	if err == nil && p.at < len(p.tokens) {
		err = p.fail("'%s' stands where 'and' or 'or' is expected", p.tokens[p.at])
	}
	if err != nil {
		return nil, err
	}
	return &expression{text, p.words, holds}, nil
}

func expressionTokens(text string) []string {
	text = strings.NewReplacer("(", " ( ", ")", " ) ").Replace(text)
	return strings.Fields(text)
}

type condition = func(has func(word string) bool) bool

type expressionParser struct {
	flag, text string
	tokens     []string
	at, depth  int
	words      []string
}

func (p *expressionParser) fail(format string, args ...any) error {
	return usage("words are joined by and, or, not and parentheses, such as 'net and not (slow or big)'", p.flag+" '"+p.text+"': "+format, args...)
}

func (p *expressionParser) take(word string) bool {
	if p.at < len(p.tokens) && p.tokens[p.at] == word {
		p.at++
		return true
	}
	return false
}

func (p *expressionParser) or() (condition, error) {
	left, err := p.and()
	for err == nil && p.take("or") {
		var right condition
		if right, err = p.and(); err == nil {
			a, b := left, right
			left = func(has func(string) bool) bool { return a(has) || b(has) }
		}
	}
	return left, err
}

func (p *expressionParser) and() (condition, error) {
	left, err := p.not()
	for err == nil && p.take("and") {
		var right condition
		if right, err = p.not(); err == nil {
			a, b := left, right
			left = func(has func(string) bool) bool { return a(has) && b(has) }
		}
	}
	return left, err
}

const deepestExpression = 200

func (p *expressionParser) not() (condition, error) {
	if p.depth++; p.depth > deepestExpression {
		return nil, p.fail("too many parentheses")
	}
	defer func() { p.depth-- }()
	if p.take("not") {
		inner, err := p.not()
		return func(has func(string) bool) bool { return !inner(has) }, err
	}
	if p.at == len(p.tokens) {
		return nil, p.fail("a word is missing at the end")
	}
	if p.take("(") {
		inner, err := p.or()
		if err == nil && !p.take(")") {
			err = p.fail("a ')' is missing")
		}
		return inner, err
	}
	word := p.tokens[p.at]
	switch word {
	case ")", "and", "or":
		return nil, p.fail("a word is missing before '%s'", word)
	}
	p.at++
	p.words = append(p.words, word)
	return func(has func(string) bool) bool { return has(word) }, nil
}

// inID is the meaning of a word of -k.
func inID(id string) func(word string) bool {
	id = strings.ToLower(id)
	return func(word string) bool { return strings.Contains(id, strings.ToLower(word)) }
}

// Words reads what -k takes; the result says whether an id has the words.
func Words(flag, text string) (func(id string) bool, error) {
	e, err := parseExpression(flag, text)
	if err != nil || e == nil {
		return func(string) bool { return true }, err
	}
	return func(id string) bool { return e.holds(inID(id)) }, nil
}
