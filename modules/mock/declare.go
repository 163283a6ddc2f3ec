package mock

import "github.com/gscript-lang/gscript/engine"

func makers() []*engine.Function {
	return []*engine.Function{
		engine.Fn("new", "Make a mock with any members. A member is described by what it returns or does; calling one that nobody described is an error.", newMock).
			AsInline().Raises(errUnknown).
			Returning("the mock").
			Example(`
				local mock = require "mock"
				local db = mock.new{name="db"}
				db.get:returns({id=7})
				print(db:get("users", 7).id)   --> 7
				db.get:called_once_with("users", 7)
				local _, e = try(function() return db:gte(1) end)
				print(e.message, e.hint)   --> the mock db has no 'gte'	did you mean 'get'?`),
		engine.Fn("fn", "Make a mock of a function.", newFunction).
			AsInline().
			Returning("the mock, which is called like a function").
			Example(`
				local mock = require "mock"
				local add = mock.fn(function(a, b) return a + b end)
				print(add(1, 2), add.count, add.calls[1].args[2])   --> 3	1	2`),
		engine.Fn("of", "Make a mock with the members of a module or a class, and no others. Its functions return nothing until described, and refuse arguments that the real ones refuse: those of a module by their declaration, Lua functions by their number.", of).
			AsInline().Raises(errUnknown, errArity).
			Returning("the mock").
			Example(`
				local mock = require "mock"
				local Account = {}
				function Account.pay(self, amount) end
				local m = mock.of(Account, {name="account"})
				m.pay:returns(true)
				print(m:pay(5))   --> true
				print((try(m.pay, m, 5, "EUR")))   --> nil
				print(try(function() m:payy(5) end))   --> nil	mock: the mock account has no 'payy'`),
		engine.Fn("spy", "Make a mock that calls through and remembers. With a name it takes the place of the function in the table until the test ends, or until mock.restore.", spy).
			AsInline().Raises(errUnknown).
			Returning("the mock").
			Example(`
				local mock = require "mock"
				local upper = mock.spy(string.upper)
				print(upper("a"), upper.count)   --> A	1
				local path = require "path"
				local join = mock.spy("path", "join")
				path.join("a", "b")
				join:called_once_with("a", "b")
				mock.restore()`),
		engine.Fn("stub", "Put a mock that returns given values in the place of a function, until the test ends or mock.restore is called.", stub).
			AsInline().Raises(errUnknown).
			Returning("the mock").
			Example(`
				local mock = require "mock"
				local now = mock.stub("os", "time", 1000)
				print(os.time(), now.count)   --> 1000	1
				mock.restore()`),
		engine.Fn("patch", "Replace something for a while: what a dotted name means, or a name in a table, or several. With a function at the end, that runs with the replacement, which is then taken back, whatever happened; without, it is taken back when the test ends, by undo or by mock.restore. "+
			"Modules can be patched, too. What was taken out of its table before, as by local decode = json.decode, cannot. A name that is not there is refused, unless names and values come as a table.", patch).
			AsInline().Raises(errUnknown).
			ReturningType("...any", "what the function returned; without one, the mock.Patch").
			Example(`
				local mock = require "mock"
				local json = require "json"
				local got = mock.patch("json.decode", function() return {fake=true} end, function()
					return json.decode("{}").fake
				end)
				print(got, json.decode("{}").fake)   --> true	nil
				local config = {debug=false}
				local p = mock.patch(config, "debug", true)
				print(config.debug)   --> true
				p:undo()
				print(config.debug)   --> false
				mock.patch(config, {debug=1, level=2}, function() print(config.debug + config.level) end)   --> 3`),
		engine.Fn("property", "Have a field of a table computed by a mock, until the test ends or mock.restore is called. Reading calls it without arguments, assigning with the value.", property).
			AsInline().Raises(errUnknown).
			Returning("the mock").
			Example(`
				local mock = require "mock"
				local user = {name="ann"}
				local name = mock.property(user, "name", function() return "bob" end)
				print(user.name, name.count)   --> bob	1
				mock.restore()
				print(user.name)   --> ann`),
		engine.Fn("file", "Open a file that is in memory only, for code that takes an open file.", file).
			AsInline().
			ReturningType("file*", "an open file as io.open gives it, for reading and writing").
			Example(`
				local mock = require "mock"
				local f = mock.file("one\ntwo\n")
				print(f:read("*l"), f:read("*l"))   --> one	two
				f:close()`),
		engine.Fn("match", "Make what stands for many values in an assertion: those of a type, strings that a pattern finds, values that a function says true for, tables that have at least some fields.", match).
			AsInline().
			Returning("the matcher").
			Example(`
				local mock = require "mock"
				local log = mock.fn()
				log("error", {code=500, at=123}, "disk full")
				log:called_with("error", mock.match{code=500}, mock.match("^disk"))
				log:called_with(mock.match("string"), mock.any, mock.match(function(s) return #s > 3 end))`),
		engine.Fn("restore", "Take every replacement of the script back, the last one first: patches, spies, stubs, properties and fakes.", restoreAll).
			AsInline().
			Example(`
				local mock = require "mock"
				mock.patch("os.time", function() return 1 end)
				mock.clock("2024-01-31")
				mock.restore()
				print(os.time() > 1)   --> true`),
	}
}

