package args_test

import (
	"bytes"
	"context"
	"strings"
	"testing"

	"go.uber.org/goleak"

	"github.com/gscript-lang/gscript/engine"
	"github.com/gscript-lang/gscript/modules/args"
	"github.com/gscript-lang/gscript/modules/internal/moduletest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// the declaration of the issue, and one of everything else
const deploy = `local spec = {
	"Deploy a release.",
	{"target", help="host to deploy to"},
	{"--port", "-p", type="number", default=22, help="port of the ssh server"},
	{"--dry-run", type="flag", help="only say what would be done"},
	{"files", nargs="*"},
} `

const all = `local spec = {
	{"-v", action="count"}, {"-x", "--exclude", action="append"}, {"--color", type="flag", default=true},
	{"--timeout", "-t", type="duration", default="1m"}, {"--limit", type="size"}, {"-n", "--jobs", type="integer", default=4},
	{"--level", choices={"low", "high"}}, {"--pair", nargs=2, type="number"}, {"--many", nargs="+"}, {"--maybe", nargs="?"},
	{"--even", type=function(s) local n = tonumber(s) if not n or n % 2 == 1 then error("not even", 0) end return n end},
	{"first", nargs="?", default="one"}, {"-f", type="flag", dest="force"},
} `

const show = `
local function show(v)
	if type(v) ~= "table" then return tostring(v) end
	local t = {}
	for _, i in ipairs(v) do t[#t+1] = show(i) end
	return "[" .. table.concat(t, " ") .. "]"
end
local parse = function(...) return require("args").parse(spec, {argv={...}, exit=false}) end
`

func TestParse(t *testing.T) {
	t.Parallel()
	w := moduletest.New(t, args.Module())
	for _, tt := range []struct{ spec, argv, keys, want string }{
		{deploy, `"h"`, "target port dry_run files", "h 22 false []"},
		{deploy, `"h", "a", "b"`, "target files", "h [a b]"},
		{deploy, `"--port", "80", "h"`, "target port", "h 80"},
		{deploy, `"--port=80", "h"`, "port", "80"},
		{deploy, `"-p", "80", "h"`, "port", "80"},
		{deploy, `"-p80", "h"`, "port", "80"},
		{deploy, `"-p=80", "h"`, "port", "80"},
		{deploy, `"-p", "-80", "h"`, "port", "-80"},
		{deploy, `"h", "--dry-run", "a", "-p", "1", "b"`, "dry_run files port", "true [a b] 1"},
		{deploy, `"--", "--port", "-x"`, "target files", "--port [-x]"},
		{deploy, `"-5", "-"`, "target files", "-5 [-]"},
		{deploy, `"h", "-p1", "-p2"`, "port", "2"},
		{all, ``, "v exclude color timeout limit jobs level pair many maybe even first force", "0 [] true 60 nil 4 nil [] [] nil nil one false"},
		{all, `"-vvfv", "x"`, "v force first", "3 true x"},
		{all, `"-x", "a", "--exclude=b", "-xc"`, "exclude", "[a b c]"},
		{all, `"--no-color", "-t", "1m30s", "--limit", "10MiB"`, "color timeout limit", "false 90 10485760"},
		{all, `"--pair", "1", "-2", "--many", "a", "b", "--many", "c"`, "pair many", "[1 -2] [a b c]"},
		{all, `"--maybe", "--level", "high"`, "maybe level", "true high"},
		{all, `"--maybe=x", "--even", "4"`, "maybe even", "x 4"},
		{`local spec = {{"a"}, {"b", nargs="*"}, {"c"}} `, `"1", "2"`, "a b c", "1 [] 2"},
		{`local spec = {{"a"}, {"b", nargs="*"}, {"c"}} `, `"1", "2", "3", "4"`, "a b c", "1 [2 3] 4"},
		{`local spec = {{"a", nargs="?"}, {"b"}} `, `"1"`, "a b", "nil 1"},
		{`local spec = {{"--a", type="flag"}, {"--help", type="flag"}} `, `"--help"`, "help", "true"},
	} {
		out := w.Run(t, tt.spec+show+`local r = parse(`+tt.argv+`) for k in ("`+tt.keys+`"):gmatch("%S+") do io.write(show(r[k]), " ") end`)
		if strings.TrimSpace(out) != tt.want {
			t.Errorf("%s: %s = %q, want %q", tt.argv, tt.keys, out, tt.want)
		}
	}
}

func TestUsageErrors(t *testing.T) {
	t.Parallel()
	w := moduletest.New(t, args.Module())
	for _, tt := range []struct{ spec, argv, want string }{
		{deploy, ``, "missing: target"},
		{deploy, `"h", "--prot", "1"`, "unknown option --prot; did you mean --port?"},
		{deploy, `"h", "-z"`, "unknown option -z"},
		{deploy, `"h", "--\27[2J"`, `unknown option "--\x1b[2J"`},
		{deploy, `"h", "--port", "x"`, "--port must be a number, got x"},
		{deploy, `"h", "--port", "nan"`, "--port must be a number, got nan"},
		{deploy, `"h", "--port"`, "--port needs a value"},
		{deploy, `"h", "--port", "--dry-run"`, "--port needs a value; write --port=--dry-run if --dry-run is meant to be one"},
		{deploy, `"h", "--dry-run=yes"`, "--dry-run takes no value"},
		{deploy, `"h", "--no-dry-run"`, "unknown option --no-dry-run; did you mean --dry-run?"},
		{all, `"--level", "hihg"`, "--level must be one of low, high, got hihg; did you mean high?"},
		{all, `"--even", "3"`, "--even: not even"},
		{all, `"-n", "1.5"`, "--jobs must be a whole number, got 1.5"},
		{all, `"--pair", "1"`, "--pair needs 2 values"},
		{all, `"--pair=1"`, "--pair needs 2 values"},
		{all, `"--many"`, "--many needs at least one value"},
		{all, `"--timeout", "soon"`, "--timeout must be a duration such as 30, 500ms or 1m30s, got soon"},
		{all, `"--limit", "-5"`, "--limit must be a size such as 1024, 64k or 10MiB, got -5"},
		{all, `"a", "b"`, "unexpected argument b"},
		{`local spec = {{"--token", required=true}} `, ``, "missing: --token"},
		{`local spec = {{"a", nargs=2}} `, `"1"`, "a needs 2 values"},
	} {
		e := w.Fail(t, "args.usage", tt.spec+show+`parse(`+tt.argv+`)`)
		if e.Message != tt.want || !strings.HasPrefix(e.Fields["usage"].(string), "usage: test.lua [options]") {
			t.Errorf("%s: %q, want %q; %v", tt.argv, e.Message, tt.want, e.Fields)
		}
	}
}

func TestDeclarationErrors(t *testing.T) {
	t.Parallel()
	w := moduletest.New(t, args.Module())
	for spec, want := range map[string]string{
		`{{"--port", tpye="number"}}`:              `argument 'spec[1]' has an unknown field "tpye"`,
		`{"x", {"--port", type="nubmer"}}`:         `argument 'spec[2]' has type=nubmer, which must be one of string, number, integer, duration, size, flag; did you mean "number"?`,
		`{{}}`:                                     `argument 'spec[1]' has no name`,
		`{{help="x"}}`:                             `argument 'spec[1]' has no name`,
		`{{"-port"}}`:                              `argument 'spec[1]' has the name -port: write --port`,
		`{{"a b"}}`:                                `argument 'spec[1]' has the name "a b"`,
		`{{"--a", "b"}}`:                           `argument 'spec[1]' has the name "b" among others`,
		`{{"--a"}, {"-b", "--a"}}`:                 `argument 'spec[2]' has the name "a", which is taken`,
		`{{"--a", nargs="x"}}`:                     `argument 'spec[1]' has nargs=x`,
		`{{"--a", type="flag", nargs=1}}`:          `argument 'spec[1]' is a flag`,
		`{{"a", type="flag"}}`:                     `argument 'spec[1]' is a flag`,
		`{{"--a", help=5}}`:                        `argument 'spec[1]' has help=5`,
		`{{"--a", choices={{}}}}`:                  `argument 'spec[1]' has choices=`,
		`{{"--a", type="number", default="many"}}`: `the default of --a does not fit its type`,
		`{5}`: `argument 'spec[1]' is neither`,
	} {
		e := w.Fail(t, engine.KindInvalid, `require("args").parse(`+spec+`, {argv={}})`)
		if !strings.HasPrefix(e.Message, want) {
			t.Errorf("%s: %q, want %q", spec, e.Message, want)
		}
	}
}

// run runs a script as the command does and returns both outputs and the code.
func run(t *testing.T, source string, argv ...any) (stdout, stderr string, code int) {
	t.Helper()
	var out, errs bytes.Buffer
	s := engine.New(engine.Options{
		Modules: []engine.Entry{engine.Provide(args.Module())}, Stdout: &out, Stderr: &errs, Env: []string{"COLUMNS=60"},
	}).NewState(t.Context())
	defer s.Close()
	_, err := s.Run(context.Background(), "scripts/deploy.lua", source, argv...)
	code, exited := engine.ExitCode(err)
	if err != nil && !exited {
		t.Fatal(err)
	}
	return out.String(), errs.String(), code
}

const script = deploy + `
	spec[#spec+1] = {"--token", required=true, default="hunter2", secret=true, metavar="T"}
	spec[#spec+1] = {"--level", choices={"low", "high"}, default="low", help="a long text that does not fit on one line"}
	spec[#spec+1] = {"--color", type="flag", default=true}
	spec[#spec+1] = {"-x", action="append"}
	spec[#spec+1] = "See the manual."
	spec.version = "1.2"
	local a = require("args").parse(spec)
	print("ran", a.target)`

func TestHelp(t *testing.T) {
	t.Parallel()
	for _, flag := range []string{"--help", "-h"} {
		out, errs, code := run(t, script, "x", flag, "--nonsense")
		if code != 0 || errs != "" {
			t.Errorf("%s: code %d, stderr %q", flag, code, errs)
		}
		if out != help {
			t.Errorf("%s printed\n%s\nwant\n%s", flag, out, help)
		}
	}
}

const help = `usage: deploy.lua [options] --token T <target> [files...]

Deploy a release.

arguments:
  target             host to deploy to
  files

options:
  -h, --help         print this help and exit
  -p, --port PORT    port of the ssh server (default: 22)
      --dry-run      only say what would be done
      --token T      (required)
      --level LEVEL  a long text that does not fit on one
                     line (one of low, high; default: low)
      --color        (default: yes; --no-color for no)
  -x X               (can be repeated)
      --version      print the version and exit

See the manual.
`

func TestExits(t *testing.T) {
	t.Parallel()
	out, errs, code := run(t, script, "h", "--prot", "1")
	want := "deploy.lua: unknown option --prot; did you mean --port?\nusage: deploy.lua [options] --token T <target> [files...]\ntry deploy.lua --help\n"
	if out != "" || errs != want || code != 2 {
		t.Errorf("wrong arguments: code %d, stdout %q, stderr %q", code, out, errs)
	}
	out, errs, code = run(t, script, "--version")
	if out != "1.2\n" || errs != "" || code != 0 {
		t.Errorf("--version: code %d, stdout %q, stderr %q", code, out, errs)
	}
	out, errs, code = run(t, script, "web", "--token=x")
	if out != "ran\tweb\n" || errs != "" || code != 0 {
		t.Errorf("right arguments: code %d, stdout %q, stderr %q", code, out, errs)
	}
	out, _, code = run(t, `pcall(require("args").parse, {"x"}) print("caught")`, "--help")
	if strings.Contains(out, "caught") || code != 0 {
		t.Errorf("pcall swallowed the exit: %q", out)
	}
}
