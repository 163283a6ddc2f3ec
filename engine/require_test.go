package engine_test

import (
	"archive/zip"
	"bytes"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/gscript-lang/gscript/engine"
	"github.com/gscript-lang/gscript/engine/host"
)

// tree writes files into a fresh directory. A file "x.zip!a/b.lua" goes into an
// archive.
func tree(t *testing.T, files map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	archives := map[string]*zip.Writer{}
	for name, text := range files {
		archive, inner, zipped := strings.Cut(name, "!")
		path := filepath.Join(dir, filepath.FromSlash(archive))
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if !zipped {
			if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
				t.Fatal(err)
			}
			continue
		}
		z := archives[path]
		if z == nil {
			f, err := os.Create(path)
			if err != nil {
				t.Fatal(err)
			}
			defer f.Close()
			z = zip.NewWriter(f)
			archives[path] = z
		}
		w, err := z.Create(inner)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := w.Write([]byte(text)); err != nil {
			t.Fatal(err)
		}
	}
	for _, z := range archives {
		if err := z.Close(); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// project is a directory with a script.
type project struct {
	files  map[string]string
	script string // the text of main.lua
	path   []string
	grant  *host.Permissions
}

// run runs main.lua from another directory than the project's; Dir is the
// project, as if the command had been started there.
func (p project) run(t *testing.T) (out, log string, err error) {
	t.Helper()
	files := map[string]string{"main.lua": p.script}
	for name, text := range p.files {
		files[name] = text
	}
	dir := tree(t, files)
	permissions := host.AllowAll()
	if p.grant != nil {
		permissions = *p.grant
	}
	var stdout, logged bytes.Buffer
	e := engine.New(engine.Options{
		Modules: []engine.Entry{engine.Provide(testModule())},
		Library: fstest.MapFS{
			"words.lua":      {Data: []byte("return {'built', 'in'}")},
			"deep/init.lua":  {Data: []byte("return {inner = require '.inner', beside = require './inner.lua', name = (...)}")},
			"deep/inner.lua": {Data: []byte("return {}")},
		},
		Path: p.path, Dir: dir, Permissions: permissions, Stdout: &stdout, Trusted: true,
		Log: slog.New(slog.NewTextHandler(&logged, nil)),
	})
	s := e.NewState(t.Context())
	_, err = s.RunFile(t.Context(), filepath.Join(dir, "main.lua"))
	if cerr := s.Close(); err == nil {
		err = cerr
	}
	return stdout.String(), strings.ReplaceAll(logged.String(), dir+string(filepath.Separator), ""), err
}

func TestRequireFinds(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		project
		want string
	}{
		"a file beside the script": {project{
			files:  map[string]string{"a.lua": "return {name = ...}"},
			script: `print(require("a").name, require("a") == require("a"))`,
		}, "a\ttrue\n"},
		"the file is the second argument": {project{
			files:  map[string]string{"lib/a.lua": "local name, file = ... return {name, file}"},
			script: `local m = require "lib.a" print(m[1], m[2]:match("lib.a%.lua$") ~= nil)`,
		}, "lib.a\ttrue\n"},
		"a package": {project{
			files:  map[string]string{"pkg/init.lua": "return {sub = require '.sub', also = require 'pkg.sub'}", "pkg/sub.lua": "return {name = ...}"},
			script: `local p = require "pkg" print(p.sub.name, p.sub == p.also)`,
		}, "pkg.sub\ttrue\n"},
		"relative names": {project{
			files: map[string]string{
				"a/init.lua": "return {}", "a/b/init.lua": "return {}", "a/x.lua": "return 'a.x'",
				"a/b/c.lua": "return {require '.d', require '..x', require '..' == require 'a', require '.' == require 'a.b', pcall(require, '...x')}",
				"a/b/d.lua": "return 'a.b.d'",
			},
			script: `local c = require "a.b.c" print(c[1], c[2], c[3], c[4], c[5]) print(c[6].message)`,
		}, "a.b.d\ta.x\ttrue\ttrue\tfalse\n'...x' goes above the outermost package of the module 'a.b.c'\n"},
		"relative names later, in a coroutine, by pcall": {project{
			files: map[string]string{
				"p/init.lua": "return {get = function() return coroutine.wrap(function() return select(2, pcall(require, '.late')) end)() end}",
				"p/late.lua": "return 'late'",
			},
			script: `print(require("p").get())`,
		}, "late\n"},
		"a relative name in the script says why not": {project{
			script: `local ok, e = pcall(require, ".x") print(e.kind, e.message) print(e.hint)`,
		}, "module.not_found\t'.x' is a name in a package, and this code is in none\n" +
			"write 'x', or './x.lua' for the file beside this one; 'gscript -m package' runs a package's main.lua as part of it\n"},
		"a relative name in a module without a package": {project{
			files:  map[string]string{"a.lua": "return require '.x'"},
			script: `local ok, e = pcall(require, "a") print(e.message)`,
		}, "'.x' is a name in a package, and the module 'a' is in none\n"},
		"paths": {project{
			files: map[string]string{
				"lib/a.lua": "return {require './b.lua', require '../c.lua', require './b', require './p'}",
				"lib/b.lua": "count = (count or 0) + 1 return ...", "c.lua": "return ...", "lib/p/init.lua": "return ...",
			},
			script: `
				local a = require "./lib/a.lua"
				print(a[1], a[2], a[3], a[4], count)
				print(require "lib.b", require("lib.a") == a, count)`,
		}, "lib.b\tc\tlib.b\tlib.p\t1\nlib.b\ttrue\t1\n"},
		"a path to what no name finds": {project{
			files:  map[string]string{"odd.dir/my-file.lua": "return {n = 1}"},
			script: `local a = require "./odd.dir/my-file.lua" print(a.n, require "./odd.dir/my-file.lua" == a)`,
		}, "1\ttrue\n"},
		"a namespace package of two roots": {project{
			files: map[string]string{"ns/one.lua": "return 1", "lib/ns/two.lua": "return 2", "lib/ns/deep/three.lua": "return 3"},
			path:  []string{"lib"},
			script: `
				print(require "ns.one", require "ns.two", tostring(require "ns"))
				local ns = require "ns"
				print(ns.one, ns.two, ns.deep.three, select(2, pcall(function() return ns.four end)).kind)`,
		}, "1\t2\tnamespace ns\n1\t2\t3\tmodule.not_found\n"},
		"an init.lua anywhere ends a namespace": {project{
			files:  map[string]string{"ns/one.lua": "return 1", "lib/ns/init.lua": "return 'whole'"},
			path:   []string{"lib"},
			script: `print(require "ns")`,
		}, "whole\n"},
		"a directory without Lua is no package": {project{
			files:  map[string]string{"data/x.txt": "x"},
			script: `print(select(2, pcall(require, "data")).kind)`,
		}, "module.not_found\n"},
		"the script's directory before the path, lua_modules after it": {project{
			files: map[string]string{
				"a.lua": "return 'script'", "lib/a.lua": "return 'path'", "lib/b.lua": "return 'path'",
				"lua_modules/b.lua": "return 'others'", "lua_modules/c.lua": "return 'others'", "lua_modules/d/init.lua": "return 'package'",
			},
			path:   []string{"lib"},
			script: `print(require "a", require "b", require "c", require "d")`,
		}, "script\tpath\tothers\tpackage\n"},
		"archives": {project{
			files: map[string]string{
				"lib.zip!a.lua": "return ...", "lib.zip!p/init.lua": "return {require '.q', require './q.lua'}", "lib.zip!p/q.lua": "return ...",
				"lib.zip!src/b.lua": "return ...", "lib.zip!n/s.lua": "return ...",
			},
			path: []string{"lib.zip", "lib.zip/src"},
			script: `
				local p = require "p"
				print(require "a", p[1], p[2], require "b", require("n").s)
				print(package.searchpath("a", package.path), package.path)`,
		}, "a\tp.q\tp.q\tb\tn.s\nlib.zip/a.lua\tlib.zip/?.lua;lib.zip/?/init.lua;lib.zip/src/?.lua;lib.zip/src/?/init.lua\n"},
		"an archive in package.path, changed meanwhile": {project{
			files: map[string]string{"one.zip!a.lua": "return 'one'", "two.zip!b.lua": "return 'two'"},
			script: `
				package.path = "x.zip"
				print(pcall(require, "a"))
				assert(os.rename("one.zip", "x.zip"))
				print(require "a")
				assert(os.rename("two.zip", "x.zip"))
				print(require "b")`,
		}, "false\tthere is no module 'a'; no file"},
		"the library": {project{
			script: `
				local deep = require "deep"
				print(require("words")[2], deep.name, deep.inner == require "deep.inner", deep.beside == deep.inner)`,
		}, "in\tdeep\ttrue\ttrue\n"},
		"a byte order mark and a shebang": {project{
			files:  map[string]string{"a.lua": "\ufeff#!/usr/bin/gscript\nreturn 'skipped'"},
			script: `print(require "a")`,
		}, "skipped\n"},
		"false and nil": {project{
			files:  map[string]string{"no.lua": "n = (n or 0) + 1 return false", "none.lua": "m = (m or 0) + 1"},
			script: `print(require "no", require "no", n, require "none", require "none", m)`,
		}, "false\tfalse\t1\ttrue\ttrue\t1\n"},
		"a module that puts itself there": {project{
			files:  map[string]string{"a.lua": "package.loaded[...] = {1}"},
			script: `print(require("a")[1])`,
		}, "1\n"},
		"functions in package.loaders": {project{
			script: `
				assert(package.loaders == package.searchers and #package.loaders == 3)
				table.insert(package.loaders, 2, function(name)
					if name == "words" then return function(...) return {...} end, "from afar" end
					return "\n\tno word '" .. name .. "'"
				end)
				print(unpack(require "words"))
				local ok, e = pcall(require, "wrods")
				print(e.message:match("; no word.*"), e.hint)
				print(type(package.loaders[4]("main")), package.loaders[3]("none"), package.loaders[1]("none"))
				print(package.loaders[4]("none"):match("no file"))`,
		}, "words\tfrom afar\n; no word 'wrods'\tdid you mean 'words'?\nfunction\tnil\tnil\nno file\n"},
		"a bad loader": {project{
			script: `table.insert(package.loaders, 1, function() return 7 end) print(select(2, pcall(require, "x")))`,
		}, "a function in package.loaders returned 7 for 'x'\n"},
		"package.preload": {project{
			script: `package.preload["odd/name"] = function(...) return {...} end print(unpack(require "odd/name"))`,
		}, "odd/name\n"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			out, _, err := tt.run(t)
			if err != nil {
				t.Fatalf("%v\nprinted\n%s", err, out)
			}
			if !strings.HasPrefix(out, tt.want) || strings.HasSuffix(tt.want, "\n") && out != tt.want {
				t.Errorf("printed\n%s\nwant\n%s", out, tt.want)
			}
		})
	}
}

