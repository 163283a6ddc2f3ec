package thread

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"slices"
	"sync"
	"time"

	"github.com/gscript-lang/gscript/engine"
	"github.com/gscript-lang/gscript/modules/internal/away"
	"github.com/gscript-lang/gscript/modules/internal/share"
)

// Thread is a function that runs in a state of its own.
type Thread struct {
	engine.Identity
	engine.Awaitable // the task of the script, or the daemon

	who info
}

// info tells scripts about a thread.
type info struct {
	ID     int    `lua:"id" doc:"number of the thread, 0 for the script itself"`
	Name   string `lua:"name" doc:"its name, main for the script itself"`
	Daemon bool   `lua:"daemon" doc:"whether the script ends without waiting for it"`
	Origin string `lua:"origin" doc:"line of the script that started it, empty for the script itself"`
}

// roster is the threads of a script, whatever states they were started in.
type roster struct {
	mu      sync.Mutex
	last    int
	running map[int]info
}

type (
	rosterKey struct{}
	selfKey   struct{}
)

func rosterOf(c *engine.Call) *roster {
	return c.Local(rosterKey{}, func() any { return &roster{running: map[int]info{}} }).(*roster)
}

func (r *roster) enter(who info) info {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.last++
	who.ID = r.last
	if who.Name == "" {
		who.Name = fmt.Sprintf("thread-%d", who.ID)
	}
	r.running[who.ID] = who
	return who
}

func (r *roster) leave(who info) {
	r.mu.Lock()
	defer r.mu.Unlock()
	delete(r.running, who.ID)
}

// job is what a thread runs.
type job struct {
	who    info
	roster *roster
	fn     *engine.Snapshot
	args   []*engine.Snapshot
	limit  time.Duration
	after  func(ctx context.Context) error // before it begins; nil for nothing
	worker func() (*engine.Worker, error)
}

// errLimit is the cause of a thread's end by its time limit.
var errLimit = errors.New("the time limit of the thread")

func (j *job) run(hard, soft context.Context) (out *engine.Snapshot, err error) {
	defer j.roster.leave(j.who)
	if j.after != nil {
		if err := j.after(soft); err == errDropped {
			return nil, nil
		} else if err != nil {
			return nil, err
		}
	}
	w, err := j.worker()
	if err != nil {
		return nil, err
	}
	defer func() {
		if cerr := w.Close(); err == nil {
			err = cerr
		}
	}()
	if j.limit > 0 {
		var cancel context.CancelFunc
		hard, cancel = context.WithTimeoutCause(hard, j.limit, errLimit)
		defer cancel()
	}
	w.Identify("thread "+j.who.Name, j.who.Origin)
	w.SetLocal(rosterKey{}, j.roster)
	w.SetLocal(selfKey{}, j.who)
	out, err = w.RunCancelable(hard, soft, j.fn, j.args...)
	if err != nil && context.Cause(hard) == errLimit {
		e := engine.Errorf(errTimeout, "the thread took longer than %v and was stopped", j.limit)
		e.Hint = "give it more time with timeout="
		err = e
	}
	return out, away.Traced(err, fmt.Sprintf("%s: in thread %s", j.who.Origin, j.who.Name))
}

// prepare copies what a thread runs out of the calling state.
func prepare(c *engine.Call, in common) (*job, error) {
	j := &job{who: info{Name: in.Name, Daemon: in.Daemon, Origin: c.Where()}, limit: in.Timeout.Std(), worker: c.NewWorker}
	var err error
	if j.fn, err = c.Snapshot("fn", in.Fn); err != nil {
		return nil, err
	}
	if j.fn.Type != "function" {
		return nil, engine.Invalid("argument 'fn' must be a function, got a %s", j.fn.Type)
	}
	for i, v := range in.Args {
		s, err := c.Snapshot(fmt.Sprintf("args[%d]", i+1), v)
		if err != nil {
			return nil, err
		}
		j.args = append(j.args, s)
	}
	c.WarnAssigned("thread", j.fn)
	j.roster = rosterOf(c)
	j.who = j.roster.enter(j.who)
	return j, nil
}

// start starts the thread: as a task of the script, which waits for it, or as a
// daemon.
func (j *job) start(c *engine.Call) *Thread {
	if j.who.Daemon {
		return &Thread{Awaitable: startDaemon(c, j), who: j.who}
	}
	return &Thread{who: j.who, Awaitable: c.SpawnNative("thread "+j.who.Name, func(t *engine.Task) ([]any, error) {
		out, err := j.run(t.HardContext(), t.Context())
		return []any{out}, err
	})}
}

func spawn(c *engine.Call, in spawnIn) (*Thread, error) {
	j, err := prepare(c, in.common)
	if err != nil {
		return nil, err
	}
	err = c.Wait(func(context.Context) error { // making a state takes long enough to let others run
		w, err := c.NewWorker()
		j.worker = func() (*engine.Worker, error) { return w, nil }
		return err
	})
	if err != nil {
		j.roster.leave(j.who)
		return nil, err
	}
	return j.start(c), nil
}

func (t *Thread) join(c *engine.Call, in share.Within) (any, error) {
	t.Claim()
	if !t.ended() {
		ctx, cancel, err := share.Limited(c, in.Timeout)
		if err != nil {
			return nil, err
		}
		defer cancel()
		if err := t.wait(ctx); err != nil {
			return nil, err
		}
	}
	out, err := t.Outcome()
	if err != nil || len(out) == 0 {
		return nil, away.Fresh(err)
	}
	return out[0], nil
}

// wait waits for the end, whatever it is.
func (t *Thread) wait(ctx context.Context) error {
	if task, ok := t.Awaitable.(*engine.Task); ok {
		// A task knows who waits for it, so that a circle is found.
		if _, err := task.Wait(ctx); !t.ended() {
			return joinError(t, err)
		}
		return nil
	}
	select {
	case <-t.Done():
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

func joinError(t *Thread, err error) error {
	if errors.Is(err, engine.ErrDeadlock) {
		e := engine.Errorf(errDeadlock, "the thread waits for this task, directly or by way of others")
		e.Target = "thread " + t.who.Name
		return e
	}
	return err
}

func (t *Thread) ended() bool {
	select {
	case <-t.Done():
		return true
	default:
		return false
	}
}

func (t *Thread) cancel(_ *engine.Call, in cancelIn) (bool, error) {
	if t.ended() {
		return false, nil
	}
	t.Cancel(in.Why)
	return true, nil
}

func (t *Thread) alive(*engine.Call, engine.None) (bool, error) { return !t.ended(), nil }

func self(c *engine.Call, _ engine.None) (info, error) {
	return c.Local(selfKey{}, func() any { return info{Name: "main"} }).(info), nil
}

func all(c *engine.Call, _ engine.None) ([]info, error) {
	r := rosterOf(c)
	r.mu.Lock()
	defer r.mu.Unlock()
	list := []info{{Name: "main"}}
	for _, who := range r.running {
		list = append(list, who)
	}
	slices.SortFunc(list, func(a, b info) int { return a.ID - b.ID })
	return list, nil
}

func cpus(*engine.Call, engine.None) (int, error) { return runtime.GOMAXPROCS(0), nil }
