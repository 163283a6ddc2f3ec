package terminal

import (
	"bytes"
	"io"
	"sync"
)

// Cursor passes the output of a script on and notes whether it has left a line
// unfinished on the terminal that the debugger writes to, too.
type Cursor struct {
	W      io.Writer
	mu     sync.Mutex
	inside bool
}

func (c *Cursor) Write(p []byte) (int, error) {
	c.mu.Lock()
	if len(p) > 0 {
		c.inside = !bytes.HasSuffix(p, []byte("\n"))
	}
	c.mu.Unlock()
	return c.W.Write(p)
}

// Fresh is for Options.Fresh.
func (c *Cursor) Fresh() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	inside := c.inside
	c.inside = false
	return !inside
}
