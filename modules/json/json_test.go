package json_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/gscript-lang/gscript/engine"
	"github.com/gscript-lang/gscript/engine/host"
	"github.com/gscript-lang/gscript/modules/internal/moduletest"
	"github.com/gscript-lang/gscript/modules/json"
)

const prelude = `local json = require "json" `

func TestEncode(t *testing.T) {
	t.Parallel()
	w := moduletest.New(t, json.Module())
	for _, tt := range []struct{ expr, want string }{
		{`json.encode{z=1, a={1, "x", true, json.null}}`, `{"z":1,"a":[1,"x",true,null]}`},
		{`json.encode({z=1, a=2}, {sort=true})`, `{"a":2,"z":1}`},
		{`json.encode(nil)`, `null`},
		{`json.encode()`, `null`},
		{`json.encode("é\n\"")`, `"é\n\""`},
		{`json.encode{}`, `{}`},
		{`json.encode(json.array{})`, `[]`},
		{`json.encode{list=json.array({})}`, `{"list":[]}`},
		{`json.encode(json.decode("[]"))`, `[]`},
		{`json.encode(json.decode('{"b":[],"a":{},"n":null}'))`, `{"b":[],"a":{},"n":null}`},
		{`json.encode({a={1}}, {indent=true})`, "{\n  \"a\": [\n    1\n  ]\n}"},
		{`json.encode({a=1}, {indent=4})`, "{\n    \"a\": 1\n}"},
		{`json.encode({a=1}, {indent="\t"})`, "{\n\t\"a\": 1\n}"},
		{`json.decode("1e2") + 1`, `101`},
		{`json.decode("null") == json.null, tostring(json.null)`, "true\tnull"},
		{`json.decode("9007199254740993", {big="text"})`, `9007199254740993`},
		{`json.decode("9007199254740993", {big="number"})`, `9007199254740992`},
		{`json.decode("9007199254740993"), type(json.decode("9007199254740993"))`, "9007199254740993\tuserdata"},
		{`json.encode{2^53, 2^60, -2^62, 2^63, 1e20}`, `[9007199254740992,1152921504606846976,-4611686018427387904,9.223372036854776e+18,1e+20]`},
		{`json.decode(json.encode(2^60)):number() == 2^60, json.decode(json.encode(2^63)) == 2^63, json.decode(json.encode(1e20)) == 1e20`, "true\ttrue\ttrue"},
		{`json.decode("9007199254740993") + 1`, `9007199254740994`},
		{`json.decode("9007199254740993") == json.decode("9007199254740993")`, `true`},
		{`json.encode(json.decode('{"id":[9223372036854775807,-9223372036854775808]}'))`, `{"id":[9223372036854775807,-9223372036854775808]}`},
		{`type(json.decode("9007199254740991")), type(json.decode("1e17")), type(json.decode("9007199254740993.0"))`, "number\tnumber\tnumber"},
		{`json.decode("18446744073709551615", {big="text"})`, `18446744073709551615`},
		{`json.decode("18446744073709551615", {big="number"}) == 2^64`, `true`},
		{`json.decode('"\\u00e9\\ud83d\\ude00"')`, `é😀`},
		{`#json.decode("[1,2,3]")`, `3`},
	} {
		if out := w.Run(t, prelude+`print(`+tt.expr+`)`); strings.TrimSuffix(out, "\n") != tt.want {
			t.Errorf("%s is %q, want %q", tt.expr, out, tt.want)
		}
	}
}

