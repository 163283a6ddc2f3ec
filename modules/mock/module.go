// Package mock is the Lua module mock: objects that stand for others in tests
// and remember how they were used, replacements of functions for a while, and
// fakes of the clock, the files, HTTP and programs. It stands on the modules
// test, for the end of a test, and http, whose requests it answers.
package mock

import (
	"github.com/gscript-lang/gscript/engine"
	"github.com/gscript-lang/gscript/engine/module"
)

var (
	errUnknown    = engine.Kind("mock.unknown", "A mock was used in a way that nobody described: a member that it does not have, a misspelt assertion, a call without a behaviour. The hint says what is written alike.")
	errArity      = engine.Kind("mock.arity", "A mock was called with more arguments than the function takes for which it stands.")
	errUnexpected = engine.Kind("mock.unexpected", "A request or a program came that no route of the fake answers. The message names it, the hint lists the routes.")
)

type newIn struct {
	Name   string `lua:"name,arg" doc:"what failures call it"`
	Strict bool   `lua:"strict,opt" default:"true" doc:"a member has to be described before it is called; false has every member return nothing"`
}

type fnIn struct {
	Impl *engine.Func `lua:"impl,arg" doc:"function that a call runs; without it, a call returns nothing"`
	Name string       `lua:"name,opt" doc:"what failures call it"`
}

type ofIn struct {
	What engine.Value `lua:"what" doc:"module, class or function to be like, or the name of a module" type:"table|function|string"`
	Name string       `lua:"name,opt" doc:"what failures call it"`
}

type spyIn struct {
	What engine.Value `lua:"what" doc:"function, module or class to call through to; with a name, the table it is in" type:"table|function|string"`
	Name *string      `lua:"name,arg" doc:"name of the function in the table, whose place the spy takes until the test ends"`
}

type stubIn struct {
	What   engine.Value   `lua:"what" doc:"table with the function, or the name of a module" type:"table|string"`
	Name   string         `lua:"name" doc:"name of the function"`
	Values []engine.Value `lua:"values,rest" doc:"what it returns"`
}

type patchIn struct {
	Target engine.Value   `lua:"target" doc:"what to replace, as in \"json.decode\", or the table it is in" type:"string|table"`
	Rest   []engine.Value `lua:"rest,rest" doc:"the name in the table, the new value, and the function to run with it; or a table of names and values in place of the first two"`
}

type propertyIn struct {
	Table engine.Value `lua:"table" doc:"table with the field" type:"table"`
	Name  string       `lua:"name" doc:"name of the field"`
	Get   engine.Value `lua:"get" doc:"function that gives the value when the field is read, and gets what is assigned to it; any other value is the value" type:"any"`
}

type fileIn struct {
	Text string `lua:"text,arg" doc:"what is in it"`
}

type clockIn struct {
	At any `lua:"at,arg" doc:"seconds since 1970, or a date such as \"2024-01-31 12:00\", in UTC; without it, the time as it is" type:"number|string"`
}

type atIn struct {
	At any `lua:"at" doc:"seconds since 1970, or a date in UTC" type:"number|string"`
}

type advanceIn struct {
	By engine.Duration `lua:"by" doc:"how far"`
}

type filesIn struct {
	Files map[string]any `lua:"files,arg" doc:"content by name; true for a directory" type:"table<string, string|boolean>"`
}

type writeIn struct {
	Name string `lua:"name" doc:"name of the file"`
	Text string `lua:"text" doc:"what is in it then"`
}

type routesIn struct {
	Routes any `lua:"routes,arg" doc:"answers by what is asked; a * stands for any text" type:"table<string, any>"`
}

type routeIn struct {
	Pattern string `lua:"pattern" doc:"what is asked; a * stands for any text"`
	Answer  any    `lua:"answer" doc:"the answer, or a list of one for each time" type:"any"`
}

type matchIn struct {
	What engine.Value `lua:"what" doc:"name of a type, pattern of Lua, function that says whether a value fits, or table whose fields the value has" type:"string|function|table"`
}

type callIn struct {
	Args []engine.Value `lua:"args,rest" doc:"the arguments"`
}

type indexIn struct {
	Key engine.Value `lua:"key" doc:"name of the member" type:"string"`
}

type newIndexIn struct {
	Key   engine.Value `lua:"key" doc:"name of the field" type:"string"`
	Value engine.Value `lua:"value,arg" doc:"what it is" type:"any"`
}

type valuesIn struct {
	Values []engine.Value `lua:"values,rest" doc:"the values"`
}

type functionIn struct {
	Fn *engine.Func `lua:"fn" doc:"function to run"`
}

type raiseIn struct {
	Error engine.Value `lua:"error" doc:"any value" type:"any"`
}

type sequenceIn struct {
	Items []engine.Value `lua:"items,list" doc:"what the calls return, one after another; a function is called"`
	Loop  bool           `lua:"loop,opt" doc:"begin again after the last"`
}

type resetIn struct {
	Behaviour bool `lua:"behaviour,opt" doc:"forget also what calls return"`
}

type keyIn struct {
	Name string `lua:"name" doc:"the name"`
}

type countIn struct {
	Times *int `lua:"times,arg" doc:"how often exactly; without it, at least once"`
}

type argsIn struct {
	Args []engine.Value `lua:"args,rest" doc:"the arguments, which may be mock.any or mock.match(…), also inside tables"`
}

type hasIn struct {
	Calls    []engine.Value `lua:"calls" doc:"the arguments of each call, each a list; with nil among them, a table with n" type:"any[][]"`
	AnyOrder bool           `lua:"any_order,opt" doc:"the calls need not follow one another"`
}

// record is a call as scripts see it.
type record struct {
	Args    engine.Value `lua:"args" doc:"the arguments as they were, with their number in n" type:"table"`
	Results engine.Value `lua:"results" doc:"what the call returned, with the number in n; nil when it raised" type:"table"`
	Error   any          `lua:"error" doc:"what the call raised" type:"any"`
	Method  bool         `lua:"method" doc:"whether it was called with a colon; the mock is then not among args"`
}

// Module declares mock.
func Module() *engine.Module {
	return &engine.Module{
		Name: "mock",
		Doc: "Stand-ins for tests: mocks that remember their calls, replacements that are taken back, and fakes of the clock, the files, HTTP and programs. " +
			"Mocks are strict: a member that nobody described and a misspelt assertion are errors. What is replaced in a test is put back when the test ends.",
		Kinds: []*engine.ErrorKind{errUnknown, errArity, errUnexpected},
		Types: []*engine.Type{mockType(), matcherType(), sentinelType(), sentinelsType(), patchType(), clockType(), filesType(), httpType(), processesType()},
		Values: []module.Value{
			{Name: "any", Doc: "Stands for any argument.", Value: anything(), Lua: "mock.Matcher"},
			{Name: "sentinel", Doc: "Has a value for each name that is equal to nothing else: mock.sentinel.token.", Value: sentinels{}, Lua: "mock.Sentinels"},
		},
		Funcs: append(makers(), fakes()...),
	}
}

func methodNames() []string { return mockNames }
