package imports_test

import (
	"archive/zip"
	"bytes"
	"io"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"

	"go.uber.org/goleak"

	"github.com/gscript-lang/gscript/engine"
	"github.com/gscript-lang/gscript/engine/isolate"
	"github.com/gscript-lang/gscript/modules"
	"github.com/gscript-lang/gscript/modules/internal/moduletest"
)

// processes starts the worker processes of scripts: this test binary is their
// program, too.
var processes engine.Processes

var library = fstest.MapFS{
	"shop/init.lua":   {Data: []byte(`return {name = require("import").resource("", "name.txt")}`)},
	"shop/name.txt":   {Data: []byte("corner shop")},
	"shop/prices.lua": {Data: []byte(`return {apple = 3}`)},
}

func TestMain(m *testing.M) {
	processes = isolate.Child(engine.Options{Modules: modules.All(), Library: library})
	goleak.VerifyTestMain(m)
}

// run runs main.lua among the files, whose directory is left out of what it
// prints.
func run(t *testing.T, files map[string]string, script string) (string, error) {
	t.Helper()
	if files == nil {
		files = map[string]string{}
	}
	w := &moduletest.World{Dir: t.TempDir(), Modules: modules.All(), Library: library, Files: files, Processes: processes}
	out, err := w.Try(t, "local import, script = require 'import', require 'script'\n"+script)
	return strings.ReplaceAll(out, w.Dir+string(filepath.Separator), ""), err
}

