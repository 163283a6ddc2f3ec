package host

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"sync"
	"time"
)

// child is one process with its group. Its life: start, then supervise in a
// goroutine, which closes leader when the process itself has ended and ended
// when its output has too.
type child struct {
	cmd   *exec.Cmd
	group group

	stdin *os.File // our end; nil when the child has a file of its own
	pipes []*outPipe
	copy  sync.WaitGroup

	leader chan struct{}
	ended  chan struct{}

	mu     sync.Mutex
	reaped bool  // the pid may be another process's
	inErr  error // of reading the command's Stdin

	state *os.ProcessState
	exit  Exit  // valid once ended
	err   error // likewise
}

func (c *child) PID() int { return c.cmd.Process.Pid }

func (c *child) Wait() (Exit, error) {
	<-c.ended
	return c.exit, c.err
}

func (c *child) Kill() error { return c.send(c.group.kill) }

func (c *child) Signal(name string) error {
	return c.send(func() error { return c.group.signal(name) })
}

// send does something to the group while its id is sure to be its own.
func (c *child) send(do func() error) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.reaped {
		return os.ErrProcessDone
	}
	return do()
}

// supervise sees the process to its end.
func (c *child) supervise(ctx context.Context, grace time.Duration) {
	defer close(c.ended)
	defer c.group.close()
	var waited error
	go func() {
		defer close(c.leader)
		waited = c.awaitLeader()
	}()
	select {
	case <-c.leader:
	case <-ctx.Done():
		select {
		case <-c.leader:
		default:
			c.exit.Killed = true
			c.send(c.group.terminate)
		}
		timer := time.NewTimer(grace)
		select {
		case <-c.leader:
		case <-timer.C:
			c.Kill()
			<-c.leader
		}
		timer.Stop()
	}
	if c.stdin != nil {
		c.stdin.Close()
	}
	copied := make(chan struct{})
	go func() {
		c.copy.Wait()
		close(copied)
	}()
	// The pipes are read to their end, or until nothing came for a while.
	if ctx.Err() == nil {
		c.linger(pipeLinger)
		select {
		case <-copied:
		case <-ctx.Done():
		}
	}
	if ctx.Err() != nil {
		c.Kill()
		c.linger(pipeLingerKilled)
	}
	<-copied
	err := c.reap()
	if c.state != nil {
		c.exit.Code, c.exit.Signal = exitOf(c.state)
	}
	for _, p := range c.pipes {
		err = errors.Join(err, p.err)
	}
	c.err = errors.Join(waited, err)
}

// awaitLeader returns when the process has ended. Where the system can, it is
// left unreaped, so that its group's id cannot become another's.
func (c *child) awaitLeader() error {
	if supported, err := waitUnreaped(c.cmd.Process.Pid); supported {
		return err
	}
	state, err := c.cmd.Process.Wait()
	c.mu.Lock()
	defer c.mu.Unlock()
	c.state = state
	return err
}

// reap takes the exit status, after which the pid is not ours any more.
func (c *child) reap() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.reaped = true
	if c.state == nil {
		state, err := c.cmd.Process.Wait()
		if err != nil {
			return err
		}
		c.state = state
	}
	return c.inErr
}
