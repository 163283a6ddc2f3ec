package thread

import (
	"context"

	"github.com/gscript-lang/gscript/engine"
	"github.com/gscript-lang/gscript/engine/shared"
	"github.com/gscript-lang/gscript/modules/internal/share"
)

// Condition lets tasks that have a lock wait for what others that have it do.
type Condition = share.Object[*condition]

type condition struct {
	share.Monitor
	line   share.Line
	lock   *lock
	tokens int // waiters that may go
}

func newCondition(l *lock) *condition {
	c := &condition{lock: l}
	c.Lines(&c.line)
	return c
}

// Do does an operation.
func (c *condition) Do(by share.By, op string, args share.Args) ([]any, error) {
	switch op {
	case "wait":
		return nil, c.wait(by)
	case "notify":
		if err := c.owned(by.Owner); err != nil {
			return nil, err
		}
		n := 0
		c.Update(func() {
			n = c.line.Len()
			if some := args.Int(0); some >= 0 {
				n = min(n, some)
			}
			c.tokens = n
		})
		return []any{float64(n)}, nil
	case "check":
		return nil, c.owned(by.Owner)
	}
	return c.lock.Do(by, op, args)
}

func (c *condition) owned(o *shared.Owner) error {
	if c.lock.held.Holder() == o {
		return nil
	}
	e := engine.Errorf(errNotHeld, "%s, the lock of the condition, is not held by this task", c.lock.held.Name)
	e.Hint = "call it inside c:with(function() … end)"
	return e
}

// wait stands in line before it gives the lock up, so that no notify is missed,
// and comes back with the lock.
func (c *condition) wait(by share.By) error {
	if err := c.owned(by.Owner); err != nil {
		return err
	}
	return by.Block(func(ctx context.Context) error {
		depth := 0
		notified := func() bool {
			if c.tokens == 0 {
				return false
			}
			c.tokens--
			return true
		}
		err := c.WaitAfter(ctx, &c.line, notified, func() {
			c.lock.Update(func() {
				depth = c.lock.depth
				c.lock.free()
			})
		})
		if rerr := c.lock.regain(by, depth); err == nil {
			err = rerr
		}
		return err
	})
}
