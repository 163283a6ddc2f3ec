package mock

import (
	"github.com/gscript-lang/gscript/engine"
	"github.com/gscript-lang/gscript/engine/module"
)

// fresh begins the examples of methods.
const fresh = `
	local mock = require "mock"
	local send = mock.fn()`

var mockNames = []string{
	"returns", "does", "raises", "sequence", "reset", "seal", "member", "calls", "count", "name",
	"called", "called_once", "called_with", "called_once_with", "any_call", "has_calls", "not_called",
}

func mockType() *engine.Type {
	t := engine.TypeOf[*Mock]("mock.Mock", "Stands for a function or an object, and remembers its calls. Its members are mocks too; a member named like a method is reached by member. "+
		"A call with a colon is remembered without the mock itself. Arguments are copied when the call is made, so that what happens to a table later does not change what is remembered.",
		engine.Prop("name", "what failures call it", func(m *Mock) string { return m.name }),
		engine.Prop("count", "how often it was called", func(m *Mock) int { return len(m.calls) }),
		engine.Prop("calls", "the calls, the first one first", (*Mock).records),
	)
	t.AnyKey = true
	t.Stays = "a mock stays in the state that made it; make one in the worker"
	t.Add(behaviours()...)
	t.Add(asserts()...)
	for _, o := range mockOperators() {
		t.Add(o)
	}
	return t
}

func behaviours() []module.Member {
	return []module.Member{
		engine.Method("returns", "Have calls return values.", (*Mock).returns).
			AsInline().Returning("the mock").
			Example(fresh, `
				send:returns(true, "queued")
				print(send("x"))   --> true	queued`),
		engine.Method("does", "Have calls run a function with the arguments.", (*Mock).does).
			AsInline().Returning("the mock").
			Example(fresh, `
				send:does(function(n) return n * 2 end)
				print(send(4))   --> 8`),
		engine.Method("raises", "Have calls raise a value.", (*Mock).raises).
			AsInline().Returning("the mock").
			Example(fresh, `
				send:raises("no route")
				print(pcall(send))   --> false	no route`),
		engine.Method("sequence", "Have calls return one item after another. A call after the last one is an error.", (*Mock).sequence).
			AsInline().Raises(errUnknown).Returning("the mock").
			Example(fresh, `
				send:sequence{1, 2, function() error("third", 0) end}
				print(send(), send(), pcall(send))   --> 1	2	false	third`),
		engine.Method("reset", "Forget the calls, of the members as well.", (*Mock).reset).
			AsInline().Returning("the mock").
			Example(fresh, `
				send(1)
				send:reset()
				print(send.count)   --> 0`),
		engine.Method("seal", "Allow no members beyond those that were described so far.", (*Mock).seal).
			AsInline().Returning("the mock").
			Example(`
				local mock = require "mock"
				local db = mock.new{name="db"}
				db.get:returns(1)
				db:seal()
				print(try(function() return db.put end))   --> nil	mock: the mock db has no 'put'`),
		engine.Method("member", "Get a member by its name, also one that is named like a method of mocks.", (*Mock).named).
			AsInline().Raises(errUnknown).Returning("the member").
			Example(`
				local mock = require "mock"
				local phone = mock.new{name="phone"}
				phone:member("calls"):returns(3)
				print(phone:member("calls")())   --> 3`),
	}
}

