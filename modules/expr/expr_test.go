package expr

import (
	"context"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/gscript-lang/gscript/engine"
	boxed "github.com/gscript-lang/gscript/modules/int64"
	"github.com/gscript-lang/gscript/modules/internal/moduletest"
	jsonmod "github.com/gscript-lang/gscript/modules/json"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func run(t *testing.T, source string) {
	t.Helper()
	lines, _ := moduletest.Expected(source)
	if d := moduletest.Diff(moduletest.Run(t, source, Module(), boxed.Module(), jsonmod.Module()), lines); d != "" {
		t.Error(d)
	}
}

const prelude = `
local expr, int64, json = require "expr", require "int64", require "json"
local function show(text, env, options)
	local v, e = try(expr.eval, text, env, options)
	if e then return print(type(e) == "string" and e or (e.kind .. ": " .. (e.message:gsub("\n.*", "")))) end
	print(type(v) == "table" and json.encode(v) or v)
end
local function hint(text, env, options)
	local _, e = try(expr.eval, text, env, options)
	print(e.hint)
end
`

func TestValues(t *testing.T) {
	t.Parallel()
	for name, source := range map[string]string{
		"arithmetic": `
			show("7/2") --> 3.5
			show("-7 % 3") --> -1
			show("a % 2", {a=7}) --> 1
			show("a % 2", {a=7.5}) --> expr.run: invalid operation: number % number, at line 1, column 3:
			show("2^10 % 7") --> expr.type: invalid operation: % (mismatched types number and number), at line 1, column 6:
			show("int(2^10) % 7") --> 2
			show("7 % 0") --> expr.run: % by zero, at line 1, column 3:
			show("1/0") --> inf
			show("7 // 2") --> 7
			show("-x", {x=3}) --> -3
			show("abs(x) + abs(-2.5)", {x=-3}) --> 5.5
			show("a*b", {a=1e10, b=1e10}) --> 1e+20
			show("a*b == 9e18", {a=3e9, b=3e9}) --> true
			show("a - b", {a=-(2^53-1), b=2^53-1}) --> -1.8014398509482e+16
			show("sum(xs)", {xs={1, 2, 0.5}}) --> 3.5
			show("int('12') + int(2.9)") --> 14
			show("int('1e3')") --> expr.run: int: "1e3" is no whole number of 64 bits, at line 1, column 1:
			show("int(1e300)") --> expr.run: int: 1e+300 does not fit in 64 bits, at line 1, column 1:`,
		"whole numbers of 64 bits": `
			show("9007199254740993") --> 9007199254740993
			show("a + 1", {a=int64("9007199254740993")}) --> 9007199254740994
			local v = expr("a + 1", {a=int64(5)}) print(v, int64.is(v)) --> 6	true
			show("a * 10000", {a=int64.max}) --> expr.run: the result does not fit in 64 bits, at line 1, column 3:
			show("9223372036854775807 + 1") --> expr.run: the result does not fit in 64 bits, at line 1, column 21:
			show("a - 1", {a=int64.min}) --> expr.run: the result does not fit in 64 bits, at line 1, column 3:
			show("-a", {a=int64.min}) --> expr.run: the result does not fit in 64 bits, at line 1, column 1:
			show("a < b and a in [b - 1]", {a=int64.max - 1, b=int64.max}) --> true
			show("bitand(7, 3)") --> 3
			show("fromJSON('[9007199254740993]')[0]") --> 9007199254740993`,
		"comparing": `
			show("1 < a < 10", {a=5}) --> true
			show("1 < a < 10", {a=10}) --> false
			show("1 < f(a) + 1 < 10", {a=5}, {functions={f=function(x) return x end}}) --> true
			show("a not in [1, 2]", {a=3}) --> true
			show("[a, 2] == xs", {a=1, xs={1, 2}}) --> true
			show("m != n", {m={x={1}}, n={x={2}}}) --> true
			show("m == n", {m={x={1}}, n={x={1}}}) --> true
			show("a == b", {a="x", b=1}) --> expr.type: invalid operation: == (mismatched types string and number), at line 1, column 3:
			show("2.0 in 1..3 and 2.5 not in 1..3") --> true
			show("'b' in m and 'c' not in m", {m={b=1}}) --> true
			show("uniq([1, 1.0, 2, [1], [1], 'a'])") --> [1,2,[1],"a"]`,
		"nothing": `
			show("m?.z ?? 'd'", {m={}}) --> d
			show("m.z", {m={}}) --> nil
			show("x == nil", {}, {strict=false}) --> true
			show("x", {x=json.null}) --> nil
			show("[1, nil]") --> [1,null]
			show("len(xs) + sum(xs) + count(xs, true)", {xs={}}) --> 0
			show("filter(xs, true) == xs and xs == {}", {xs={}}) --> true
			show("m.a.b", {m={}}) --> expr.run: cannot fetch b from nil, at line 1, column 5:
			hint("m.a.b", {m={}}) --> ?. gives nil where there is nothing, ?? another value: user?.name ?? "nobody"`,
		"lists and maps": `
			show("xs[0] + xs[-1]", {xs={1, 2, 3}}) --> 4
			show("xs[1:2]", {xs={1, 2, 3}}) --> [2]
			show("1..n", {n=4}) --> [1,2,3,4]
			show("3..1") --> []
			show("sortBy(xs, .n, 'desc') | map(.n)", {xs={{n=1}, {n=3}, {n=2}}}) --> [3,2,1]
			show("sort(['b', 'a'])") --> ["a","b"]
			show("sort([2, 'a'])") --> expr.run: invalid operation: string < number, at line 1, column 1:
			show("groupBy(xs, # % 2 == 0 ? 'even' : 'odd')", {xs={1, 2, 3}}) --> {"even":[2],"odd":[1,3]}
			print(expr("groupBy(xs, # % 2)", {xs={1, 2, 3}})[1][2]) --> 3
			show("toPairs({b: 1, a: 2})") --> [["a",2],["b",1]]
			show("keys(groupBy([10, 9, -1, 'x'], #))") --> [-1,9,10,"x"]
			show("values(m)", {m={b=2, a=1}}) --> [1,2]
			show("reduce(1..5, #acc * #, 1)") --> 120
			show("sum(rows, .n * 2)", {rows={{n=1}, {n=2.5}}}) --> 7
			show("flatten([[1], [2, [3]]])") --> [1,2,3]
			show("max([1, [2, 3]], 7) - min(3, 4)") --> 4
			show("mean([1, 2]) + median([1, 2, 9])") --> 3.5
			show("xs[5]", {xs={1}}) --> expr.run: index out of range: 5 (array length is 1), at line 1, column 3:
			show("[1][1.5]") --> expr.type: array elements can only be selected using an integer (got number), at line 1, column 5:
			show("let q = a * 2; q + 1", {a=3}) --> 7
			show("count", {count=2}) --> 2`,
		"texts": `
			show("'a' + 'b'") --> ab
			show("upper(trim(' a ')) + repeat('b', 3)") --> Abbb
			show("split('a,b', ',') | join('-')") --> a-b
			show("replace('aaa', 'a', 'b', 2)") --> bba
			show("'abc' matches '^a.c$' and not ('x' matches p)", {p="^y"}) --> true
			show("'abc' contains 'b' and 'abc' startsWith 'a'") --> true
			show("'abc' matches '('") --> expr.type: error parsing regexp: missing closing ): ` + "`(`" + `, at line 1, column 7:
			show("string(1.5) + string(2) + string(nil)") --> 1.52nil
			show("fromJSON(toJSON({a: [1, nil]}))") --> {"a":[1,null]}`,
		"dates": `
			show("int(date('2024-01-05').Weekday()) == 5") --> true
			hint("date('2024-01-05').Weekday() == 5") --> int(…) around it makes a number: 1 is January, and Monday
			show("date('2024-05-01').Month()") --> 5
			show("date('2024-01-05') + duration('24h')") --> 1704499200
			show("date('2024-01-05 12:00', '2006-01-02 15:04', 'Europe/Berlin').UTC().Hour()") --> 11
			show("timezone('../../etc/passwd')") --> expr.run: there is no time zone "../../etc/passwd", at line 1, column 1:
			local p = expr.compile("(b - a).Hours() > 1 and a < b", {env={a="date", b="date"}})
			print(p:run{a=0, b=7200}) --> true
			show("now().GobEncode()") --> expr.type: only dates have methods, such as Year and Format, at line 1, column 7:
			show("d.Year()", {d=1}) --> expr.type: type number has no method Year, at line 1, column 3:`,
		"the world": `
			show("$env") --> expr.type: unknown name $env, at line 1, column 1:
			show("$env['x']") --> expr.type: unknown name $env, at line 1, column 1:
			show("len") --> expr.type: len is a function: write len(…), at line 1, column 1:
			show("os.getenv('HOME')", {os={}}) --> expr.type: only dates have methods, such as Year and Format, at line 1, column 4:
			show("f(1)") --> expr.type: unknown name f, at line 1, column 1:
			show("f(1)", {}, {strict=false}) --> expr.type: unknown function f, at line 1, column 1:
			show("now().Year") --> expr.run: the result holds a value of another kind, which is no value for Lua
			show("x", {x=print}) --> args.invalid: env.x: a function cannot go into a formula
			show("x", {x=expr.compile("1")}) --> args.invalid: env.x: a value of another kind cannot go into a formula
			show("f(2) + 1", {}, {functions={f=function(x) return x * 2 end}}) --> 5
			show("f([1, {a: x}])", {x="y"}, {functions={f=function(l) return l[2].a .. #l end}}) --> y2
			show("f(2)", {}, {functions={f=function() error("no", 0) end}}) --> no
			show("f(2)", {}, {functions={f=function() return print end}}) --> expr.run: the result of f: a function cannot go into a formula, at line 1, column 1:
			show("f(2)", {}, {functions={["a b"]=print}}) --> args.invalid: functions: "a b" cannot be the name of a function`,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			run(t, prelude+source)
		})
	}
}

