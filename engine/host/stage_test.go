package host

import (
	"bytes"
	"context"
	"errors"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

// still is a clock that always shows one time.
type still struct {
	Clock
	at time.Time
}

func (s still) Now() time.Time { return s.at }

func TestStage(t *testing.T) {
	t.Parallel()
	var out, other bytes.Buffer
	h := newHost(t, AllowAll(), Config{Dir: t.TempDir(), Stdout: &out})
	staged, stage := h.Staged()
	kept := staged.Clock // whoever keeps a part sees replacements, too
	stdout := staged.Terminal.Stdout()

	at := func(year int) time.Time { return time.Date(year, 1, 1, 0, 0, 0, 0, time.UTC) }
	first := stage.Replace(Host{Clock: still{at: at(2001)}})
	second := stage.Replace(Host{Clock: still{at: at(2002)}, Terminal: newTerminal(nil, &other, &other, nil)})
	if got := kept.Now().Year(); got != 2002 {
		t.Errorf("the topmost replacement is not used: %d", got)
	}
	stdout.Write([]byte("fake"))
	first() // out of order
	if got := kept.Now().Year(); got != 2002 {
		t.Errorf("a lower one was taken back and the topmost went: %d", got)
	}
	second()
	second()
	if got := kept.Now().Year(); got < 2020 {
		t.Errorf("the real clock is not back: %d", got)
	}
	stdout.Write([]byte("real"))
	if out.String() != "real" || other.String() != "fake" {
		t.Errorf("written are %q and %q", out.String(), other.String())
	}
	if stage.Base() != h {
		t.Error("the base is another host")
	}
	if err := WriteFileAtomic(staged.Files, "a", []byte("x"), 0o644); err != nil {
		t.Error(err)
	}
}

// Replacing while others use the host is what the stage is for; the race detector
// looks on.
func TestStageIsSafe(t *testing.T) {
	t.Parallel()
	staged, stage := newHost(t, AllowAll(), Config{}).Staged()
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			for range 200 {
				restore := stage.Replace(Host{Clock: still{at: time.Unix(0, 0)}})
				staged.Clock.Now()
				restore()
			}
		})
		wg.Go(func() {
			for range 500 {
				staged.Clock.Now()
				staged.Files.Abs("x")
			}
		})
	}
	wg.Wait()
	if staged.Clock.Now().Year() < 2020 {
		t.Error("a replacement is left")
	}
}

func TestCheck(t *testing.T) {
	t.Parallel()
	p := Permissions{}.Allow(Read, "/etc", "rel").Allow(Net, "*.example.com:443", "10.0.0.0/8").Allow(Run, "git", "/bin/ls").Allow(Env, "LC_*").Allow(Write)
	h := newHost(t, p, Config{Dir: "/work"})
	for _, c := range []struct {
		c      Capability
		target string
		ok     bool
	}{
		{Read, "/etc/passwd", true}, {Read, "/etc", true}, {Read, "/etcetera", false}, {Read, "/etc/../root", false}, {Read, "rel/x", true}, {Read, "x", false},
		{Net, "a.example.com:443", true}, {Net, "a.example.com:80", false}, {Net, "example.com:443", false}, {Net, "10.1.2.3:22", true}, {Net, "11.1.2.3:22", false},
		{Run, "git", true}, {Run, "/usr/bin/git", true}, {Run, "/bin/ls", true}, {Run, "ls", false}, {Run, "rm", false},
		{Env, "LC_ALL", true}, {Env, "HOME", false}, {Write, "/anything", true}, {Listen, ":80", false}, {FFI, "/lib/x.so", false},
	} {
		err := h.Check(c.c, c.target)
		var denied *DeniedError
		if (err == nil) != c.ok || err != nil && !errors.As(err, &denied) {
			t.Errorf("%s %s: %v, want allowed %v", c.c, c.target, err, c.ok)
		}
	}
}

// By the real clock, a timeout is that of package context.
func TestWithTimeout(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		staged, _ := New(AllowAll()).Staged()
		why := errors.New("why")
		ctx, cancel := WithTimeout(context.Background(), staged.Clock, time.Hour, why)
		defer cancel()
		time.Sleep(time.Hour)
		synctest.Wait()
		if ctx.Err() != context.DeadlineExceeded || context.Cause(ctx) != why {
			t.Errorf("ends with %v because of %v", ctx.Err(), context.Cause(ctx))
		}
	})
}
