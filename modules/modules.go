// Package modules is the list of the native modules that gscript ships. A
// module is a package below this one; its declaration is made when a script
// first requires it.
package modules

import (
	"github.com/gscript-lang/gscript/engine"
	"github.com/gscript-lang/gscript/modules/args"
	"github.com/gscript-lang/gscript/modules/async"
	"github.com/gscript-lang/gscript/modules/bit"
	"github.com/gscript-lang/gscript/modules/debugger"
	"github.com/gscript-lang/gscript/modules/env"
	"github.com/gscript-lang/gscript/modules/expr"
	"github.com/gscript-lang/gscript/modules/fs"
	"github.com/gscript-lang/gscript/modules/ftp"
	"github.com/gscript-lang/gscript/modules/gen"
	"github.com/gscript-lang/gscript/modules/graph"
	"github.com/gscript-lang/gscript/modules/hash"
	"github.com/gscript-lang/gscript/modules/http"
	"github.com/gscript-lang/gscript/modules/imports"
	"github.com/gscript-lang/gscript/modules/inspect"
	"github.com/gscript-lang/gscript/modules/int64"
	"github.com/gscript-lang/gscript/modules/json"
	"github.com/gscript-lang/gscript/modules/log"
	"github.com/gscript-lang/gscript/modules/mail"
	"github.com/gscript-lang/gscript/modules/mock"
	"github.com/gscript-lang/gscript/modules/path"
	"github.com/gscript-lang/gscript/modules/pool"
	"github.com/gscript-lang/gscript/modules/process"
	"github.com/gscript-lang/gscript/modules/progress"
	"github.com/gscript-lang/gscript/modules/queue"
	"github.com/gscript-lang/gscript/modules/sched"
	"github.com/gscript-lang/gscript/modules/script"
	"github.com/gscript-lang/gscript/modules/ssh"
	"github.com/gscript-lang/gscript/modules/subprocess"
	"github.com/gscript-lang/gscript/modules/test"
	"github.com/gscript-lang/gscript/modules/thread"
	"github.com/gscript-lang/gscript/modules/time"
	"github.com/gscript-lang/gscript/modules/toposort"
	"github.com/gscript-lang/gscript/modules/utf8"
)

// All lists every module, in the order in which they are documented.
func All() []engine.Entry {
	return []engine.Entry{
		{Name: "http", Declare: http.Module},
		{Name: "ftp", Declare: ftp.Module},
		{Name: "ssh", Declare: ssh.Module},
		{Name: "mail", Declare: mail.Module},
		{Name: "subprocess", Declare: subprocess.Module},
		{Name: "async", Declare: async.Module},
		{Name: "thread", Declare: thread.Module},
		{Name: "queue", Declare: queue.Module},
		{Name: "process", Declare: process.Module},
		{Name: "pool", Declare: pool.Module},
		{Name: "toposort", Declare: toposort.Module},
		{Name: "graph", Declare: graph.Module},
		{Name: "sched", Declare: sched.Module},
		{Name: "mock", Declare: mock.Module},
		{Name: "gen", Declare: gen.Module},
		{Name: "debugger", Declare: debugger.Module},
		{Name: "fs", Declare: fs.Module},
		{Name: "path", Declare: path.Module},
		{Name: "json", Declare: json.Module},
		{Name: "hash", Declare: hash.Module},
		{Name: "int64", Declare: int64.Module},
		{Name: "expr", Declare: expr.Module},
		{Name: "inspect", Declare: inspect.Module},
		{Name: "bit", Declare: bit.Module},
		{Name: "utf8", Declare: utf8.Module},
		{Name: "time", Declare: time.Module},
		{Name: "env", Declare: env.Module},
		{Name: "args", Declare: args.Module},
		{Name: "script", Declare: script.Module},
		{Name: "import", Declare: imports.Module},
		{Name: "log", Declare: log.Module},
		{Name: "test", Declare: test.Module},
		{Name: "progress", Declare: progress.Module},
	}
}
