package check

import (
	"fmt"
	"slices"
	"strings"

	"github.com/yuin/gopher-lua/ast"
)

// redefined reports functions that a block defines again before anything can have
// called them: of two tests of one name the first never runs.
func (f *file) redefined(list []ast.Stmt) {
	var before map[string]int // last token of the name
	for _, s := range list {
		def, ok := s.(*ast.FuncDefStmt)
		if !ok {
			continue
		}
		name, token := f.defines(def)
		if before == nil {
			before = map[string]int{}
		}
		if first, twice := before[name]; twice && !f.mentioned(first, token) {
			f.find(token, Warning, ruleRedefined,
				fmt.Sprintf("%s is defined again; the function of line %d is lost", shorten(name), f.tree.Tokens[first].Line), "give one of them another name")
		}
		before[name] = token
	}
}

// defines is the name of a function that a statement defines, such as "M.get", and
// its last token.
func (f *file) defines(def *ast.FuncDefStmt) (name string, last int) {
	var b strings.Builder
	last = at(def) + 1
	for ; ; last++ {
		if b.WriteString(strings.Replace(f.text(last), ":", ".", 1)); f.text(last+1) == "(" || last >= len(f.tree.Tokens) {
			return b.String(), last
		}
	}
}

// mentioned says that the name of a token stands between it and a later one.
func (f *file) mentioned(token, later int) bool {
	if f.places == nil {
		f.places = map[string][]int{}
		for i, t := range f.tree.Tokens {
			f.places[t.Text] = append(f.places[t.Text], i)
		}
	}
	places := f.places[f.text(token)]
	i, _ := slices.BinarySearch(places, token+1)
	return i < len(places) && places[i] < later
}