func asserts() []module.Member {
	return []module.Member{
		engine.Method("called", "Fail unless the mock was called.", (*Mock).assertCalled).
			AsInline().Raises(errUnknown).
			Example(fresh, `
				send(1)
				send:called()
				send:called(1)
				local _, e = try(send.called, send, 2)
				print(e.kind, e.message)
				--> test.failed	mock function was called once, expected twice
				--> the calls are:
				-->   1. mock function(1)`),
		engine.Method("called_once", "Fail unless the mock was called once.", (*Mock).assertOnce).
			AsInline().Raises(errUnknown).
			Example(fresh, `
				send(1)
				send:called_once()`),
		engine.Method("called_with", "Fail unless the last call had these arguments. Tables are compared deeply.", (*Mock).assertWith).
			AsInline().Raises(errUnknown).
			Example(fresh, `
				send("a", {n=1})
				send:called_with("a", {n=1})
				send:called_with(mock.any, {n=mock.match("number")})`),
		engine.Method("called_once_with", "Fail unless the mock was called once, and with these arguments.", (*Mock).assertOnceWith).
			AsInline().Raises(errUnknown).
			Example(fresh, `
				send("a")
				send:called_once_with("a")`),
		engine.Method("any_call", "Fail unless one of the calls had these arguments.", (*Mock).assertAny).
			AsInline().Raises(errUnknown).
			Example(fresh, `
				send(1)
				send(2)
				send:any_call(1)`),
		engine.Method("has_calls", "Fail unless the calls with these arguments follow one another among all.", (*Mock).assertHas).
			AsInline().Raises(errUnknown).
			Example(fresh, `
				send(1)
				send(2, "x")
				send(3)
				send:has_calls{{2, "x"}, {3}}
				send:has_calls({{3}, {1}}, {any_order=true})`),
		engine.Method("not_called", "Fail if the mock was called.", (*Mock).assertNever).
			AsInline().Raises(errUnknown).
			Example(fresh, `
				send:not_called()`),
	}
}

func mockOperators() []*module.Operator {
	call := engine.Access("__call", "A call of the mock, which is remembered.", (*Mock).invoke)
	return []*module.Operator{
		call.With("...any").Raises(errUnknown, errArity).Example(`
			local mock = require "mock"
			local send = mock.fn(function() return "sent" end)
			print(send("x"))   --> sent`),
		engine.Access("__index", "A member of the mock, or a field that was set.", (*Mock).index).
			With("string").Raises(errUnknown).Example(`
			local mock = require "mock"
			local db = mock.new{name="db"}
			db.users.get:returns("ann")
			print(db.users:get(7))   --> ann`),
		engine.Access("__newindex", "Set a field of the mock.", (*Mock).newIndex).
			With("string").Raises(errUnknown).Example(`
			local mock = require "mock"
			local db = mock.new{name="db"}
			db.version = "1.2"
			print(db.version)   --> 1.2`),
	}
}

func matcherType() *engine.Type {
	return engine.TypeOf[*matcher]("mock.Matcher", "Stands for many values in an assertion.")
}

func sentinelType() *engine.Type {
	return engine.TypeOf[*Sentinel]("mock.Sentinel", "A value that is equal to nothing but itself.")
}

func sentinelsType() *engine.Type {
	t := engine.TypeOf[sentinels]("mock.Sentinels", "Has a sentinel for each name.",
		engine.Access("__index", "The sentinel of a name, the same one each time.", sentinels.index).With("string").Example(`
			local mock = require "mock"
			print(mock.sentinel.a == mock.sentinel.a, mock.sentinel.a == mock.sentinel.b)   --> true	false`))
	t.AnyKey = true
	return t
}

// restoring is the method by which a fake is taken back.
func restoring[T interface{ restore() error }](what, example string) *engine.Function {
	return engine.Method("restore", "Give the script its own "+what+" back. The end of the test does so, too.", func(self T, _ *engine.Call, _ engine.None) (engine.None, error) {
		return engine.None{}, self.restore()
	}).AsInline().Example(example)
}

func patchType() *engine.Type {
	return engine.TypeOf[*Patch]("mock.Patch", "A replacement.",
		engine.Method("undo", "Take the replacement back, and before it those of the same thing that were made later.", (*Patch).undone).
			AsInline().
			Example(`
				local mock = require "mock"
				local t = {n=1}
				local p = mock.patch(t, "n", 2)
				p:undo()
				print(t.n)   --> 1`))
}

