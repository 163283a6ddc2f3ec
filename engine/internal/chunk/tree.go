package chunk

import (
	"fmt"
	"strings"

	"github.com/yuin/gopher-lua/ast"
	"github.com/yuin/gopher-lua/parse"

	"github.com/gscript-lang/gscript/engine/internal/fault"
)

// Tree is a source as its author wrote it, for tools that read programs: nothing
// in it is rewritten for the compiler. The syntax tree of gopher-lua knows lines
// only, so the source is parsed with one word or sign a line: Line and LastLine
// of a node are the number, from 1, of a token.
type Tree struct {
	Text   string // the source without a byte order mark and a shebang line
	Tokens []Token
	Stmts  []ast.Stmt
}

// Token is a word or a sign of a source.
type Token struct {
	Text         string // as the parser reads it: strings are in one line
	Start, End   int32  // bytes of the tree's text
	Line, Column int32  // of the first byte, from 1
}

// ParseTree parses a source. What it refuses is what Compile refuses, but for
// what only the compiler finds.
func ParseTree(name, source string, limits Limits) (*Tree, error) {
	if len(source) > limits.Size {
		return nil, fault.New(fault.SourceSize, "%s is too large: %d bytes of source, the limit is %d", name, len(source), limits.Size)
	}
	t := &Tree{Text: Strip(source)}
	if err := t.scan(name, limits); err != nil {
		return nil, err
	}
	var lines strings.Builder
	lines.Grow(len(t.Text) + len(t.Tokens))
	for i := range t.Tokens {
		lines.WriteString(t.Tokens[i].Text)
		lines.WriteByte('\n')
	}
	stmts, err := parse.Parse(strings.NewReader(lines.String()), name)
	if err != nil {
		return nil, fault.New(fault.Syntax, "%s: cannot be parsed", name)
	}
	t.Stmts = stmts
	return t, nil
}

func (t *Tree) scan(name string, limits Limits) error {
	s := &scanner{name: name, src: t.Text, line: 1, nesting: nesting{limits: limits}}
	for s.bad == nil {
		if err := s.skip(); err != nil {
			return err
		}
		if s.pos >= len(s.src) {
			break
		}
		s.out, s.copied = s.out[:0], s.pos
		token := Token{Start: int32(s.pos), Line: int32(s.line), Column: int32(s.pos-s.lineStart) + 1}
		if _, err := s.token(); err != nil {
			return err
		}
		token.End = int32(s.pos)
		token.Text = s.src[token.Start:token.End]
		if len(s.out) > 0 {
			token.Text = string(append(s.out, s.src[s.copied:s.pos]...))
		}
		token.Text = oneLine(token.Text)
		t.Tokens = append(t.Tokens, token)
	}
	return nil
}

// oneLine writes a string token without line breaks.
func oneLine(text string) string {
	switch {
	case text[0] == '[' && len(text) > 1:
		level := strings.IndexByte(text[1:], '[') + 2
		return quoteLua(text[level : len(text)-level])
	case strings.ContainsAny(text, "\r\n"): // behind a backslash, or put behind the string for a \z
		var b strings.Builder
		text = strings.TrimRight(text, "\n")
		for i := 0; i < len(text); i++ {
			switch c := text[i]; {
			case c != '\r' && c != '\n':
				b.WriteByte(c)
			case i+1 < len(text) && (text[i+1] == '\r' || text[i+1] == '\n') && text[i+1] != c:
				i++
				b.WriteByte('n')
			default:
				b.WriteByte('n')
			}
		}
		return b.String()
	}
	return text
}

// quoteLua writes the body of a long string in quotes.
func quoteLua(body string) string {
	body = strings.NewReplacer("\r\n", "\n", "\n\r", "\n", "\r", "\n").Replace(body)
	body = strings.TrimPrefix(body, "\n")
	var b strings.Builder
	b.WriteByte('"')
	for i := range len(body) {
		switch c := body[i]; {
		case c == '"' || c == '\\':
			b.WriteByte('\\')
			b.WriteByte(c)
		case c < ' ' || c == 0x7f:
			fmt.Fprintf(&b, `\%03d`, c)
		default:
			b.WriteByte(c)
		}
	}
	b.WriteByte('"')
	return b.String()
}
