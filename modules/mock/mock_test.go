package mock_test

import (
	"strings"
	"testing"

	"go.uber.org/goleak"

	"github.com/gscript-lang/gscript/engine"
	"github.com/gscript-lang/gscript/engine/host"
	"github.com/gscript-lang/gscript/modules/async"
	"github.com/gscript-lang/gscript/modules/fs"
	"github.com/gscript-lang/gscript/modules/http"
	"github.com/gscript-lang/gscript/modules/internal/moduletest"
	"github.com/gscript-lang/gscript/modules/json"
	"github.com/gscript-lang/gscript/modules/mock"
	"github.com/gscript-lang/gscript/modules/sched"
	"github.com/gscript-lang/gscript/modules/subprocess"
	"github.com/gscript-lang/gscript/modules/time"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func world(t *testing.T) *moduletest.World {
	return moduletest.New(t, mock.Module(), async.Module(), fs.Module(), http.Module(), json.Module(), sched.Module(), subprocess.Module(), time.Module())
}

// Each piece says by its comments what it prints.
func TestPieces(t *testing.T) {
	t.Parallel()
	for name, source := range pieces {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			out := world(t).Run(t, "local mock = require \"mock\"\n"+source)
			want, ok := moduletest.Expected(source)
			if !ok {
				t.Fatal("the piece expects nothing")
			}
			if diff := moduletest.Diff(out, want); diff != "" {
				t.Error(diff)
			}
		})
	}
}