// What fails says why, each time anew.
func TestRequireFails(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		project
		want []string // lines
	}{
		"a module that fails runs again, with its own error": {project{
			files: map[string]string{"bad.lua": "n = (n or 0) + 1 package.loaded[...] = {} error('failed ' .. n, 0)"},
			script: `
				print(pcall(require, "bad")) print(pcall(require, "bad")) print(package.loaded.bad)`,
		}, []string{"false\tfailed 1", "false\tfailed 2", "nil"}},
		"until it is right": {project{
			files: map[string]string{"bad.lua": "if not ready then error {code = 7} end return 'fine'"},
			script: `
				print(select(2, pcall(require, "bad")).code) ready = true print(require "bad")`,
		}, []string{"7", "fine"}},
		"a syntax error names the file": {project{
			files:  map[string]string{"bad.lua": "x = = 1"},
			script: `local ok, e = pcall(require, "bad") print(e.kind, (tostring(e):gsub(".*bad.lua", "bad.lua"):sub(1, 10)))`,
		}, []string{"syntax\tbad.lua:1:"}},
		"a cycle is told whole": {project{
			files: map[string]string{"a.lua": "require 'p.b'", "p/b.lua": "require './../c.lua'", "c.lua": "require 'a'"},
			script: `local ok, e = pcall(require, "a") print(e.kind, e.message)
				local ok, e = pcall(require, "c") print(e.message)`,
		}, []string{"module.loop\tmodules require each other: a → p.b → c → a", "modules require each other: c → a → p.b → c"}},
		"near names, built in and in files": {project{
			files: map[string]string{"helper.lua": "", "lib/wordz.lua": "", "p/query.lua": "", "p/quarry.lua": ""},
			path:  []string{"lib"},
			script: `
				for _, name in ipairs{"helpr", "Helper", "word", "p.quary", "demmo"} do
					local ok, e = pcall(require, name)
					print(e.kind, e.hint)
				end
				local ok, e = pcall(require, "zzzzzz")
				print(#e.tried, e.hint, e.message:match("zzzzzz.lua, .*zzzzzz.init.lua, lib.zzzzzz.lua") ~= nil)`,
		}, []string{
			"module.not_found\tdid you mean 'helper'?", "module.not_found\tdid you mean 'helper'?",
			"module.not_found\tdid you mean 'words' or 'wordz'?",
			"module.not_found\tdid you mean 'p.quarry' or 'p.query'?", "module.not_found\tdid you mean 'demo'?",
			"6\tnil\ttrue",
		}},
		"names that are none": {project{
			files: map[string]string{"a/b.lua": ""},
			script: `
				for _, name in ipairs{"a/b", "a\\b", "a..b", "a.", "", "/a/b.lua", "a\0b", "a.lua"} do
					local ok, e = pcall(require, name)
					print(e.kind, e.message:match("^[^;]*"), e.hint)
				end`,
		}, []string{
			"module.not_found\t'a/b' is no name of a module: dots separate packages, not slashes\twrite 'a.b' for the module, or './a/b' for the file beside this one",
			"module.not_found\t'a\\b' is no name of a module: dots separate packages, not slashes\twrite 'a.b' for the module, or './a\\b' for the file beside this one",
			"module.not_found\t'a..b' is no name of a module: two dots stand in it\t'..name' at the start means the package above; inside a name one dot separates packages",
			"module.not_found\t'a.' is no name of a module: it begins or ends with a dot\tnil",
			"module.not_found\t'' is no name of a module: it is empty\tnil",
			"module.not_found\t'/a/b.lua' is no name of a module: it is a path\tload a file by its path with import.file(\"/a/b.lua\")",
			"module.not_found\t'a\x00b' is no name of a module: it holds a control character\tnil",
			"module.not_found\tthere is no module 'a.lua'\twrite 'a' for the module, or './a.lua' for the file beside this one",
		}},
		"a broken archive": {project{
			files:  map[string]string{"bad.zip": "PK nothing"},
			path:   []string{"bad.zip"},
			script: `local ok, e = pcall(require, "a") print(e.kind, e.message) print(require "words" [1])`,
		}, []string{"module.not_found\tthere is no module 'a', and not all places could be looked at: bad.zip cannot be read as a zip archive: zip: not a valid zip file", "built"}},
		"a way out of an archive": {project{
			files: map[string]string{"lib.zip!a.lua": "return require './../../secret.lua'", "secret.lua": "return 'secret'", "lib.zip!../evil.lua": "return 'evil'"},
			path:  []string{"lib.zip"},
			script: `
				local ok, e = pcall(require, "a") print(ok, e.kind)
				package.path = "lib.zip/../../?.lua;lib.zip/../?.lua"
				print(pcall(require, "evil"))`,
		}, []string{"false\tmodule.not_found", "false\tthere is no module 'evil'"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			out, _, err := tt.run(t)
			if err != nil {
				t.Fatalf("%v\nprinted\n%s", err, out)
			}
			got := strings.Split(strings.TrimRight(out, "\n"), "\n")
			for i, want := range tt.want {
				if i >= len(got) || !strings.HasPrefix(got[i], want) {
					t.Fatalf("line %d of\n%s\nwant\n%s", i+1, out, want)
				}
			}
		})
	}
}

