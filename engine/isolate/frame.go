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
	frameQuit      = 'u' // a worker ends when it has nothing to do

	// Either way, between a worker and whom it works for.
	framePiece   = 'm' // a piece of a message
	frameMessage = 'M' // the last one

	// From the child.
	frameHello  = 'h' // the token, then what guards it as lines
	frameOut    = 'o' // standard output
	frameErr    = 'e' // standard error output
	frameLog    = 'l' // a log record
	frameTrace  = 't' // an event of the trace
	frameResult = 'r' // a piece of the ending
	frameEnd    = 'z' // the ending is complete
	frameDying  = 'd' // a worker ends with its job, because of a signal
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

// sendMessage sends a message of a link, which sends one at a time.
func (f *frameWriter) sendMessage(data []byte) error {
	for len(data) > maxFrame {
		if err := f.send(framePiece, data[:maxFrame]); err != nil {
			return err
		}
		data = data[maxFrame:]
	}
	return f.send(frameMessage, data)
}

// assembly puts messages together, of at most max bytes.
type assembly struct {
	max    int
	pieces []byte
}

// add takes a frame and returns the message that it ends, which is valid until
// the next call.
func (a *assembly) add(kind byte, payload []byte) (message []byte, whole bool, err error) {
	if len(a.pieces)+len(payload) > a.max {
		return nil, false, fmt.Errorf("a message of more than %d bytes", a.max)
	}
	if kind == frameMessage && len(a.pieces) == 0 {
		return payload, true, nil
	}
	a.pieces = append(a.pieces, payload...)
	if kind != frameMessage {
		return nil, false, nil
	}
	message, a.pieces = a.pieces, a.pieces[:0]
	if cap(a.pieces) > 4*maxFrame {
		a.pieces = nil
	}
	return message, true, nil
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
