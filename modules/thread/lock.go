package thread

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/gscript-lang/gscript/engine"
	"github.com/gscript-lang/gscript/engine/shared"
	"github.com/gscript-lang/gscript/modules/internal/share"
)

// Lock is a lock that one task at a time has.
type Lock = share.Object[*lock]

type lock struct {
	share.Monitor
	line      share.Line
	reentrant bool
	held      shared.Held
	depth     int    // how often the holder has acquired it
	forget    func() // takes the hook at the holder's end back
}

// NewLock makes a lock; its holder may acquire a reentrant one again. The name
// is for reports.
func NewLock(name string, reentrant bool) *Lock { return share.New(newLock(name, reentrant)) }

func newLock(name string, reentrant bool) *lock {
	l := &lock{reentrant: reentrant}
	l.held.Name = name
	l.Lines(&l.line)
	return l
}

// Do does an operation.
func (l *lock) Do(by share.By, op string, _ share.Args) ([]any, error) {
	switch op {
	case "acquire":
		return nil, l.acquire(by)
	case "try_acquire":
		ok := l.again(by.Owner) || l.Try(&l.line, l.take(by.Owner))
		if ok {
			l.guard(by.Owner)
		}
		return []any{ok}, nil
	case "release":
		return nil, l.release(by.Owner, false)
	case "leave":
		return nil, l.release(by.Owner, true)
	case "locked":
		return []any{l.held.Holder() != nil}, nil
	case "condition":
		return []any{share.New(newCondition(l))}, nil
	}
	return nil, shared.ErrUnknownOp
}

// again acquires a lock that the task has already, if it is of the sort that
// allows that.
func (l *lock) again(o *shared.Owner) (ok bool) {
	if !l.reentrant || l.held.Holder() != o {
		return false
	}
	l.Look(func() { l.depth++ })
	return true
}

func (l *lock) take(o *shared.Owner) func() bool {
	return func() bool {
		if l.held.Holder() != nil {
			return false
		}
		l.held.SetHolder(o)
		l.depth = 1
		return true
	}
}

// acquire takes the lock. A task that would wait without a limit, in a circle
// with others that do, is told so instead.
func (l *lock) acquire(by share.By) error {
	if l.again(by.Owner) {
		return nil
	}
	take := l.take(by.Owner)
	if !l.Try(&l.line, take) {
		if !by.Limited {
			if circle := by.Owner.WaitFor(&l.held); circle != nil {
				return deadlock(&l.held, circle)
			}
			defer by.Owner.WaitFor(nil)
		}
		if err := by.Wait(&l.Monitor, &l.line, take); err != nil {
			return err
		}
	}
	l.guard(by.Owner)
	return nil
}

// guard frees the lock when the task that got it ends, or its process does.
func (l *lock) guard(o *shared.Owner) {
	forget := o.OnEnd(func() { l.lost(o) })
	l.Look(func() {
		if l.held.Holder() == o && l.forget == nil {
			l.forget, forget = forget, nil
		}
	})
	if forget != nil { // somebody has released it meanwhile
		forget()
	}
}

// release gives the lock to the next in line. A quiet one is for a task that may
// have lost the lock, and lets it go whole only if the task has it.
func (l *lock) release(o *shared.Owner, quiet bool) (err error) {
	l.Update(func() {
		holder := l.held.Holder()
		switch {
		case quiet && holder != o:
			return
		case holder == nil:
			err = engine.Errorf(errNotHeld, "%s is not held", l.held.Name)
			return
		case l.reentrant && holder != o:
			err = engine.Errorf(errNotHeld, "%s is held by %v, and only it may release it", l.held.Name, holder.Who)
			return
		}
		if l.depth--; l.depth == 0 {
			l.free()
		}
	})
	return err
}

// lost frees the lock of a task that is gone, however often that acquired it.
func (l *lock) lost(o *shared.Owner) {
	l.Update(func() {
		if l.held.Holder() == o {
			l.free()
		}
	})
}

// free lets the lock go. The monitor is locked.
func (l *lock) free() {
	l.held.SetHolder(nil)
	l.depth = 0
	if l.forget != nil {
		l.forget()
		l.forget = nil
	}
}

// deadlock names the locks and tasks of a circle.
func deadlock(first *shared.Held, circle []*shared.Owner) error {
	var links []string
	self := circle[len(circle)-1]
	h := first
	for _, o := range circle {
		who := o.Who.String()
		if o == self {
			who = "this task"
		}
		links = append(links, fmt.Sprintf("%s is held by %s", h.Name, who))
		if h = o.Waits(); h == nil {
			break
		}
	}
	e := engine.Errorf(errDeadlock, "it would never get it: %s", strings.Join(links, ", which waits: "))
	e.Hint = "acquire locks in one order everywhere, or give acquire a timeout"
	if len(circle) == 1 {
		e.Hint = "use a rlock for a lock that its holder acquires again"
	}
	e.Fields = map[string]any{"circle": links}
	return e
}

// cleaning is how long a canceled task may take to get a lock back.
const cleaning = 5 * time.Second

// regain acquires again what a task gave up to wait. A task that was canceled
// does it in the time that it has for cleaning up.
func (l *lock) regain(by share.By, depth int) error {
	ctx := by.Context()
	if ctx.Err() != nil {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(context.WithoutCancel(ctx), cleaning)
		defer cancel()
	}
	if err := l.Wait(ctx, &l.line, l.take(by.Owner)); err != nil {
		return err
	}
	l.Look(func() { l.depth = depth })
	l.guard(by.Owner)
	return nil
}

type holder interface {
	Do(c *engine.Call, limit *engine.Duration, op string, args ...any) ([]any, error)
	Finish(c *engine.Call, op string, args ...any) error
}

// holding runs fn between two operations. Whatever fn ends with, the second is
// done.
func holding(h holder, c *engine.Call, fn *engine.Func, begin, end string) ([]engine.Value, error) {
	if _, err := h.Do(c, nil, begin); err != nil {
		return nil, err
	}
	over := false
	defer func() {
		if !over {
			_ = h.Finish(c, end)
		}
	}()
	values, err := fn.CallRaw(c.Context())
	over = true
	if ferr := h.Finish(c, end); err == nil {
		err = ferr
	}
	return values, err
}
