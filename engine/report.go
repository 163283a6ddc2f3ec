package engine

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"regexp"
	"strconv"
	"strings"

	"github.com/gscript-lang/gscript/engine/internal/chunk"
	"github.com/gscript-lang/gscript/engine/internal/excerpt"
	"github.com/gscript-lang/gscript/engine/internal/fault"
	"github.com/gscript-lang/gscript/engine/internal/vm"
)

// Report is what a person, or with JSON a program, is told of an error that no
// script caught.
type Report struct {
	Kind      string   `json:"kind"`
	Message   string   `json:"message"` // "op target: cause"
	Op        string   `json:"op,omitempty"`
	Target    string   `json:"target,omitempty"`
	Code      any      `json:"code,omitempty"`
	Hint      string   `json:"hint,omitempty"`
	Retryable bool     `json:"retryable,omitempty"`
	File      string   `json:"file,omitempty"`
	Line      int      `json:"line,omitempty"`
	Traceback []string `json:"traceback,omitempty"` // innermost first
	Excerpt   []Source `json:"excerpt,omitempty"`
	Column    int      `json:"-"` // of the caret, from 0, in the excerpt's line
	Width     int      `json:"-"`
}

// Source is a line of a script.
type Source = excerpt.Line

var position = regexp.MustCompile(`^(.+?):(\d+): (?s)(.*)$`)

// Report describes err, which a run of a script ended with.
func (e *Engine) Report(err error) *Report {
	var made interface{ Report() *Report } // by another process, which has the sources
	if errors.As(err, &made) {
		return made.Report()
	}
	r := &Report{Kind: fault.Lua, Message: err.Error()}
	var raised *vm.Raised
	trace := ""
	if errors.As(err, &raised) {
		trace = raised.Trace
	}
	var own *Error
	if errors.As(err, &own) {
		r.Kind, r.Op, r.Target, r.Code = own.Kind, own.Op, own.Target, own.Code
		r.Hint, r.Retryable = own.Hint, own.Retryable
		if own.Traceback != "" {
			trace = own.Traceback
		}
	} else {
		c := fault.Classify(err)
		if c.Kind != "failed" {
			r.Kind = c.Kind
		}
		if raised != nil {
			r.Kind = fault.Lua
		}
	}
	if trace != "" {
		r.Traceback = strings.Split(trace, "\n")
	}
	r.place()
	if own != nil && own.Kind == fault.Syntax {
		r.Column, _ = own.Fields["column"].(int)
	}
	e.excerpt(r)
	e.hintAtName(r)
	return r
}

// place finds where the error was raised: in the message of a plain error, in
// the traceback of an error object.
func (r *Report) place() {
	call, cause := "", r.Message // "op target: " of what raised it again, such as join
	if r.Op != "" && strings.HasPrefix(r.Message, r.Op) {
		if i := strings.Index(r.Message, ": "); i >= 0 {
			call, cause = r.Message[:i+2], r.Message[i+2:]
		}
	}
	if m := position.FindStringSubmatch(cause); m != nil && (r.Kind == fault.Lua || r.Kind == fault.Syntax || r.Kind == fault.SourceDepth) {
		r.File, r.Message = m[1], call+m[3]
		r.Line, _ = strconv.Atoi(m[2])
		return
	}
	for _, line := range r.Traceback {
		file, rest, _ := strings.Cut(line, ":")
		number, _, ok := strings.Cut(rest, ":")
		n, err := strconv.Atoi(number)
		if !ok || err != nil {
			continue
		}
		if r.File == "" || strings.HasPrefix(r.File, "stdlib/") {
			r.File, r.Line = file, n
		}
	}
}

// excerpt takes the lines around the place and finds what to point at.
func (e *Engine) excerpt(r *Report) {
	source, ok := e.chunks.source(r.File)
	if !ok || r.Line == 0 {
		return
	}
	lines := strings.Split(strings.TrimRight(chunk.Strip(source), "\n"), "\n")
	if r.Line > len(lines) {
		return
	}
	for n := max(1, r.Line-2); n <= min(len(lines), r.Line+2); n++ {
		text := strings.TrimRight(lines[n-1], "\r")
		r.Excerpt = append(r.Excerpt, Source{Line: n, Text: excerpt.Expand(text)})
	}
	r.point(excerpt.Expand(strings.TrimRight(lines[r.Line-1], "\r")))
}

