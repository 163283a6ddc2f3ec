package subprocess

import (
	"context"
	"errors"
	"io"
	"sync"

	"github.com/gscript-lang/gscript/engine"
	"github.com/gscript-lang/gscript/engine/host"
)

// Process is a program that runs beside the script.
type Process struct {
	program string
	opts    options
	proc    host.Process
	input   *io.PipeWriter // nil without stdin="pipe"
	out     [2]*stream     // nil where the output is not captured
	stop    context.CancelCauseFunc

	ended   chan struct{}
	result  outcome // valid once ended
	failure error   // likewise: of the wait itself

	writing sync.Mutex
}

func startProcess(c *engine.Call, in startIn) (*Process, error) {
	if len(in.Argv) == 0 {
		in.Argv = []string{}
	}
	p := &Process{opts: in.options, ended: make(chan struct{})}
	ctx, stop, cancel := in.limited(c.Background(), c.Host().Clock)
	p.stop = stop
	var pipe *io.PipeReader
	opts := in.options
	if opts.Stdin == "pipe" && opts.Input == nil {
		opts.Stdin = "null"
		pipe, p.input = io.Pipe()
	}
	cmd, files, err := opts.command(c, in.Argv, func(isErr bool) io.Writer {
		i := 0
		if isErr {
			i = 1
		}
		p.out[i] = newStream(int(opts.MaxOutput), func() { stop(errByLimit) })
		return p.out[i]
	})
	if err != nil {
		cancel()
		return nil, err
	}
	if pipe != nil {
		cmd.Stdin = pipe
	}
	clock := c.Host().Clock
	began := clock.Now()
	if p.proc, err = opts.start(ctx, c, cmd); err != nil {
		cancel()
		files.Close()
		return nil, err
	}
	p.program = in.Argv[0]
	// A program that is being ended must not wait for a reader.
	release := context.AfterFunc(ctx, func() { p.each((*stream).end) })
	c.Go(func() {
		defer cancel()
		defer close(p.ended)
		exit, err := p.proc.Wait()
		release()
		p.result = outcome{program: p.program, exit: exit, elapsed: clock.Now().Sub(began)}
		if ctx.Err() != nil {
			p.result.why = context.Cause(ctx)
		}
		p.failure = errors.Join(err, files.Close())
		p.each((*stream).end)
		if pipe != nil {
			pipe.Close()
		}
	})
	return p, nil
}

func (p *Process) each(f func(*stream)) {
	for _, s := range p.out {
		if s != nil {
			f(s)
		}
	}
}

func (p *Process) wait(c *engine.Call, in waitIn) (*Result, error) {
	p.closeInput()
	p.each((*stream).abandon)
	ctx, cancel := c.WithTimeout(in.Timeout)
	defer cancel()
	select {
	case <-p.ended:
	case <-ctx.Done():
		return nil, context.Cause(ctx)
	}
	c.Forget(p)
	if p.failure != nil {
		return nil, p.failure
	}
	r := p.result
	for i, text := range []*string{&r.out, &r.err} {
		if s := p.out[i]; s != nil {
			*text = s.text()
			r.cut = r.cut || s.truncated
		}
	}
	check := p.opts.Check
	if in.Check != nil {
		check = *in.Check
	}
	return p.opts.judge(r, check)
}

// output is the captured output, for reading.
func (p *Process) output() (*stream, error) {
	if p.out[0] == nil {
		return nil, engine.Invalid("the output of %s is not captured: it was started with stdout=%q", p.program, p.opts.Stdout)
	}
	return p.out[0], nil
}

func (p *Process) read(c *engine.Call, _ engine.None) (*string, error) {
	s, err := p.output()
	if err != nil {
		return nil, err
	}
	part, ok, err := s.next(c.Context(), everything)
	if !ok || err != nil {
		return nil, err
	}
	text := string(part)
	return &text, nil
}

func (p *Process) lines(c *engine.Call, _ engine.None) (*engine.Iterator, error) {
	s, err := p.output()
	if err != nil {
		return nil, err
	}
	return &engine.Iterator{Next: func() (any, error) {
		line, ok, err := s.next(c.Context(), oneLine)
		if !ok || err != nil {
			return nil, err
		}
		return trimLine(line), nil
	}}, nil
}

func (p *Process) write(c *engine.Call, in writeIn) (engine.None, error) {
	if p.input == nil {
		e := engine.Invalid("%s has no open input", p.program)
		e.Hint = `start it with stdin="pipe"`
		return engine.None{}, e
	}
	p.writing.Lock()
	defer p.writing.Unlock()
	// The pipe knows no context; a canceled write closes it.
	defer context.AfterFunc(c.Context(), func() { p.input.CloseWithError(context.Cause(c.Context())) })()
	_, err := io.WriteString(p.input, in.Data)
	switch {
	case c.Context().Err() != nil:
		return engine.None{}, context.Cause(c.Context())
	case errors.Is(err, io.ErrClosedPipe):
		e := engine.Errorf(errInput, "reads no more input")
		e.Target = p.program
		return engine.None{}, e
	}
	return engine.None{}, err
}

func (p *Process) closeStdin(*engine.Call, engine.None) (engine.None, error) {
	p.closeInput()
	return engine.None{}, nil
}

func (p *Process) closeInput() {
	if p.input != nil {
		p.input.Close()
	}
}

func (p *Process) signal(_ *engine.Call, in signalIn) (bool, error) {
	return sent(p.proc.Signal(in.Name))
}

func (p *Process) kill(*engine.Call, engine.None) (bool, error) {
	return sent(p.proc.Kill())
}

func sent(err error) (bool, error) {
	if errors.Is(err, host.ErrProcessDone) {
		return false, nil
	}
	return err == nil, err
}

func (p *Process) running(*engine.Call, engine.None) (bool, error) {
	select {
	case <-p.ended:
		return false, nil
	default:
		return true, nil
	}
}

// Close ends the program and waits until nothing of it is left.
func (p *Process) Close() error {
	p.closeInput()
	p.stop(errByClose)
	<-p.ended
	return nil
}