func TestHints(t *testing.T) {
	t.Parallel()
	run(t, prelude+`
		hint("pric * 2", {price=1}) --> did you mean price?
		hint("lenn('a')") --> did you mean len?
		hint("a = 1", {a=1}) --> == compares; let name = value; gives a name
		hint("a ~= 1", {a=1}) --> the operator is !=
		hint("'a' .. 'b'") --> texts are joined by +
		hint("null") --> the word is nil
		hint("#xs", {xs={}}) --> # is the item inside filter, map and the like; len(list) is the length
		hint("a and b", {a=1, b=2}) --> and, or, not and conditions want true or false: compare, as in n != 0 or s != ""
		hint("x and true", {x={1}}) --> and, or, not and conditions want true or false: compare, as in n != 0 or s != ""
		hint("'a' + 1") --> string(…) makes a text of a number, float(…) and int(…) a number of a text
		hint("'a' in 'abc'") --> in looks into lists and maps: write text contains part
		hint("a % 2", {a=1.5}) --> % wants whole numbers: write int(…) around a float
		local _, e = try(expr.eval, "let long = 1;\n  long + pric * 2", {price=1})
		print(e.line, e.column) --> 2	10
		print(e.message)
		--> unknown name pric, at line 2, column 10:
		-->     long + pric * 2
		-->            ^
	`)
}

