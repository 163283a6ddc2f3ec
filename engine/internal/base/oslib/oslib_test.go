package oslib_test

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/gscript-lang/gscript/engine"
	"github.com/gscript-lang/gscript/engine/host"
)

// run runs a script in a directory of its own and returns what it printed.
func run(t *testing.T, opts engine.Options, source string) (string, error) {
	t.Helper()
	var out bytes.Buffer
	if opts.Dir == "" {
		opts.Dir = t.TempDir()
	}
	opts.Stdin, opts.Stdout, opts.Stderr = strings.NewReader(""), &out, &out
	s := engine.New(opts).NewState(context.Background())
	defer s.Close()
	_, err := s.Run(t.Context(), "test.lua", source)
	return out.String(), err
}

func TestScripts(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ name, source, want string }{
		{"date", `print(os.date("!%Y-%m-%d %H:%M:%S", 1e9), os.date("%c %Z", 0), os.date("", 0), os.date("!", 0), os.date("%", 0))`, "2001-09-09 01:46:40\tThu Jan  1 02:00:00 1970 EET\t\t\t%\n"},
		{"date without a layout", `print(#os.date() == #os.date("%c"), os.date("!%x %X", "0"))`, "true\t01/01/70 00:00:00\n"},
		{"a bad conversion", `print(select(2, pcall(function() os.date("%Ez") end)))`, "test.lua:1: bad argument #1 to 'date' (invalid conversion specifier '%Ez')\n"},
		{"no such time", `print(os.date("%c", 1e300), os.date("%c", -1e300), os.date("%c", 0/0), os.time{year=2^40, month=1, day=1})`, "nil\tnil\tnil\tnil\n"},
		{"date table", `local d = os.date("*t", 1720000000) print(d.year, d.month, d.day, d.hour, d.min, d.sec, d.wday, d.yday, d.isdst)`, "2024\t7\t3\t12\t46\t40\t4\t185\ttrue\n"},
		{"date table in UTC", `local d = os.date("!*t", 0) print(d.year, d.month, d.day, d.hour, d.min, d.sec, d.wday, d.yday, d.isdst)`, "1970\t1\t1\t0\t0\t0\t5\t1\tfalse\n"},
		{"time", `print(os.time{year=2024, month=7, day=3}, os.time{year="2024", month=7, day=3, hour=12.9, isdst=false}, os.time(os.date("*t", 1720000000)), os.time{year=2024, month=14, day=0, hour=0})`, "1719997200\t1720000800\t1720000000\t1738274400\n"},
		{"time by a metatable", `print(os.time(setmetatable({}, {__index={year=1970, month=1, day=1, hour=2}})))`, "0\n"},
		{"time lacks a field", `for _, t in ipairs{{}, {day=1}, {day=1, month=1}} do print((select(2, pcall(os.time, t)))) end print(select(2, pcall(os.time, 1)):match("table expected"))`,
			"field 'day' missing in date table\nfield 'month' missing in date table\nfield 'year' missing in date table\ntable expected\n"},
		{"time now", `local a = os.time() print(a == os.time(os.date("*t", a)), a > 1.6e9, os.clock() >= 0, os.difftime(5, 3), os.difftime(5))`, "true\ttrue\ttrue\t2\t5\n"},
		{"the zone follows TZ", `print(os.date("%H %Z", 0))`, "02 EET\n"},
		{"execute", `print(os.execute("exit 3"), os.execute("true"), os.execute("kill -9 $$"), os.execute())`, "768\t0\t9\t1\n"},
		{"execute writes between", `io.write("a ") os.execute("printf 'b '") io.write("c")`, "a b c"},
		{"execute knows the variables", `os.execute('printf "$WORD"')`, "granted"},
		{"getenv", `print(os.getenv("WORD"), os.getenv("NONE"))`, "granted\tnil\n"},
		{"remove", `io.open("f", "w"):close() print(os.remove("f")) print(os.remove("f")) os.execute("mkdir d e; touch e/f") print(os.remove("d")) print(os.remove("e"))`,
			"true\nnil\tf: No such file or directory\t2\ntrue\nnil\te: Directory not empty\t39\n"},
		{"rename", `io.open("f", "w"):close() print(os.rename("f", "g"), io.open("g") ~= nil) print(os.rename("none", "x"))`, "true\ttrue\nnil\tnone: No such file or directory\t2\n"},
		{"setlocale", `print(os.setlocale(), os.setlocale("C"), os.setlocale("", "time"), os.setlocale("POSIX"), os.setlocale("de_DE"), os.setenv)`, "C\tC\tC\tC\tnil\tnil\n"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			got, err := run(t, engine.Options{
				Permissions: host.AllowAll(), Trusted: true,
				Env: []string{"PATH=" + os.Getenv("PATH"), "TZ=EET-2EEST,M3.5.0/3,M10.5.0/4", "WORD=granted"},
			}, tt.source)
			if err != nil || got != tt.want {
				t.Errorf("printed %q, %v, want %q", got, err, tt.want)
			}
		})
	}
}

