package env_test

import (
	"strings"
	"testing"

	"github.com/gscript-lang/gscript/engine"
	"github.com/gscript-lang/gscript/engine/host"
	"github.com/gscript-lang/gscript/modules/env"
	"github.com/gscript-lang/gscript/modules/internal/moduletest"
)

func TestEnv(t *testing.T) {
	t.Parallel()
	w := moduletest.New(t, env.Module())
	w.Env = []string{"NAME=gold", "EMPTY=", "N= 42 ", "ON=Yes", "OFF=0"}
	for _, tt := range []struct{ expr, want string }{
		{`env.get("NAME")`, "gold"},
		{`env.get("NONE")`, "nil"},
		{`env.get("NONE", 5)`, "5"},
		{`env.get("EMPTY", 5)`, ""},
		{`env.need("NAME")`, "gold"},
		{`env.number("N")`, "42"},
		{`env.number("EMPTY", 7)`, "7"},
		{`env.number("NONE")`, "nil"},
		{`env.boolean("ON")`, "true"},
		{`env.boolean("OFF", true)`, "false"},
		{`env.boolean("NONE")`, "false"},
		{`env.all().NAME`, "gold"},
		{`env.home() == os.getenv("HOME")`, "true"},
		{`env.set("NAME", "x") or env.get("NAME")`, "x"},
		{`env.unset("NAME") or env.get("NAME")`, "nil"},
		{`env.unset("NAME") or env.all().NAME`, "nil"},
	} {
		if out := w.Run(t, `local env = require "env" print(`+tt.expr+`)`); out != tt.want+"\n" {
			t.Errorf("%s is %q, want %q", tt.expr, out, tt.want)
		}
	}
}

func TestMissing(t *testing.T) {
	t.Parallel()
	w := moduletest.New(t, env.Module())
	w.Env = []string{"DEPLOY_TOKEN=t0p", "EMPTY="}
	e := w.Fail(t, "env.missing", `require("env").need("DEPLOY_TOKN")`)
	if !strings.Contains(e.Hint, "DEPLOY_TOKEN is set") || strings.Contains(e.Error()+e.Hint, "t0p") {
		t.Errorf("error %v, hint %q", e, e.Hint)
	}
	w.Fail(t, "env.missing", `require("env").need("EMPTY")`)
	e = w.Fail(t, "env.missing", `require("env").need("X", "ask Ada")`)
	if e.Hint != "ask Ada" {
		t.Errorf("hint %q", e.Hint)
	}
}

func TestInvalid(t *testing.T) {
	t.Parallel()
	w := moduletest.New(t, env.Module())
	w.Env = []string{"SECRET=hunter2", "INF=inf"}
	for _, call := range []string{`number("SECRET")`, `number("INF")`, `boolean("SECRET")`} {
		e := w.Fail(t, "env.invalid", `require("env").`+call)
		if strings.Contains(e.Error()+e.Hint, "hunter2") {
			t.Errorf("%s shows the value: %v", call, e)
		}
	}
	w.Fail(t, engine.KindInvalid, `require("env").set("A=B", "c")`)
	w.Fail(t, engine.KindInvalid, `require("env").unset("")`)
}

func TestDenied(t *testing.T) {
	t.Parallel()
	w := moduletest.New(t, env.Module())
	w.Permissions = &host.Permissions{}
	for _, call := range []string{`get("HOME")`, `need("HOME")`, `number("HOME")`, `boolean("HOME")`, `home()`, `user()`, `hostname()`} {
		w.Fail(t, engine.KindDenied, `require("env").`+call)
	}
	if out := w.Run(t, `local env = require "env" env.set("A", "b") print(env.get("A"), env.all().A, env.all().HOME)`); out != "b\tb\tnil\n" {
		t.Errorf("own variables: %q", out)
	}
}