func TestPrograms(t *testing.T) {
	t.Parallel()
	run(t, prelude+`
		local function compile(text, options)
			local p, e = try(expr.compile, text, options)
			print(p and p.source or e.kind .. ": " .. (e.message:gsub("\n.*", "")))
			return p
		end
		compile("a.b.c", {env={a={b={c="number"}}}}) --> a.b.c
		compile("a.b.d", {env={a={b={c="number"}}}}) --> expr.type: unknown field d, at line 1, column 5:
		compile("s + n", {env={s="string", n="number"}}) --> expr.type: invalid operation: + (mismatched types string and number), at line 1, column 3:
		compile("ns[0] + 'a'", {env={ns="number[]"}}) --> expr.type: invalid operation: + (mismatched types number and string), at line 1, column 7:
		compile("n", {env={n="nubmer"}}) --> args.invalid: env.n: there is no type "nubmer"
		compile("n", {env={n=5}}) --> args.invalid: env.n must be the name of a type or a table of fields, got the number 5
		compile("n > 1", {env={n="number"}, returns="number"}) --> expr.type: the formula gives a boolean, not a number
		compile("m", {env={n="number"}, strict=false}) --> m
		local p = compile("n", {env={n="any"}, returns="integer"}) --> n
		local function with(p, env)
			local v, e = try(p.run, p, env)
			print(e and e.kind .. ": " .. e.message or v)
		end
		with(p, {n=5}) --> 5
		with(p, {n=5.5}) --> expr.type: the formula gives the number 5.5, not a whole number
		with(p, {n="x"}) --> expr.type: the formula gives the string "x", not a whole number
		with(p, {}) --> expr.type: the formula gives nil, not a whole number
		p = compile("u.name + (u.nick ?? '')", {env={u={name="string", nick="string?"}, tags="list", n="integer?"}}) --> u.name + (u.nick ?? '')
		with(p, {u={name="a", other=print}, tags={}, more=print}) --> a
		with(p, {u={name="a", nick="b"}, tags={1}, n=1}) --> ab
		with(p, {u={name=1}, tags={}}) --> args.invalid: env.u.name must be a string, got the number 1
		with(p, {u={}, tags={}}) --> args.invalid: env.u.name is missing: it must be a string
		with(p, {u={name="a"}, tags={a=1}}) --> args.invalid: env.tags must be a list, got a map
		with(p, {u={name="a"}, tags={}, n=1.5}) --> args.invalid: env.n must be a whole number, got 1.5
		with(p, 5) --> args.invalid: env must be a table with the names of the formula, got the number 5
		p = compile("x + 1") --> x + 1
		with(p, {x=1}) --> 2
		print(expr.check("a +")) --> expr.check: the formula ends too early, at line 1, column 4:
		-->   a +
		-->      ^
		print(expr.check("a + 1")) --> nil
		with(compile("n", {env={n="integer"}, max_cost=1}), {n=1}) --> n
		--> 1
		with(compile("sum(1..10)", {max_cost=5}), {}) --> sum(1..10)
		--> limit.cost: the formula takes more than 5 steps, at line 1, column 1:
		-->   sum(1..10)
		-->   ^
	`)
}

