package trace

import (
	"encoding/json"
	"strconv"
	"strings"
)

// Event is one event as it goes from a relay to a recorder. It is plain data with
// short names, for any encoding.
type Event struct {
	Phase    Phase  `json:"p"`
	Row      int    `json:"r,omitempty"`
	At       int64  `json:"t,omitempty"` // nanoseconds since 1970
	Length   int64  `json:"d,omitempty"` // nanoseconds, of a complete event
	Category string `json:"c,omitempty"`
	Name     string `json:"n,omitempty"`
	Error    string `json:"e,omitempty"` // the kind of the error
}

// Phase is the sort of an event, by the letters of the Trace Event Format.
type Phase string

const (
	begin    Phase = "B"
	end      Phase = "E"
	complete Phase = "X"
	instant  Phase = "i"

	// Both are metadata, "M", in the file.
	rowName     Phase = "row"
	processName Phase = "process"
)

// maxText bounds names: that of a chunk may be as long as its source.
const maxText = 200

// sound says whether an event that came from outside can be recorded.
func (e *Event) sound() bool {
	switch e.Phase {
	case begin, end, complete, instant, rowName:
		return e.Row > 0 && e.Row < 1<<31 && e.Length >= 0
	}
	return false
}

// append appends the event as JSON; start is the recorder's.
func (e *Event) append(b []byte, pid int, start int64) []byte {
	b = append(b, `{"ph":"`...)
	switch e.Phase {
	case rowName, processName:
		b = append(b, `M","pid":`...)
		b = strconv.AppendInt(b, int64(pid), 10)
		if e.Phase == rowName {
			b = append(b, `,"tid":`...)
			b = strconv.AppendInt(b, int64(e.Row), 10)
			b = append(b, `,"name":"thread_name","args":{"name":`...)
		} else {
			b = append(b, `,"name":"process_name","args":{"name":`...)
		}
		b = appendText(b, e.Name)
		return append(b, "}}"...)
	}
	b = append(b, e.Phase...)
	b = append(b, `","pid":`...)
	b = strconv.AppendInt(b, int64(pid), 10)
	b = append(b, `,"tid":`...)
	b = strconv.AppendInt(b, int64(e.Row), 10)
	b = append(b, `,"ts":`...)
	at := e.At - start
	if e.At < start {
		at = 0 // the clock of another process
	}
	b = appendMicros(b, at)
	if e.Phase == complete {
		b = append(b, `,"dur":`...)
		b = appendMicros(b, e.Length)
	}
	if e.Phase == instant {
		b = append(b, `,"s":"t"`...)
	}
	if e.Phase != end {
		b = append(b, `,"cat":`...)
		b = appendText(b, e.Category)
		b = append(b, `,"name":`...)
		b = appendText(b, e.Name)
	}
	if e.Error != "" {
		b = append(b, `,"args":{"error":`...)
		b = appendText(b, e.Error)
		b = append(b, '}')
	}
	return append(b, '}')
}

// appendMicros appends nanoseconds as microseconds.
func appendMicros(b []byte, ns int64) []byte {
	b = strconv.AppendInt(b, ns/1000, 10)
	if rest := ns % 1000; rest != 0 {
		b = append(b, '.', byte('0'+rest/100), byte('0'+rest/10%10), byte('0'+rest%10))
	}
	return b
}

// appendText appends a string of JSON.
func appendText(b []byte, s string) []byte {
	s = clip(s)
	for i := 0; i < len(s); i++ {
		if c := s[i]; c < ' ' || c > '~' || c == '"' || c == '\\' {
			quoted, _ := json.Marshal(s) // a string always encodes
			return append(b, quoted...)
		}
	}
	b = append(b, '"')
	b = append(b, s...)
	return append(b, '"')
}

func clip(s string) string {
	if len(s) > maxText {
		s = strings.ToValidUTF8(s[:maxText-len("…")], "") + "…"
	}
	return s
}