func clockType() *engine.Type {
	return engine.TypeOf[*Clock]("mock.Clock", "Time that stands still until it is moved.",
		engine.Method("advance", "Move the clock forward. Whoever waits for a time up to then wakes up at that time, one after another, and runs until it waits again.", (*Clock).advance).
			Raises(errUnknown).Returning("the time then").
			Example(`
				local mock, async = require "mock", require "async"
				local clock = mock.clock(1000)
				local t = async.spawn(function() for i = 1, 3 do async.sleep(10) print(os.time()) end end)
				clock:advance(25)
				--> 1010
				--> 1020
				clock:advance(5)   --> 1030`),
		engine.Method("next", "Move the clock to what is due next.", (*Clock).next).
			Raises(errUnknown).Returning("the time then; nil when nobody waits").
			Example(`
				local mock, async = require "mock", require "async"
				local clock = mock.clock(1000)
				async.spawn(function() async.sleep(90) print("awake") end)
				print(clock:next())
				--> awake
				--> 1090`),
		engine.Method("set", "Set the clock to a time without anybody waking up, as when somebody sets a clock on the wall.", (*Clock).set).
			AsInline().
			Example(`
				local mock = require "mock"
				local clock = mock.clock("2024-01-31")
				clock:set("2030-01-01")
				print(os.date("!%Y"))   --> 2030`),
		engine.Method("now", "Tell the time of the clock.", (*Clock).now).
			AsInline().Returning("seconds since 1970").
			Example(`
				local mock = require "mock"
				print(mock.clock(1000):now())   --> 1000`),
		restoring[*Clock]("time", `
			local mock = require "mock"
			local clock = mock.clock(1000)
			clock:restore()
			print(os.time() > 1000)   --> true`))
}

func filesType() *engine.Type {
	const files = `
		local mock = require "mock"
		local files = mock.fs{["a.txt"]="hello"}`
	return engine.TypeOf[*Files]("mock.Files", "Files in memory.",
		engine.Method("read", "Read a file of the fake without asking for permission.", (*Files).read).
			AsInline().Returning("its content; nil when there is none").
			Example(files, `
				print(files:read("a.txt"), files:read("b.txt"))   --> hello	nil`),
		engine.Method("write", "Make or change a file of the fake without asking for permission.", (*Files).write).
			AsInline().
			Example(files, `
				files:write("dir/b.txt", "more")
				print(io.open("dir/b.txt"):read("*a"))   --> more`),
		engine.Method("list", "List the files, those in the working directory by their relative names.", (*Files).list).
			AsInline().
			Example(files, `
				print(table.concat(files:list(), " "))   --> a.txt`),
		restoring[*Files]("files", `
			local mock = require "mock"
			local files = mock.fs{["a.txt"]="hello"}
			files:restore()
			print(io.open("a.txt"))   --> nil	a.txt: No such file or directory	2`))
}

func httpType() *engine.Type {
	return engine.TypeOf[*HTTP]("mock.Http", "Answers the requests of the module http.",
		engine.Prop("requests", "the requests that were made, the first one first", (*HTTP).made),
		engine.Method("route", "Add a route, or change its answer.", (*HTTP).add).
			AsInline().
			Example(`
				local mock, http = require "mock", require "http"
				local web = mock.http()
				web:route("https://example.com/*", function(request) return {body="you asked for " .. request.path} end)
				print(http.get("https://example.com/a").text)   --> you asked for /a`),
		restoring[*HTTP]("network", `
			local mock = require "mock"
			local web = mock.http{["https://example.com/"]="hello"}
			web:restore()`))
}

func processesType() *engine.Type {
	return engine.TypeOf[*Processes]("mock.Subprocess", "Answers for the programs that a script starts.",
		engine.Prop("commands", "the commands that were started, the first one first", (*Processes).made),
		engine.Method("route", "Add a route, or change its outcome.", (*Processes).add).
			AsInline().
			Example(`
				local mock, subprocess = require "mock", require "subprocess"
				local sh = mock.subprocess()
				sh:route("date *", function(c) return "you asked for " .. c.argv[2] end)
				print(subprocess.run({"date", "-u"}).out)   --> you asked for -u`),
		restoring[*Processes]("programs", `
			local mock = require "mock"
			local sh = mock.subprocess{["git status"]="clean"}
			sh:restore()`))
}
