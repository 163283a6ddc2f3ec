-- The asserts, tested by themselves: test.run gives what became of a test.

local function says(fn) return test.run(fn).message end

local nan = 0 / 0
local list = {1, 2}
local class = {} class.__index = class
local derived = setmetatable({}, class) derived.__index = derived

test.each("passes", {
	{id="eq", fn=function(t) t.eq({1, {x="a"}}, {1, {x="a"}}) t.eq(nil, nil) t.eq("a", "a") end},
	{id="ne", fn=function(t) t.ne({1}, {2}) t.ne(nan, nan) t.ne(1, "1") t.ne(nil, false) end},
	{id="same", fn=function(t) t.same(list, list) t.same(1, 1) end},
	{id="truth", fn=function(t) t.truthy(0) t.truthy("") t.falsy(nil) t.falsy(false) t.is_true(true) t.is_false(false) t.is_nil(nil) t.not_nil(false) end},
	{id="contains", fn=function(t) t.contains("abc", "b") t.contains({1, {2}}, {2}) t.contains({x=1}, "x") t.contains({x=1}, 1) end},
	{id="is_a", fn=function(t) t.is_a(1, "number") t.is_a(setmetatable({}, class), class) t.is_a(setmetatable({}, derived), class) end},
	{id="order", fn=function(t) t.gt(2, 1) t.ge(2, 2) t.lt("a", "b") t.le(1, 1) end},
	{id="near", fn=function(t) t.near(0.1 + 0.2, 0.3) t.near(1, 1.05, {delta=0.1}) t.near(1.234, 1.2341, {places=3}) t.near(1000, 1001, {rel=0.01}) t.near({1, {2.0000000001}}, {1, {2}}) end},
	{id="matches", fn=function(t) t.matches("v1.2", [[^v\d+\.\d+$]]) end},
	{id="same_items", fn=function(t) t.same_items({3, {1}, 2}, {2, 3, {1}}) t.same_items({}, {}) end},
	{id="lines", fn=function(t) t.lines_equal("a\nb", "a\nb") end},
	{id="raises", fn=function(t)
		t.raises(function() error("x") end)
		t.raises("no such", function(a) error("no such " .. a) end, "thing")
		t.eq(t.raises({code=3}, function() error({code=3, more=1}) end).code, 3)
		t.eq(t.raises("args.invalid", function() require("json").decode(nil) end).kind, "args.invalid")
	end},
	{id="colon", fn=function(t) t:eq(1, 1) t:raises("x", function() error("x") end) end},
}, function(t, fn)
	local result = test.run(fn)
	t.eq(result.outcome, "passed", result.message)
end)

test.each("fails", {
	{id="eq", fn=function(t) t.eq(1, 2) end, want="got 1, want 2"},
	{id="eq of types", fn=function(t) t.eq(1, "1") end, want='got 1, want "1"'},
	{id="eq of nil", fn=function(t) t.eq(nil, 1) end, want="got nil, want 1"},
	{id="message", fn=function(t) t.eq(1, 2, "the sum") end, want="the sum"},
	{id="ne", fn=function(t) t.ne({1}, {1}) end, want="got {1}, want anything else"},
	{id="same", fn=function(t) t.same({1}, {1}) end, want="these are equal, but two values: {1}"},
	{id="truthy", fn=function(t) t.truthy(false) end, want="got false, want something that is neither nil nor false"},
	{id="contains", fn=function(t) t.contains("abc", "x") end, want='"x" is not part of the text "abc"'},
	{id="contains of nil", fn=function(t) t.contains(nil, 1) end, want="got nil, want a table or a text that contains 1"},
	{id="is_a", fn=function(t) t.is_a("1", "number") end, want='got "1", which is'},
	{id="order", fn=function(t) t.gt(1, 2) end, want="got 1, want more than 2"},
	{id="order of types", fn=function(t) t.lt(1, "2") end, want='1 and "2" have no order'},
	{id="near", fn=function(t) t.near(1, 2, {delta=0.5}) end, want="got 1, want 2 within 0.5"},
	{id="matches", fn=function(t) t.matches(nil, "x") end, want='got nil, want a text that matches "x"'},
	{id="raises nothing", fn=function(t) t.raises(function() end) end, want="the function raised nothing"},
	{id="raises another", fn=function(t) t.raises("x", function() error("y") end) end, want='it raised "y" [lua], want "x"'},
	{id="fail", fn=function(t) t.fail("not yet") end, want="not yet"},
	{id="check", fn=function() check(list[1] == 2) end, want="check(list[1] == 2) does not hold"},
	{id="check of a call", fn=function() check(not tostring(1)) end, want="check(not tostring(1)) does not hold"},
	{id="check with words", fn=function() check(1 > 2, "numbers") end, want="numbers"},
}, function(t, fn, want)
	local result = test.run(fn)
	t.eq(result.outcome, "failed")
	t.contains(result.message, want)
end)

function test_differences(t)
	local result = test.run(function(t) t.eq({a={1, 2}, b=1}, {a={1, 3}, c=1}) end)
	t.contains(result.failures[1], ".a[2]")
	t.contains(result.failures[1], "wanted")
	result = test.run(function(t) t.same_items({1, 2, 2}, {1, 2, 3}) end)
	t.contains(result.failures[1], "- 3\n+ 2")
	result = test.run(function(t) t.lines_equal("a\nb\nc", "a\nx\nc") end)
	t.contains(result.failures[1], "-x\n+b")
end

function test_check_evaluates_once(t)
	local calls = 0
	local function next_number() calls = calls + 1 return calls end
	check(next_number() == 1)
	check(next_number() + next_number() == 5 and calls == 3)
	t.eq(calls, 3)
	t.eq(check("value"), "value")
	local check = function() return "a local check is not touched" end
	t.eq(check(1 == 2), "a local check is not touched")
end

function test_cleanups_all_run_last_first(t)
	local order = {}
	local result = test.run(function(t)
		t:cleanup(function() order[#order + 1] = 1 end)
		t:cleanup(function() order[#order + 1] = 2 error("in the middle") end)
		t:cleanup(table.insert, order, 3)
		t.fail("first")
	end)
	t.eq(order, {3, 2, 1})
	t.eq(#result.failures, 2)
	t.eq(result.message, "first")
end

function test_comparer(t)
	local Money = {}
	local function money(cents, note) return setmetatable({cents=cents, note=note}, Money) end
	test.comparer(function(v) return type(v) == "table" and getmetatable(v) == Money end,
		function(a, b) return a.cents == b.cents end)
	t.eq({money(1, "a")}, {money(1, "b")})
	t.ne({money(1)}, {money(2)})
end

function test_logs(t)
	t.eq(t.logs("careful", function() print("be careful!") end), "be careful!")
	t.no_logs(function() end)
	t.raises("lines were written", function() t.no_logs(function() print("x") end) end)
end

function test_processes_see_the_environment(t, tmp)
	local subprocess = require "subprocess"
	t:setenv("GSCRIPT_SELF", "yes")
	t:chdir(tmp)
	t.eq(subprocess.run({"sh", "-c", "echo $GSCRIPT_SELF; basename $PWD"}).out, "yes\n" .. require("path").basename(tmp) .. "\n")
end

test.generate(function(add)
	for n = 1, 3 do add("generated " .. n, function(t, n) t.ge(n, 1) end, n) end
end)

test.on("finish", function(result) seen = result.name end)
function test_hooks_were_called(t) t.not_nil(seen) end
