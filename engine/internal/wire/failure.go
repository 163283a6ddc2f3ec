package wire

import (
	"errors"

	"github.com/gscript-lang/gscript/engine/internal/fault"
	"github.com/gscript-lang/gscript/engine/internal/value"
)

// errorData is an error as a value of the wire.
func (w *encoder) errorData(e *fault.Error, depth int) value.Object {
	o := value.Object{
		{Key: "kind", Value: e.Kind}, {Key: "op", Value: e.Op}, {Key: "target", Value: e.Target},
		{Key: "message", Value: e.Message}, {Key: "hint", Value: e.Hint},
		{Key: "retryable", Value: e.Retryable}, {Key: "traceback", Value: e.Traceback},
	}
	if w.takes(e.Code) {
		o = append(o, value.Pair{Key: "code", Value: e.Code})
	}
	fields := value.Object{}
	for k, v := range e.Fields {
		if w.takes(v) {
			fields = append(fields, value.Pair{Key: k, Value: v})
		}
	}
	o = append(o, value.Pair{Key: "fields", Value: fields})
	if e.Cause != nil {
		var cause *fault.Error
		if errors.As(e.Cause, &cause) && depth < maxDepth/2 {
			o = append(o, value.Pair{Key: "cause", Value: cause})
		} else {
			o = append(o, value.Pair{Key: "cause", Value: e.Cause.Error()})
		}
	}
	return o
}

// takes says whether a value crosses; what does not is left out of an error.
func (w *encoder) takes(v any) bool {
	return v != nil && (&encoder{max: 1 << 20, extra: w.extra}).value(nil, v, maxDepth/2) == nil
}

// ErrorOf makes the error that an object of the wire stands for.
func ErrorOf(o value.Object) *fault.Error {
	text := func(key string) string {
		v, _ := o.Get(key)
		s, _ := v.(string)
		return s
	}
	e := &fault.Error{
		Kind: text("kind"), Op: text("op"), Target: text("target"), Message: text("message"),
		Hint: text("hint"), Traceback: text("traceback"),
	}
	if e.Kind == "" {
		e.Kind = fault.Internal
	}
	v, _ := o.Get("retryable")
	e.Retryable, _ = v.(bool)
	e.Code, _ = o.Get("code")
	if v, _ := o.Get("fields"); v != nil {
		if fields, ok := v.(value.Object); ok && len(fields) > 0 {
			e.Fields = map[string]any{}
			for _, p := range fields {
				e.Fields[p.Key] = p.Value
			}
		}
	}
	switch cause, _ := o.Get("cause"); cause := cause.(type) {
	case *fault.Error:
		e.Cause = cause
	case string:
		e.Cause = errors.New(cause)
	}
	return e
}
