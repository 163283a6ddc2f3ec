package host

import (
	"bytes"
	"context"
	"errors"
	"io"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

func TestEnvironment(t *testing.T) {
	t.Parallel()
	env := []string{"A=1", "APP_X=2", "APP_Y=a=b", "SECRET=s", "HOME=/h", "EMPTY="}
	e := newHost(t, Permissions{}.Allow(Env, "A", "APP_*", "HOME", "EMPTY", "NONE"), Config{Env: env}).Environment
	for _, tt := range []struct {
		name, value string
		ok          bool
	}{{"A", "1", true}, {"APP_Y", "a=b", true}, {"EMPTY", "", true}, {"NONE", "", false}} {
		value, ok, err := e.Lookup(tt.name)
		if value != tt.value || ok != tt.ok || err != nil {
			t.Errorf("%s: %q, %v, %v", tt.name, value, ok, err)
		}
	}
	for _, name := range []string{"SECRET", "AB", "APP", "a", ""} {
		_, _, err := e.Lookup(name)
		var denied *DeniedError
		if !errors.As(err, &denied) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if home, err := e.Home(); home != "/h" || err != nil {
		t.Errorf("home: %q, %v", home, err)
	}
	_, err := e.UserName()
	wantDenied(t, "user", err, "--allow-env=USER")

	must(t, "set", e.Set("SECRET", "mine"))
	must(t, "set", e.Set("A", "3"))
	must(t, "unset", e.Unset("APP_X"))
	if value, ok, err := e.Lookup("SECRET"); value != "mine" || !ok || err != nil {
		t.Errorf("what was set: %q, %v, %v", value, ok, err)
	}
	want := []string{"A=3", "APP_Y=a=b", "EMPTY=", "HOME=/h", "SECRET=mine"}
	if got := e.Environ(); !slices.Equal(got, want) {
		t.Errorf("environ: %q", got)
	}
	if _, ok := os.LookupEnv("APP_Y"); ok {
		t.Error("the process's own environment changed")
	}
	for _, name := range []string{"", "A=B", "A\x00"} {
		if e.Set(name, "") == nil || e.Unset(name) == nil {
			t.Errorf("the name %q was accepted", name)
		}
	}
	if e.Set("A", "\x00") == nil {
		t.Error("a NUL byte was accepted")
	}
}

func TestTerminal(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		env   []string
		color bool
		width int
	}{
		{[]string{}, false, 80},
		{[]string{"FORCE_COLOR=1", "COLUMNS=132"}, true, 132},
		{[]string{"CLICOLOR_FORCE=1", "TERM=dumb", "COLUMNS=x"}, true, 80},
		{[]string{"FORCE_COLOR=0"}, false, 80},
		{[]string{"FORCE_COLOR=1", "NO_COLOR=1"}, false, 80},
		{[]string{"FORCE_COLOR=1", "NO_COLOR="}, true, 80},
	} {
		var out bytes.Buffer
		h := newHost(t, Permissions{}, Config{Stdin: strings.NewReader("in"), Stdout: &out, Stderr: &out, Env: tt.env})
		if got := h.Terminal.Color(1); got != tt.color {
			t.Errorf("%v: color %v", tt.env, got)
		}
		if got := h.Terminal.Width(); got != tt.width {
			t.Errorf("%v: width %d", tt.env, got)
		}
		if h.Terminal.IsTerminal(1) || h.Terminal.IsTerminal(7) {
			t.Errorf("%v: a buffer is a terminal", tt.env)
		}
		if in, _ := io.ReadAll(h.Terminal.Stdin()); string(in) != "in" {
			t.Errorf("stdin: %q", in)
		}
		for _, stream := range []any{h.Terminal.Stdin(), h.Terminal.Stdout(), h.Terminal.Stderr()} {
			if _, ok := stream.(io.Closer); ok {
				t.Errorf("%T can be closed", stream)
			}
		}
		var wg sync.WaitGroup
		for _, w := range []io.Writer{h.Terminal.Stdout(), h.Terminal.Stderr()} {
			for range 100 {
				wg.Go(func() { io.WriteString(w, "line\n") })
			}
		}
		wg.Wait()
		if out.String() != strings.Repeat("line\n", 200) {
			t.Error("lines were mixed")
		}
	}
}

func TestClock(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		clock := New(Permissions{}).Clock
		start := clock.Now()
		must(t, "sleep", clock.Sleep(t.Context(), time.Hour))
		if d := clock.Now().Sub(start); d != time.Hour {
			t.Errorf("slept %v", d)
		}
		cause := errors.New("enough")
		ctx, cancel := context.WithCancelCause(t.Context())
		clock.AfterFunc(time.Minute, func() { cancel(cause) })
		if err := clock.Sleep(ctx, time.Hour); err != cause {
			t.Errorf("ended: %v", err)
		}
		if err := clock.Sleep(ctx, 0); err != cause {
			t.Errorf("already ended: %v", err)
		}
		timer := clock.NewTimer(time.Second)
		<-timer.C()
		if timer.Reset(time.Second) || !timer.Stop() {
			t.Error("reset and stop")
		}
	})
}

func TestHostDefaults(t *testing.T) {
	t.Parallel()
	h := newHost(t, Permissions{}.Allow(FFI, "/lib"), Config{})
	if n, err := io.ReadFull(h.Random, make([]byte, 8)); n != 8 || err != nil {
		t.Errorf("random: %d, %v", n, err)
	}
	h.Log.Info("discarded")
	if name, err := h.LibraryPath("/lib/../lib/x.so"); name != "/lib/x.so" || err != nil {
		t.Errorf("library: %q, %v", name, err)
	}
	if err := (&Host{}).Close(); err != nil {
		t.Errorf("close of a made-up host: %v", err)
	}
}
