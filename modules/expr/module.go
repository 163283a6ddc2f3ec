// Package expr evaluates formulas that come from outside, such as a price rule of
// a configuration file: the Lua module expr, on github.com/expr-lang/expr.
//
// A formula has no statements, no assignments and no way to the world. What
// expr-lang leaves open is closed here: it bounds only how many items lists have,
// cannot be interrupted, wraps integers around, and reads some formulas in
// exponential time. See meter and rewriter.
package expr

import (
	"github.com/gscript-lang/gscript/engine"
	boxed "github.com/gscript-lang/gscript/modules/int64"
)

var (
	errSyntax = engine.Kind("expr.syntax", "The text is no formula. e.line and e.column tell where, counted from 1.")
	errType   = engine.Kind("expr.type", "A formula uses a name that there is not, or a value of the wrong type, which shows before it runs; or its result is not what returns= says. e.line and e.column tell where, and e.row which row of map.")
	errRun    = engine.Kind("expr.run", "A formula failed with these values. e.line and e.column tell where, and e.row which row of map.")
	errCost   = engine.Kind("limit.cost", "A formula takes more steps than max_cost allows.")
	errMemory = engine.Kind("limit.memory", "A formula makes more text and lists than max_memory allows.")
)

type options struct {
	Strict    bool                    `lua:"strict,opt" default:"true" doc:"false makes names that are not in env nil; otherwise they are errors"`
	Functions map[string]*engine.Func `lua:"functions,opt" doc:"functions of the script that the formula may call, by name"`
	MaxCost   int64                   `lua:"max_cost,opt" default:"10000000" doc:"how many steps one run may take: turns of loops, and as much again for other work; ten million take about a second"`
	MaxMemory engine.Size             `lua:"max_memory,opt" default:"64MiB" doc:"how much text and how many lists one run may make, about"`
	Timeout   engine.Duration         `lua:"timeout,opt" doc:"how long a run, or a whole map, may take; no limit of its own when left out"`
}

type evalIn struct {
	Text string `lua:"text" doc:"formula"`
	Env  any    `lua:"env,arg" doc:"values by the names that the formula uses" type:"table"`
	options
}

type declared struct {
	Env     any    `lua:"env,opt" doc:"names that the formula may use, and their types: any, number, integer, string, boolean, list, map, date, duration, number[] for a list of numbers, a table of fields; string? may be nil. Without it, every name may be used" type:"table"`
	Returns string `lua:"returns,opt" doc:"type of the result"`
	options
}

type compileIn struct {
	Text string `lua:"text" doc:"formula"`
	declared
}

type checkIn struct {
	Text string `lua:"text" doc:"formula"`
	declared
}

type runIn struct {
	Env any `lua:"env,arg" doc:"values by the names that the formula uses" type:"table"`
}

type mapIn struct {
	Rows any `lua:"rows" doc:"list of tables, each as run takes it" type:"table[]"`
}

// Module declares expr.
func Module() *engine.Module {
	return &engine.Module{
		Name: "expr",
		Doc: `Formulas from outside: conditions, prices, filters that people write into a configuration. A formula is compiled once and runs often. It cannot reach files, the network or the script's variables, and it cannot run for ever or fill the memory.

			The language is that of expr-lang.org: + - * / % ^, comparisons that chain (1 < a < 10), and, or, not, in, contains, matches, c ? a : b, a ?? b, a?.b, let x = 1; x + 1, lists [1, 2], maps {a: 1}, and functions such as len, sum, filter, map, sortBy, upper, now. Inside filter and the like # is the item and .name its field. It differs from Lua in this: the first item of a list is list[0], the last list[-1], and list[1:3] ends before item 3; // begins a comment; % has the sign of the left side and wants whole numbers; / always gives a float; and, or, not want true or false; texts are joined by +; != is not equal.

			Whole numbers of Lua are whole in a formula. Past 2^53 they become floats, as in Lua. Values of the module int64 stay exact, and so do whole numbers beyond 2^53 that the formula writes out; they come back as int64.Value. A date goes in as a number declared as date, and comes out as seconds since 1970. json.null goes in as nil; a nil inside a list comes out as json.null.`,
		Kinds: []*engine.ErrorKind{errSyntax, errType, errRun, errCost, errMemory},
		Types: []*engine.Type{programType()},
		Uses:  []*engine.Type{boxed.Type()},
		Call:  "eval",
		Funcs: []*engine.Function{
			engine.Fn("eval", "Evaluate a formula with some values. The compiled formula is kept, so that the same text is compiled once.", evaluate).
				Raises(errSyntax, errType, errRun, errCost, errMemory).
				ReturningType("any", "what the formula gives").
				Example(`
					local expr = require "expr"
					print(expr("1 < a < 10", {a=5}))                     --> true
					print(expr("7 / 2"), expr("int(7 / 2)"), expr("-7 % 3"))   --> 3.5	3	-1
					local rows = {{name="ann", age=40}, {name="bob", age=17}}
					local adults = expr("filter(rows, .age >= 18) | map(.name)", {rows=rows})
					print(adults[1], #adults)                            --> ann	1
					print(expr("user?.name ?? 'nobody'", {}, {strict=false}))   --> nobody`),
			engine.Fn("compile", "Check a formula and make a program of it.", newProgram).
				AsInline().
				Raises(errSyntax, errType).
				Returning("the program").
				Example(`
					local expr = require "expr"
					local price = expr.compile("net * (1 + vat) - (vip ? 5 : 0)", {
						env = {net="number", vat="number", vip="boolean?"},
						returns = "number",
					})
					print(price:run{net=100, vat=0.25, vip=true})   --> 120
					local _, e = try(expr.compile, "nett * 2", {env={net="number"}})
					print(e.kind, e.line, e.column, e.hint)   --> expr.type	1	1	did you mean net?`),
			engine.Fn("check", "Say what is wrong with a formula, without running it.", check).
				AsInline().
				ReturningType("Error?", "the error that compile would raise, with its place in e.line and e.column; nil when the formula is right").
				Example(`
					local expr = require "expr"
					print(expr.check("a + 1", {env={a="number"}}))   --> nil
					local e = expr.check("a +", {env={a="number"}})
					print(e.kind, e.line, e.column)   --> expr.syntax	1	4`),
		},
	}
}

func programType() *engine.Type {
	t := engine.TypeOf[*Program]("expr.Program", "A compiled formula. Several tasks may run it at the same time.",
		engine.Method("run", "Evaluate the formula with some values.", (*Program).runOnce).
			Raises(errType, errRun, errCost, errMemory).
			ReturningType("any", "what the formula gives").
			Example(`
				local expr = require "expr"
				local due = expr.compile("paid < total and days > 30", {env={paid="number", total="number", days="integer"}, returns="boolean"})
				print(due:run{paid=10, total=20, days=31})   --> true`),
		engine.Method("map", "Evaluate the formula for each row of a list, on all processors where the formula calls no function of the script. The limits hold for each row.", (*Program).mapRows).
			Raises(errType, errRun, errCost, errMemory).
			ReturningType("any[]", "the results in the order of the rows; json.null where the formula gives nil").
			Example(`
				local expr = require "expr"
				local total = expr.compile("price * count", {env={price="number", count="integer"}})
				local totals = total:map{{price=1.5, count=2}, {price=10, count=3}}
				print(totals[1], totals[2])   --> 3	30`),
		engine.Prop("source", "The text of the formula.", func(p *Program) string { return p.formula.source }),
	)
	t.Stays = "an expr.Program stays in the state that compiled it; compile the formula inside the worker"
	return t
}
