// Package chunk is the one way from source text to a function: size, scan,
// parse, walk, compile, patch. run, load, loadstring, loadfile, dofile and
// require all come through here.
//
// # Limits
//
// gopher-lua's parser and compiler recurse, and some of their steps take time
// that grows with the square of the source, so what C Lua refuses is refused
// here before they run, and a little more. Of one source, in both tiers but for
// the first three:
//
//   - 16 MiB of text (guarded: 1 MiB) and 3,000,000 words and signs (guarded:
//     1,000,000);
//   - 20,000 functions (guarded: 5,000), which take 12 KB each while they are
//     compiled;
//   - 200 brackets, blocks and prefix operators inside one another;
//   - 10,000 operators, calls and fields in one chain (a + b + c, f().x:y()),
//     and as many elseif in one statement; 32,768 operands of '..';
//   - about a second of compiling: some 20,000 different global names in one
//     function, 20,000 labels or gotos in one block. Literals do not count:
//     tables of data may be of any size;
//   - 30,000 expressions and statements of one function in a loop, or in a
//     function with goto, and 43,000 branches in one function, beyond which
//     gopher-lua's jumps go wrong;
//   - 255 variables of outer functions in one function, 200 local variables.
package chunk

import (
	"errors"
	"fmt"
	"regexp"
	"strconv"
	"strings"

	lua "github.com/yuin/gopher-lua"
	"github.com/yuin/gopher-lua/parse"

	"github.com/gscript-lang/gscript/engine/internal/fault"
)

// Limits of one chunk.
type Limits struct {
	Size      int // bytes of source
	Tokens    int // words and signs
	Functions int
	Nesting   int // brackets, blocks and prefixes inside one another
	Chain     int // operators, calls and fields in a row, branches of an if
	Concat    int // '..' in a row

	Explain bool // calls of the global check know their expression
}

// Trusted and Guarded are the limits of the two tiers.
var (
	Trusted = Limits{Size: 16 << 20, Tokens: 3_000_000, Functions: 20_000, Nesting: 200, Chain: 10_000, Concat: 1 << 15}
	Guarded = Limits{Size: 1 << 20, Tokens: 1_000_000, Functions: 5_000, Nesting: 200, Chain: 10_000, Concat: 1 << 15}
)

// Chunk is compiled source. It is immutable and may be shared by states.
type Chunk struct {
	Name   string
	Source string
	Proto  *lua.FunctionProto
}

// Compile turns source into a chunk. A byte order mark and a first line that
// starts with '#' are left out of it; lines keep their numbers.
func Compile(name, source string, limits Limits) (*Chunk, error) {
	if len(source) > limits.Size {
		return nil, fault.New(fault.SourceSize, "%s is too large: %d bytes of source, the limit is %d", name, len(source), limits.Size)
	}
	text := Strip(source)
	if strings.HasPrefix(text, "\x1bLua") {
		return nil, fault.New(fault.Syntax, "%s is compiled bytecode; only source text is run", name)
	}
	text, scanned, err := scan(name, text, limits)
	if err != nil {
		return nil, err
	}
	stmts, err := parse.Parse(strings.NewReader(text), name)
	if err != nil {
		return nil, syntaxError(name, text, scanned, err)
	}
	main, w, stmts, err := walk(name, stmts, limits)
	if err != nil {
		return nil, err
	}
	scopes := markScopes(stmts)
	proto, err := lua.Compile(stmts, name)
	if err != nil {
		return nil, syntaxError(name, text, scanned, err)
	}
	scopes.repair(proto)
	if !repairBlocks(proto) {
		return nil, fault.New(fault.SourceSize, "%s: a table constructor has too many items before a list of values", name)
	}
	if err := newPatcher(&w.pool).patch(name, proto, main); err != nil {
		return nil, err
	}
	return &Chunk{Name: name, Source: source, Proto: proto}, nil
}

// Strip takes off a byte order mark and blanks out a shebang line.
func Strip(source string) string {
	text := strings.TrimPrefix(source, "\ufeff")
	if strings.HasPrefix(text, "#") {
		if i := strings.IndexByte(text, '\n'); i >= 0 {
			return text[i:]
		}
		return ""
	}
	return text
}

var compileMessage = regexp.MustCompile(`(?s)^compile error near line\(\d+\) .*?: (.*)$`)

// otherLine is where a message about a goto names the line of another statement.
var otherLine = regexp.MustCompile(`line \d+\b`)

// syntaxError gives the message of the parser the shape "name:line: what".
func syntaxError(name, text string, scanned *scanner, err error) error {
	e := &fault.Error{Kind: fault.Syntax, Cause: err}
	var pe *parse.Error
	var ce *lua.CompileError
	switch {
	case errors.As(err, &pe):
		bad := scanned.bad
		if pe.Pos.Line == parse.EOF {
			if bad == nil && scanned.top() != nil {
				e.Message = fmt.Sprintf("%s:%d: %s", name, 1+strings.Count(strings.TrimRight(text, "\n\r \t"), "\n"), scanned.expected(nil))
				break
			}
			last := scanned.last
			e.Message = fmt.Sprintf("%s:%d: unexpected end of the script after '%s'", name, last.line, near(scanned.src[last.from:last.to]))
			e.Fields = map[string]any{"column": last.to - last.lineStart + 1}
			break
		}
		if bad != nil && bad.line == pe.Pos.Line && bad.token == pe.Token {
			e.Message = fmt.Sprintf("%s:%d: %s", name, pe.Pos.Line, scanned.expected(bad))
			e.Fields = map[string]any{"column": pe.Pos.Column}
			break
		}
		e.Message = fmt.Sprintf("%s:%d: %s", name, pe.Pos.Line, pe.Message)
		if tok := near(strings.TrimSpace(pe.Token)); tok != "" {
			e.Message += fmt.Sprintf(" near '%s'", tok)
		}
		e.Fields = map[string]any{"column": pe.Pos.Column}
	case errors.As(err, &ce):
		line := unmarked(ce.Line)
		what := otherLine.ReplaceAllStringFunc(ce.Message, func(n string) string {
			n = strings.TrimPrefix(n, "line ")
			marked, err := strconv.Atoi(n)
			if err != nil {
				return "line " + n
			}
			return "line " + strconv.Itoa(unmarked(marked))
		})
		e.Message = fmt.Sprintf("%s:%d: %s", name, line, what)
		if line <= 0 {
			e.Message = name + ": " + what
		}
	default:
		e.Message = name + ": " + err.Error()
		if m := compileMessage.FindStringSubmatch(err.Error()); m != nil {
			e.Message = name + ": " + m[1]
		}
	}
	return e
}
