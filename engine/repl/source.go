package repl

import (
	"errors"
	"regexp"
	"strconv"
	"strings"

	"github.com/gscript-lang/gscript/engine"
	"github.com/gscript-lang/gscript/engine/repl/lex"
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
	tokens := lex.Lex(runes)
	for len(tokens) > 0 && tokens[len(tokens)-1].Kind == lex.Comment {
		tokens = tokens[:len(tokens)-1]
	}
	u := unit{piece: p}
	if n := len(tokens); n > 2 && tokens[1].Text(runes) != "(" {
		last := tokens[n-1]
		u.call = last.Text(runes) == ")" || last.Kind == lex.String
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
	case open != nil:
		return nil, open
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
	case engine.Incomplete(asExpression) && !engine.Incomplete(asStatements):
		return expression, incomplete{withoutPrefix(asExpression, first)}
	case engine.Incomplete(asStatements) || lex.Opens(text):
		return statements, incomplete{asStatements}
	}
	line, column := placeOf(asStatements)
	asExpression = withoutPrefix(asExpression, first)
	if exprLine, exprColumn := placeOf(asExpression); exprLine > line || exprLine == line && exprColumn > column {
		return expression, asExpression
	}
	return statements, asStatements
}

// withoutPrefix puts the error of an expression where it is in the text.
func withoutPrefix(err error, first int) error {
	var e *engine.Error
	if line, column := placeOf(err); line == first && errors.As(err, &e) && e.Fields != nil {
		e.Fields["column"] = column - len(prefix)
	}
	return err
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
// open says what the last of them lacks. Without a list, and with nothing that is
// open, another of them cannot be made right.
func (c compiler) split(text string) (list []unit, open error) {
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
		var lacks error
		for end := i + 1; end <= len(lines) && !found; end++ {
			p, err := c.piece(strings.Join(lines[i:end], "\n"), i+1)
			switch {
			case err == nil && (end == len(lines) || !goesOn(lines[end])):
				list = append(list, unitOf(p))
				i, found = end, true
			case err != nil && !errors.As(err, new(incomplete)):
				return nil, nil
			default:
				lacks = err
			}
		}
		if !found {
			return nil, lacks
		}
	}
	return list, nil
}

// goesOn says that a line continues the one before.
func goesOn(line string) bool {
	runes := []rune(line)
	tokens := lex.Lex(runes)
	if len(tokens) == 0 {
		return false
	}
	switch tokens[0].Text(runes) {
	case "..", "+", "-", "*", "/", "%", "^", "==", "~=", "<", "<=", ">", ">=", "and", "or", ",", ".", ":", "=", "{":
		return !command(line)
	}
	return false
}

// describes says that a line is a comment for what follows it.
func describes(line string) bool { return strings.HasPrefix(strings.TrimSpace(line), "---") }

// ready says that a text need not go on.
func (c compiler) ready(text string) bool {
	if strings.TrimSpace(text) == "" || command(text) {
		return true
	}
	if lines := strings.Split(text, "\n"); describes(lines[len(lines)-1]) {
		return false
	}
	_, err := c.units(text)
	return !errors.As(err, new(incomplete))
}
