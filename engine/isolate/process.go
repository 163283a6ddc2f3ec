//go:build unix

package isolate

import (
	"bufio"
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"io"
	"log/slog"
	"os"
	"os/exec"
	"runtime"
	"strings"
	"sync"

	"github.com/gscript-lang/gscript/engine/host"
	"github.com/gscript-lang/gscript/engine/internal/fault"
	"github.com/gscript-lang/gscript/engine/internal/link"
	"github.com/gscript-lang/gscript/engine/internal/vm"
	"github.com/gscript-lang/gscript/engine/internal/wire"
)

// Process is a script that runs in a child.
type Process struct {
	config Config
	ctx    context.Context
	token  string
	log    *slog.Logger
	cmd    *exec.Cmd
	cgroup *cgroup // nil if there is none

	control *os.File // to the child
	answer  *os.File // from the child
	crash   *os.File // the child's own standard error output
	input   *os.File // to the child's standard input, if it is piped

	hello    chan []string     // what the child says guards it
	reasons  chan error        // from Interrupt
	exited   chan struct{}     // the child has ended; it is not reaped yet
	started  chan error        // the child runs, or not
	reaped   chan error        // the child is reaped and nothing of it is left
	readDone chan struct{}     // everything that the child wrote was read
	crashed  chan struct{}     // the same of its standard error output
	done     chan struct{}     // Wait may return
	writes   chan controlFrame // to the child
	to       *frameWriter      // of the control pipe
	asked    chan struct{}     // the request was written

	link     *link.Link // to a worker; nil for a script
	tracer   tracer
	messages assembly

	mu       sync.Mutex
	guards   []string
	verdict  error  // why the parent killed the child
	said     []byte // the ending, in pieces
	complete bool   // the ending is whole
	garbled  error  // the child wrote what it never should
	outErr   error  // a stream of the caller failed
	closed   bool   // Wait has returned: the caller's streams are not ours any more
	last     string // the first words of the dying runtime
	reason   error  // the last Interrupt
	peak     int64
	near     bool // the memory was close to the limit when last seen
	gone     bool // the child has ended
	leaving  bool // a worker was told to end
	dying    bool // a worker has said that it ends

	values []any
	err    error
}

type controlFrame struct {
	kind    byte
	payload []byte
}

// Start starts a script in a child. The end of ctx stops it.
func Start(ctx context.Context, c Config, s Script, args ...any) (*Process, error) {
	c, err := c.prepared()
	if err != nil {
		return nil, err
	}
	if _, nested := bootOf(os.Getenv(marker)); nested {
		return nil, fault.New(KindStart, "this process was started to run an isolated script, but its main does not call isolate.Child").
			WithHint("call isolate.Child(options) first in main")
	}
	if err := ctx.Err(); err != nil {
		return nil, vm.StopCause(context.Cause(ctx))
	}
	data, err := wire.Encode("args", args, 1<<30)
	if err != nil {
		return nil, err
	}
	p := newProcess(ctx, c)
	if err := p.launch(s, data); err != nil {
		return nil, fault.Classify(err)
	}
	return p, nil
}

func newProcess(ctx context.Context, c Config) *Process {
	p := &Process{
		config: c, ctx: ctx, log: c.Options.Log,
		hello: make(chan []string, 1), reasons: make(chan error, 4),
		exited: make(chan struct{}), started: make(chan error, 1), reaped: make(chan error, 1),
		readDone: make(chan struct{}), crashed: make(chan struct{}), done: make(chan struct{}), writes: make(chan controlFrame, 16),
		asked: make(chan struct{}),
	}
	if p.log == nil {
		p.log = slog.New(slog.DiscardHandler)
	}
	p.config.Options.Log = p.log
	return p
}

