package oslib

import (
	"context"

	lua "github.com/yuin/gopher-lua"

	"github.com/gscript-lang/gscript/engine/host"
	"github.com/gscript-lang/gscript/engine/internal/base/arg"
	"github.com/gscript-lang/gscript/engine/internal/base/hostcall"
	"github.com/gscript-lang/gscript/engine/internal/vm"
)

// execute runs a line in the shell and returns the status as C's system() does;
// without a line it says whether there is a shell.
func (l *library) execute(L *lua.LState) int {
	if L.Get(1) == lua.LNil {
		there := 1
		if _, err := l.host.Processes.LookPath(hostcall.ShellName()); err != nil {
			there = 0
		}
		L.Push(lua.LNumber(there))
		return 1
	}
	cmd := hostcall.Shell(l.host, arg.String(L, 1))
	hard := vm.TaskOf(L).HardContext()
	var exit host.Exit
	err := hostcall.Released(L, func(ctx context.Context) error {
		p, err := l.host.Processes.Start(ctx, cmd)
		if err != nil {
			return err
		}
		// The end of ctx asks the child to end; a hard stop does not ask.
		defer context.AfterFunc(hard, func() { _ = p.Kill() })() // unless it has ended
		if exit, err = p.Wait(); err == nil && exit.Killed {
			err = context.Cause(ctx)
		}
		return err
	})
	if err != nil {
		hostcall.Text(L, err) // raises what is to be raised
		L.Push(lua.LNumber(-1))
		return 1
	}
	L.Push(lua.LNumber(hostcall.Status(hostcall.How(exit))))
	return 1
}
