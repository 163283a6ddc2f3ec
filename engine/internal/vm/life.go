package vm

import (
	"context"
	"sync"

	"github.com/gscript-lang/gscript/engine/host"
)

// life is the contexts of a task. They are made when they are asked for: most
// tasks of a script that has many never need both.
type life struct {
	parent context.Context

	mu               sync.Mutex
	soft, hard       context.Context
	endSoft, endHard context.CancelCauseFunc
	grace            host.Timer // runs from a soft cancel to the hard stop
	over             bool
	cause            error // of the end
}

func (l *life) softContext(t *Task) context.Context {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.soft == nil {
		l.soft, l.endSoft = context.WithCancelCause(l.parent)
		if l.over {
			l.endSoft(l.cause)
		} else if e := t.canceled.Load(); e != nil {
			l.endSoft(e)
		}
	}
	return l.soft
}

func (l *life) hardContext() context.Context {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.hard == nil {
		l.hard, l.endHard = context.WithCancelCause(l.parent)
		if l.over {
			l.endHard(l.cause)
		}
	}
	return l.hard
}

// cancel ends the soft context. grace is what will stop the task.
func (l *life) cancel(why error, grace host.Timer) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.over {
		grace.Stop()
		return
	}
	l.grace = grace
	if l.soft != nil {
		l.endSoft(why)
	}
}

// end ends both contexts.
func (l *life) end(why error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.over {
		return
	}
	l.over, l.cause = true, why
	if l.grace != nil {
		l.grace.Stop()
	}
	if l.soft != nil {
		l.endSoft(why)
	}
	if l.hard != nil {
		l.endHard(why)
	}
}
