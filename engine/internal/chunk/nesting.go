package chunk

import (
	"fmt"

	"github.com/gscript-lang/gscript/engine/internal/fault"
)

// nesting counts what the parser and the compiler would recurse into or stack
// up: brackets, blocks and prefixes inside one another, chains of operators,
// calls and fields, of '..', and of elseif.
type nesting struct {
	limits Limits
	stack  []opener
	counts
	bad *mismatch // a closing word or bracket that closes nothing
}

// counts are of the expression or statement being read, on top of those of
// the brackets and blocks around it.
type counts struct {
	prefixes, links, dots, branches int
}

type opener struct {
	token string
	line  int
	done  bool // the do of a loop has been read
	counts
}

type mismatch struct {
	token string
	line  int
	opener
}

type precedence bool

const (
	precedenceLow  precedence = false // below '..'
	precedenceHigh precedence = true
)

func (n *nesting) top() *opener {
	if len(n.stack) == 0 {
		return nil
	}
	return &n.stack[len(n.stack)-1]
}

// base is what the counts start from inside the innermost bracket or block.
func (n *nesting) base() counts {
	if top := n.top(); top != nil {
		return top.counts
	}
	return counts{}
}

// reset begins another expression or statement.
func (n *nesting) reset() {
	base := n.base()
	n.prefixes, n.links, n.dots = base.prefixes, base.links, base.dots
}

func (s *scanner) tooMany(limit int, what string) error {
	return s.fail(fault.SourceDepth, s.pos, "more than %d %s", limit, what)
}

func (s *scanner) checkDepth() error {
	if len(s.stack)+s.prefixes > s.limits.Nesting {
		return s.tooMany(s.limits.Nesting, "brackets, blocks and operators inside one another")
	}
	return nil
}

func (s *scanner) push(token string) error {
	s.stack = append(s.stack, opener{token: token, line: s.line, counts: s.counts})
	return s.checkDepth()
}

var closers = map[string]string{"(": ")", "{": "}", "[": "]", "repeat": "until"}

func (o *opener) closer() string {
	if c, ok := closers[o.token]; ok {
		return c
	}
	return "end"
}

func (s *scanner) pop(token string) {
	top := s.top()
	if top == nil || top.closer() != token {
		s.bad = &mismatch{token: token, line: s.line}
		if top != nil {
			s.bad.opener = *top
		}
		return
	}
	s.counts = top.counts
	s.stack = s.stack[:len(s.stack)-1]
}

func (s *scanner) prefix() error {
	s.prefixes++
	return s.checkDepth()
}

// link counts a binary operator that nests to the left, a field or a call.
func (s *scanner) link(p precedence) error {
	base := s.base()
	s.prefixes = base.prefixes
	if p == precedenceLow {
		s.dots = base.dots
	}
	if s.links++; s.links > s.limits.Chain {
		return s.tooMany(s.limits.Chain, "operators, calls and fields in one expression")
	}
	return nil
}

// suffix counts a call or an index, if the token stands behind an operand.
func (s *scanner) suffix() error {
	if s.operand {
		return s.link(precedenceHigh)
	}
	return nil
}

func (s *scanner) concat() error {
	s.prefixes = s.base().prefixes
	if s.dots++; s.dots > s.limits.Concat {
		return s.tooMany(s.limits.Concat, "'..' in one expression")
	}
	return nil
}

func (s *scanner) branch() error {
	if s.branches++; s.branches > s.limits.Chain {
		return s.tooMany(s.limits.Chain, "elseif in one statement")
	}
	return nil
}

// expected says what is missing at the end of the text, or in front of the
// token that closes nothing.
func (s *scanner) expected(at *mismatch) string {
	near, line, missing := "<eof>", 0, s.top()
	if at != nil {
		near, line, missing = "'"+at.token+"'", at.line, nil
		if at.opener.token != "" {
			missing = &at.opener
		}
	}
	switch {
	case missing == nil:
		return "<eof> expected near " + near
	case missing.line == line:
		return fmt.Sprintf("'%s' expected near %s", missing.closer(), near)
	}
	return fmt.Sprintf("'%s' expected (to close '%s' at line %d) near %s", missing.closer(), missing.token, missing.line, near)
}