var quoted = regexp.MustCompile(`'([^']+)'`)

// point sets the caret: under the call that failed, the name that the message
// quotes, or the first word of the line.
func (r *Report) point(line string) {
	if r.Column > 0 && r.Column <= len(line)+1 { // a syntax error knows its column
		r.Column, r.Width = r.Column-1, 1
		return
	}
	var candidates []string
	if r.Op != "" {
		candidates = append(candidates, r.Op)
		if i := strings.LastIndexAny(r.Op, ".:"); i >= 0 {
			candidates = append(candidates, ":"+r.Op[i+1:], "."+r.Op[i+1:])
		}
	}
	for _, m := range quoted.FindAllStringSubmatch(r.Message, -1) {
		if m[1] != "?" { // C Lua's name for what has none
			candidates = append(candidates, m[1])
		}
	}
	for _, c := range candidates {
		if i := r.find(line, c); i >= 0 {
			trimmed := strings.TrimLeft(c, ".:")
			r.Column, r.Width = i+len(c)-len(trimmed), len(trimmed)
			return
		}
	}
	text := strings.TrimSpace(line)
	r.Column = len(line) - len(strings.TrimLeft(line, " "))
	r.Width = max(1, len(text))
}

// find is the place of a name or a call in a line, -1 for none. It is where the
// name is used as the message says, rather than a part of another name.
func (r *Report) find(line, text string) int {
	best, bestFit := -1, -1
	for from := 0; ; {
		i := strings.Index(line[from:], text)
		if i < 0 {
			return best
		}
		i += from
		from = i + 1
		end := i + len(text)
		const near = 8 // a line may be the whole script
		before, after := line[max(0, i-near):i], line[end:min(len(line), end+near)]
		fit := 0
		if !insideWord(line, i) && !insideWord(line, end) {
			fit = 4
		}
		if strings.Contains(r.Message, "to call ") && callStart.MatchString(after) ||
			strings.Contains(r.Message, "to index ") && indexStart.MatchString(after) {
			fit += 2
		}
		if owned.MatchString(before) == (strings.Contains(r.Message, " field '") || strings.Contains(r.Message, " method '")) {
			fit++
		}
		if fit > bestFit {
			best, bestFit = i, fit
		}
	}
}

// insideWord says that a name goes on across position i of the line.
func insideWord(line string, i int) bool {
	word := func(c byte) bool {
		return c == '_' || c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z'
	}
	return i > 0 && i < len(line) && word(line[i-1]) && word(line[i])
}

var (
	callStart  = regexp.MustCompile(`^\s*[({"'\[]`)
	indexStart = regexp.MustCompile(`^\s*(\.[^.]|[:\[])`)
	owned      = regexp.MustCompile(`[^.][.:]\s*$`)
)

// JSON writes the report as one line.
func (r *Report) JSON(w io.Writer) error {
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	return enc.Encode(r)
}

// Text writes the report for people.
func (r *Report) Text(w io.Writer, color bool) {
	paint := excerpt.Painter(color)
	kind := ""
	if r.Kind != fault.Lua && r.Kind != "failed" {
		kind = paint("2", " ["+r.Kind+"]")
	}
	fmt.Fprintf(w, "%s %s%s\n", paint("1;31", "error:"), excerpt.Printable(r.Message), kind)
	if r.File != "" {
		fmt.Fprintf(w, "  %s %s:%d\n", paint("2", "at"), r.File, r.Line)
	}
	if len(r.Excerpt) > 0 {
		fmt.Fprintln(w)
		excerpt.Write(w, r.Excerpt, r.Line, r.Column, r.Width, paint)
	}
	if len(r.Traceback) > 1 {
		fmt.Fprintf(w, "\n%s\n", paint("2", "traceback:"))
		for _, line := range r.Traceback {
			fmt.Fprintf(w, "  %s\n", excerpt.Printable(line))
		}
	}
	if r.Hint != "" {
		fmt.Fprintf(w, "\n%s %s\n", paint("1;36", "hint:"), excerpt.Printable(r.Hint))
	}
}
