// Package pattern matches the patterns of Lua: those of Lua 5.1's lstrlib, with
// %f and %g as in later versions, and with the byte 0 as any other byte.
//
// A pattern is compiled to a Program, which a Matcher runs. Malformed patterns
// fail as in C Lua, with its messages, and only when matching gets to the place
// in question.
//
// Matching backtracks, as in C Lua, and so can take exponential time. The hook
// of a Matcher is called about every 4096 steps and may end the match by a
// panic.
package pattern

import "strings"

const (
	// MaxLength is the length of the longest pattern, in bytes.
	MaxLength = 32 << 10
	// MaxCaptures is how many captures a pattern may have.
	MaxCaptures = 32
	// maxDepth bounds the repeats of one pattern that wait, inside one another,
	// for what follows them.
	maxDepth = 200
)

// Error is what is wrong with a pattern.
type Error string

func (e Error) Error() string { return string(e) }

const (
	// ErrTooLong says that a pattern is longer than MaxLength.
	ErrTooLong Error = "pattern too long"
	// ErrTooComplex says that more than 200 repeats wait for one another.
	ErrTooComplex Error = "pattern too complex"
	// ErrCaptureIndex says that a capture is named that the pattern has not.
	ErrCaptureIndex Error = "invalid capture index"

	errEndsInEscape Error = "malformed pattern (ends with '%')"
	errNoBracket    Error = "malformed pattern (missing ']')"
	errNoBalance    Error = "unbalanced pattern"
	errNoFrontier   Error = "missing '[' after '%f' in pattern"
	errManyCaptures Error = "too many captures"
	errCloses       Error = "invalid pattern capture"
	errUnfinished   Error = "unfinished capture"
)

// Plain says that p has none of the characters that mean something in a pattern.
func Plain(p string) bool { return !strings.ContainsAny(p, "^$*+?.([%-") }

// Program is a compiled pattern. It does not change, so matchers may share it.
type Program struct {
	nodes    []node
	captures []captureKind
	lead     lead // with what a match begins
	anchored bool // by a ^
	// once says that a pattern which does not match at one place matches
	// nowhere after it.
	once bool
}

// Anchored says that the pattern begins with a ^ that anchors it.
func (p *Program) Anchored() bool { return p.anchored }

// Captures is the number of captures.
func (p *Program) Captures() int { return len(p.captures) }

type captureKind uint8

const (
	captureOpen captureKind = iota // the pattern ends inside it
	captureText
	capturePosition
)

type op uint8

const (
	opEnd       op = iota
	opChar         // the byte c
	opAny          // any byte
	opSet          // a byte in set
	opLiteral      // text
	opOpen         // capture number index begins
	opClose        // capture number index ends
	opPosition     // capture number index is a position
	opBack         // what capture number index holds
	opBalance      // %b with c and d
	opFrontier     // %f with set
	opEndOfText    // $
	opNever        // matches nowhere
	opNothing      // matches everywhere, and nothing
	opFail         // raises text
	opOptional     // item?
	opStar         // item*
	opPlus         // item+
	opLazy         // item-
	// Those that never give back what they took, because the rest would not
	// match there.
	opOptionalAll
	opStarAll
	opPlusAll
)

// node is one step of a program.
type node struct {
	op    op
	item  op // opChar, opAny or opSet, of a repeat
	c, d  byte
	index uint8
	set   *set
	text  string
	lead  lead // of a repeat: how what follows it begins
}

// leadKind is what is known of how a part of a pattern begins.
type leadKind uint8

const (
	leadUnknown leadKind = iota
	leadText             // with a text
	leadSet              // with a byte of a set
	leadEnd              // at the end of the subject
	leadAlways           // it matches everywhere
)

type lead struct {
	kind leadKind
	text string
	set  *set
}
