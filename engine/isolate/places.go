package isolate

import (
	"context"
	"errors"
	"sync"

	"github.com/gscript-lang/gscript/engine"
	"github.com/gscript-lang/gscript/engine/internal/link"
	"github.com/gscript-lang/gscript/engine/shared"
)

// opJoin and opLeave are the operations of an employer.
const (
	opJoin  = "join"
	opLeave = "leave"
)

// employer does what a worker's process asks of the one that started it: it
// counts the workers which that process has in turn.
type employer struct {
	crew engine.Crew

	mu    sync.Mutex
	last  float64
	leave map[float64]func() // the places taken
	ended bool
}

// Serve takes and gives back places.
func (e *employer) Serve(_ context.Context, r *shared.Request) ([]any, error) {
	switch r.Op {
	case opJoin:
		leave, err := e.crew.Join()
		if err != nil {
			return nil, err
		}
		e.mu.Lock()
		defer e.mu.Unlock()
		if e.ended {
			leave()
			return nil, errGone
		}
		e.last++
		e.leave[e.last] = leave
		return []any{e.last}, nil
	case opLeave:
		if len(r.Args) == 1 {
			id, _ := r.Args[0].(float64)
			e.mu.Lock()
			leave := e.leave[id]
			delete(e.leave, id)
			e.mu.Unlock()
			if leave != nil {
				leave()
			}
		}
		return nil, nil
	}
	return nil, shared.ErrUnknownOp
}

// errGone is what a process hears that has ended meanwhile.
var errGone = errors.New("the process has ended")

// dismiss gives all places back at the end of the process, with which its own
// workers end.
func (e *employer) dismiss() {
	e.mu.Lock()
	e.ended = true
	places := e.leave
	e.leave = nil
	e.mu.Unlock()
	for _, leave := range places {
		leave()
	}
}

// places is the Crew of a worker: the process that started it counts.
type places struct{ link *link.Link }

// Join takes a place.
func (p *places) Join() (leave func(), err error) {
	out, err := p.link.Call(context.Background(), link.RootID, opJoin, nil)
	if err != nil {
		return nil, err
	}
	return sync.OnceFunc(func() {
		_, _ = p.link.Call(context.Background(), link.RootID, opLeave, out) // fails only at the end
	}), nil
}
