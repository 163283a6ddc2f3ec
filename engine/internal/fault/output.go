package fault

import "errors"

// LostOutput is the error for a standard stream that could not be written.
func LostOutput(err error) *Error {
	var limit *Error
	if errors.As(err, &limit) && limit.Kind == Output {
		return limit
	}
	e := Classify(err)
	lost := &Error{Kind: OutputClosed, Message: "the output cannot be written: " + e.Message, Cause: err}
	if e.Kind == FileNoSpace { // a reader that went away is no failure to report, this is
		lost.Kind = e.Kind
	}
	return lost
}
