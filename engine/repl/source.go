package repl

import (
	"errors"
	"regexp"
	"strconv"
	"strings"

	"github.com/gscript-lang/gscript/engine"
)

// unit is what is run at once: a command, or a piece of Lua.
type unit struct {
	command string
	piece   engine.Piece
	call    bool // the piece is an expression that ends with a call
}

// unitOf tells what kind of piece it is.
func unitOf(p engine.Piece) unit {
	runes := []rune(p.Source)
	tokens := lex(runes)
	for len(tokens) > 0 && tokens[len(tokens)-1].kind == commentToken {
		tokens = tokens[:len(tokens)-1]
	}
	u := unit{piece: p}
	if n := len(tokens); n > 2 && tokens[1].text(runes) != "(" {
		last := tokens[n-1]
		u.call = last.text(runes) == ")" || last.kind == stringToken
	}
	return u
}

// incomplete says that a text may become right when it goes on.
type incomplete struct{ error }

func (i incomplete) Unwrap() error { return i.error }

// command says that a text is one for the prompt and not for Lua.
func command(text string) bool {
	text = strings.TrimSpace(text)
	return strings.HasPrefix(text, "?") || strings.HasPrefix(text, ":") && !strings.HasPrefix(text, "::")
}

// compiler makes units of what is typed.
type compiler struct {
	check func(engine.Piece) error
	name  string
	shown string
}

// units cuts a text into what is to be run: as few pieces as possible, because
// then all is well or nothing is run.
func (c compiler) units(text string) ([]unit, error) {
	c.shown = text
	if command(text) && !strings.Contains(strings.TrimSpace(text), "\n") {
		return []unit{{command: strings.TrimSpace(text)}}, nil
	}
	p, err := c.piece(text, 1)
	if err == nil {
		return []unit{unitOf(p)}, nil
	}
	list, open := c.split(text)
	switch {
	case open:
		return nil, incomplete{err}
	case len(list) > 1:
		return list, nil
	}
	return nil, err
}

const prefix = "return "

// piece compiles a text as an expression, or else as statements. first is the
// line in which it begins.
func (c compiler) piece(text string, first int) (engine.Piece, error) {
	before := strings.Repeat("\n", first-1)
	expression := engine.Piece{Name: c.name, Source: before + prefix + text, Shown: c.shown}
	asExpression := c.check(expression)
	if asExpression == nil {
		return expression, nil
	}
	source, vars := expose(text)
	statements := engine.Piece{Name: c.name, Source: before + source, Shown: c.shown, Vars: vars}
	asStatements := c.check(statements)
	switch {
	case asStatements == nil:
		return statements, nil
	case engine.Incomplete(asExpression) || engine.Incomplete(asStatements) || opens(text):
		return statements, incomplete{asStatements}
	}
	line, column := placeOf(asStatements)
	exprLine, exprColumn := placeOf(asExpression)
	if exprLine == first {
		exprColumn -= len(prefix)
	}
	if exprLine > line || exprLine == line && exprColumn > column {
		var e *engine.Error
		if errors.As(asExpression, &e) && e.Fields != nil {
			e.Fields["column"] = exprColumn
		}
		return expression, asExpression
	}
	return statements, asStatements
}

var messageLine = regexp.MustCompile(`:(\d+): `)

// placeOf is where a syntax error is.
func placeOf(err error) (line, column int) {
	if m := messageLine.FindStringSubmatch(err.Error()); m != nil {
		line, _ = strconv.Atoi(m[1])
	}
	var e *engine.Error
	if errors.As(err, &e) {
		column, _ = e.Fields["column"].(int)
	}
	return line, column
}

// split cuts a text of several lines into commands, expressions and statements.
// open says that the last of them may be made right, and nil that another cannot.
func (c compiler) split(text string) (list []unit, open bool) {
	lines := strings.Split(text, "\n")
	for i := 0; i < len(lines); {
		if strings.TrimSpace(lines[i]) == "" {
			i++
			continue
		}
		if command(lines[i]) {
			list = append(list, unit{command: strings.TrimSpace(lines[i])})
			i++
			continue
		}
		found := false
		for end := i + 1; end <= len(lines) && !found; end++ {
			p, err := c.piece(strings.Join(lines[i:end], "\n"), i+1)
			switch {
			case err == nil && (end == len(lines) || !goesOn(lines[end])):
				list = append(list, unitOf(p))
				i, found = end, true
			case err != nil && !errors.As(err, new(incomplete)):
				return nil, false
			}
		}
		if !found {
			return nil, true
		}
	}
	return list, false
}

// goesOn says that a line continues the one before.
func goesOn(line string) bool {
	runes := []rune(line)
	tokens := lex(runes)
	if len(tokens) == 0 {
		return false
	}
	switch tokens[0].text(runes) {
	case "..", "+", "-", "*", "/", "%", "^", "==", "~=", "<", "<=", ">", ">=", "and", "or", ",", ".", ":", "=", "{":
		return !command(line)
	}
	return false
}

// ready says that a text need not go on.
func (c compiler) ready(text string) bool {
	if strings.TrimSpace(text) == "" || command(text) {
		return true
	}
	_, err := c.units(text)
	return !errors.As(err, new(incomplete))
}
