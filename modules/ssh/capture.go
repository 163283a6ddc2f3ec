package ssh

import (
	"errors"
	"sync"
)

// capture keeps the beginning of a stream and counts the rest away, so that a
// server that floods cannot fill the memory, nor stop for want of a reader.
type capture struct {
	mu        sync.Mutex
	data      []byte
	max       int
	truncated bool
	done      bool
}

var errDone = errors.New("nobody listens any more")

func (b *capture) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.done {
		return 0, errDone
	}
	if room := b.max - len(b.data); len(p) > room {
		b.data = append(b.data, p[:room]...)
		b.truncated = true
	} else {
		b.data = append(b.data, p...)
	}
	return len(p), nil
}

// finish returns what was kept; later writes fail.
func (b *capture) finish() (text string, truncated bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.done = true
	return string(b.data), b.truncated
}