func TestExit(t *testing.T) {
	t.Parallel()
	for source, want := range map[string]int{
		`os.exit()`: 0, `os.exit(true)`: 0, `os.exit(false)`: 1, `os.exit(7)`: 7, `os.exit("8")`: 8,
		`pcall(function() os.exit(9) end) error("not reached")`:                     9,
		`with(io.open("f", "w"), function(f) f:write("kept") os.exit(5, true) end)`: 5,
	} {
		dir := t.TempDir()
		_, err := run(t, engine.Options{Permissions: host.AllowAll(), Dir: dir}, source)
		if code, ok := engine.ExitCode(err); !ok || code != want {
			t.Errorf("%s: %v, want code %d", source, err, want)
		}
		if want == 5 {
			if text, _ := os.ReadFile(filepath.Join(dir, "f")); string(text) != "kept" {
				t.Errorf("the file has %q", text)
			}
		}
	}
}

func TestTmpname(t *testing.T) {
	t.Parallel()
	got, err := run(t, engine.Options{Permissions: host.AllowAll()}, `
		local a, b, c = os.tmpname(), os.tmpname(), os.tmpname()
		io.open(b, "w"):write("used") os.remove(c)
		print(io.open(a) ~= nil) print(a) print(b) print(c)`)
	names := strings.Split(got, "\n")
	if err != nil || len(names) != 5 || names[0] != "true" {
		t.Fatalf("%q, %v", got, err)
	}
	defer os.RemoveAll(filepath.Dir(names[2]))
	for i, kept := range []bool{false, true, false} {
		if _, err := os.Stat(filepath.Dir(names[i+1])); (err == nil) != kept {
			t.Errorf("%s: %v, kept %v is wanted", names[i+1], err, kept)
		}
	}
	if text, _ := os.ReadFile(names[2]); string(text) != "used" {
		t.Errorf("%q", text)
	}
}

func TestNothingGranted(t *testing.T) {
	t.Parallel()
	for _, call := range []string{`os.execute("true")`, `os.getenv("HOME")`, `os.remove("f")`, `os.rename("f", "g")`, `os.tmpname()`} {
		got, err := run(t, engine.Options{}, `local ok, e = pcall(function() return `+call+` end) print(ok, e.kind)`)
		if err != nil || got != "false\tpermission.denied\n" {
			t.Errorf("%s printed %q, %v", call, got, err)
		}
	}
	got, err := run(t, engine.Options{}, `
		print(os.execute(), type(os.clock()), type(os.date()), os.difftime(1, 1), os.setlocale("C"), type(os.time()), (pcall(os.exit)))`)
	if code, ok := engine.ExitCode(err); !ok || code != 0 || got != "" {
		t.Errorf("printed %q, %v", got, err)
	}
	got, err = run(t, engine.Options{}, `print(os.execute(), type(os.clock()), type(os.date()), os.difftime(1, 1), os.setlocale("C"), type(os.time()))
		local n = 0 for _ in pairs(os) do n = n + 1 end print(n)`) // a new function belongs into one of these lists
	if err != nil || got != "0\tnumber\tstring\t0\tC\tnumber\n11\n" {
		t.Errorf("printed %q, %v", got, err)
	}
}
