package host

import (
	"errors"
	"io"
	"os"
	"reflect"
	"sync/atomic"
	"time"
)

// start opens the pipes and starts the process.
func (c *child) start(cmd Command) (err error) {
	var theirs []*os.File
	defer func() {
		for _, f := range theirs {
			f.Close()
		}
		if err == nil {
			return
		}
		if c.stdin != nil {
			c.stdin.Close()
		}
		for _, p := range c.pipes {
			p.r.Close()
		}
	}()
	output := func(w io.Writer) (*os.File, error) {
		if f := fileOf(w); f != nil {
			return f, nil
		}
		r, pw, err := os.Pipe()
		if err != nil {
			return nil, err
		}
		theirs = append(theirs, pw)
		c.pipes = append(c.pipes, &outPipe{r: r, w: w})
		return pw, nil
	}
	var f *os.File
	if cmd.Stdout != nil {
		if f, err = output(cmd.Stdout); err != nil {
			return err
		}
		c.cmd.Stdout = f
	}
	switch {
	case cmd.Stderr == nil:
	case sameWriter(cmd.Stdout, cmd.Stderr):
		c.cmd.Stderr = f
	default:
		if f, err = output(cmd.Stderr); err != nil {
			return err
		}
		c.cmd.Stderr = f
	}
	if cmd.Stdin != nil {
		if f = fileOf(cmd.Stdin); f == nil {
			if f, c.stdin, err = os.Pipe(); err != nil {
				return err
			}
			theirs = append(theirs, f)
		}
		c.cmd.Stdin = f
	}
	if err = c.cmd.Start(); err != nil {
		return err
	}
	if err = c.group.open(c.cmd.Process.Pid); err != nil {
		c.cmd.Process.Kill()
		c.cmd.Process.Wait()
		return err
	}
	for _, p := range c.pipes {
		c.copy.Go(p.run)
	}
	if c.stdin != nil {
		go c.feed(cmd.Stdin)
	}
	return nil
}

// fileOf returns the file a child can be given as it is, or nil.
func fileOf(stream any) *os.File {
	switch s := stream.(type) {
	case *os.File:
		return s
	case inherited:
		return s.file()
	}
	return nil
}

// sameWriter compares without the panic of types that cannot be compared.
func sameWriter(a, b io.Writer) bool {
	return a != nil && reflect.ValueOf(a).Comparable() && reflect.ValueOf(b).Comparable() && a == b
}

// feed gives the child its input. Nobody waits for it: a reader may block for
// longer than the child lives.
func (c *child) feed(r io.Reader) {
	defer c.stdin.Close()
	if closer, ok := r.(io.Closer); ok {
		defer closer.Close()
	}
	in := &noteReader{r: r}
	// A child that does not read all its input is no error.
	io.Copy(c.stdin, in)
	c.mu.Lock()
	defer c.mu.Unlock()
	c.inErr = in.err
}

// noteReader tells the errors of a reader from those of a copy.
type noteReader struct {
	r   io.Reader
	err error
}

func (n *noteReader) Read(p []byte) (int, error) {
	k, err := n.r.Read(p)
	if err != nil && err != io.EOF {
		n.err = err
	}
	return k, err
}

// linger lets the output end when the pipes have been silent for d.
func (c *child) linger(d time.Duration) {
	for _, p := range c.pipes {
		p.budget.Store(int64(d))
		p.lingering.Store(true)
		if err := p.r.SetReadDeadline(time.Now().Add(d)); errors.Is(err, os.ErrNoDeadline) {
			time.AfterFunc(d, func() { p.r.Close() })
		}
	}
}

// outPipe copies one output of a child to a writer.
//
// After the child's end others may hold the pipe open. Then only time spent
// waiting for data counts, so that a slow writer loses none of what the child
// left in the pipe; and no more is taken than a pipe holds, so that somebody
// who writes on and on does not keep us here.
type outPipe struct {
	r   *os.File
	w   io.Writer
	err error

	lingering atomic.Bool
	budget    atomic.Int64 // what is left of the waiting, in nanoseconds
}

const (
	pipeHolds = 1 << 20
	lastLook  = 10 * time.Millisecond
)

// run closes the pipe at its end, also after a failed write: the child
// then gets an error or SIGPIPE instead of waiting for a reader.
func (p *outPipe) run() {
	defer p.r.Close()
	buf := make([]byte, 32<<10)
	for left := pipeHolds; left > 0; {
		lingering := p.lingering.Load()
		start := time.Now()
		if lingering {
			p.r.SetReadDeadline(start.Add(time.Duration(p.budget.Load())))
		}
		n, err := p.r.Read(buf)
		if lingering {
			p.budget.Add(-int64(time.Since(start)))
			left -= n
		}
		if n > 0 {
			if _, err := p.w.Write(buf[:n]); err != nil {
				p.err = err
				return
			}
		}
		switch {
		case err == nil:
		case errors.Is(err, os.ErrDeadlineExceeded) && !lingering:
			// The deadline may have passed while the writer was at work.
			p.budget.Store(int64(lastLook))
		case err == io.EOF, errors.Is(err, os.ErrDeadlineExceeded), errors.Is(err, os.ErrClosed):
			return
		default:
			p.err = err
			return
		}
	}
}
