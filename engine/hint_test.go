package engine_test

import (
	"testing"

	"github.com/gscript-lang/gscript/engine"
	"github.com/gscript-lang/gscript/modules"
)

func TestHintAtName(t *testing.T) {
	t.Parallel()
	e := engine.New(engine.Options{Modules: modules.All(), Trusted: true})
	for _, test := range []struct{ script, hint string }{
		{`http.get("x")`, `'http' is a module: local http = require "http"`},
		{`pritn("x")`, "did you mean 'print'?"},
		{`jsn.encode{}`, "did you mean 'json'?"},
		{"local function helper() end\nhelpr()", "did you mean 'helper'?"},
		{"for key, value in pairs{1} do vlaue() end", "did you mean 'value'?"},
		{"local function run() helper() end run()\n\nlocal function helper() end", "'helper' is declared further down, at line 3"},
		{"do local helper = 1 end helper()", ""},
		{"local t = nil t.x = 1", ""},
		{"foo.bar()", ""},
		{"x()", ""},
		{`error("attempt to call global 'pritn' (a nil value)!")`, ""},
	} {
		t.Run(test.script, func(t *testing.T) {
			t.Parallel()
			s := e.NewState(t.Context())
			defer s.Close()
			_, err := s.Run(t.Context(), "main.lua", test.script)
			if err == nil {
				t.Fatal("the script ran")
			}
			if got := e.Report(err).Hint; got != test.hint {
				t.Errorf("got %q, want %q (%v)", got, test.hint, err)
			}
		})
	}
}
