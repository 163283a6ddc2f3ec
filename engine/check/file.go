package check

import (
	"slices"
	"strings"

	"github.com/yuin/gopher-lua/ast"

	"github.com/gscript-lang/gscript/engine/internal/chunk"
)

// file is a source that is being checked.
type file struct {
	c     *Checker
	name  string
	tree  *chunk.Tree
	lines []int32 // where each line begins
	match []int32 // of an opening bracket: its closing one

	bound    []*variable // by the token of each use of a local variable
	declares []*variable // by the token of each declaration
	locals   []*variable
	named    map[string]*variable // the first local variable of each name
	globals  []use
	labels   []label
	declared map[string]bool // globals that are defined somewhere
	assigned map[string]bool // globals that the source sets
	tested   map[string]bool // globals that the source asks for
	fields   map[string]bool // names that are assigned to as fields of anything
	dynamic  bool            // globals may come from anywhere
	foreign  bool            // a file that cannot be read is required
	searches bool            // require may find more than its defaults
	required []string        // names given to require
	returned ast.Expr        // what the main chunk returns at its end

	findings []Finding
	dropped  bool
	quiet    bool // in what is meant to fail
	ends     map[ast.Expr]int
	places   map[string][]int // of the tokens of each text
	nearest  map[string]string
}

// open parses a source and finds out what its names mean.
func (c *Checker) open(name, source string) (*file, error) {
	tree, err := chunk.ParseTree(name, source, chunk.Trusted)
	if err != nil {
		return nil, err
	}
	f := &file{
		c: c, name: name, tree: tree,
		bound: make([]*variable, len(tree.Tokens)), match: make([]int32, len(tree.Tokens)),
		declares: make([]*variable, len(tree.Tokens)),
		declared: map[string]bool{}, assigned: map[string]bool{}, named: map[string]*variable{}, tested: map[string]bool{}, fields: map[string]bool{},
		ends: map[ast.Expr]int{}, nearest: map[string]string{},
	}
	f.measure()
	f.resolve()
	return f, nil
}

// measure finds the beginnings of lines and the pairs of brackets.
func (f *file) measure() {
	text := f.tree.Text
	f.lines = []int32{0}
	for i := 0; i < len(text); i++ {
		c := text[i]
		if c != '\n' && c != '\r' {
			continue
		}
		if i+1 < len(text) && text[i+1] != c && (text[i+1] == '\n' || text[i+1] == '\r') {
			i++
		}
		f.lines = append(f.lines, int32(i+1))
	}
	var open []int32
	for i, t := range f.tree.Tokens {
		switch t.Text {
		case "(", "[", "{":
			open = append(open, int32(i))
		case ")", "]", "}":
			if len(open) > 0 {
				f.match[open[len(open)-1]] = int32(i)
				open = open[:len(open)-1]
			}
		}
	}
}

// line is the text of a line, from 1.
func (f *file) line(n int) string {
	if n < 1 || n > len(f.lines) {
		return ""
	}
	end := len(f.tree.Text)
	if n < len(f.lines) {
		end = int(f.lines[n])
	}
	return strings.TrimRight(f.tree.Text[f.lines[n-1]:end], "\r\n")
}

// at is the token where a node begins. The parser counts tokens as lines.
func at(n ast.PositionHolder) int { return max(n.Line()-1, 0) }

// text is a token, "" behind the last.
func (f *file) text(i int) string {
	if i < 0 || i >= len(f.tree.Tokens) {
		return ""
	}
	return f.tree.Tokens[i].Text
}

// inside skips the parentheses around an expression that is one token.
func (f *file) inside(i int) int {
	for f.text(i) == "(" {
		i++
	}
	return i
}

// start is the first token of an expression, with the operator in front of it.
func start(e ast.Expr) int {
	i := at(e)
	for {
		switch u := e.(type) {
		case *ast.UnaryMinusOpExpr:
			e = u.Expr
		case *ast.UnaryNotOpExpr:
			e = u.Expr
		case *ast.UnaryLenOpExpr:
			e = u.Expr
		default:
			return max(i, 0)
		}
		i--
	}
}

// end is the last token of what may stand before a dot, a colon or a call.
func (f *file) end(e ast.Expr) int {
	if n, ok := f.ends[e]; ok {
		return n
	}
	n := at(e)
	switch e := e.(type) {
	case *ast.AttrGetExpr:
		if at(e) != at(e.Object) {
			n = f.closing(n)
			break
		}
		n = f.end(e.Object) + 1
		if f.text(n) == "[" {
			n = f.closing(n)
		} else {
			n++
		}
	case *ast.FuncCallExpr:
		head := e.Func
		if e.Receiver != nil {
			head = e.Receiver
		}
		if at(e) != at(head) {
			n = f.closing(n)
			break
		}
		n = f.end(head) + 1
		if e.Receiver != nil {
			n += 2
		}
		n = f.closing(n)
		if first := at(e); e.AdjustRet && f.text(first-1) == "(" && f.match[first-1] == int32(n+1) {
			n++
		}
	default:
		if f.text(n) == "(" {
			n = f.closing(n)
		}
	}
	f.ends[e] = n
	return n
}

// closing is the bracket that closes the one at i, or i itself.
func (f *file) closing(i int) int {
	switch f.text(i) {
	case "(", "[", "{":
		return int(f.match[i])
	}
	return i
}

// find adds a finding about a token.
func (f *file) find(token int, severity Severity, rule, message, hint string) {
	if f.quiet {
		return
	}
	const most = 2 * mostFindings // ignored ones among them
	if len(f.findings) >= most {
		f.dropped = true
		return
	}
	found := Finding{File: f.name, Line: 1, Column: 1, Severity: severity, Rule: rule, Message: message, Hint: hint, width: 1}
	if token >= 0 && token < len(f.tree.Tokens) {
		t := f.tree.Tokens[token]
		found.Line, found.Column, found.width = int(t.Line), int(t.Column), int(t.End-t.Start)
	}
	found.text = f.line(found.Line)
	found.width = max(1, min(found.width, len(found.text)-found.Column+1))
	f.findings = append(f.findings, found)
}

// declare makes globals known.
func (f *file) declare(names ...string) {
	for _, n := range names {
		f.declared[n] = true
	}
}

// longName bounds the names for which others are looked for, and that messages
// tell in full.
const longName = 60

func shorten(name string) string {
	if len(name) > longName {
		return name[:longName] + "…"
	}
	return name
}

func short(names []string) []string {
	return slices.DeleteFunc(slices.Clone(names), func(n string) bool { return len(n) > longName })
}
