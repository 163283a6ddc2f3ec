package time

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/gscript-lang/gscript/engine"
	"github.com/gscript-lang/gscript/modules/internal/moduletest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestTime(t *testing.T) {
	t.Parallel()
	const at = `1700000000.25, ` // 2023-11-14T22:13:20.25Z, a Tuesday
	w := moduletest.New(t, Module())
	for _, tt := range []struct{ expr, want string }{
		{`time.format(` + at + `{zone="UTC"})`, "2023-11-14T22:13:20+00:00"},
		{`time.format(` + at + `{zone="Europe/Berlin"})`, "2023-11-14T23:13:20+01:00"},
		{`time.format(` + at + `"%A %a %d %B %b %Y %y %j %e", {zone="UTC"})`, "Tuesday Tue 14 November Nov 2023 23 318 14"},
		{`time.format(` + at + `"%H %I %M %S %f %p %z %Z %s %%", {zone="UTC"})`, "22 10 13 20 250000 PM +0000 UTC 1700000000 %"},
		{`time.format(` + at + `"%F %T %D %R", {zone="UTC"})`, "2023-11-14 22:13:20 11/14/23 22:13"},
		{`time.format(-0.5, "%T.%f", {zone="UTC"})`, "23:59:59.500000"},
		{`time.format(0, "100%% 2006 Jan %Y", {zone="UTC"})`, "100% 2006 Jan 1970"},
		{`time.parse("2023-11-14T22:13:20.25Z") == 1700000000.25`, "true"},
		{`time.parse("2023-11-14 23:13:20+01:00")`, "1700000000"},
		{`time.parse("2023-11-14 23:13:20", {zone="Europe/Berlin"})`, "1700000000"},
		{`time.parse("Tue, 14 Nov 2023 22:13:20 GMT")`, "1700000000"},
		{`time.parse("Tue, 14 Nov 2023 23:13:20 +0100")`, "1700000000"},
		{`time.parse("1970-01-02", {zone="UTC"})`, "86400"},
		{`time.parse("14/Nov/2023:22:13:20 +0000", "%d/%b/%Y:%H:%M:%S %z")`, "1700000000"},
		{`time.parse("november 2, 70 3 pm", "%B %d, %y %I %p", {zone="UTC"})`, "26406000"},
		{`time.parse("1970-033 00:00:01.5", "%Y-%j %T.%f", {zone="UTC"}) == 2764801.5`, "true"},
		{`time.parse("-5", "%s")`, "-5"},
		{`time.make{year=2023, month=11, day=14, hour=22, min=13, sec=20.25, zone="UTC"} == 1700000000.25`, "true"},
		{`time.make{year=2023, month=14, zone="UTC"} == time.make{year=2024, month=2, zone="UTC"}`, "true"},
		{`time.date(` + at + `{zone="UTC"}).sec, time.date(` + at + `{zone="UTC"}).week, time.date(0, {zone="Asia/Tokyo"}).offset`, "20.25\t46\t32400"},
		{`time.duration("1m30s"), time.duration(2.5), time.duration("300ms")`, "90\t2.5\t0.3"},
		{`math.abs(time.now() - os.time()) < 2`, "true"},
	} {
		if out := w.Run(t, `local time = require "time" print(`+tt.expr+`)`); strings.TrimSuffix(out, "\n") != tt.want {
			t.Errorf("%s is %q, want %q", tt.expr, out, tt.want)
		}
	}
}

func TestRefused(t *testing.T) {
	t.Parallel()
	w := moduletest.New(t, Module())
	for call, kind := range map[string]string{
		`parse("tomorrow")`:                    "time.syntax",
		`parse("31.04.2023", "%d.%m.%Y")`:      "time.syntax",
		`parse("1.2.2023x", "%d.%m.%Y")`:       "time.syntax",
		`parse("13 pm", "%H %p")`:              "time.syntax",
		`parse("366 1970", "%j %Y")`:           "time.syntax",
		`parse("x", "%Q")`:                     engine.KindInvalid,
		`format(0, "%")`:                       engine.KindInvalid,
		`format(0, "%Q")`:                      engine.KindInvalid,
		`format(1e300)`:                        engine.KindInvalid,
		`format(0, {zone="Mars"})`:             engine.KindInvalid,
		`format(0, {zone="../../etc/passwd"})`: engine.KindInvalid,
		`make{month=1}`:                        engine.KindInvalid,
		`make{year=1e10}`:                      engine.KindInvalid,
		`make{year=1970, zone="UTC", sec=0/0}`: engine.KindInvalid,
		`duration("soon")`:                     engine.KindInvalid,
		`format_duration(1/0)`:                 engine.KindInvalid,
		`sleep(-1)`:                            engine.KindInvalid,
	} {
		w.Fail(t, kind, `require("time").`+call)
	}
}

func TestFormatDuration(t *testing.T) {
	t.Parallel()
	for s, want := range map[float64]string{
		0: "0s", 1e-9: "0s", 0.00002: "20us", 0.25: "250ms", 0.0015: "1.5ms", 0.9999999: "1s", 1.5: "1.5s", 10: "10s",
		59.9999: "1m", 60: "1m", 95: "1m35s", 3600: "1h", 3601: "1h1s", 90061: "25h1m1s", -95: "-1m35s", 100: "1m40s",
	} {
		got, err := formatDuration(nil, formatDurationIn{Seconds: s})
		if err != nil || got != want {
			t.Errorf("format_duration(%v) = %q, %v; want %q", s, got, err, want)
		}
		if s > 0.00001 {
			if d, err := engine.ParseDuration(got); err != nil || d.Seconds() < s*0.99 || d.Seconds() > s*1.01 {
				t.Errorf("%q reads back as %v, %v; want %v", got, d, err, s)
			}
		}
	}
}

func TestSleepObeysCancel(t *testing.T) {
	t.Parallel()
	s := engine.New(engine.Options{Modules: []engine.Entry{engine.Provide(Module())}}).NewState(t.Context())
	defer s.Close()
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
	defer cancel()
	start := time.Now()
	_, err := s.Run(ctx, "test.lua", `require("time").sleep("1h")`)
	if err == nil || time.Since(start) > 10*time.Second {
		t.Errorf("error %v after %v", err, time.Since(start))
	}
}

func TestMonotonic(t *testing.T) {
	t.Parallel()
	moduletest.Run(t, `
		local time = require "time"
		local a = time.monotonic()
		time.sleep(0.02)
		local d = time.since(a)
		assert(d >= 0.02 and d < 20, d)`, Module())
}

func FuzzStrptime(f *testing.F) {
	f.Add("2023-11-14T22:13:20+02:00", "%Y-%m-%dT%H:%M:%S%:z")
	f.Add("14 Nov", "%e %b %p %j %f %s")
	f.Fuzz(func(t *testing.T, text, layout string) {
		at, err := strptime(text, layout, time.UTC)
		var e *engine.Error
		if err != nil && !errors.As(err, &e) {
			t.Errorf("error %v has no kind", err)
		}
		if err == nil {
			if _, err := strftime(at, layout); err != nil {
				t.Errorf("%q reads %q but does not write: %v", layout, text, err)
			}
		}
	})
}
