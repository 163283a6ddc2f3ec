// Package chunk is the one way from source text to a function: size, parse,
// depth, compile. run, load, loadstring, loadfile, dofile and require all come
// through here.
package chunk

import (
	"errors"
	"fmt"
	"regexp"
	"strings"

	lua "github.com/yuin/gopher-lua"
	"github.com/yuin/gopher-lua/parse"

	"github.com/gscript-lang/gscript/engine/internal/fault"
)

// Limits of one chunk.
type Limits struct {
	Size  int // bytes of source
	Depth int // expressions and blocks inside one another
}

// Trusted and Guarded are the limits of the two tiers. gopher-lua's compiler
// recurses with the depth of the tree, and a Go stack overflow ends the
// process, so the depth is checked before it runs.
var (
	Trusted = Limits{Size: 16 << 20, Depth: 400}
	Guarded = Limits{Size: 1 << 20, Depth: 250}
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
	stmts, err := parse.Parse(strings.NewReader(text), name)
	if err != nil {
		return nil, syntaxError(name, text, err)
	}
	if line, ok := tooDeep(stmts, limits.Depth); ok {
		return nil, fault.New(fault.SourceDepth, "%s:%d: more than %d expressions or blocks inside one another", name, line, limits.Depth)
	}
	proto, err := lua.Compile(stmts, name)
	if err != nil {
		return nil, syntaxError(name, text, err)
	}
	if !repairBlocks(proto) {
		return nil, fault.New(fault.SourceSize, "%s: a table constructor has too many items before a list of values", name)
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

// syntaxError gives the message of the parser the shape "name:line: what".
func syntaxError(name, text string, err error) error {
	e := &fault.Error{Kind: fault.Syntax, Cause: err}
	var pe *parse.Error
	var ce *lua.CompileError
	switch {
	case errors.As(err, &pe):
		if pe.Pos.Line == parse.EOF {
			e.Message = fmt.Sprintf("%s:%d: unexpected end of the script", name, 1+strings.Count(strings.TrimRight(text, "\n\r \t"), "\n"))
			e.Hint = "an 'end', a ')' or a '}' is missing"
			break
		}
		e.Message = fmt.Sprintf("%s:%d: %s", name, pe.Pos.Line, pe.Message)
		if tok := strings.TrimSpace(pe.Token); tok != "" {
			e.Message += fmt.Sprintf(" near '%s'", tok)
		}
		e.Fields = map[string]any{"column": pe.Pos.Column}
	case errors.As(err, &ce):
		e.Message = fmt.Sprintf("%s:%d: %s", name, ce.Line, ce.Message)
		if ce.Line <= 0 {
			e.Message = name + ": " + ce.Message
		}
	default:
		e.Message = name + ": " + err.Error()
		if m := compileMessage.FindStringSubmatch(err.Error()); m != nil {
			e.Message = name + ": " + m[1]
		}
	}
	return e
}
