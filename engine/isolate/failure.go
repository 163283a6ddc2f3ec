package isolate

import (
	"errors"
	"strings"

	"github.com/gscript-lang/gscript/engine"
	"github.com/gscript-lang/gscript/engine/internal/fault"
	"github.com/gscript-lang/gscript/engine/internal/vm"
)

// failure is what a script in a child ended with: the error as data, and the
// report that the child made of it, because only the child has the sources.
type failure struct {
	err    *engine.Error
	report *engine.Report
}

func (f *failure) Error() string { return f.err.Error() }
func (f *failure) Unwrap() error { return f.err }

// Report is asked for by engine.Report.
func (f *failure) Report() *engine.Report {
	r := *f.report
	r.Hint = f.err.Hint
	return &r
}

// asError makes of any ending of a script an error as data.
func asError(err error) *engine.Error {
	var raised *vm.Raised
	isRaised := errors.As(err, &raised)
	var own *engine.Error
	if errors.As(err, &own) {
		c := *own
		if c.Traceback == "" && isRaised {
			c.Traceback = raised.Trace
		}
		return &c
	}
	if isRaised {
		e := fault.New(fault.Lua, "%s", raised.Error())
		e.Traceback = raised.Trace
		return e
	}
	return fault.Classify(err)
}

// plainReport is the report of an error that has no place in a script.
func plainReport(e *engine.Error) *engine.Report {
	r := &engine.Report{Kind: e.Kind, Message: e.Error(), Op: e.Op, Target: e.Target, Code: e.Code, Hint: e.Hint, Retryable: e.Retryable}
	if e.Traceback != "" {
		r.Traceback = strings.Split(e.Traceback, "\n")
	}
	return r
}

// reportData and reportOf take a report across; what an error holds already is
// left out.
func reportData(r *engine.Report) engine.Object {
	excerpt := engine.List{}
	for _, s := range r.Excerpt {
		excerpt = append(excerpt, engine.List{s.Line, s.Text})
	}
	return engine.Object{
		{Key: "kind", Value: r.Kind}, {Key: "message", Value: r.Message},
		{Key: "file", Value: r.File}, {Key: "line", Value: r.Line},
		{Key: "column", Value: r.Column}, {Key: "width", Value: r.Width},
		{Key: "traceback", Value: strings.Join(r.Traceback, "\n")}, {Key: "excerpt", Value: excerpt},
	}
}

func reportOf(o engine.Object, e *engine.Error) *engine.Report {
	text := func(key string) string {
		v, _ := o.Get(key)
		s, _ := v.(string)
		return s
	}
	number := func(key string) int {
		v, _ := o.Get(key)
		return small(v)
	}
	r := &engine.Report{
		Kind: text("kind"), Message: text("message"), Op: e.Op, Target: e.Target, Code: e.Code,
		Hint: e.Hint, Retryable: e.Retryable, File: text("file"), Line: number("line"),
		Column: number("column"), Width: number("width"),
	}
	if trace := text("traceback"); trace != "" {
		r.Traceback = strings.Split(trace, "\n")
	}
	v, _ := o.Get("excerpt")
	lines, _ := v.(engine.List)
	for _, v := range lines {
		if line, ok := v.(engine.List); ok && len(line) == 2 {
			text, _ := line[1].(string)
			r.Excerpt = append(r.Excerpt, engine.Source{Line: small(line[0]), Text: text})
		}
	}
	return r
}

// small reads a line or column of another process, which is used as a count of
// blanks.
func small(v any) int {
	f, _ := v.(float64)
	if f >= 0 && f < 1<<20 {
		return int(f)
	}
	return 0
}
