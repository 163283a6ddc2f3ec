package mock_test

import (
	"testing"

	"github.com/gscript-lang/gscript/modules/internal/moduletest"
)

func TestFakes(t *testing.T) {
	t.Parallel()
	for name, source := range fakes {
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

var fakes = map[string]string{
	"a file that cannot be made is named": `
		print(try(mock.fs, {[""]="x"}))              --> nil	mock.fs: a name is empty, so it names no file
		print(try(mock.fs, {["a"]="x", ["a/b"]="y"}))   --> nil	mock.fs: a/b cannot be made: not a directory`,
	"the clock wakes sleepers in order and lets them sleep again": `
		local async, time = require "async", require "time"
		local clock = mock.clock(0)
		for _, n in ipairs{30, 10, 20} do
			async.spawn(function() async.sleep(n) print(n, time.now()) async.sleep(15) print("again", n, time.now()) end)
		end
		print(clock:advance(40))
		--> 10	10
		--> 20	20
		--> again	10	25
		--> 30	30
		--> again	20	35
		--> 40
		clock:advance(5)   --> again	30	45`,
	"a task that wakes another by a queue of waits": `
		local async = require "async"
		local clock = mock.clock(0)
		local first = async.spawn(function() async.sleep(10) return "first" end)
		async.spawn(function() print(first:await()) async.sleep(10) print("second") end)
		clock:advance(20)
		--> first
		--> second`,
	"timeouts go by it": `
		local async = require "async"
		local clock = mock.clock(0)
		async.spawn(function()
			local _, e = try(async.timeout, 5, function() async.sleep(100) end)
			print(e.kind)
		end)
		clock:advance(4)
		print("not yet")
		clock:advance(1)
		--> not yet
		--> timeout`,
	"schedules go by it": `
		local sched, async = require "sched", require "async"
		local clock = mock.clock("2024-01-31 12:00")
		local s = sched.new()
		local n = 0
		s:every("1h", function() n = n + 1 end)
		async.spawn(function() s:run{timeout="24h"} end)
		clock:advance("3h30m")
		print(n)   --> 3
		s:stop()`,
	"os.time, os.date and os.clock": `
		local before = os.clock()
		local clock = mock.clock("2024-02-29T10:00:00Z")
		print(os.time(), os.date("!%Y-%m-%d %H:%M:%S"))   --> 1709200800	2024-02-29 10:00:00
		clock:advance("1h")
		print(os.date("!%H:%M"))   --> 11:00
		mock.restore()
		print(os.date("!%Y") > "2024", os.clock() - before < 1000)   --> true	true`,
	"who waits when the clock is taken back goes on": `
		local async = require "async"
		local clock = mock.clock(0)
		local t = async.spawn(function() async.sleep(0.01) print("awake") end)
		clock:next()
		--> awake
		local u = async.spawn(function() async.sleep(0.01) print("by the real clock") end)
		async.sleep(0)
		clock:restore()
		u:await()   --> by the real clock`,
	"clocks above one another": `
		local one = mock.clock(1000)
		local two = mock.clock(5000)
		print(os.time())   --> 5000
		two:restore()
		print(os.time())   --> 1000`,
	"files: the whole module fs": `
		local fs = require "fs"
		local files = mock.fs{["/data/a.txt"]="one", ["/data/sub/b.txt"]="two", ["/empty"]=true}
		print(fs.read("/data/a.txt"), fs.exists("/empty"), fs.exists("/etc"))   --> one	true	false
		fs.write("/data/c.txt", "three")
		fs.append("/data/c.txt", "!")
		fs.rename("/data/c.txt", "/data/d.txt")
		print(files:read("/data/d.txt"))   --> three!
		fs.mkdir("/new/deep", {parents=true})
		fs.copy("/data/a.txt", "/new/deep/copy")
		fs.symlink("/new/deep/copy", "/link")
		print(fs.read("/link"))   --> one
		local _, e = try(fs.read, "/data/none")
		print(e.kind)   --> fs.not_found
		_, e = try(fs.read, "/data")
		print(e ~= nil)   --> true
		fs.remove("/data/a.txt")
		print(table.concat(files:list(), " "))   --> /data/d.txt /data/sub/b.txt /new/deep/copy
		mock.restore()
		print(fs.exists("/data/d.txt"))   --> false`,
	"files: io and os": `
		local files = mock.fs{["in.txt"]="a\nb\n"}
		for line in io.lines("in.txt") do io.write(line, " ") end
		print()   --> a b
		local f = assert(io.open("out.txt", "a+"))
		f:write("x", 1)
		f:close()
		os.rename("out.txt", "moved.txt")
		print(files:read("moved.txt"), os.remove("nothing"))   --> x1	nil	nothing: No such file or directory	2`,
	"http: what a route may be": `
		local http = require "http"
		local web = mock.http{
			["https://a.example"] = "any method",
			["GET /path"] = 404,
			["GET https://b.example/x?q=1"] = {status=201, headers={["X-A"]="b"}},
			["https://c.example/*"] = function(r) return {json={path=r.path, q=r.query.q, m=r.method}} end,
			["https://d.example/"] = {error="net.timeout"},
			["https://e.example/"] = {1/0 == 0, "a list"},
		}
		print(http.post("https://a.example", {body="x"}).text, web.requests[1].body)   --> any method	x
		print(http.get("http://whatever.example/path").status)   --> 404
		local r = http.get("https://b.example/x?q=1")
		print(r.status, r.headers["x-a"])   --> 201	b
		local j = http.put("https://c.example/deep/er?q=2"):json()
		print(j.path, j.q, j.m)   --> /deep/er	2	PUT
		local _, e = try(http.get, "https://d.example/")
		print(e.kind, e.retryable)   --> net.timeout	true
		_, e = try(http.get, "https://b.example/x?q=2")
		print(e.kind, e.message)   --> mock.unexpected	unexpected request: GET https://b.example/x?q=2
		print(#web.requests)   --> 6`,
	"http: sessions, redirects, retries and cookies work on top": `
		local http = require "http"
		local web = mock.http{
			["GET https://x.example/old"] = {status=302, headers={Location="/new", ["Set-Cookie"]="id=7; Path=/"}},
			["GET https://x.example/new"] = {{status=503}, {json={ok=true}}},
		}
		local s = http.session{retry={total=2, backoff=0}}
		print(s:get("https://x.example/old"):json().ok)   --> true
		print(web.requests[2].headers.cookie, #web.requests)   --> id=7	4
		mock.restore()`,
	"http: an error in a route is the request's": `
		local http = require "http"
		mock.http{["https://x.example/"] = function() error("in the route", 0) end}
		local _, e = try(http.get, "https://x.example/")
		print(tostring(e):find("in the route", 1, true) ~= nil)   --> true`,
	"http: a delay is the fake clock's": `
		local http, async = require "http", require "async"
		local clock = mock.clock(0)
		mock.http{["https://x.example/"] = {body="late", delay="20s"}}
		async.spawn(function() print(http.get("https://x.example/", {timeout=60}).text) end)
		clock:advance("20s")   --> late`,
	"subprocess: every way to start a program": `
		local subprocess = require "subprocess"
		local sh = mock.subprocess{
			["git status"] = "clean\n",
			["sort"] = function(c) return {stdout=c.stdin:upper()} end,
			["ls *"] = {stderr="no such file\n", code=2},
			["gone"] = {missing=true},
			["killed"] = {signal="SIGKILL"},
		}
		io.write(subprocess.run({"git", "status"}).out)   --> clean
		io.write(subprocess.shell("git status").out)   --> clean
		io.write(io.popen("git status"):read("*a"))   --> clean
		print(subprocess.run({"sort"}, {input="abc"}).out)   --> ABC
		local _, e = try(subprocess.run, {"ls", "-l", "x"})
		print(e.kind, e.code, e.err)   --> run.exit	2	no such file
		--> 
		_, e = try(subprocess.run, {"gone"})
		print(e.kind)   --> run.not_found
		print(subprocess.run({"killed"}, {check=false}).signal)   --> SIGKILL
		_, e = try(subprocess.run, {"rm", "-rf", "/"})
		print(e.message)   --> unexpected program: rm -rf /
		print(#sh.commands, sh.commands[4].stdin)   --> 8	abc`,
	"subprocess: a program that takes its time": `
		local subprocess, async = require "subprocess", require "async"
		local clock = mock.clock(0)
		mock.subprocess{["slow"] = {stdout="done", delay=60}}
		async.spawn(function() print(subprocess.run({"slow"}).out) end)
		async.spawn(function()
			local _, e = try(subprocess.run, {"slow"}, {timeout=5})
			print(e.kind)
		end)
		clock:advance(60)
		--> timeout
		--> done`,
}
