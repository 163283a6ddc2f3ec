package engine

import (
	"github.com/gscript-lang/gscript/engine/internal/bind"
	"github.com/gscript-lang/gscript/engine/internal/fault"
	"github.com/gscript-lang/gscript/engine/internal/numeral"
	"github.com/gscript-lang/gscript/engine/internal/snapshot"
	"github.com/gscript-lang/gscript/engine/internal/value"
	"github.com/gscript-lang/gscript/engine/module"
)

type (
	// Error is a failure as scripts see it.
	Error = fault.Error

	// Duration is a span of time: a number of seconds or text such as "1m30s".
	Duration = value.Duration
	// Size is a number of bytes: a number or text such as "10MiB".
	Size = value.Size
	// Object is a table with string keys, in order.
	Object = value.Object
	// Pair is an entry of an Object.
	Pair = value.Pair
	// List is a table with the keys 1..n.
	List = value.List

	// Func is a Lua function that native code may call.
	Func = bind.Func
	// Value is a Lua value that stays in its state.
	Value = bind.Value
	// Reader is a type of parameter, by its pointer, that reads its Lua value
	// itself.
	Reader = bind.Reader
	// Values is a list of raw values that becomes a table.
	Values = bind.Values
	// Dict is a table with keys of any kind, in order.
	Dict = bind.Dict
	// DictItem is an entry of a Dict.
	DictItem = bind.DictItem
	// Multi is several results of one call.
	Multi = bind.Multi
	// Identity is embedded by a handle's Go type to make each value of it one
	// Lua value, which scripts can compare and use as a key. The value belongs
	// to one state.
	Identity = bind.Identity
	// Iterator is a result that a generic for walks.
	Iterator = bind.Iterator
	// Snapshot is a value copied out of a state.
	Snapshot = snapshot.Snapshot

	// Function is the declaration of a function or method.
	Function = module.Func
	// Type is the declaration of a type of handles.
	Type = module.Type
	// ErrorKind is the declaration of a kind of error.
	ErrorKind = module.Kind
)

// Null stands for JSON's null.
var Null = value.Null

// None is the parameter struct of functions without parameters.
type None struct{}

// Errorf makes an error of a kind.
func Errorf(kind *ErrorKind, format string, args ...any) *Error {
	return fault.New(kind.Name, format, args...)
}

// Invalid makes the error for a bad argument.
func Invalid(format string, args ...any) *Error {
	return fault.New(fault.ArgsInvalid, format, args...)
}

// Classify turns any Go error into an Error with a kind.
func Classify(err error) *Error { return fault.Classify(err) }

// LostOutput is the error for a standard stream to which a write has failed: of
// the kind output.closed where its reader went away, which is no failure to report.
func LostOutput(err error) *Error { return fault.LostOutput(err) }

// KindOf returns the kind of err, "" when it is not the engine's.
func KindOf(err error) string { return fault.KindOf(err) }

// Suggest returns the candidate that a mistyped word most likely means, or "".
func Suggest(word string, candidates []string) string { return fault.Suggest(word, candidates) }

// Each makes an Iterator over a slice.
func Each[T any](list []T) *Iterator { return bind.Each(list) }

// FormatNumber writes a number as Lua's tostring does.
func FormatNumber(n float64) string { return numeral.Format(n) }

// CheckWire refuses CR, LF and NUL in text that reaches a protocol line.
func CheckWire(s string) error { return bind.CheckWire(s) }

// ParseDuration reads "0.3", "300ms" or "1m30s".
func ParseDuration(s string) (Duration, error) { return value.ParseDuration(s) }

// ParseSize reads "1048576", "10MiB" or "64k".
func ParseSize(s string) (Size, error) { return value.ParseSize(s) }

// FormatSize prints a number of bytes for people: "1.5 MiB".
func FormatSize(n int64) string { return value.FormatSize(n) }

// Kinds of error that the engine and its host raise themselves, for modules
// that compare or raise them.
const (
	KindInternal     = fault.Internal
	KindCanceled     = fault.Canceled
	KindTimeout      = fault.Timeout
	KindDeadline     = fault.Deadline
	KindInvalid      = fault.ArgsInvalid
	KindDenied       = fault.Denied
	KindSyntax       = fault.Syntax
	KindUnreadable   = fault.Unreadable
	KindOutputClosed = fault.OutputClosed
	KindHandleClosed = fault.HandleClosed
	KindNetTimeout   = fault.NetTimeout
	KindNetClosed    = fault.NetClosed
	KindNameRefused  = fault.NameRefused
	KindLua          = fault.Lua
)