func fakes() []*engine.Function {
	return []*engine.Function{
		engine.Fn("clock", "Stop the script's time: what asks for it gets this one, and what waits waits until it is moved. async.sleep, sched, timers and timeouts go by it. Time that native code had begun to wait for before goes on by the real clock.", newClock).
			AsInline().
			Returning("the clock").
			Example(`
				local mock, async = require "mock", require "async"
				local clock = mock.clock("2024-01-31 12:00")
				print(os.date("!%H:%M"))   --> 12:00
				async.spawn(function() async.sleep(3600) print("an hour later", os.date("!%H:%M")) end)
				clock:advance("1h30m")   --> an hour later	13:00
				print(os.date("!%H:%M"))   --> 13:30
				clock:restore()`),
		engine.Fn("fs", "Have the script's files in memory: nothing is read from the disk or written to it. Relative names are taken from the real working directory. The permissions are asked for as always. Files of modules are not found either, so require what you need before.", newFiles).
			AsInline().
			Returning("the files").
			Example(`
				local mock = require "mock"
				local files = mock.fs{["app.conf"]="port=80\n", ["logs"]=true}
				print(io.open("app.conf"):read("*l"))   --> port=80
				local f = io.open("logs/today", "w")
				f:write("hello")
				f:close()
				print(files:read("logs/today"))   --> hello
				print(table.concat(files:list(), " "))   --> app.conf logs/today
				files:restore()`),
		engine.Fn("http", "Answer every request that the module http makes, in sessions as well. A route is a method and an address, an address alone, or a path; the query may be left out. "+
			"An answer is a table with status, body, json, headers, delay or error, which is the kind of error to raise; or the body; or the status; or a function that gets the request; or a list of those, one for each request. A request without a route is an error. The permissions are asked for as always.", newHTTP).
			AsInline().Raises(errUnexpected).
			Returning("the routes and the requests that were made").
			Example(`
				local mock, http = require "mock", require "http"
				local web = mock.http{
					["GET https://api.example.com/users/7"] = {json={name="ann"}},
					["POST https://api.example.com/users"] = {{status=503}, {status=201}},
				}
				print(http.get("https://api.example.com/users/7"):json().name)   --> ann
				print(http.post("https://api.example.com/users", {json={name="bob"}}).status)   --> 503
				print(web.requests[2].method, web.requests[2].json.name)   --> POST	bob
				local _, e = try(http.get, "https://api.example.com/user/7")
				print(e.kind, e.message)   --> mock.unexpected	unexpected request: GET https://api.example.com/user/7
				web:restore()`),
		engine.Fn("subprocess", "Answer for every program that the script starts: by the module subprocess, io.popen and os.execute. A route is the program and its arguments with spaces between, or the line for the shell. "+
			"An outcome is a table with stdout, stderr, code, signal, delay or missing=true; or the output; or the code; or a function that gets the command; or a list of those, one for each start. A program without a route is an error. The permissions are asked for as always.", newProcesses).
			AsInline().Raises(errUnexpected).
			Returning("the routes and the commands that were started").
			Example(`
				local mock, subprocess = require "mock", require "subprocess"
				local sh = mock.subprocess{
					["git status"] = {stdout="clean\n"},
					["make *"] = {stderr="no rule\n", code=2},
				}
				io.write(subprocess.run({"git", "status"}).out)   --> clean
				print(subprocess.run({"make", "all"}, {check=false}).code)   --> 2
				print(sh.commands[2].command)   --> make all
				sh:restore()`),
	}
}
