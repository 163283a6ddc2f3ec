package vm

import (
	"strconv"
	"strings"

	lua "github.com/yuin/gopher-lua"

	"github.com/gscript-lang/gscript/engine/internal/numeral"
)

// mostFields is how many fields of a raised table are shown.
const mostFields = 8

// TableText says what a raised table without a metatable is about: its message,
// or the fields that have plain values.
func TableText(t *lua.LTable) string {
	if message, ok := t.RawGetString("message").(lua.LString); ok && message != "" {
		return string(message)
	}
	var fields []string
	more := false
	for k, v := t.Next(lua.LNil); k != lua.LNil; k, v = t.Next(k) {
		text, ok := plainText(v)
		if !ok || len(fields) == mostFields {
			more = true
			continue
		}
		switch name := k.(type) {
		case lua.LString:
			fields = append(fields, string(name)+"="+text)
		case lua.LNumber:
			fields = append(fields, text)
		}
	}
	if len(fields) == 0 {
		return "error object is a table value"
	}
	if more {
		fields = append(fields, "…")
	}
	return "error object is a table: {" + strings.Join(fields, ", ") + "}"
}

// mostText is how much of a string in a raised table is shown.
const mostText = 100

func plainText(v lua.LValue) (string, bool) {
	switch v := v.(type) {
	case lua.LString:
		if len(v) > mostText {
			return strconv.Quote(string(v[:mostText])) + "…", true
		}
		return strconv.Quote(string(v)), true
	case lua.LNumber:
		return numeral.Format(float64(v)), true
	case lua.LBool:
		return v.String(), true
	}
	return "", false
}
