package http

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"strings"
	"sync"

	"github.com/gscript-lang/gscript/engine"
)

// Stream is an answer whose body is read piece by piece.
type Stream struct {
	answer
	flight *flight
	end    func() // closes what belongs to this one call

	reading sync.Mutex // one reader at a time
	r       *bufio.Reader
	done    int64

	mu     sync.Mutex
	closed bool
}

// stream makes a request and hands out the answer when its headers are there.
func (s *Session) stream(c *engine.Call, in requestIn) (*Stream, error) {
	r, err := s.prepare(c, in.Method, in.URL, in.common, in.content)
	if err != nil {
		return nil, err
	}
	defer r.meter.Close()
	done, err := s.connect(c, r, in.common)
	if err != nil {
		return nil, err
	}
	// The body outlives the call, so only the state and the limits end it.
	ctx, cancel := r.limits.limited(c.Background(), c.Host().Clock)
	stop := context.AfterFunc(c.Context(), cancel)
	f, history, err := r.follow(ctx)
	if !stop() && err == nil {
		f.close(context.Cause(c.Context()))
		err = context.Cause(c.Context())
	}
	if err != nil {
		cancel()
		done()
		return nil, err
	}
	st := &Stream{answer: f.answer(history), flight: f, end: func() { cancel(); done() }}
	if err := st.open(r); err != nil {
		st.Close()
		return nil, err
	}
	f.watch.pause()
	return st, nil
}

func (s *Stream) open(r *request) error {
	if s.flight.out != nil {
		if err := s.flight.out.stop(); err != nil {
			return err
		}
	}
	if s.method == "HEAD" {
		s.r = bufio.NewReader(strings.NewReader(""))
		return nil
	}
	body, err := decoded(s.flight, s.header.Get("Content-Encoding"))
	if err != nil {
		return at(s.url, err)
	}
	s.r = bufio.NewReaderSize(body, 32<<10)
	return nil
}

func (s *Stream) String() string {
	return fmt.Sprintf("http.Stream %d %s %s", s.status, s.method, maskURL(s.url))
}

// Close ends the exchange; what was not read is lost.
func (s *Stream) Close() error {
	s.mu.Lock()
	if s.closed {
		s.mu.Unlock()
		return nil
	}
	s.closed = true
	s.mu.Unlock()
	s.flight.close(nil)
	s.end()
	return nil
}

// pull reads with get under the call's context: the end of the call ends the
// exchange, because half a read piece cannot be given back.
func (s *Stream) pull(ctx context.Context, get func() (string, error)) (any, error) {
	s.mu.Lock()
	closed := s.closed
	s.mu.Unlock()
	if closed {
		return nil, &engine.Error{Kind: engine.KindHandleClosed, Message: "the stream is closed"}
	}
	s.reading.Lock()
	defer s.reading.Unlock()
	defer context.AfterFunc(ctx, func() { s.Close() })()
	// The limit is for the server's silence, not for what the script does
	// between two reads.
	s.flight.watch.resume()
	defer s.flight.watch.pause()
	text, err := get()
	s.done += int64(len(text))
	switch {
	case text != "" && (err == nil || err == io.EOF):
		return text, nil
	case err == io.EOF:
		return nil, nil
	case ctx.Err() != nil:
		return nil, context.Cause(ctx)
	case err != nil:
		return nil, s.flight.broken(err, s.done)
	}
	return text, nil
}

type readIn struct {
	Size engine.Size `lua:"size,arg" default:"64KiB" doc:"most bytes to return"`
}

const maxPiece = 64 << 20

func (s *Stream) piece(size engine.Size) (func() (string, error), error) {
	if size < 1 || size > maxPiece {
		return nil, engine.Invalid("argument 'size' must be from 1 byte to 64 MiB")
	}
	return func() (string, error) {
		var b strings.Builder
		_, err := io.CopyN(&b, s.r, int64(size))
		return b.String(), err
	}, nil
}

func (s *Stream) read(c *engine.Call, in readIn) (any, error) {
	get, err := s.piece(in.Size)
	if err != nil {
		return nil, err
	}
	return s.pull(c.Context(), get)
}

func (s *Stream) chunks(c *engine.Call, in readIn) (*engine.Iterator, error) {
	get, err := s.piece(in.Size)
	if err != nil {
		return nil, err
	}
	ctx := c.Background()
	return &engine.Iterator{Next: func() (any, error) { return s.pull(ctx, get) }}, nil
}

type linesIn struct {
	Max engine.Size `lua:"max,opt" default:"1MiB" doc:"longest line to take"`
}

// lines iterates over lines, without LF or CRLF. An empty line is not the end,
// so lines bypass pull's rule for empty pieces.
func (s *Stream) lines(c *engine.Call, in linesIn) (*engine.Iterator, error) {
	ctx, limit := c.Background(), int(in.Max)
	return &engine.Iterator{Next: func() (any, error) {
		line, err := s.pull(ctx, func() (string, error) { return readLine(s.r, limit) })
		if text, ok := line.(string); ok {
			text = strings.TrimSuffix(text, "\n")
			return strings.TrimSuffix(text, "\r"), err
		}
		return line, err
	}}, nil
}

// readLine reads up to and with LF, or to the end.
func readLine(r *bufio.Reader, limit int) (string, error) {
	var b strings.Builder
	for {
		part, err := r.ReadSlice('\n')
		if b.Len()+len(part) > limit+2 {
			return "", engine.Errorf(errTooLarge, "a line is longer than %s", engine.FormatSize(int64(limit))).
				WithHint("allow longer ones with max=")
		}
		b.Write(part)
		if err != bufio.ErrBufferFull {
			return b.String(), err
		}
	}
}

func (s *Stream) check(*engine.Call, engine.None) (*Stream, error) {
	if s.ok() {
		return s, nil
	}
	start, _ := s.pull(context.Background(), func() (string, error) {
		part, err := s.r.Peek(shownBody)
		return string(part), err
	})
	text, _ := start.(string)
	return s, s.failed(text)
}

func streamIn(c *engine.Call, in requestIn) (*Stream, error) { return once().stream(c, in) }
