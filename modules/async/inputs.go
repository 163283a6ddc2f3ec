package async

import "github.com/gscript-lang/gscript/engine"

type spawnIn struct {
	Fn   *engine.Func   `lua:"fn" doc:"function to run"`
	Name string         `lua:"name,opt" doc:"name of the task for people, in the form with one table; \"task\" without it"`
	Args []engine.Value `lua:"args,rest" doc:"its arguments"`
}

type callIn struct {
	Fn   *engine.Func   `lua:"fn" doc:"function to run"`
	Args []engine.Value `lua:"args,rest" doc:"its arguments"`
}

type itemsIn struct {
	Items []any `lua:"tasks,rest" doc:"functions, which are started, and tasks; a list of them counts as its items" type:"function|async.Task|(function|async.Task)[]"`
}

type sleepIn struct {
	Time engine.Duration `lua:"seconds" doc:"how long"`
}

type timeoutIn struct {
	Time engine.Duration `lua:"seconds" doc:"how long fn may take"`
	Fn   *engine.Func    `lua:"fn" doc:"function to run"`
	Args []engine.Value  `lua:"args,rest" doc:"its arguments"`
}

type afterIn struct {
	Time engine.Duration `lua:"seconds" doc:"when to run fn, counted from now"`
	Fn   *engine.Func    `lua:"fn" doc:"function to run"`
	Args []engine.Value  `lua:"args,rest" doc:"its arguments"`
}

type waitIn struct {
	Tasks   []any           `lua:"tasks" doc:"tasks to wait for, and functions, which are started" type:"(function|async.Task)[]"`
	First   bool            `lua:"first,opt" doc:"return as soon as one has ended"`
	Timeout engine.Duration `lua:"timeout,opt" doc:"return after this time in any case; without it there is no limit"`
}

type completedIn struct {
	Tasks   []any           `lua:"tasks" doc:"tasks to wait for, and functions, which are started" type:"(function|async.Task)[]"`
	Timeout engine.Duration `lua:"timeout,opt" doc:"limit for the whole loop; without it there is none"`
}

type groupIn struct {
	Fn *engine.Func `lua:"fn" doc:"function to run with the group" type:"fun(g: async.Group): any"`
}

type deferIn struct {
	Fn *engine.Func `lua:"fn" doc:"function to run at the end of the task" type:"fun()"`
}

type awaitIn struct {
	Timeout engine.Duration `lua:"timeout,opt" doc:"how long to wait; the task goes on afterwards; without it there is no limit"`
}

type cancelIn struct {
	Why string `lua:"why,arg" default:"the task was canceled" doc:"the reason, which becomes the message of the error"`
}

type varIn struct {
	Default engine.Value `lua:"default,arg" doc:"what get returns where nothing was set"`
}

type setIn struct {
	Value engine.Value `lua:"value,arg" doc:"the new value; nil brings the default back"`
}

type withIn struct {
	Value engine.Value   `lua:"value" doc:"the value while fn runs"`
	Fn    *engine.Func   `lua:"fn" doc:"function to run"`
	Args  []engine.Value `lua:"args,rest" doc:"its arguments"`
}

type debugIn struct {
	On     *bool           `lua:"on,arg" doc:"whether to watch the tasks; true when left out"`
	Slow   engine.Duration `lua:"slow,opt" default:"100ms" doc:"how long a task may run without a blocking call"`
	Report bool            `lua:"report,opt" doc:"log now the tasks that run, and those that ended and that nobody has awaited"`
}