// The working directory is searched for nobody who did not ask for it.
func TestRequireNeverLooksIntoTheWorkingDirectory(t *testing.T) {
	t.Parallel()
	dir := tree(t, map[string]string{"a.lua": "return 'wrong'", "scripts/main.lua": "require 'a'"})
	e := engine.New(engine.Options{Dir: dir, Permissions: host.AllowAll()})
	for name, run := range map[string]func(s *engine.State) error{
		"a script in a directory": func(s *engine.State) error {
			_, err := s.RunFile(t.Context(), filepath.Join(dir, "scripts", "main.lua"))
			return err
		},
		"a script without a file": func(s *engine.State) error {
			_, err := s.Run(t.Context(), "-e", "require 'a'")
			return err
		},
	} {
		s := e.NewState(t.Context())
		if err := run(s); engine.KindOf(err) != "module.not_found" {
			t.Errorf("%s ends with %v", name, err)
		}
		s.Close()
	}
}

func TestShadowedModules(t *testing.T) {
	t.Parallel()
	out, log, err := project{
		files:  map[string]string{"words.lua": "return {'mine'}", "demo/init.lua": "", "lib/deep.lua": ""},
		path:   []string{"lib"},
		script: `print(require("words")[1], type(require("demo").echo), require("deep").name, require("./words.lua")[1])`,
	}.run(t)
	if err != nil || out != "built\tfunction\tdeep\tmine\n" {
		t.Errorf("printed %q, %v", out, err)
	}
	for _, want := range []string{`module=words file=words.lua`, `module=demo file=demo` + string(filepath.Separator) + `init.lua`} {
		if !strings.Contains(log, want) || !strings.Contains(log, "require takes the built-in one") {
			t.Errorf("the log has no %q: %s", want, log)
		}
	}
	if n := strings.Count(log, "\n"); n != 2 {
		t.Errorf("%d warnings: %s", n, log)
	}
}

