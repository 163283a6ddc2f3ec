// Package fault is the error of the engine: what went wrong, as data. Every
// failure that a script can catch is an *Error with a stable dotted kind;
// Classify gives kinds to the errors of the Go libraries underneath.
package fault

import (
	"errors"
	"fmt"
	"maps"
	"strings"
)

// Error is a failure as scripts see it: e.kind, e.message, e.op, e.target,
// e.code, e.hint, e.retryable, e.cause, e.traceback and the fields that a
// module adds, such as e.out of run.exit.
type Error struct {
	Kind      string         // dotted and stable: "net.timeout", "ftp.reply"
	Op        string         // what was being done: "ftp.get"; the binder fills it in
	Target    string         // to what: "ftp.example.org:21/dir/a.bin"; never holds a secret
	Message   string         // the cause in words, without op and target
	Hint      string         // the way out
	Code      any            // the protocol's own number or name, if it has one
	Retryable bool           // the same call may succeed later
	Fields    map[string]any // what a module adds
	Cause     error          // the Go error beneath
	Traceback string         // Lua frames, innermost first
}

// New makes an error of a kind; the message is formatted as by fmt.Sprintf.
func New(kind, format string, args ...any) *Error {
	return &Error{Kind: kind, Message: fmt.Sprintf(format, args...)}
}

// WithHint sets the way out and returns e.
func (e *Error) WithHint(format string, args ...any) *Error {
	e.Hint = fmt.Sprintf(format, args...)
	return e
}

// Error prints "op target: cause".
func (e *Error) Error() string {
	head := strings.TrimSpace(e.Op + " " + e.Target)
	msg := e.Message
	if msg == "" && e.Cause != nil {
		msg = e.Cause.Error()
	}
	if msg == "" {
		msg = e.Kind
	}
	if head == "" {
		return msg
	}
	return head + ": " + msg
}

// Portable returns e as it may go to another state: a field that belongs to one
// state says itself what stands for it.
func (e *Error) Portable() *Error {
	own := *e
	own.Fields = maps.Clone(e.Fields)
	for name, v := range own.Fields {
		if p, ok := v.(interface{ Portable() any }); ok {
			own.Fields[name] = p.Portable()
		}
	}
	return &own
}

// Unwrap returns the Go error beneath.
func (e *Error) Unwrap() error { return e.Cause }

// Is makes errors.Is compare two errors of the engine by kind, so that
// errors.Is(err, &Error{Kind: "net.timeout"}) asks for the kind alone.
func (e *Error) Is(target error) bool {
	t, ok := target.(*Error)
	return ok && t.Kind == e.Kind && t.Message == "" && t.Op == ""
}

// KindOf returns the kind of err, or "" when it is not the engine's.
func KindOf(err error) string {
	if err == nil {
		return ""
	}
	var e *Error
	if errors.As(err, &e) {
		return e.Kind
	}
	return ""
}

// Kinds that the engine itself raises.
const (
	Internal        = "internal"
	Canceled        = "canceled"
	Timeout         = "timeout"
	Deadline        = "limit.deadline"
	ArgsInvalid     = "args.invalid"
	ArgsUnknown     = "args.unknown"
	Denied          = "permission.denied"
	CopyRefused     = "copy.refused"
	Unsupported     = "unsupported"
	Syntax          = "syntax"
	Unreadable      = "script.unreadable"
	OutputClosed    = "output.closed"
	SourceSize      = "limit.source"
	SourceDepth     = "limit.depth"
	StackOverflow   = "limit.stack"
	StringSize      = "limit.string"
	TableSize       = "limit.table"
	Steps           = "limit.steps"
	Coroutines      = "limit.coroutines"
	Tasks           = "limit.tasks"
	Workers         = "limit.workers"
	Output          = "limit.output"
	Memory          = "limit.memory"
	PatternTooHard  = "limit.pattern"
	ModuleNotFound  = "module.not_found"
	ModuleLoop      = "module.loop"
	StateClosed     = "state.closed"
	HandleClosed    = "handle.closed"
	Lua             = "lua"
	NetTimeout      = "net.timeout"
	NetRefused      = "net.refused"
	NetDNS          = "net.dns"
	NetClosed       = "net.closed"
	NetFailed       = "net.failed"
	TLSVerify       = "tls.verify"
	TLSFailed       = "tls.failed"
	FileNotFound    = "fs.not_found"
	FileExists      = "fs.exists"
	FilePermission  = "fs.permission"
	FileNoSpace     = "fs.no_space"
	FileFailed      = "fs.failed"
	NameRefused     = "name.refused"
	ProgramNotFound = "run.not_found"
)