// launch makes the pipes and starts the child.
func (p *Process) launch(s Script, args []byte) (err error) {
	var token [16]byte
	_, _ = rand.Read(token[:]) // never fails
	p.token = hex.EncodeToString(token[:])

	var theirs, ours []*os.File
	defer func() {
		closeAll(theirs)
		if err != nil {
			closeAll(ours)
		}
	}()
	pipe := func(toChild bool) (own, their *os.File) {
		r, w, perr := os.Pipe()
		if perr != nil {
			err = errors.Join(err, perr)
			return nil, nil
		}
		own, their = r, w
		if toChild {
			own, their = w, r
		}
		ours, theirs = append(ours, own), append(theirs, their)
		return own, their
	}
	control, fd3 := pipe(true)
	answer, fd4 := pipe(false)
	crash, fd2 := pipe(false)
	if err != nil {
		return err
	}
	p.control, p.answer, p.crash = control, answer, crash
	p.to = &frameWriter{w: control}

	program, argv, err := p.program()
	if err != nil {
		return err
	}
	o := p.config.Options
	p.cmd = &exec.Cmd{Path: program, Args: argv, Stderr: fd2, ExtraFiles: []*os.File{fd3, fd4}}
	var piped streams
	if f, ok := fileOf(o.Stdout, os.Stdout); ok {
		p.cmd.Stdout = f
	} else {
		piped.Out = true
	}
	if f, ok := fileOf(o.Stderr, os.Stderr); ok {
		p.cmd.ExtraFiles = append(p.cmd.ExtraFiles, f)
	} else {
		piped.Err = true
	}
	if f, ok := fileOf(o.Stdin, os.Stdin); ok {
		p.cmd.Stdin = f
	} else {
		var fd0 *os.File
		p.input, fd0 = pipe(true)
		if err != nil {
			return err
		}
		p.cmd.Stdin = fd0
	}
	b := boot{parent: os.Getpid(), memory: o.Limits.Memory, run: o.Permissions.Has(host.Run), token: p.token}
	p.cmd.Env = append(os.Environ(), marker+"="+b.String())
	p.cmd.SysProcAttr = childAttr(b)

	go p.hold()
	if err := <-p.started; err != nil {
		return fault.New(KindStart, "cannot start %s: %v", program, err)
	}
	p.cgroup, err = newCgroup(p.cmd.Process.Pid, o.Limits.Memory, p.token)
	if err != nil {
		p.log.Debug("no control group of its own", "why", err.Error())
		err = nil
	}
	go p.write()
	go p.read()
	go p.readCrash()
	if p.input != nil {
		go p.feed(o.Stdin, p.input)
	}
	go p.supervise(s, args, piped)
	return nil
}

// fileOf is the file behind a stream, the process's own if it is nil.
func fileOf(stream any, own *os.File) (*os.File, bool) {
	if stream == nil {
		return own, true
	}
	f, ok := stream.(*os.File)
	return f, ok
}

func closeAll(files []*os.File) {
	for _, f := range files {
		f.Close()
	}
}

// program is what to start.
func (p *Process) program() (string, []string, error) {
	if c := p.config.Command; len(c) > 0 {
		path, err := exec.LookPath(c[0])
		if err != nil {
			return "", nil, fault.New(KindStart, "cannot find the program %s: %v", c[0], err)
		}
		return path, c, nil
	}
	path, err := os.Executable()
	if err != nil {
		return "", nil, fault.New(KindStart, "cannot find this program's own file: %v", err).
			WithHint("name the program with Config.Command")
	}
	return path, []string{os.Args[0]}, nil
}

// hold starts the child and stays on its thread until the child has ended: on
// Linux the child dies with the thread that started it.
func (p *Process) hold() {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	err := p.cmd.Start()
	p.started <- err
	if err != nil {
		return
	}
	// A child that has ended but is not reaped keeps its number, so that what
	// is killed cannot be another group.
	unreaped := waitExit(p.cmd.Process.Pid)
	if !unreaped {
		err = p.cmd.Wait()
	}
	p.mu.Lock()
	p.gone = true
	p.mu.Unlock()
	close(p.exited)
	killSession(p.cmd.Process.Pid, p.config.Options.Permissions.Has(host.Run))
	if unreaped {
		err = p.cmd.Wait()
	}
	p.reaped <- err
}

// write hands frames to the child, which may read them late.
func (p *Process) write() {
	for {
		select {
		case f := <-p.writes:
			var err error
			if f.kind == frameRequest {
				if err = p.to.sendPieces(frameRequest, f.payload); err == nil {
					err = p.to.send(frameRequest, nil)
				}
				close(p.asked)
			} else {
				err = p.to.send(f.kind, f.payload)
			}
			if err != nil {
				return // the child is ending, which says more
			}
		case <-p.done:
			return
		}
	}
}

// send queues a frame. Of so few there is always room; a child that reads none
// is killed.
func (p *Process) send(kind byte, payload []byte) {
	select {
	case p.writes <- controlFrame{kind, payload}:
	default:
	}
}

