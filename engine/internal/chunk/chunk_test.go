package chunk

import (
	"strings"
	"testing"
	"time"

	"github.com/gscript-lang/gscript/engine/internal/fault"
)

func TestCompile(t *testing.T) {
	t.Parallel()
	many := func(s string, n int) string { return strings.Repeat(s, n) }
	for _, tt := range []struct {
		name, source, kind, message string
	}{
		{"plain", "return 1", "", ""},
		{"byte order mark", "\ufeffreturn 1", "", ""},
		{"shebang", "#!/usr/bin/env gscript\nreturn 1", "", ""},
		{"mark and shebang", "\ufeff#!/x\nreturn 1", "", ""},
		{"only a shebang", "#!/x", "", ""},
		{"CRLF", "local x = 1\r\nreturn x\r\n", "", ""},
		{"bytecode", "\x1bLuaQ", fault.Syntax, "x.lua is compiled bytecode; only source text is run"},
		{"syntax", "local x = = 1", fault.Syntax, "x.lua:1: syntax error near '='"},
		{"syntax behind a shebang", "#!/x\nlocal x = = 1", fault.Syntax, "x.lua:2: syntax error near '='"},
		{"end missing", "if x then\n\n", fault.Syntax, "x.lua:1: 'end' expected (to close 'if' at line 1) near <eof>"},
		{"too large", many("-", Guarded.Size+1), fault.SourceSize, "x.lua is too large: 1048577 bytes of source, the limit is 1048576"},
		{"150 parentheses", "return " + many("(", 150) + "1" + many(")", 150), "", ""},
		{"150 tables", "return " + many("{", 150) + many("}", 150), "", ""},
		{"150 concatenations", "return 1" + many(" ..1", 150), "", ""},
		{"not", "return " + many("not ", 1e5) + "1", fault.SourceDepth, ""},
		{"tables", "return " + many("{", 1e5) + many("}", 1e5), fault.SourceDepth, ""},
		{"calls", "f" + many("()", 1e5), fault.SourceDepth, ""},
		{"fields", "return f" + many(".x", 1e5), fault.SourceDepth, ""},
		{"and", "return a" + many(" and a", 1e5), fault.SourceDepth, ""},
		{"blocks", many("do ", 1e5) + many("end ", 1e5), fault.SourceDepth, ""},
		{"elseif", "if a then " + many("elseif a then ", 5e4) + "end", fault.SourceDepth, ""},
		{"functions", many("return function() ", 2e4) + many(" end", 2e4), fault.SourceDepth, ""},
		{"long table", "return {" + many("1,", 20000) + "}", "", ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			start := time.Now()
			_, err := Compile("x.lua", tt.source, Guarded)
			if fault.KindOf(err) != tt.kind {
				t.Fatalf("error %v, want kind %q", err, tt.kind)
			}
			if tt.message != "" && err.Error() != tt.message {
				t.Errorf("message %q, want %q", err, tt.message)
			}
			if d := time.Since(start); d > 10*time.Second {
				t.Errorf("took %v", d)
			}
		})
	}
}

// No source ends the process or panics.
func FuzzCompile(f *testing.F) {
	for _, s := range []string{"return 1", "local function f() end", "x = {1, [2]=3, a=4}", "for i=1,2 do break end", "goto x ::x::", "return [[x]] .. 'y'", "\xff"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, source string) {
		c, err := Compile("fuzz", source, Guarded)
		if (c == nil) == (err == nil) {
			t.Fatalf("chunk %v, error %v", c, err)
		}
	})
}