// The source of a module of the library, beside the script, is no other module.
func TestShadowingSourceOfTheLibrary(t *testing.T) {
	t.Parallel()
	out, log, err := project{
		files:  map[string]string{"words.lua": "return {'built', 'in'}"},
		script: `print(require("words")[1])`,
	}.run(t)
	if err != nil || out != "built\n" || log != "" {
		t.Errorf("printed %q, logged %q, %v", out, log, err)
	}
}

func TestScriptRequiredAsModule(t *testing.T) {
	t.Parallel()
	out, log, err := project{
		files:  map[string]string{"a.lua": "return require 'main'"},
		script: `runs = (runs or 0) + 1 if runs == 1 then require "a" print(runs) end`,
	}.run(t)
	if err != nil || out != "2\n" || !strings.Contains(log, "runs a second time") {
		t.Errorf("printed %q, logged %q, %v", out, log, err)
	}
}

// Without the permission to read, files are not looked for, and built-in modules
// are there in silence.
func TestRequireAsksToRead(t *testing.T) {
	t.Parallel()
	out, log, err := project{
		files:  map[string]string{"words.lua": "", "lib.zip!a.lua": "return 1"},
		path:   []string{"lib.zip"},
		script: `print(require("words")[1]) local ok, e = pcall(require, "a") print(e.kind, e.hint:match("%-%-allow%-read"))`,
		grant:  &host.Permissions{},
	}.run(t)
	if err != nil || out != "built\npermission.denied\t--allow-read\n" || log != "" {
		t.Errorf("printed %q, logged %q, %v", out, log, err)
	}
}

