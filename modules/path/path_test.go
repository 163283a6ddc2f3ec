package path_test

import (
	"testing"

	"github.com/gscript-lang/gscript/engine"
	"github.com/gscript-lang/gscript/engine/host"
	"github.com/gscript-lang/gscript/modules/internal/moduletest"
	"github.com/gscript-lang/gscript/modules/path"
)

func TestPath(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ expr, want string }{
		{`path.join("a", "b", "c")`, "a/b/c"},
		{`path.join()`, ""},
		{`path.join("", "a", "")`, "a"},
		{`path.join("a", "/b")`, "a/b"},
		{`path.split("/a")`, "/\ta"},
		{`path.split("a")`, ".\ta"},
		{`table.concat(path.parts("/a//b/../c"), "|")`, "/|a|c"},
		{`table.concat(path.parts("a/b"), "|")`, "a|b"},
		{`table.concat(path.parts("/"), "|")`, "/"},
		{`path.dirname("/")`, "/"},
		{`path.basename("/")`, "/"},
		{`path.basename("a/b//")`, "b"},
		{`path.ext("a.txt")`, ".txt"},
		{`path.ext(".profile")`, ""},
		{`path.ext("..x")`, ""},
		{`path.ext("a.")`, ""},
		{`path.ext("a.b/c")`, ""},
		{`path.stem("/x/.profile")`, ".profile"},
		{`path.stem("a.tar.gz")`, "a.tar"},
		{`path.with_ext("a.d/b", ".c")`, "a.d/b.c"},
		{`path.with_ext("a.d/b.o", "")`, "a.d/b"},
		{`path.is_abs("/a")`, "true"},
		{`path.clean("")`, "."},
		{`path.clean("../a/..")`, ".."},
		{`path.rel("/a/b", "/a")`, "b"},
		{`path.rel("a")`, "a"},
		{`path.match("a/**", "a/.b/c")`, "true"},
		{`path.match("a*", "b")`, "false"},
		{`path.expand_user("a/~")`, "a/~"},
		{`path.expand_user("~/a") == path.join(os.getenv("HOME"), "a")`, "true"},
		{`path.expand_user("~") == os.getenv("HOME")`, "true"},
	} {
		out := moduletest.Run(t, `local path = require "path" print(`+tt.expr+`)`, path.Module())
		if out != tt.want+"\n" {
			t.Errorf("%s is %q, want %q", tt.expr, out, tt.want)
		}
	}
}

func TestAbs(t *testing.T) {
	t.Parallel()
	w := moduletest.New(t, path.Module())
	if out, want := w.Run(t, `print(require("path").abs("a/../b"))`), w.Dir+"/b\n"; out != want {
		t.Errorf("abs %q, want %q", out, want)
	}
}

func TestRefused(t *testing.T) {
	t.Parallel()
	w := moduletest.New(t, path.Module())
	w.Fail(t, engine.KindInvalid, `require("path").match("[", "a")`)
	w.Fail(t, engine.KindInvalid, `require("path").with_ext("a", "b")`)
	w.Fail(t, engine.KindInvalid, `require("path").expand_user("~root/x")`)
	w.Permissions = &host.Permissions{}
	w.Fail(t, engine.KindDenied, `require("path").expand_user("~/x")`)
}
