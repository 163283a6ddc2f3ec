package http

import (
	"context"
	"crypto/tls"
	"fmt"
	"net/http/httptrace"
	"sync"
	"time"

	"github.com/gscript-lang/gscript/engine"
	"github.com/gscript-lang/gscript/engine/host"
)

// phase is how far a request is. Phases only go forward.
type phase int

const (
	phaseConnect phase = iota
	phaseTLS
	phaseSend
	phaseFirstByte
	phaseRead
	phaseCount
)

// phaseNames holds each phase's name, the option that limits it, and what it is.
var phaseNames = [phaseCount]struct{ key, option, doing string }{
	phaseConnect:   {"connect", "connect", "connecting"},
	phaseTLS:       {"tls", "tls", "the TLS handshake"},
	phaseSend:      {"send", "read", "sending the request"},
	phaseFirstByte: {"first_byte", "first_byte", "waiting for the first byte of the answer"},
	phaseRead:      {"read", "read", "waiting for more of the answer"},
}

// limits are the timeouts of a call, complete with defaults; 0 is none.
type limits struct {
	total time.Duration
	phase [phaseCount]time.Duration
}

func newLimits(t *timeouts) limits {
	pick := func(d *engine.Duration, initial time.Duration) time.Duration {
		if d == nil {
			return initial
		}
		return d.Std()
	}
	if t == nil {
		t = &timeouts{}
	}
	idle := pick(t.Read, 60*time.Second)
	return limits{
		total: pick(t.Total, 0),
		phase: [phaseCount]time.Duration{
			phaseConnect:   pick(t.Connect, 10*time.Second),
			phaseTLS:       pick(t.TLS, 10*time.Second),
			phaseSend:      idle,
			phaseFirstByte: pick(t.FirstByte, 30*time.Second),
			phaseRead:      idle,
		},
	}
}

// expired is the cause of a context that a watch has ended.
type expired struct {
	limit time.Duration
	whole bool // the limit is for the whole call
	phase phase
}

func (e *expired) Error() string {
	return fmt.Sprintf("%s took longer than %v", phaseNames[e.phase].doing, e.limit)
}
func (e *expired) Timeout() bool { return true }

// watch ends one exchange when its present phase takes too long. It is the only
// timer of a request besides the total: net/http's own are a transport's, not a
// call's, and do not see a body that stalls.
type watch struct {
	clock  host.Clock
	limits limits
	cancel context.CancelCauseFunc

	mu    sync.Mutex
	phase phase
	moved time.Time // when something last moved
	turn  int       // of the timer; an older one that fires late does nothing
	timer host.Timer
	over  bool
}

// newWatch starts a watch in the connect phase. The context it returns is the
// exchange's.
func newWatch(ctx context.Context, clock host.Clock, l limits) (context.Context, *watch) {
	ctx, cancel := context.WithCancelCause(ctx)
	w := &watch{clock: clock, limits: l, cancel: cancel}
	w.mu.Lock()
	w.arm()
	w.mu.Unlock()
	return httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{
		TLSHandshakeStart: func() { w.enter(phaseTLS) },
		TLSHandshakeDone:  func(tls.ConnectionState, error) { w.enter(phaseSend) },
		GotConn:           func(httptrace.GotConnInfo) { w.enter(phaseSend) },
		WroteRequest: func(info httptrace.WroteRequestInfo) {
			if info.Err == nil {
				w.enter(phaseFirstByte)
			}
		},
	}), w
}

// enter goes on to p. Events that come late, as of a connection that was dialled
// while another became free, are not heard.
func (w *watch) enter(p phase) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if p > w.phase {
		w.phase = p
		w.arm()
	}
}

// touch says that something moved.
func (w *watch) touch() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.moved = w.clock.Now()
}

// arm starts the timer of a phase that begins.
func (w *watch) arm() {
	w.moved = w.clock.Now()
	if w.timer != nil {
		w.timer.Stop()
	}
	w.turn++
	w.after(w.limits.phase[w.phase])
}

func (w *watch) after(d time.Duration) {
	if turn := w.turn; d > 0 && !w.over {
		w.timer = w.clock.AfterFunc(d, func() { w.fire(turn) })
	}
}

func (w *watch) fire(turn int) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if turn != w.turn || w.over {
		return
	}
	limit := w.limits.phase[w.phase]
	if left := limit - w.clock.Now().Sub(w.moved); left > 0 {
		w.after(left)
		return
	}
	w.over = true
	w.cancel(&expired{limit: limit, phase: w.phase})
}

// pause stops the time until resume.
func (w *watch) pause() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.turn++
	if w.timer != nil {
		w.timer.Stop()
	}
}

func (w *watch) resume() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.arm()
}

// stop ends the watch and the exchange.
func (w *watch) stop() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.over = true
	if w.timer != nil {
		w.timer.Stop()
	}
	w.cancel(context.Canceled)
}

// at returns the present phase.
func (w *watch) at() phase {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.phase
}
