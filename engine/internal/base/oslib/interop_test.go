//go:build interop

package oslib_test

import (
	"os"
	"os/exec"
	"strings"
	"testing"

	"github.com/gscript-lang/gscript/engine"
	"github.com/gscript-lang/gscript/engine/host"
)

// The same script prints the same under C Lua, in several zones.
func TestAsInCLua(t *testing.T) {
	t.Parallel()
	lua, err := exec.LookPath("lua5.1")
	if err != nil {
		t.Fatal(err)
	}
	const source = `
		local verbs = "aAbBcdHIjmMpSUwWxXyYZ%CDeFgGhnrRtTuVz"
		for t = START, 2^32, 9876543 do
			io.write(t, "\t")
			for v in verbs:gmatch(".") do io.write(os.date("%" .. v, t), "|", os.date("!%" .. v, t), "|") end
			local d = os.date("*t", t)
			io.write(d.wday, " ", d.yday, " ", tostring(d.isdst), " ", os.time(d) == t and "same" or os.time(d) - t, "\n")
		end
		-- Readings that come twice or not at all are left out: C's answer depends on the call before.
		for month = -30, 30, 7 do for day = -40, 400, 33 do for hour = 5, 60, 11 do
			io.write(os.time{year=2001, month=month, day=day, hour=hour, min=-70, sec=4000}, " ")
		end end end
		for _, f in ipairs{{year=2024, month=7, day=1, isdst=false}, {year=2024, month=7, day=1, isdst=true}, {year=2024, month=1, day=1, isdst=true}} do io.write(os.time(f), " ") end
		print(os.execute("exit 5"), os.execute("kill -9 $$"), os.execute(), os.execute("exit 0"))
		print(os.remove("no such file")) print(os.rename("no such file", "x")) print(io.open("no such file")) print(io.open("/"):read(1))`
	for tz, start := range map[string]string{
		"UTC": "-2^31", "Europe/Berlin": "-2^31", "America/New_York": "-2^31",
		"CET-1CEST,M3.5.0,M10.5.0/3": "0", // C's library applies rules from 1970 on
	} {
		t.Run(tz, func(t *testing.T) {
			t.Parallel()
			source := strings.Replace(source, "START", start, 1)
			env := []string{"TZ=" + tz, "PATH=" + os.Getenv("PATH")}
			cmd := exec.Command(lua, "-")
			cmd.Env, cmd.Dir = env, t.TempDir()
			in, err := cmd.StdinPipe()
			if err != nil {
				t.Fatal(err)
			}
			go func() { in.Write([]byte(source)); in.Close() }()
			want, err := cmd.Output()
			if err != nil {
				t.Fatal(err)
			}
			got, err := run(t, engine.Options{Permissions: host.AllowAll(), Trusted: true, Env: env}, source)
			if err != nil {
				t.Fatal(err)
			}
			for i := range min(len(got), len(want)) {
				if got[i] != want[i] {
					t.Fatalf("at byte %d: got …%q, want …%q", i, got[max(0, i-60):min(i+60, len(got))], want[max(0, i-60):min(i+60, len(want))])
				}
			}
			if len(got) != len(want) {
				t.Errorf("%d bytes, want %d", len(got), len(want))
			}
		})
	}
}
