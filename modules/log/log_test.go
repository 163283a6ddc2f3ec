package log_test

import (
	"bytes"
	"encoding/json"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"go.uber.org/goleak"

	"github.com/gscript-lang/gscript/engine"
	"github.com/gscript-lang/gscript/engine/host"
	"github.com/gscript-lang/gscript/modules/internal/moduletest"
	"github.com/gscript-lang/gscript/modules/log"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const prelude = `local log = require "log" `

var stamp = regexp.MustCompile(`(?m)^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}(Z|[+-]\d\d:\d\d) `)

func TestText(t *testing.T) {
	t.Parallel()
	w := moduletest.New(t, log.Module())
	for _, tt := range []struct{ script, want string }{
		{`log.info("hello")`, "INFO  hello\n"},
		{`log.debug("x") log.warn("w") log.error("e")`, "WARN  w\nERROR e\n"},
		{`log.set{level="debug"} log.debug("x")`, "DEBUG x\n"},
		{`log.set{level="off"} log.error("x")`, ""},
		{`log.info("copied", {files=3, ok=true, name="a b", empty="", list={1, 2}, map={k="v"}, frac=0.5})`,
			`INFO  copied files=3 ok=true name="a b" empty="" list=[1,2] map={"k":"v"} frac=0.5` + "\n"},
		{`log.info("f", {f=print, n=0/0})`, "INFO  f f=function n=NaN\n"},
		{`local l = log.with{job=7} l:info("a", {x=1}) l:with{job=8, y=2}:warn("b")`, "INFO  a job=7 x=1\nWARN  b job=8 y=2\n"},
		{`log.info(42)`, "INFO  42\n"},
	} {
		out := w.Run(t, prelude+tt.script)
		if got := stamp.ReplaceAllString(out, ""); got != tt.want {
			t.Errorf("%s\nwrote %q, want %q", tt.script, got, tt.want)
		}
		if len(tt.want) > 0 && got(out) != strings.Count(tt.want, "\n") {
			t.Errorf("%s\nstamps missing in %q", tt.script, out)
		}
	}
}

func got(out string) int { return len(stamp.FindAllString(out, -1)) }

func TestForgery(t *testing.T) {
	t.Parallel()
	w := moduletest.New(t, log.Module())
	const evil = `a\n2026-01-01T00:00:00.000Z ERROR forged\r\027[2J\226\128\168\226\128\174\255\0`
	for _, format := range []string{"text", "json"} {
		out := w.Run(t, prelude+`log.set{format="`+format+`"} log.info("`+evil+`", {["k`+evil+`"]="`+evil+`", t={"`+evil+`"}})`)
		if strings.Count(out, "\n") != 1 || !strings.HasSuffix(out, "\n") {
			t.Errorf("%s: not one line: %q", format, out)
		}
		if strings.ContainsAny(out, "\x1b\r\x00") || format == "text" && strings.ContainsAny(out, "\u2028\u202e") {
			t.Errorf("%s: control characters in %q", format, out)
		}
	}
}

func TestSecrets(t *testing.T) {
	t.Parallel()
	w := moduletest.New(t, log.Module())
	for _, format := range []string{"text", "json"} {
		out := w.Run(t, prelude+`log.set{format="`+format+`"}
			log.with{api_key="hunter2"}:info("x", {Password="hunter2", a={["X-Auth-Token"]="hunter2", list={{client_secret="hunter2"}}}, key="shown"})`)
		if strings.Contains(out, "hunter2") || !strings.Contains(out, "shown") || strings.Count(out, "[hidden]") != 4 {
			t.Errorf("%s: %q", format, out)
		}
	}
}

func TestJSON(t *testing.T) {
	t.Parallel()
	w := moduletest.New(t, log.Module())
	out := w.Run(t, prelude+`log.set{format="json"}
		log.info("hé\n", {z=1, a={b=true}, level="mine", f=print, n=1/0, s="\255", nested={deep={0/0}}})`)
	var v map[string]any
	if err := json.Unmarshal([]byte(out), &v); err != nil {
		t.Fatalf("%v in %q", err, out)
	}
	if v["msg"] != "hé\n" || v["level"] != "info" || v["level_"] != "mine" || v["f"] != "function" || v["n"] != "+Inf" || v["z"] != 1.0 {
		t.Errorf("%q", out)
	}
	if i, j := strings.Index(out, `"z"`), strings.Index(out, `"a"`); i > j {
		t.Errorf("the order is lost: %s", out)
	}
}

func TestFile(t *testing.T) {
	t.Parallel()
	w := moduletest.New(t, log.Module())
	out := w.Run(t, prelude+`
		log.set{file="a.log"}
		log.info("one")
		local l = log.new{file="b.log", level="warn"}
		l:info("no") l:warn("two")
		log.set{file="c.log"}
		log.info("three")
		local child = l:with{x=1}
		l:close()
		print(select(2, pcall(child.warn, child, "four")).kind)
		log.new{}:error("stderr")`)
	if got := stamp.ReplaceAllString(out, ""); got != "handle.closed\nERROR stderr\n" {
		t.Errorf("wrote %q", got)
	}
	w.Run(t, prelude+`log.set{file="a.log"} log.info("again")`)
	for name, want := range map[string]string{"a.log": "INFO  one\nINFO  again\n", "b.log": "WARN  two\n", "c.log": "INFO  three\n"} {
		data, err := os.ReadFile(filepath.Join(w.Dir, name))
		if got := stamp.ReplaceAllString(string(data), ""); err != nil || got != want {
			t.Errorf("%s holds %q, %v; want %q", name, got, err, want)
		}
	}
}

func TestRefused(t *testing.T) {
	t.Parallel()
	w := moduletest.New(t, log.Module())
	w.Fail(t, engine.KindInvalid, prelude+`log.info("x", {1, 2})`)
	w.Fail(t, engine.KindInvalid, prelude+`log.set{level="loud"}`)
	w.Permissions = &host.Permissions{}
	w.Fail(t, engine.KindDenied, prelude+`log.set{file="a.log"}`)
	w.Fail(t, engine.KindDenied, prelude+`log.new{file="a.log"}`)
	if out := w.Run(t, prelude+`log.info("fine")`); !strings.HasSuffix(out, "INFO  fine\n") {
		t.Errorf("without permissions: %q", out)
	}
}

func TestColor(t *testing.T) {
	t.Parallel()
	w := moduletest.New(t, log.Module())
	w.Env = []string{"FORCE_COLOR=1"}
	if out := w.Run(t, prelude+`log.error("x")`); !strings.Contains(out, "\x1b[31mERROR\x1b[0m x") {
		t.Errorf("forced: %q", out)
	}
	w.Env = []string{"FORCE_COLOR=1", "NO_COLOR=1"}
	if out := w.Run(t, prelude+`log.error("x")`); strings.Contains(out, "\x1b") {
		t.Errorf("NO_COLOR: %q", out)
	}
}

func TestFirstLevelFollowsTheProgram(t *testing.T) {
	t.Parallel()
	for level, want := range map[slog.Level]string{
		slog.LevelDebug: "DEBUG INFO WARN ERROR ", slog.LevelWarn: "INFO WARN ERROR ", slog.LevelError + 1: "ERROR ",
	} {
		var out bytes.Buffer
		s := engine.New(engine.Options{
			Modules: []engine.Entry{engine.Provide(log.Module())}, Stderr: &out,
			Log: slog.New(slog.NewTextHandler(io.Discard, &slog.HandlerOptions{Level: level})),
		}).NewState(t.Context())
		_, err := s.Run(t.Context(), "test.lua", prelude+`log.debug("") log.info("") log.warn("") log.error("")`)
		s.Close()
		got := strings.Join(strings.Fields(stamp.ReplaceAllString(out.String(), "")), " ") + " "
		if err != nil || got != want {
			t.Errorf("%v: wrote %q, %v; want %q", level, got, err, want)
		}
	}
}
