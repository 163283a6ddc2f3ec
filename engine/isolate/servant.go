package isolate

import (
	"context"
	"errors"
	"os"
	"os/signal"
	"sync"
	"sync/atomic"

	"github.com/gscript-lang/gscript/engine"
	"github.com/gscript-lang/gscript/engine/host"
	"github.com/gscript-lang/gscript/engine/internal/link"
	"github.com/gscript-lang/gscript/engine/internal/vm"
	"github.com/gscript-lang/gscript/engine/shared"
	"github.com/gscript-lang/gscript/engine/trace"
)

// servant is a child that works for a script: it runs one job after another.
type servant struct {
	link     *link.Link
	messages assembly
	engine   *engine.Engine
	world    *host.Host
	request  *workerRequest

	reader atomic.Pointer[relief] // of the goroutine that reads, while it does something else

	busy sync.Mutex // a job runs
	crew *engine.Worker
	init []*engine.Snapshot // what prepared it

	mu      sync.Mutex
	job     context.CancelCauseFunc // cancels the job that runs, if any
	number  float64                 // of the last job
	early   map[float64]error       // why a job is canceled that has not come yet
	leaving chan struct{}           // closed by quit
	dying   atomic.Bool             // a signal ends the process
}

// opRun and the like are the operations of a worker.
const (
	opRun    = "run"
	opInit   = "init"
	opCancel = "cancel"
)

// errStray is a message to a child that is no worker.
var errStray = errors.New("a message that nobody expects")

// maxMessage is how much a child may say at once: not more than it can hold.
func maxMessage(memory int64) int {
	if memory > 0 {
		return int(min(memory, 1<<30))
	}
	return 1 << 30
}

// work serves until the parent wants no more.
func (c *child) work(r *request, options engine.Options) int {
	world := c.world(r)
	defer world.Close()
	options = r.options(options, world)
	if r.Worker.Traced {
		options.Trace = trace.NewRelay(world.Clock, c.trace)
	}
	e := engine.New(options)
	s := &servant{engine: e, world: world, request: r.Worker, leaving: make(chan struct{})}
	s.messages.max = maxMessage(r.Limits.Memory)
	s.link = link.New(e.Passage(), shared.NewPeer("the process "+r.Worker.Origin.Script), s, c.to.sendMessage)
	s.link.OnWait(s.waits)
	r.Worker.Origin.Process.PID = os.Getpid()
	_ = s.hire(context.Background()) // so that the first job finds it
	c.worker = s
	terminated := make(chan os.Signal, 1)
	signal.Notify(terminated, terminateSignals()...) // before the first job
	go c.obey(nil)
	var by os.Signal
	select {
	case <-s.leaving:
	case by = <-terminated:
		s.dying.Store(true)
		_ = c.to.send(frameDying, nil) // before what its job ends with, so that no other job comes
		s.cancel(vm.Interrupted(errors.New("the process was terminated")))
	}
	s.busy.Lock() // the job has ended
	if s.crew != nil {
		s.crew.Close()
	}
	if by != nil {
		dieOf(by)
	}
	return 0
}

// quit lets the child end. It is called by one goroutine.
func (s *servant) quit() {
	select {
	case <-s.leaving:
	default:
		close(s.leaving)
	}
}

// relieve sees to it that what comes from the parent is read while the reader
// does something else.
func (s *servant) relieve(read func()) *relief {
	r := newRelief(read)
	s.reader.Store(r)
	return r
}

// waits is called when something here waits for the parent.
func (s *servant) waits() {
	if r := s.reader.Load(); r != nil {
		r.now()
	}
}

// receive takes a frame of the parent, and returns what it asks to be done.
func (s *servant) receive(kind byte, payload []byte) (serve func(), err error) {
	if s == nil {
		return nil, errStray
	}
	message, whole, err := s.messages.add(kind, payload)
	if err != nil || !whole {
		return nil, err
	}
	return s.link.Receive(message)
}

// Serve does what the parent asks of its worker.
func (s *servant) Serve(ctx context.Context, r *shared.Request) ([]any, error) {
	switch r.Op {
	case opRun, opInit:
		s.busy.Lock()
		r.After = s.busy.Unlock // a process that ends has answered
		out, err := s.run(ctx, r.Op, r.Args)
		if err != nil && s.dying.Load() {
			s.busy.Unlock()
			select {} // what ended the job is the death of the process, which the parent sees
		}
		return out, err
	case opCancel:
		if len(r.Args) == 3 {
			number, _ := r.Args[0].(float64)
			interrupted, _ := r.Args[2].(bool)
			if why, ok := r.Args[1].(*engine.Error); ok && interrupted {
				s.cancelJob(number, vm.Interrupted(why))
			} else if ok {
				s.cancelJob(number, why)
			}
		}
		return nil, nil
	}
	return nil, shared.ErrUnknownOp
}

// cancel cancels the job that runs.
func (s *servant) cancel(why error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.job != nil {
		s.job(why)
	}
}

// cancelJob cancels the job of that number, which may come later: operations
// overtake each other.
func (s *servant) cancelJob(number float64, why error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	switch {
	case number > s.number:
		s.early = map[float64]error{number: why}
	case number == s.number && s.job != nil:
		s.job(why)
	}
}

// run runs a job, or what prepares for jobs; ctx stops it. The servant is busy.
func (s *servant) run(ctx context.Context, op string, args []any) ([]any, error) {
	if len(args) < 2 {
		return nil, shared.ErrUnknownOp
	}
	number, _ := args[0].(float64)
	copies := make([]*engine.Snapshot, len(args)-1)
	for i, a := range args[1:] {
		copies[i], _ = a.(*engine.Snapshot)
	}
	if copies[0] == nil {
		return nil, shared.ErrUnknownOp
	}
	soft, cancel := context.WithCancelCause(context.Background())
	defer cancel(nil)
	s.mu.Lock()
	s.job, s.number = cancel, number
	if why := s.early[number]; why != nil {
		cancel(why)
	}
	s.early = nil
	s.mu.Unlock()
	defer func() {
		s.mu.Lock()
		s.job = nil
		s.mu.Unlock()
	}()
	if err := s.hire(ctx); err != nil {
		return nil, err
	}
	defer s.dismiss()
	if op == opInit {
		if err := s.crew.Init(ctx, copies[0], copies[1:]...); err != nil {
			return nil, err
		}
		s.init = copies
		return nil, nil
	}
	out, err := s.crew.RunCancelable(ctx, soft, copies[0], copies[1:]...)
	if err != nil {
		return nil, err
	}
	return []any{out}, nil
}

// hire makes the worker, prepared as the last one was.
func (s *servant) hire(ctx context.Context) error {
	if s.crew != nil {
		return nil
	}
	w := s.engine.NewWorker(context.Background(), s.world, s.request.Origin, &places{s.link})
	if s.init != nil {
		if err := w.Init(ctx, s.init[0], s.init[1:]...); err != nil {
			w.Close()
			return err
		}
	}
	s.crew = w
	return nil
}

// dismiss gives up a worker that a job has spoilt.
func (s *servant) dismiss() {
	if !s.crew.Usable() {
		s.crew.Close()
		s.crew = nil
	}
}
