package isolate

import (
	"encoding/binary"
	"fmt"
	"io"
	"sync"
	"sync/atomic"
	"syscall"
)

// What goes over the control pipes is frames: a kind, a length of four bytes,
// big-endian, and as many bytes.
const (
	// From the parent.
	frameRequest   = 'q' // a piece of the request; an empty one ends it
	frameInterrupt = 'i' // ask the script to end; the reason
	frameStop      = 'k' // stop the script now
	frameClosed    = 'c' // nobody takes the output any more

	// From the child.
	frameHello  = 'h' // the token, then what guards it as lines
	frameOut    = 'o' // standard output
	frameErr    = 'e' // standard error output
	frameLog    = 'l' // a log record
	frameResult = 'r' // a piece of the ending
	frameEnd    = 'z' // the ending is complete
)

const (
	maxFrame  = 1 << 20
	frameHead = 5
	piece     = 32 << 10
)

// frameWriter writes frames whole, from any goroutine.
type frameWriter struct {
	mu  sync.Mutex
	w   io.Writer
	buf []byte
}

func (f *frameWriter) send(kind byte, payload []byte) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.buf = append(f.buf[:0], kind)
	f.buf = binary.BigEndian.AppendUint32(f.buf, uint32(len(payload)))
	f.buf = append(f.buf, payload...)
	_, err := f.w.Write(f.buf)
	return err
}

// sendPieces sends data of any size as frames of one kind.
func (f *frameWriter) sendPieces(kind byte, data []byte) error {
	for len(data) > 0 {
		n := min(len(data), piece)
		if err := f.send(kind, data[:n]); err != nil {
			return err
		}
		data = data[n:]
	}
	return nil
}

// stream is an output stream as frames of a kind. When closed is set, writing
// fails as into a pipe that nobody reads.
type stream struct {
	to     *frameWriter
	kind   byte
	closed *atomic.Bool
}

func (s *stream) Write(p []byte) (int, error) {
	if s.closed.Load() {
		return 0, syscall.EPIPE
	}
	if err := s.to.sendPieces(s.kind, p); err != nil {
		return 0, err
	}
	return len(p), nil
}

// readFrame reads a frame into buf, which it grows as needed. A length that
// nobody sends is an error before anything is allocated.
func readFrame(r io.Reader, buf []byte) (kind byte, payload []byte, err error) {
	var head [frameHead]byte
	if _, err := io.ReadFull(r, head[:]); err != nil {
		return 0, buf, err
	}
	n := binary.BigEndian.Uint32(head[1:])
	if n > maxFrame {
		return 0, buf, fmt.Errorf("a message of %d bytes", n)
	}
	if cap(buf) < int(n) {
		buf = make([]byte, n)
	}
	buf = buf[:n]
	if _, err := io.ReadFull(r, buf); err != nil {
		return 0, buf, fmt.Errorf("a message is cut off: %w", err)
	}
	return head[0], buf, nil
}