func TestImport(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		files        map[string]string
		script, want string
	}{
		"members": {
			map[string]string{"m.lua": "return {a = 1, b = false, longer = 3}", "p/init.lua": "return {}", "p/sub.lua": "return 'sub'"},
			`print(import("m", "a", "b")) print(import.from("p", "sub"), import("m").a)
			local ok, e = pcall(import, "m", "a", "longre") print(e.message, e.hint)
			local ok, e = pcall(import, "m", "zzzzzzz") print(e.message, e.hint)
			local ok, e = pcall(import, "json", "encod") print(e.hint)
			local ok, e = pcall(import, "nothing") print(e.kind)`,
			"1\tfalse\nsub\t1\nthe module m has no 'longre'\tdid you mean 'longer'?\nthe module m has no 'zzzzzzz'\tit has a, b, longer\ndid you mean 'encode'?\nmodule.not_found\n",
		},
		"members of a module that computes them": {
			map[string]string{"m.lua": "return setmetatable({}, {__index = function(_, k) return k .. '!' end})"},
			`print(import("m", "hello"))`,
			"hello!\n",
		},
		"find": {
			map[string]string{"a.lua": "error 'it ran'", "p/init.lua": "", "n/x.lua": ""},
			`for _, name in ipairs{"a", "p", "n", "json", "shop.prices", "./a.lua", "nothing"} do
				local m = import.find(name)
				if m then print(m.name, m.kind, m.file, m.package) else print(m) end
			end
			print(pcall(import.find, "a/b"))`,
			"a\tfile\ta.lua\tfalse\np\tfile\tp/init.lua\ttrue\nn\tnamespace\tn\ttrue\njson\tbuiltin\tnil\tfalse\n" +
				"shop.prices\tlibrary\tstdlib/shop/prices.lua\tfalse\na\tfile\ta.lua\tfalse\nnil\n" +
				"false\timport.find: 'a/b' is no name of a module: dots separate packages, not slashes\n",
		},
		"reload in place": {
			nil,
			`local fs = require "fs"
			fs.write("conf.lua", "local M = {old = 1, n = 0} function M.up() M.n = M.n + 1 return M.n end return M")
			local conf, up = require "conf", nil
			up = conf.up
			fs.write("conf.lua", "local M = {new = 2, n = 10} function M.up() M.n = M.n + 1 return M.n end return setmetatable(M, {__len = function() return 7 end})")
			print(import.reload(conf) == conf, conf == require "conf", conf.old, conf.new, #conf)
			print(conf.up(), conf.n, up ~= conf.up)
			fs.write("conf.lua", "error('not today', 0)")
			print(pcall(import.reload, "conf"))
			print(conf.new, conf.n, require "conf" == conf)
			fs.write("conf.lua", "return 'no table'")
			print(import.reload("conf"), require "conf")`,
			"true\ttrue\tnil\t2\t7\n11\t11\ttrue\nfalse\tnot today\n2\t11\ttrue\nno table\tno table\n",
		},
		"what cannot be reloaded": {
			map[string]string{"a.lua": "return {}"},
			`for _, m in ipairs{"json", "a", {}, "nothing"} do
				local ok, e = pcall(import.reload, m) print(e.message)
			end
			local ok, e = pcall(import.reload, require "json") print(e.message)`,
			"the module 'json' is not loaded, so that it cannot be reloaded\nthe module 'a' is not loaded, so that it cannot be reloaded\na table is no module that was required\n" +
				"the module 'nothing' is not loaded, so that it cannot be reloaded\nthe module 'json' is built in: there is nothing to reload\n",
		},
		"reload of a module that requires itself by a circle": {
			map[string]string{"a.lua": "return {b = require 'b'}", "b.lua": "return {get = function() return require 'a' end, seen = package.loaded.a}"},
			`local a = require "a" package.loaded.b = nil
			print(import.reload(a) == a, a.b.seen == a, a.b.get() == a)`,
			"true\ttrue\ttrue\n",
		},
		"resources": {
			map[string]string{"data/init.lua": "return {get = function(f) return require('import').resource('', f) end}", "data/words/a.txt": "letter", "mine.txt": "script's", "n/x.lua": "", "n/x.txt": "of a namespace"},
			`print(import.resource("data", "words/a.txt"), require("data").get("words/a.txt"), import.resource("", "mine.txt"), import.resource("n", "x.txt"))
			print(import.resource("shop", "name.txt"), require("shop").name)
			for _, f in ipairs{"words/b.txt", "../mine.txt", "/etc/passwd", ""} do
				local ok, e = pcall(import.resource, "data", f) print(e.kind, e.hint)
			end
			print(select(2, pcall(import.resource, "json", "x")).message)`,
			"letter\tletter\tscript's\tof a namespace\ncorner shop\tcorner shop\n" +
				"fs.not_found\tdid you mean 'words/a.txt'?\n" + strings.Repeat("args.invalid\tgive a path such as 'data/table.json', with neither '..' nor a '/' in front\n", 3) +
				"the module 'json' has no files: it is made by the program itself\n",
		},
		"graph": {
			map[string]string{"a.lua": "return {require 'b', require 'json'}", "b.lua": "return require('c')", "c.lua": "return {}", "bad.lua": "error 'x'"},
			`pcall(require, "bad") require "a" require "c"
			for _, m in ipairs(import.graph()) do
				print(m.name, m.kind, m.by, table.concat(m.requires, " "))
				assert(m.own <= m.time)
			end`,
			"import\tbuiltin\tnil\t\nscript\tbuiltin\tnil\t\nc\tfile\tb\t\nb\tfile\ta\tc\njson\tbuiltin\ta\t\na\tfile\tnil\tb json\n",
		},
		"lazy": {
			map[string]string{"m.lua": "print 'loaded' return setmetatable({a = 1}, {__call = function(_, x, y) return x, y end, __tostring = function() return 'M' end})", "bad.lua": "error('broken', 0)"},
			`local m = import.lazy "m" print "before" print(m.a, m(1, 2)) m.b = 5
			print(require("m").b, tostring(m), import.lazy("m") == require "m")
			for k, v in pairs(m) do io.write(k, "=", v, " ") end print()
			local bad = import.lazy "bad" print(pcall(function() return bad.x end))
			print(select(2, pcall(import.lazy, "nothing")).kind)`,
			"before\nloaded\n1\t1\t2\n5\tM\ttrue\na=1 b=5 \nfalse\tbroken\nmodule.not_found\n",
		},
		"files": {
			map[string]string{"x/y.lua": "n = (n or 0) + 1 return {n = n, args = {...}}", "p/q.lua": "return {...}"},
			`local y = import.file("x/y.lua")
			print(y.n, import.file("./x/y.lua") == y, require("x.y") == y, n, y.args[1], y.args[2])
			print(import.file(script.dir .. "/p/q.lua") == require "p.q")
			print(select(2, pcall(import.file, "x/z.lua")).message)`,
			"1\ttrue\ttrue\t1\tx.y\tx/y.lua\ntrue\nthere is no module 'x/z.lua'; no file x/z.lua\n",
		},
		"places and loaders": {
			map[string]string{"lib/a.lua": "return 'a'", "front/a.lua": "return 'front'"},
			`import.add("lib") print(require "a") package.loaded.a = nil
			import.add("front", {first=true}) print(require "a", package.path)
			print(#import.paths, import.paths[3])
			import.loader(function(name) if name == "virtual" or name == "json" then return function(n, f) return {n, f} end, "memory" end end)
			print(require("virtual")[1], require("virtual")[2], import.find("virtual").kind, type(require("json").encode))
			import.loader(function(name) if name == "xml" or name == "hash" then return function() return "first" end end end, {first=true})
			print(require "hash", require "xml", pcall(import.loader, 5))`,
			"a\nfront\tfront/?.lua;front/?/init.lua;lib/?.lua;lib/?/init.lua\n8\tfront/?.lua\nvirtual\tmemory\tloader\tfunction\nfirst\tfirst\tfalse\timport.loader: argument 'loader' must be a function, got 5\n",
		},
		"export in a circle": {
			map[string]string{
				"a.lua": "local M = {} require('import').export(M) M.b = require 'b' return M",
				"b.lua": "local a = require 'a' return {a = a, early = a.b == nil}",
			},
			`local a = require "a" print(a.b.a == a, a.b.early)
			print(pcall(import.export, {}))`,
			"true\ttrue\nfalse\timport.export: no module is being loaded\n",
		},
		"current": {
			map[string]string{"p/init.lua": "return {info = require('import').current(), later = function() return require('import').current() end}"},
			`local p = require "p" print(import.current(), p.info.name, p.info.file, p.info.package, p.later().name)`,
			"nil\tp\tp/init.lua\ttrue\tp\n",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			out, err := run(t, tt.files, tt.script)
			if err != nil {
				t.Fatalf("%v\nprinted\n%s", err, out)
			}
			if !strings.HasPrefix(out, tt.want) || strings.HasSuffix(tt.want, "\n") && out != tt.want {
				t.Errorf("printed\n%s\nwant\n%s", out, tt.want)
			}
		})
	}
}

