package subprocess

import (
	"bytes"
	"context"
	"sync"
)

const (
	tailSize = 64 << 10
	maxLine  = 1 << 20 // a longer line comes in pieces
)

// stream holds one output of a program until somebody takes it.
type stream struct {
	max  int
	full func() // called when more comes than is held, and nobody reads

	mu        sync.Mutex
	changed   *sync.Cond
	buf       []byte
	reading   bool // somebody reads: the program waits while the buffer is full
	ended     bool
	truncated bool
}

func newStream(max int, full func()) *stream {
	s := &stream{max: max, full: full}
	s.changed = sync.NewCond(&s.mu)
	return s
}

// Write takes all of p. What is too much is dropped, unless somebody reads.
func (s *stream) Write(p []byte) (int, error) {
	n := len(p)
	s.mu.Lock()
	for len(p) > 0 {
		room := s.max - len(s.buf)
		if room <= 0 {
			if s.reading && !s.ended {
				s.changed.Wait()
				continue
			}
			break
		}
		k := min(room, len(p))
		s.buf = append(s.buf, p[:k]...)
		p = p[k:]
		s.changed.Broadcast()
	}
	over := len(p) > 0 && !s.truncated
	s.truncated = s.truncated || over
	s.mu.Unlock()
	if over {
		s.full()
	}
	return n, nil
}

// end says that nothing more comes, or that nobody waits for it.
func (s *stream) end() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.ended = true
	s.changed.Broadcast()
}

// abandon says that nobody reads any more.
func (s *stream) abandon() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.reading = false
	s.changed.Broadcast()
}

// text returns what nobody has read.
func (s *stream) text() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return string(s.buf)
}

// next waits for output and takes the part of it that cut names; cut says 0
// where it wants more. ok is false at the end.
func (s *stream) next(ctx context.Context, cut func(buf []byte, ended bool) int) (part []byte, ok bool, err error) {
	stop := context.AfterFunc(ctx, func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		s.changed.Broadcast()
	})
	defer stop()
	s.mu.Lock()
	defer s.mu.Unlock()
	s.reading = true
	for {
		if ctx.Err() != nil {
			return nil, false, context.Cause(ctx)
		}
		full := s.ended || len(s.buf) >= s.max
		if n := cut(s.buf, full); n > 0 {
			part = bytes.Clone(s.buf[:n])
			s.buf = s.buf[n:]
			s.changed.Broadcast()
			return part, true, nil
		}
		if s.ended {
			return nil, false, nil
		}
		s.changed.Wait()
	}
}

// everything cuts all there is.
func everything(buf []byte, _ bool) int { return len(buf) }

// oneLine cuts a line with its end. The last line, and a part of one that fills
// the buffer, need none.
func oneLine(buf []byte, last bool) int {
	if i := bytes.IndexByte(buf, '\n'); i >= 0 {
		return i + 1
	}
	if last || len(buf) >= maxLine {
		return len(buf)
	}
	return 0
}

// trimLine takes the end off a line.
func trimLine(line []byte) string {
	line = bytes.TrimSuffix(line, []byte("\n"))
	return string(bytes.TrimSuffix(line, []byte("\r")))
}

// event is a line for on_line.
type event struct{ line, stream string }

// liner hands on the lines of one output and keeps its tail.
type liner struct {
	stream string
	lines  chan<- event
	quit   <-chan struct{} // nobody takes lines any more

	partial []byte
	tail    []byte
	total   int64
}

func (l *liner) Write(p []byte) (int, error) {
	l.total += int64(len(p))
	l.tail = append(l.tail, p...)
	if over := len(l.tail) - tailSize; over > tailSize {
		l.tail = append(l.tail[:0], l.tail[over:]...)
	}
	l.partial = append(l.partial, p...)
	for {
		n := oneLine(l.partial, false)
		if n == 0 {
			return len(p), nil
		}
		l.send(l.partial[:n])
		l.partial = l.partial[n:]
	}
}

func (l *liner) send(line []byte) {
	select {
	case l.lines <- event{trimLine(line), l.stream}:
	case <-l.quit:
	}
}

func (l *liner) text() string { return string(l.tail[max(0, len(l.tail)-tailSize):]) }
