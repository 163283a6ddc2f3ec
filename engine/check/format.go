package check

import (
	"fmt"
	"strings"

	"github.com/yuin/gopher-lua/ast"
)

// format checks a call of string.format, as a function or as a method of the
// format.
func (f *file) format(e *ast.FuncCallExpr, args []value, method bool) {
	token := at(e)
	var format value
	if method {
		format = f.receiverText(e)
	} else if len(args) > 0 {
		format, token = args[0], start(e.Args[0])
		args = args[1:]
	}
	if format.kind != textValue || !format.literal {
		return
	}
	wanted, problem := verbs(format.text)
	if problem != "" {
		f.find(token, Error, ruleFormat, problem, "")
		return
	}
	given := len(args) - open(e.Args)
	switch {
	case given < len(wanted) && open(e.Args) == 0:
		f.find(token, Error, ruleFormat, fmt.Sprintf("the format has %d %s, and %d %s given", len(wanted), plural(len(wanted), "verb"), given, isAre(given)), "")
		return
	case given > len(wanted):
		f.find(token, Warning, ruleFormat, fmt.Sprintf("the format has %d %s, and %d %s given", len(wanted), plural(len(wanted), "verb"), given, isAre(given)), "")
	}
	for i, verb := range wanted {
		if i >= len(args) {
			break
		}
		v := args[i]
		bad := false
		switch verb {
		case 's':
		case 'q':
			bad = v.kind == boolValue || v.kind == tableValue && v.table != nil || v.kind == nilValue
		default:
			bad = v.kind == boolValue || v.kind == nilValue || v.kind == tableValue && v.table != nil || v.kind == closureValue ||
				v.kind == textValue && v.literal && !isNumber(v.text)
		}
		if bad {
			f.find(start(e.Args[len(e.Args)-len(args)+i]), Error, ruleFormat, fmt.Sprintf("%%%c cannot print %s", verb, v.describe()), "")
		}
	}
}

// receiverText is the format that is the receiver of a call.
func (f *file) receiverText(e *ast.FuncCallExpr) value {
	switch r := e.Receiver.(type) {
	case *ast.StringExpr:
		return value{kind: textValue, text: r.Value, literal: true}
	case *ast.IdentExpr:
		return f.ident(r)
	}
	return value{}
}

func isAre(n int) string {
	if n == 1 {
		return "value is"
	}
	return "values are"
}

// verbs lists what a format asks for, or tells what is wrong with it.
func verbs(format string) (list []byte, problem string) {
	for i := 0; i < len(format); i++ {
		if format[i] != '%' {
			continue
		}
		from := i
		for i++; i < len(format) && strings.IndexByte("-+ #0", format[i]) >= 0; i++ {
		}
		for i < len(format) && (format[i] == '.' || '0' <= format[i] && format[i] <= '9') {
			i++
		}
		switch {
		case i >= len(format):
			return nil, "the format ends in the middle of " + quote(format[from:])
		case format[i] == '%':
			if i > from+1 {
				return nil, "the format has an unknown verb " + quote(format[from:i+1])
			}
		case strings.IndexByte("cdiuoxXeEfgGqs", format[i]) < 0:
			return nil, "the format has an unknown verb " + quote(format[from:i+1])
		default:
			list = append(list, format[i])
		}
	}
	return list, ""
}