// Workers find the modules that the script finds, and are not main.
func TestWorkers(t *testing.T) {
	t.Parallel()
	for _, kind := range []string{"thread", "process"} {
		t.Run(kind, func(t *testing.T) {
			t.Parallel()
			out, err := run(t, map[string]string{
				"beside.lua": "return 'beside'", "lib/far.lua": "return 'far'",
				"p/init.lua": "return {work = function() return require '.part', require('.').work ~= nil end}", "p/part.lua": "return 'part'", "p/part2.lua": "return {name = ...}",
			}, `
				import.add("lib")
				local pool, p, kind = require "pool", require "p", "`+kind+`"
				local workers = pool.new{workers=1, kind=kind}
				local r = workers:submit(function()
					local script = require "script"
					return {require "beside", require "far", require("shop").name, script.is_main, script.file, require("import").resource("", "beside.lua")}
				end):result()
				print(r[1], r[2], r[3], r[4], r[5], r[6])
				print(workers:submit(p.work):result())
				local lazy = import.lazy("p.part2")
				print(workers:submit(function() return lazy.name end):result(), lazy.name)
				workers:close()`)
			if want := "beside\tfar\tcorner shop\tfalse\tmain.lua\treturn 'beside'\npart\np.part2\tp.part2\n"; err != nil || out != want {
				t.Errorf("%v, printed\n%s\nwant\n%s", err, out, want)
			}
		})
	}
}