// feed copies standard input to the child.
func (p *Process) feed(from io.Reader, to *os.File) {
	_, _ = io.Copy(to, from)
	to.Close()
}

// maxLastWords bounds what is kept of a dying runtime's report.
const maxLastWords = 16 << 10

// readCrash keeps the beginning of what the runtime says when it dies, and
// reads the rest so that it can.
func (p *Process) readCrash() {
	defer close(p.crashed)
	head, _ := io.ReadAll(io.LimitReader(p.crash, maxLastWords))
	p.mu.Lock()
	p.last = string(head)
	p.mu.Unlock()
	_, _ = io.Copy(io.Discard, p.crash)
}

// read reads what the child says.
func (p *Process) read() {
	defer close(p.readDone)
	var buf []byte
	greeted := false
	answer := bufio.NewReaderSize(p.answer, piece)
	for {
		kind, payload, err := readFrame(answer, buf)
		if err != nil {
			if !errors.Is(err, io.EOF) && !errors.Is(err, os.ErrDeadlineExceeded) {
				p.fail(err)
			}
			break
		}
		buf = payload
		if !greeted {
			if greeted = p.greet(kind, string(payload)); !greeted {
				p.fail(wire.ErrGarbled)
				break
			}
			continue
		}
		if err := p.handle(kind, payload); err != nil {
			p.fail(err)
			break
		}
	}
	_, _ = io.Copy(io.Discard, p.answer)
}

// fail notes that the child cannot be believed any more, and ends it.
func (p *Process) fail(err error) {
	p.mu.Lock()
	p.garbled = err
	p.mu.Unlock()
	p.kill(fault.New(KindProtocol, "the %s wrote what cannot be understood: %v", p.what(), err))
}

func (p *Process) greet(kind byte, text string) bool {
	lines := strings.Split(text, "\n")
	if kind != frameHello || lines[0] != p.token {
		return false
	}
	p.hello <- lines[1:]
	return true
}

func (p *Process) handle(kind byte, payload []byte) error {
	o := p.config.Options
	switch kind {
	case frameOut:
		p.output(o.Stdout, payload)
	case frameErr:
		p.output(o.Stderr, payload)
	case frameLog:
		return logRecord(p.log, payload)
	case frameTrace:
		if p.config.worker == nil {
			return errStray
		}
		return p.tracer.add(p.PID(), p.config.worker.Name, payload)
	case framePiece, frameMessage:
		return p.message(kind, payload)
	case frameResult:
		p.mu.Lock()
		defer p.mu.Unlock()
		if len(p.said)+len(payload) > p.config.Result+maxFrame {
			return errors.New("a result that is too large")
		}
		p.said = append(p.said, payload...)
	case frameEnd:
		p.mu.Lock()
		defer p.mu.Unlock()
		p.complete = true
	case frameDying:
		p.mu.Lock()
		defer p.mu.Unlock()
		p.dying = true
	default:
		return wire.ErrGarbled
	}
	return nil
}

// output hands on what the script wrote. When that fails so does the script's
// next write.
func (p *Process) output(w io.Writer, data []byte) {
	p.mu.Lock()
	failed := p.outErr != nil || p.closed || w == nil
	p.mu.Unlock()
	if failed {
		return
	}
	if _, err := w.Write(data); err != nil {
		p.mu.Lock()
		p.outErr = err
		p.mu.Unlock()
		p.send(frameClosed, nil)
	}
}

// Interrupt asks the script to end: blocking calls raise, clean-up code runs.
// errors.As finds why in what the script then ends with.
func (p *Process) Interrupt(why error) {
	select {
	case p.reasons <- why:
	case <-p.done:
	}
}

// Wait waits for the end and returns the results of the script or why there are
// none.
func (p *Process) Wait() ([]any, error) {
	<-p.done
	return p.values, p.err
}

// PID is the number of the child, and of its process group and session.
func (p *Process) PID() int { return p.cmd.Process.Pid }

// Peak is the most resident memory of the child, in bytes, as far as it was
// seen; 0 when the system does not tell.
func (p *Process) Peak() int64 {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.peak
}

// Guards lists what bounds the child's memory on this system.
func (p *Process) Guards() []string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return append([]string(nil), p.guards...)
}

// kill ends the child; the first reason given is the one told.
func (p *Process) kill(why error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.verdict == nil {
		p.verdict = why
	}
	if !p.gone {
		killGroup(p.cmd.Process.Pid)
	}
}