var pieces = map[string]string{
	"arguments are copied when the call is made": `
		local m, list = mock.fn(), {1, {2}}
		m(list)
		list[2][1] = "changed"
		m:called_with({1, {2}})
		print(m.calls[1].args[1][2][1])   --> 2`,
	"nil among arguments and results": `
		local m = mock.fn():returns(nil, 2, nil)
		print(select("#", m(nil, "x", nil)))   --> 3
		print(m.calls[1].args.n, m.calls[1].args[2], m.calls[1].results.n)   --> 3	x	3
		m:called_with(nil, "x", nil)
		print(pcall(m.called_with, m, nil, "x"))   --> false	mock.Mock:called_with: …
		--> …
		--> …
		--> …
		--> …`,
	"cycles": `
		local m, loop = mock.fn(), {}
		loop.self = loop
		m(loop)
		m:called_with(loop)
		print(m.calls[1].args[1].self == m.calls[1].args[1])   --> true`,
	"errors are raised as they are and remembered": `
		local own = {}
		local m = mock.fn():raises(own)
		local ok, e = pcall(m)
		print(ok, e == own, m.calls[1].error ~= nil, m.calls[1].results)   --> false	true	true	nil`,
	"a misspelt assertion is an error": `
		local m = mock.fn()
		m(1)
		local _, e = try(function() m:caled_with(1) end)
		print(e.kind, e.message, e.hint)   --> mock.unknown	the mock function has no 'caled_with'	did you mean 'called_with'?
		local db = mock.new{name="db"}
		db.get:returns(1)
		_, e = try(function() db.get:called_onse() end)
		print(e.message, e.hint)   --> the mock db.get has no 'called_onse'	did you mean 'called_once'?
		_, e = try(function() db.gett:not_called() end)
		print(e.message, e.hint)   --> the mock db has no 'gett'	did you mean 'get'?`,
	"a mock without a behaviour is not called": `
		local m = mock.new{name="db"}
		local _, e = try(function() m() end)
		print(e.kind, e.message)   --> mock.unknown	nothing says what a call of the mock db does
		local loose = mock.new{strict=false}
		print(loose.anything.at.all(1), loose.anything.at.all.count)   --> nil	1`,
	"calls with a colon and with a dot": `
		local db = mock.new{name="db"}
		db.get:returns(1)
		db:get("a")
		db.get("a")
		db.get:has_calls{{"a"}, {"a"}}
		print(db.get.calls[1].method, db.get.calls[2].method)   --> true	false`,
	"like a class": `
		local Base = {} Base.__index = Base
		function Base:open(path) end
		local File = setmetatable({size=3}, Base) File.__index = File
		function File.read(self, n, ...) end
		local m = mock.of(File, {name="file"})
		m:open("x")
		m:read(1, 2, 3, 4)
		print(m.size)   --> 3
		local _, e = try(m.open, m, "x", "y")
		print(e.kind, e.message)   --> mock.arity	file.open takes up to 2 arguments, it was called with 3
		_, e = try(function() m.version = 1 end)
		print(e.kind)   --> mock.unknown`,
	"like a module, by its declaration": `
		local m = mock.of("http")
		m.get:returns({status=200})
		print(m.get("https://example.com").status)   --> 200
		local _, e = try(m.get)
		print(e.kind, e.message)   --> args.invalid	argument 'url' is missing: it must be string
		_, e = try(m.get, "https://example.com", {timeot=3})
		print(e.kind, e.hint)   --> args.unknown	did you mean 'timeout'?
		_, e = try(function() m.gett("x") end)
		print(e.hint)   --> did you mean 'get'?`,
	"a spy calls through with everything": `
		local calls = 0
		local spy = mock.spy(function(...) calls = calls + 1 return select("#", ...), nil, "end" end)
		print(spy(nil, nil))   --> 2	nil	end
		print(calls, spy.calls[1].results.n)   --> 1	3
		local t = {double = function(n) return 2 * n end}
		local all = mock.spy(t)
		print(all.double(4), all.double.count)   --> 8	1`,
	"sequences": `
		local m = mock.fn():sequence{1, 2, loop=true}
		print(m(), m(), m())   --> 1	2	1
		local short = mock.fn(nil, {name="short"}):sequence{1}
		short()
		local _, e = try(short)
		print(e.message)   --> the mock short was called twice, and its sequence has 1`,
	"matchers inside tables": `
		local m = mock.fn()
		m({id=7, name="ann", tags={"x", "y"}})
		m:called_with({id=mock.match("number"), name=mock.match("^a"), tags={mock.any, "y"}})
		m:called_with(mock.match{name="ann", tags={"x"}})
		print(pcall(m.called_with, m, {id=mock.match("string"), name=mock.any, tags=mock.any}))   --> false	…
		--> …
		--> …
		--> …
		--> …`,
	"sentinels": `
		local m = mock.fn():returns(mock.sentinel.row)
		print(m() == mock.sentinel.row, m() == mock.sentinel.other, mock.sentinel.row)   --> true	false	mock.sentinel.row`,
	"patches are taken back in reverse, also after a failure": `
		local t = {n=1}
		local ok, e = pcall(mock.patch, t, "n", 2, function()
			mock.patch(t, "n", 3, function() error("inside " .. t.n, 0) end)
		end)
		print(ok, e, t.n)   --> false	inside 3	1
		local first = mock.patch(t, "n", 2)
		local second = mock.patch(t, "n", 3)
		first:undo()
		print(t.n)   --> 1
		second:undo()
		print(t.n)   --> 1`,
	"modules can be patched": `
		local json = require "json"
		local decode = json.decode
		local r = mock.patch("json.decode", mock.fn():returns("fake"), function(m)
			local got = json.decode("1")
			m:called_once_with("1")
			return got, decode("1")
		end)
		print(r, json.decode("1"))   --> fake	1
		local _, e = try(mock.patch, "json.decod", 1)
		print(e.kind, e.hint)   --> mock.unknown	did you mean 'decode'?
		_, e = try(mock.patch, "nowhere.fn", 1)
		print(e.message)   --> there is no module and no global 'nowhere'
		print(try(function() json.decode = 1 end))   --> nil	the module json is read-only: 'decode' cannot be set`,
	"globals and nested tables can be patched": `
		app = {db = {get = function() return "real" end}}
		mock.patch("app.db.get", function() return "fake" end, function() print(app.db.get()) end)   --> fake
		print(app.db.get())   --> real
		mock.patch(app, {extra=1, db=2}, function() print(app.extra + app.db) end)   --> 3
		print(app.extra, type(app.db))   --> nil	table`,
	"what a body returns comes through": `
		print(mock.patch({a=1}, "a", 2, function(v) return v, nil, 3 end))   --> 2	nil	3`,
	"properties": `
		local t = setmetatable({x=1}, {__index={y=2}})
		local x = mock.property(t, "x", function(v) return "computed" end)
		print(t.x, t.y, t.z)   --> computed	2	nil
		t.x = 5
		t.q = 6
		x:has_calls{{}, {5}}
		print(rawget(t, "q"))   --> 6
		mock.restore()
		print(t.x, t.y)   --> 1	2`,
	"a mock goes where a function goes": `
		local async = require "async"
		local m = mock.fn():returns(4)
		print(async.spawn(m, 1):await(), m.count)   --> 4	1`,
	"any mock may wait": `
		local async = require "async"
		local m = mock.fn(function() async.sleep(0) return "waited" end)
		print(m())   --> waited`,
	"files in memory for code that wants a handle": `
		local f = mock.file("one\ntwo")
		for line in f:lines() do print(line) end
		--> one
		--> two
		f:seek("set")
		f:write("ONE")
		f:seek("set")
		print((f:read("*a"):gsub("\n", "|")))   --> ONE|two
		f:close()
		print(io.open("mock file"))   --> nil	mock file: No such file or directory	2`,
}