func TestNilIsNoInteger(t *testing.T) {
	t.Parallel()
	run(t, prelude+`
		local _, e = try(function() return expr.compile("n", {env={n="any"}, returns="number"}):run{} end)
		print(e.message) --> the formula gives nil, not a number
		print(expr.compile("n", {env={n="any"}, returns="number?"}):run{}) --> nil
	`)
}

func TestMap(t *testing.T) {
	t.Parallel()
	run(t, prelude+`
		local rows = {}
		for i = 1, 5000 do rows[i] = {n=i, s="x"} end
		local p = expr.compile("n * 2", {env={n="number"}})
		local out, sum = p:map(rows), 0
		for i, v in ipairs(out) do assert(v == 2 * i) sum = sum + v end
		print(#out, sum, #p:map{}) --> 5000	25005000	0
		rows[4000].n, rows[700].n, rows[701].n = "a", false, {}
		print((select(2, try(p.map, p, rows)))) --> expr.Program:map: rows[700].n must be a number, got false
		local q = expr.compile("10 % n")
		local e = select(2, try(q.map, q, {{n=3}, {n=0}, {n=0}}))
		print(e.row, e.target, e.kind) --> 2	row 2	expr.run
		print(json.encode(expr.compile("x"):map{{x=1}, {}, {x={}}})) --> [1,null,{}]
		print(json.encode(expr.compile("f(x)", {functions={f=function(x) return x * 10 end}}):map{{x=1}, {x=2}})) --> [10,20]
		-- The memory of each row counts alone, that of the results together.
		local some, texts = {}, expr.compile("repeat('x', n)", {env={n="number"}, max_memory=100000})
		for i = 1, 100 do some[i] = {n=50000} end
		print(select(2, try(texts.map, texts, some)).kind, #expr.compile("len(repeat('x', n))", {max_memory=100000}):map(some)) --> limit.memory	100
		print((select(2, try(p.map, p, {n=1})))) --> expr.Program:map: rows must be a list of tables, got a map
		print((select(2, try(p.map, p, {1})))) --> expr.Program:map: rows[1] must be a table with the names of the formula, got the number 1
	`)
}

