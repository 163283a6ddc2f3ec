package test

import (
	"errors"
	"strconv"
	"strings"

	"github.com/gscript-lang/gscript/engine"
	"github.com/gscript-lang/gscript/modules/test/report"
)

// Failure makes the error by which an assert fails. Its fields may be "diff", a
// text, and "values", a []report.Value.
func Failure(message string, fields map[string]any) *engine.Error {
	return &engine.Error{Kind: errFailed.Name, Message: message, Fields: fields}
}

// Describe tells what an error that ended a test is.
func Describe(e *engine.Engine, err error) report.Failure {
	r := e.Report(err)
	f := report.Failure{
		Message: r.Message, Kind: r.Kind, Hint: r.Hint, File: r.File, Line: r.Line,
	}
	for _, line := range r.Traceback {
		if !hidden(line) {
			f.Trace = append(f.Trace, line)
		}
	}
	for _, s := range r.Excerpt {
		f.Excerpt = append(f.Excerpt, report.Source{Line: s.Line, Text: s.Text})
	}
	if f.File == PreludeName {
		f.File, f.Line, f.Excerpt = "", 0, nil
		if len(f.Trace) > 0 {
			f.File, f.Line = place(f.Trace[0])
		}
	}
	if f.Message == "" {
		f.Message = "an error without a message"
	}
	var own *engine.Error
	if errors.As(err, &own) && own.Kind == errFailed.Name {
		f.Message, f.Hint = own.Message, ""
		f.Diff, _ = own.Fields["diff"].(string)
		f.Values, _ = own.Fields["values"].([]report.Value)
		f.Locals, _ = own.Fields["locals"].([]report.Value)
	}
	return f
}

// hidden are frames of the runner's own.
func hidden(line string) bool {
	return strings.HasSuffix(line, ": started the test") || strings.HasPrefix(line, PreludeName+":") || strings.Contains(line, "test.driver")
}

// place reads where a line of a traceback is: "a_test.lua:7: in function 'f'".
func place(line string) (file string, n int) {
	at, _, _ := strings.Cut(line, ": ")
	colon := strings.LastIndexByte(at, ':')
	if colon < 0 {
		return "", 0
	}
	n, err := strconv.Atoi(at[colon+1:])
	if err != nil {
		return "", 0
	}
	return at[:colon], n
}
