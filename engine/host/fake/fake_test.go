package fake_test

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/goleak"

	"github.com/gscript-lang/gscript/engine/host"
	"github.com/gscript-lang/gscript/engine/host/fake"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestClock(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		start := time.Date(2024, 1, 31, 12, 0, 0, 0, time.UTC)
		c := fake.NewClock(start)
		var order []int
		for _, n := range []int{3, 1, 2} {
			c.AfterFunc(time.Duration(n)*time.Hour, func() { order = append(order, n) })
		}
		timer := c.NewTimer(90 * time.Minute)
		stopped := c.NewTimer(time.Minute)
		if !stopped.Stop() || stopped.Stop() {
			t.Error("Stop does not tell whether the timer was waiting")
		}
		for limit := start.Add(2 * time.Hour); c.Step(limit) > 0; {
			synctest.Wait()
		}
		if !slices.Equal(order, []int{1, 2}) || !c.Now().Equal(start.Add(2*time.Hour)) {
			t.Errorf("woken are %v at %v", order, c.Now())
		}
		if at := <-timer.C(); !at.Equal(start.Add(90 * time.Minute)) {
			t.Errorf("the timer rang at %v", at)
		}

		why := errors.New("why")
		ctx, cancel := host.WithTimeout(t.Context(), c, time.Hour, why)
		defer cancel()
		child, stop := context.WithCancel(ctx)
		defer stop()
		slept := make(chan error, 1)
		go func() { slept <- c.Sleep(child, 5*time.Hour) }()
		synctest.Wait()
		time.Sleep(24 * time.Hour) // of real time, which does not count
		if ctx.Err() != nil {
			t.Error("the timeout goes by the real clock")
		}
		for c.Step(c.Now().Add(time.Hour)) > 0 {
			synctest.Wait()
		}
		if err := <-slept; !errors.Is(err, why) || ctx.Err() != context.DeadlineExceeded {
			t.Errorf("the sleep ends with %v, the context with %v", err, ctx.Err())
		}

		c.Set(start.AddDate(1, 0, 0))
		go func() { slept <- c.Sleep(t.Context(), time.Hour) }()
		synctest.Wait()
		real, began := host.New(host.Permissions{}).Clock, time.Now()
		c.Close(real)
		if err := <-slept; err != nil || time.Since(began) != time.Hour {
			t.Errorf("after the end of the fake the sleep took %v: %v", time.Since(began), err)
		}
	})
}

func TestFiles(t *testing.T) {
	t.Parallel()
	h := host.New(host.AllowAll(), host.Config{Dir: "/data"})
	f := fake.NewFiles(h)
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	must(f.Put("dir/a", []byte("one")))
	if err := f.Put("dir/a/b", nil); err == nil {
		t.Error("a file has become a directory")
	}
	must(f.Symlink("a", "dir/link"))
	must(f.Symlink("dir", "to"))
	data, err := f.ReadFile("to/link")
	if err != nil || string(data) != "one" {
		t.Errorf("through links: %q, %v", data, err)
	}
	must(f.Symlink("loop", "loop"))
	if _, err := f.Stat("loop"); err == nil {
		t.Error("a link to itself leads somewhere")
	}
	file, err := f.OpenFile("/data/dir/a", os.O_RDWR|os.O_APPEND, 0)
	must(err)
	file.Write([]byte(" two"))
	if _, err := file.Seek(0, 0); err != nil {
		t.Error(err)
	}
	buffer := make([]byte, 20)
	n, _ := file.Read(buffer)
	if string(buffer[:n]) != "one two" {
		t.Errorf("read is %q", buffer[:n])
	}
	must(file.Truncate(1))
	must(file.Close())
	if _, err := file.Read(buffer); !errors.Is(err, fs.ErrClosed) {
		t.Errorf("a closed file: %v", err)
	}
	for name, c := range map[string]struct {
		err  error
		want error
	}{
		"exclusive":      {second(f.OpenFile("dir/a", os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o644)), fs.ErrExist},
		"missing":        {second(f.Open("none")), fs.ErrNotExist},
		"missing parent": {second(f.OpenFile("none/x", os.O_CREATE|os.O_WRONLY, 0o644)), fs.ErrNotExist},
		"mkdir of it":    {f.Mkdir("dir", 0o755), fs.ErrExist},
		"empty name":     {second(f.Open("")), fs.ErrNotExist},
	} {
		if !errors.Is(c.err, c.want) {
			t.Errorf("%s: %v, want %v", name, c.err, c.want)
		}
	}
	if f.Remove("dir") == nil {
		t.Error("a full directory was removed")
	}
	if f.Rename("dir", "dir/inside") == nil {
		t.Error("a directory went into itself")
	}
	must(host.WriteFileAtomic(f, "dir/b", []byte("x"), 0o600))
	list, err := f.ReadDir("dir")
	if err != nil || len(list) != 3 || list[0].Name() != "a" || list[2].Name() != "link" {
		t.Errorf("the directory is %v, %v", list, err)
	}
	temp, err := f.MkdirTemp("x-*-y")
	must(err)
	must(f.RemoveAll(temp))
	must(f.RemoveAll(temp))
	if _, err := os.Lstat("/data/dir"); err == nil {
		t.Error("it is on the disk")
	}
}

func second[T any](_ T, err error) error { return err }

func TestProcesses(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		h := host.New(host.AllowAll())
		p := &fake.Processes{Host: h, Answer: func(context.Context, host.Command, []byte) fake.Answer {
			return fake.Answer{Code: 3, After: time.Hour}
		}}
		run := func(end func(p host.Process, cancel func())) host.Exit {
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			proc, err := p.Start(ctx, host.Command{Argv: []string{"x"}})
			if err != nil {
				t.Fatal(err)
			}
			synctest.Wait()
			end(proc, cancel)
			exit, err := proc.Wait()
			if err != nil {
				t.Error(err)
			}
			if err := proc.Kill(); !errors.Is(err, host.ErrProcessDone) {
				t.Errorf("a signal after the end: %v", err)
			}
			return exit
		}
		for name, c := range map[string]struct {
			end  func(p host.Process, cancel func())
			want host.Exit
		}{
			"by itself":   {func(host.Process, func()) {}, host.Exit{Code: 3}},
			"by a signal": {func(p host.Process, _ func()) { p.Signal("INT") }, host.Exit{Code: -1, Signal: "SIGINT"}},
			"canceled":    {func(_ host.Process, cancel func()) { cancel() }, host.Exit{Code: -1, Signal: "SIGTERM", Killed: true}},
		} {
			if got := run(c.end); got != c.want {
				t.Errorf("%s: %+v, want %+v", name, got, c.want)
			}
		}
	})
}