func TestRunModule(t *testing.T) {
	t.Parallel()
	dir := tree(t, map[string]string{
		"pkg/main.lua": "print((require '.sub').name, require('other'), arg[0], ...)", "pkg/sub.lua": "return {name = ...}",
		"other.lua": "return 'other'", "single.lua": "print 'single'",
		"app.zip!tool/main.lua": "print(require '.part', require 'other')", "app.zip!tool/part.lua": "return ...",
	})
	for _, tt := range []struct{ name, want, message string }{
		{"pkg", "pkg.sub\tother\t" + filepath.Join("pkg", "main.lua") + "\tx\n", ""},
		{"single", "single\n", ""},
		{"tool", "tool.part\tother\n", ""},
		{"pgk", "", "there is no package 'pgk' with a main.lua, and no module of that name; no file pgk"},
		{"./pkg", "", "'./pkg' is no name of a module: dots separate packages, not slashes"},
	} {
		var out bytes.Buffer
		s := engine.New(engine.Options{Dir: dir, Permissions: host.AllowAll(), Stdout: &out, Path: []string{"app.zip"}}).NewState(t.Context())
		_, err := s.RunModule(t.Context(), tt.name, "x")
		s.Close()
		if tt.message == "" && err != nil || tt.message != "" && (err == nil || !strings.HasPrefix(err.Error(), tt.message)) {
			t.Errorf("%s ends with %v", tt.name, err)
		}
		if out.String() != tt.want {
			t.Errorf("%s printed %q, want %q", tt.name, out.String(), tt.want)
		}
	}
}