func TestSyntax(t *testing.T) {
	t.Parallel()
	w := moduletest.New(t, json.Module())
	e := w.Fail(t, "json.syntax", prelude+`json.decode('{\n  "name": "Ada",\n  "age": 36,,\n}')`)
	if e.Fields["line"] != 3 || e.Fields["column"] != 13 || !strings.Contains(e.Fields["excerpt"].(string), `"age": 36,,`) {
		t.Errorf("error %v, fields %v", e, e.Fields)
	}
	for _, text := range []string{``, `{`, `[1,]`, `tru`, `1 2`, `"\x"`, `{"a" 1}`, strings.Repeat("[", 100000)} {
		w.Fail(t, "json.syntax", prelude+"json.decode('"+strings.ReplaceAll(text, `\`, `\\`)+"')")
	}
}

// A whole number that would not be exact is an error with the ways out.
func TestRange(t *testing.T) {
	t.Parallel()
	w := moduletest.New(t, json.Module())
	e := w.Fail(t, "json.range", prelude+`json.decode('{"a": 1,\n "n": 18446744073709551615}')`)
	if e.Fields["line"] != 2 || e.Fields["column"] != 7 || !strings.Contains(e.Message, "18446744073709551615") || !strings.Contains(e.Hint, "text") {
		t.Errorf("error %v, fields %v, hint %s", e, e.Fields, e.Hint)
	}
	if err := os.WriteFile(filepath.Join(w.Dir, "l.jsonl"), []byte("9007199254740993\n18446744073709551615\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	out := w.Run(t, prelude+`
		print(pcall(function() for v in json.lines("l.jsonl") do print(v) end end))
		for v in json.lines("l.jsonl", {big="text"}) do print(v) end`)
	if !strings.HasPrefix(out, "9007199254740993\nfalse\t") || !strings.Contains(out, "l.jsonl:2") || !strings.HasSuffix(out, "\n9007199254740993\n18446744073709551615\n") {
		t.Errorf("printed %q", out)
	}
}

func TestUnencodable(t *testing.T) {
	t.Parallel()
	w := moduletest.New(t, json.Module())
	for _, tt := range []struct{ value, path string }{
		{`{a={{}, {f=print}}}`, "a[2].f"},
		{`{n={0/0}}`, "n[1]"},
		{`{s="\255"}`, "s"},
	} {
		e := w.Fail(t, "json.value", prelude+`json.encode(`+tt.value+`)`)
		if path, _ := e.Fields["path"].(string); !strings.Contains(path, tt.path) {
			t.Errorf("%s: path %q, want %q; %v", tt.value, path, tt.path, e)
		}
	}
	e := w.Fail(t, engine.KindInvalid, prelude+`local t = {a={}} t.a.b = t json.encode(t)`)
	if !strings.Contains(e.Message, "a.b") {
		t.Errorf("a cycle: %v", e)
	}
	w.Fail(t, engine.KindInvalid, prelude+`json.encode({}, {indent="x"})`)
	w.Fail(t, engine.KindInvalid, prelude+`json.encode({}, {indent=1.5})`)
}

func TestFiles(t *testing.T) {
	t.Parallel()
	w := moduletest.New(t, json.Module())
	w.Run(t, prelude+`
		json.write("a.json", {b={1, 2}, a=json.null}, {indent=2})
		local v = json.read("a.json")
		assert(v.a == json.null and #v.b == 2)`)
	data, err := os.ReadFile(filepath.Join(w.Dir, "a.json"))
	if want := "{\n  \"b\": [\n    1,\n    2\n  ],\n  \"a\": null\n}\n"; err != nil || string(data) != want {
		t.Errorf("the file holds %q, %v; want %q", data, err, want)
	}
	w.Fail(t, "json.value", prelude+`json.write("a.json", {print})`)
	if again, _ := os.ReadFile(filepath.Join(w.Dir, "a.json")); string(again) != string(data) {
		t.Errorf("a failed write left %q", again)
	}
	if entries, _ := os.ReadDir(w.Dir); len(entries) != 1 {
		t.Errorf("left over: %v", entries)
	}
	w.Fail(t, "fs.not_found", prelude+`json.read("no.json")`)
}

func TestLines(t *testing.T) {
	t.Parallel()
	w := moduletest.New(t, json.Module())
	text := "{\"n\": 1}\n\nnull\r\n[3]\n{\"n\": }\n5"
	if err := os.WriteFile(filepath.Join(w.Dir, "l.jsonl"), []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	out := w.Run(t, prelude+`
		local ok, err = pcall(function()
			for v in json.lines("l.jsonl") do print(json.encode(v)) end
		end)
		print(err.kind, err.target, err.line)`)
	if want := "{\"n\":1}\nnull\n[3]\njson.syntax\tl.jsonl:5\t5\n"; out != want {
		t.Errorf("printed %q, want %q", out, want)
	}
}

func TestPermissions(t *testing.T) {
	t.Parallel()
	w := moduletest.New(t, json.Module())
	w.Permissions = &host.Permissions{}
	for _, call := range []string{`read("a")`, `write("a", 1)`, `lines("a")`} {
		w.Fail(t, engine.KindDenied, prelude+`json.`+call)
	}
}