func TestArguments(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ source, kind string }{
		"patch without a value":       {`mock.patch("os.time")`, engine.KindInvalid},
		"patch of a number":           {`mock.patch(1, "x", 2)`, engine.KindInvalid},
		"patch with a bad body":       {`mock.patch({a=1}, "a", 2, 3)`, engine.KindInvalid},
		"patch of a bare name":        {`mock.patch("print", 2)`, engine.KindInvalid},
		"match of a boolean":          {`mock.match(true)`, engine.KindInvalid},
		"of nothing":                  {`mock.of("no.such.module")`, engine.KindInvalid},
		"a date that is none":         {`mock.clock("yesterday")`, engine.KindInvalid},
		"a file that is a number":     {`mock.fs{a=1}`, engine.KindInvalid},
		"an answer with a wrong word": {`mock.http{["https://x/"]={stauts=200}} require("http").get("https://x/")`, engine.KindInvalid},
		"routes in a list":            {`mock.http{"https://x/"}`, engine.KindInvalid},
		"a call that was not made":    {`local m = mock.fn() m:called(1)`, "test.failed"},
		"a recursive mock":            {`local m = mock.fn() m:does(function() return 1 + m() end) m()`, "lua.stack_overflow"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			out, err := world(t).Try(t, "local mock = require \"mock\"\n"+c.source)
			kind := engine.KindOf(err)
			if kind != c.kind && !(strings.HasPrefix(c.kind, "lua.") && err != nil && strings.Contains(err.Error(), "overflow")) {
				t.Errorf("ends with %v (%s), want %s\n%s", err, kind, c.kind, out)
			}
		})
	}
}

// A fake gives nobody what the permissions do not.
func TestFakesAskForPermission(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		source string
		p      host.Permissions
	}{
		"http":       {`mock.http{["https://x.example/"]="hi"} require("http").get("https://x.example/")`, host.Permissions{}.Allow(host.Net, "y.example")},
		"read":       {`mock.fs{["/etc/a"]="x"} require("fs").read("/etc/a")`, host.Permissions{}.Allow(host.Read, "/tmp")},
		"write":      {`mock.fs() require("fs").write("/etc/a", "x")`, host.Permissions{}.Allow(host.Read)},
		"link":       {`mock.fs{["/secret/a"]="x"} require("fs").symlink("/secret/a", "/tmp/l")`, host.Permissions{}.Allow(host.Read, "/tmp").Allow(host.Write, "/tmp")},
		"subprocess": {`mock.subprocess{["git status"]=""} require("subprocess").run{"git", "status"}`, host.Permissions{}.Allow(host.Run, "ls")},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := world(t)
			w.Permissions = &c.p
			w.Fail(t, engine.KindDenied, "local mock = require \"mock\"\n"+c.source)
		})
	}
	w := world(t)
	p := host.Permissions{}.Allow(host.Net, "*.example:443").Allow(host.Run, "git").Allow(host.Read, "/etc")
	w.Permissions = &p
	w.Run(t, `local mock = require "mock"
		mock.http{["https://x.example/"]="hi"} require("http").get("https://x.example/")
		mock.subprocess{["git status"]=""} require("subprocess").run{"git", "status"}
		mock.fs{["/etc/a"]="x"} require("fs").read("/etc/a")`)
}