// Functions that find modules stay with the script; a worker that lacks them says
// so.
func TestFindersInWorkers(t *testing.T) {
	t.Parallel()
	for _, kind := range []string{"thread", "process"} {
		for name, finder := range map[string]string{
			"loader":  `import.loader(function(name) if name == "virtual" then return function() return {x = 1} end end end)`,
			"preload": `package.preload.virtual = function() return {x = 1} end`,
			"none":    `package.loaded.virtual = {x = 1}`,
		} {
			t.Run(kind+"/"+name, func(t *testing.T) {
				t.Parallel()
				out, err := run(t, nil, finder+`
					local workers = require("pool").new{workers=1, kind="`+kind+`"}
					print(require("virtual").x)
					local ok, e = pcall(function() return workers:submit(function() return require("virtual").x end):result() end)
					print(e.kind, e.hint)
					print(workers:submit(function()
						require("import").loader(function(name) if name == "virtual" then return function() return {x = 2} end end end)
						return require("virtual").x
					end):result())
					workers:close()`)
				want := "1\nmodule.not_found\tfunctions of the script that find modules, in package.loaders and package.preload, are not in its workers: call import.loader in what the worker runs\n2\n"
				if name == "none" {
					want = "1\nmodule.not_found\tnil\n2\n"
				}
				if err != nil || out != want {
					t.Errorf("%v, printed\n%s\nwant\n%s", err, out, want)
				}
			})
		}
	}
}

// Resources are found by the same names on disk, in an archive and inside the
// program.
func TestResources(t *testing.T) {
	t.Parallel()
	files := map[string]string{
		"init.lua":       `return {get = function(file) return require("import").resource("", file) end}`,
		"part.lua":       `return {get = function(file) return require("import").resource("", file) end}`,
		"data/words.txt": "one\r\ntwo\x00",
	}
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	disk, inside := map[string]string{}, fstest.MapFS{}
	for name, text := range files {
		disk["disk/"+name] = text
		inside["inside/"+name] = &fstest.MapFile{Data: []byte(text)}
		f, err := z.Create("zipped/" + name)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := io.WriteString(f, text); err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	disk["lib.zip"] = b.String()
	for _, pkg := range []string{"disk", "zipped", "inside"} {
		t.Run(pkg, func(t *testing.T) {
			t.Parallel()
			w := &moduletest.World{Dir: t.TempDir(), Modules: modules.All(), Library: inside, Files: disk}
			out, err := w.Try(t, `
				local import = require "import"
				import.add("lib.zip")
				local pkg = "`+pkg+`"
				local words = import.resource(pkg, "data/words.txt")
				print(words == "one\r\ntwo\0", require(pkg).get("data/words.txt") == words,
					require(pkg .. ".part").get("data/words.txt") == words, import.resource(pkg .. ".part", "data/words.txt") == words)
				for _, file in ipairs{"data/wrods.txt", "data", "../lib.zip"} do
					local ok, e = pcall(import.resource, pkg, file)
					print(e.kind, e.hint)
				end`)
			want := "true\ttrue\ttrue\ttrue\n" +
				"fs.not_found\tdid you mean 'data/words.txt'?\nfs.failed\tnil\n" +
				"args.invalid\tgive a path such as 'data/table.json', with neither '..' nor a '/' in front\n"
			if err != nil || out != want {
				t.Errorf("%v, printed\n%s\nwant\n%s", err, out, want)
			}
		})
	}
}

// A small archive of something huge is read no further than shows that.
func TestZipBombs(t *testing.T) {
	t.Parallel()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for _, name := range []string{"big.lua", "p/huge.txt"} {
		f, err := z.Create(name)
		if err != nil {
			t.Fatal(err)
		}
		for range 70 {
			if _, err := f.Write(bytes.Repeat([]byte(" "), 1<<20)); err != nil {
				t.Fatal(err)
			}
		}
	}
	if f, err := z.Create("p/init.lua"); err != nil {
		t.Fatal(err)
	} else if _, err := f.Write([]byte("return {}")); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	out, err := run(t, map[string]string{"lib.zip": b.String()}, `
		import.add("lib.zip")
		print(select(2, pcall(require, "big")).kind)
		print(select(2, pcall(import.resource, "p", "huge.txt")).message)`)
	if want := "limit.source\nlib.zip/p/huge.txt is larger than 64 MiB\n"; err != nil || out != want {
		t.Errorf("%v, printed\n%s\nwant\n%s", err, out, want)
	}
}
