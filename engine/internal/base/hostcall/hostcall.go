// Package hostcall is what the libraries that reach the host share: work
// without the baton, failures in the form of C Lua, commands for the shell.
package hostcall

import (
	"context"
	"errors"

	lua "github.com/yuin/gopher-lua"

	"github.com/gscript-lang/gscript/engine/host"
	"github.com/gscript-lang/gscript/engine/internal/fault"
	"github.com/gscript-lang/gscript/engine/internal/vm"
)

// Released runs work that may wait, without the baton and under the context of
// the task. When that has ended, the error is what the task is to raise.
func Released(L *lua.LState, work func(ctx context.Context) error) error {
	t := vm.TaskOf(L)
	if e := t.Check(); e != nil {
		return e
	}
	ctx := t.Context()
	err := Unheld(L, func() error { return work(ctx) })
	if err != nil && ctx.Err() != nil {
		if e := t.Check(); e != nil {
			return e
		}
	}
	return err
}

// Unheld runs work without the baton, also in a task that is to end: for what
// must be done and takes no longer than a disk does.
func Unheld(L *lua.LState, work func() error) (err error) {
	t := vm.TaskOf(L)
	lane := t.Lane()
	if lane != nil {
		lane.Begin("call", vm.TracedName(L))
	}
	t.World.Native.Add(1)
	t.World.Unlock()
	defer t.World.Lock(L)
	defer t.World.Native.Add(-1)
	if lane != nil {
		defer func() { lane.End(vm.TracedKind(err)) }()
	}
	return work()
}

// Await runs work on a goroutine of its own and waits for it under ctx. Work
// that goes on after the end of ctx hands its result to late.
func Await[T any](ctx context.Context, work func() (T, error), late func(T)) (T, error) {
	type result struct {
		value T
		err   error
	}
	done := make(chan result, 1)
	go func() {
		var r result
		r.err = vm.Guard(func() (err error) { r.value, err = work(); return err }, nil)
		done <- r
	}()
	select {
	case r := <-done:
		return r.value, r.err
	case <-ctx.Done():
		go func() {
			if r := <-done; r.err == nil {
				late(r.value)
			}
		}()
		var none T
		return none, context.Cause(ctx)
	}
}

// Held is Await with the baton, for what takes no longer than a disk does unless
// a FIFO or the like is there in place of a file. It ends when the task is
// stopped.
func Held[T any](L *lua.LState, work func() (T, error), late func(T)) (T, error) {
	t := vm.TaskOf(L)
	v, err := Await(t.HardContext(), work, late)
	if err != nil {
		if e := t.Check(); e != nil {
			err = e
		}
	}
	return v, err
}

// Done pushes true, or what Failed pushes.
func Done(L *lua.LState, target string, err error) int {
	if err != nil {
		return Failed(L, target, err)
	}
	L.Push(lua.LTrue)
	return 1
}

// Failed pushes nil, "target: text" and the system's number of the error, as
// C Lua does. A denied permission and the engine's own errors are raised: no
// fallback of a script should hide them.
func Failed(L *lua.LState, target string, err error) int {
	text := Text(L, err)
	if target != "" {
		text = target + ": " + text
	}
	L.Push(lua.LNil)
	L.Push(lua.LString(text))
	L.Push(lua.LNumber(number(err)))
	return 3
}

// Text words an error as C's strerror does, and raises what Failed raises.
func Text(L *lua.LState, err error) string {
	var own *fault.Error
	var denied *host.DeniedError
	var exit *vm.ErrUnwound
	if errors.As(err, &own) || errors.As(err, &denied) || errors.As(err, &exit) {
		vm.TaskOf(L).World.Throw(L, err)
	}
	return text(err)
}

// OutputLost raises that a standard stream cannot be written: a script that
// goes on without its output would hide the loss.
func OutputLost(L *lua.LState, err error) {
	vm.TaskOf(L).World.Throw(L, fault.LostOutput(err))
}
