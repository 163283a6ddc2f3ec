package script_test

import (
	"strings"
	"testing"

	"github.com/gscript-lang/gscript/modules/internal/moduletest"
	"github.com/gscript-lang/gscript/modules/script"
)

func TestScript(t *testing.T) {
	t.Parallel()
	w := moduletest.New(t, script.Module())
	w.Files = map[string]string{
		"m.lua": "local script = require 'script' return {main = script.is_main, get = function() return script.is_main end, call = function(f) return f() end}",
	}
	out := w.Run(t, `
		local script, m = require "script", require "m"
		local function here() return script.is_main end
		print(script.is_main, here(), m.main, m.get(), m.call(here), coroutine.wrap(here)(), select(2, pcall(here)))
		print(script.file, script.dir)
		print(pcall(function() return script.is_mian end))
		print(pcall(function() script.file = 1 end))`)
	want := "true\ttrue\tfalse\tfalse\ttrue\ttrue\ttrue\nDIR/main.lua\tDIR\n" +
		"false\tthe module script has no 'is_mian'\nfalse\tthe module script is read-only: 'file' cannot be set\n"
	if got := strings.ReplaceAll(out, w.Dir, "DIR"); got != want {
		t.Errorf("printed\n%s\nwant\n%s", got, want)
	}
}

func TestScriptWithoutFile(t *testing.T) {
	t.Parallel()
	out := moduletest.Run(t, `local script = require "script" print(script.is_main, script.file, script.dir)`, script.Module())
	if out != "true\tnil\tnil\n" {
		t.Errorf("printed %q", out)
	}
}
