package test

import "github.com/gscript-lang/gscript/engine"

type groupIn struct {
	Name string       `lua:"name" doc:"its name"`
	Fn   *engine.Func `lua:"fn" doc:"function that defines the tests of the group" type:"fun()"`
}

type eachIn struct {
	Name string       `lua:"name" doc:"name of the tests"`
	Rows engine.Value `lua:"rows" doc:"a row of values for each test: a list, whose values go to the parameters that are no fixtures in their order, or a table by the names of parameters. The fields mark, skip and id of a row say more of its test" type:"table[]"`
	Fn   *engine.Func `lua:"fn" doc:"the test" type:"fun(...)"`
}

type fixtureIn struct {
	Name   string         `lua:"name" doc:"the name of the parameter by which tests ask for it"`
	Fn     *engine.Func   `lua:"fn" doc:"function that gives use(value) the value; what follows the call is done when the value is not needed any more. Further parameters are other fixtures" type:"fun(use: fun(value: any), ...)"`
	Scope  string         `lua:"scope,opt" default:"function" enum:"function|group|module|session" doc:"how long a value lives: for one test, the tests of a group, or those of the file; session is the same as module, because each file runs in a state of its own"`
	Params []engine.Value `lua:"params,opt" doc:"values of use.param; each test that needs the fixture runs once for each" type:"any[]"`
	IDs    []string       `lua:"ids,opt" doc:"names of the values of params in ids of tests"`
	Auto   bool           `lua:"auto,opt" doc:"every test has it, asked for or not"`
}

type markIn struct {
	Name string       `lua:"name" doc:"the mark"`
	Fn   *engine.Func `lua:"fn,arg" doc:"the test; without it the mark is on all tests of the group, or the file" type:"fun(...)"`
}

type usesIn struct {
	Name string       `lua:"name" doc:"the fixture"`
	Fn   *engine.Func `lua:"fn,arg" doc:"the test; without it all tests of the group, or the file" type:"fun(...)"`
}

type marksIn struct {
	Marks map[string]string `lua:"marks" doc:"what each mark means"`
}

type skipIn struct {
	Reason string       `lua:"reason" doc:"why"`
	Fn     *engine.Func `lua:"fn,arg" doc:"the test; without it all tests of the group, or the file" type:"fun(...)"`
}

type skipIfIn struct {
	Condition engine.Value `lua:"condition,arg" doc:"nil and false mean that the test runs"`
	Reason    string       `lua:"reason,arg" default:"a condition holds" doc:"why"`
	Fn        *engine.Func `lua:"fn,arg" doc:"the test; without it all tests of the group, or the file" type:"fun(...)"`
}

type xfailIn struct {
	Fn     *engine.Func `lua:"fn,arg" doc:"the test; without it all tests of the group, or the file" type:"fun(...)"`
	Reason string       `lua:"reason,opt" doc:"why it fails"`
	Strict bool         `lua:"strict,opt" default:"true" doc:"a test that passes all the same makes the run fail"`
}

type timeoutIn struct {
	Limit engine.Duration `lua:"limit" doc:"how long the test may take"`
	Fn    *engine.Func    `lua:"fn,arg" doc:"the test; without it all tests of the group, or the file" type:"fun(...)"`
}

type flakyIn struct {
	Attempts int          `lua:"attempts" doc:"how often the test is tried before it has failed"`
	Fn       *engine.Func `lua:"fn,arg" doc:"the test; without it all tests of the group, or the file" type:"fun(...)"`
}

type hookIn struct {
	Fn *engine.Func `lua:"fn" doc:"the function" type:"fun()"`
}

type caseIn struct {
	Name string `lua:"name" doc:"its name"`
}

type comparerIn struct {
	Is    *engine.Func `lua:"is" doc:"says whether a value is of the kind that is compared" type:"fun(v: any): boolean"`
	Equal *engine.Func `lua:"equal" doc:"says whether two such values are equal" type:"fun(a: any, b: any): boolean"`
}

type generateIn struct {
	Fn *engine.Func `lua:"fn" doc:"gets a function add(name, test, ...) that defines a test; further values are given to it" type:"fun(add: fun(name: string, test: function, ...))"`
}

type onIn struct {
	Event string       `lua:"event" enum:"start|pass|fail|skip|finish" doc:"start and finish are about each test, the others about what became of it"`
	Fn    *engine.Func `lua:"fn" doc:"gets a table with id and name, and but for start with outcome, message and seconds" type:"fun(result: table)"`
}

type runIn struct {
	Fn *engine.Func `lua:"fn" doc:"the test, which gets t" type:"fun(t: test.T)"`
}

type runOut struct {
	Outcome  string   `lua:"outcome" doc:"passed, failed or skipped"`
	Message  string   `lua:"message" doc:"why it failed or was skipped"`
	Failures []string `lua:"failures" doc:"all that went wrong, with what differs"`
}