// A script's own deadline ends a formula, whatever its limits are.
func TestDeadline(t *testing.T) {
	t.Parallel()
	for name, source := range map[string]string{
		"run": `return require "expr".eval("count(xs, count(xs, count(xs, count(xs, true) > 0) > 0) > 0)", {xs=xs}, {max_cost=1e15})`,
		"map": `local p = require "expr".compile("count(xs, count(xs, count(xs, count(xs, true) > 0) > 0) > 0)", {max_cost=1e15})
			local rows = {} for i = 1, 600 do rows[i] = {xs=xs} end return p:map(rows)`,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := engine.New(engine.Options{
				Modules: []engine.Entry{{Name: "expr", Declare: Module}},
				Limits:  engine.Limits{Time: 50 * time.Millisecond},
			}).NewState(context.Background())
			defer s.Close()
			_, err := s.Run(context.Background(), "test.lua", `local xs = {} for i = 1, 1000 do xs[i] = i end `+source)
			if engine.KindOf(err) != engine.KindDeadline {
				t.Errorf("%v", err)
			}
		})
	}
}

func TestTimeout(t *testing.T) {
	t.Parallel()
	run(t, prelude+`
		local xs = {} for i = 1, 1000 do xs[i] = i end
		show("count(xs, count(xs, count(xs, count(xs, true) > 0) > 0) > 0)", {xs=xs}, {max_cost=1e15, timeout="20ms"}) --> timeout: took longer than 20ms
	`)
}

func TestLongFormulas(t *testing.T) {
	t.Parallel()
	for name, source := range map[string]string{
		"parentheses": strings.Repeat("(", 30_000) + "1" + strings.Repeat(")", 30_000),
		"open":        strings.Repeat("(", maxSource),
		"lists":       strings.Repeat("[", 30_000) + strings.Repeat("]", 30_000),
		"signs":       strings.Repeat("-", maxSource-1) + "1",
		"nots":        strings.Repeat("not ", maxSource/5) + "true",
		"powers":      strings.Repeat("2^", 20_000) + "2",
		"choices":     strings.Repeat("true ? 1 : ", 5000) + "1",
		"elvis":       strings.Repeat("(", 5000) + "1" + strings.Repeat(" ?: 1)", 5000),
		"chains":      strings.Repeat("(1 < ", 5000) + "1" + strings.Repeat(" < 2)", 5000),
		"ifs":         strings.Repeat("if true { 1 } else ", 3000) + "{ 2 }",
		"nested ifs":  strings.Repeat("if true { ", 3000) + "1" + strings.Repeat(" } else { 1 }", 3000),
		"lets":        strings.Repeat("let x = 1; ", 5000) + "1",
		"maps":        strings.Repeat("{a: ", 10_000) + "1" + strings.Repeat("}", 10_000),
		"loops":       strings.Repeat("map([1], ", 5000) + "#" + strings.Repeat(")", 5000),
		"members":     "{a: 1}" + strings.Repeat("?.a", 20_000),
		"sums":        strings.Repeat("1+", 30_000) + "1",
		"too long":    strings.Repeat(" ", maxSource) + "1",
		"ranges":      "[" + strings.Repeat("1..1000000,", 3000) + "1]",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f, err := compile(source, wanted{strict: true, limits: limits{1e6, 1 << 24}})
			if err == nil {
				_, err = f.evaluated(context.Background(), map[string]any{})
			}
			if err != nil && (engine.KindOf(err) == engine.KindInternal || len(err.Error()) > 500) {
				t.Errorf("%.600v", err)
			}
		})
	}
}
