package test

import (
	"context"
	"errors"
	"strconv"
	"strings"
	"time"

	"github.com/gscript-lang/gscript/engine"
	"github.com/gscript-lang/gscript/engine/host"
	"github.com/gscript-lang/gscript/engine/inspect"
	"github.com/gscript-lang/gscript/modules/test/report"
)

// Failure makes the error by which an assert fails. Its fields may be "diff", a
// text, and "values", a []report.Value.
func Failure(message string, fields map[string]any) *engine.Error {
	return &engine.Error{Kind: errFailed.Name, Message: message, Fields: fields}
}

// Describe tells what an error that ended a test is.
func Describe(e *engine.Engine, err error) report.Failure {
	var late *lateError
	if errors.As(err, &late) && late.err != nil {
		err = late.err
	}
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
	if late != nil {
		f.Kind, f.Message, f.Hint = engine.KindTimeout, late.Error(), "--timeout and test.timeout set the limit"
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

// describe is Describe where the state that raised the error is at hand: it tells
// what a table says that was raised.
func describe(c *engine.Call, err error) report.Failure {
	if _, exit := engine.ExitCode(err); exit {
		return Describe(c.Engine(), exited("it", err))
	}
	f := Describe(c.Engine(), err)
	if c.Context().Err() != nil && f.Kind == engine.KindCanceled {
		f.Kind, f.Message = "", outOfTime
		return f
	}
	var object engine.Value
	var tostring *engine.Func
	_ = c.Holding(func() error {
		v := c.Caught(err)
		if !v.IsTable() {
			return nil
		}
		message, ok := v.Field("message").Text()
		switch {
		case !v.Metatable().IsNil() && !v.Metatable().Field("__tostring").IsNil():
			object, tostring = v, c.Function(c.Globals().Field("tostring"))
		case ok && message != "":
			f.Message = message
		default:
			f.Message = "raised " + inspect.Sprint(v, inspect.Options{Depth: 4, Items: 20, Text: 500})
		}
		return nil
	})
	if tostring != nil {
		if text := described(c, tostring, object); text != "" {
			f.Message = text
		}
	}
	return f
}

// outOfTime is the message of what a stopped run has left to do.
const outOfTime = "it had no time left to end once the run was stopped"

// described is what the __tostring of an object says, "" if it says nothing in
// time. It runs as a task of its own, which can be stopped without the caller.
func described(c *engine.Call, tostring *engine.Func, object engine.Value) (text string) {
	_ = c.Wait(func(ctx context.Context) error {
		own, cancel := host.WithTimeout(context.Background(), c.Stage().Base().Clock, describeTime, nil)
		defer cancel()
		defer context.AfterFunc(ctx, cancel)()
		out, err := tostring.CallRaw(own, object)
		if err == nil && len(out) > 0 {
			text, _ = out[0].Text()
		}
		return err
	})
	return text
}

// exited is what is wrong with who called os.exit, where err is its error.
func exited(who string, err error) error {
	code, _ := engine.ExitCode(err)
	e := engine.Errorf(errUsage, "%s called os.exit(%d)", who, code).WithHint("a test ends by returning, t.skip or t.fail")
	if at := engine.ExitPlace(err); at != "" {
		e.Traceback = at + ": in test"
	}
	return e
}

// describeTime is how long the __tostring of what was raised may take.
const describeTime = 100 * time.Millisecond

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
