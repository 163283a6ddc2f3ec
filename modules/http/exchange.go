package http

import (
	"context"
	"io"
	nethttp "net/http"
	"net/url"

	"github.com/gscript-lang/gscript/engine/host"
	"github.com/gscript-lang/gscript/modules/internal/meter"
)

// flight is an answer whose body is still to come. It must be closed.
type flight struct {
	res   *nethttp.Response
	url   *url.URL
	ctx   context.Context
	watch *watch
	out   *outgoing

	raised error // by the progress callback
}

// send makes one request and waits for the headers of its answer.
func (r *request) send(ctx context.Context, method string, u *url.URL, header nethttp.Header, body *payload) (*flight, error) {
	ctx, w := newWatch(ctx, r.pool.host.Clock, r.limits)
	f := &flight{url: u, ctx: ctx, watch: w}
	req := (&nethttp.Request{
		Method: method, URL: u, Header: header,
		Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
	}).WithContext(ctx)
	if originOf(u) == r.home {
		req.Host = r.host
	}
	if body != nil {
		reader, err := body.open()
		if err != nil {
			w.stop()
			return nil, err
		}
		f.out = &outgoing{r: reader, watch: w, bar: r.meter.Start(body.name, body.size)}
		req.Body, req.ContentLength = f.out, body.size
		if body.size == 0 {
			req.Body = nethttp.NoBody
		}
		if !body.once {
			req.GetBody = body.open // for a connection that was closed before anything was sent on it
		}
	}
	res, err := r.pool.standIns.or(r.pool.transport).RoundTrip(req)
	if err != nil {
		err = f.explain(err)
		f.close(err)
		return nil, err
	}
	f.res = res
	w.enter(phaseRead)
	w.touch()
	return f, nil
}

// close ends the exchange; nothing of the call is used after it. err is why, for
// the meter.
func (f *flight) close(err error) {
	if f.res != nil {
		f.res.Body.Close()
	}
	f.watch.stop()
	if f.out != nil {
		f.out.stop()
		f.out.bar.Finish(err)
	}
}

// discard reads what is left of a small body, so that its connection can be
// used again, and closes the exchange.
func (f *flight) discard() {
	io.CopyN(io.Discard, f.res.Body, 64<<10)
	f.close(nil)
}

// Read reads the body as it comes.
func (f *flight) Read(p []byte) (int, error) {
	n, err := f.res.Body.Read(p)
	f.watch.touch()
	return n, err
}

// total is the size that the server announced, -1 for none.
func (f *flight) total() int64 { return f.res.ContentLength }

// counted reads the body and counts it on a bar.
func (f *flight) counted(bar *meter.Bar) io.Reader {
	if bar == nil {
		return f
	}
	return readerFunc(func(p []byte) (int, error) {
		n, err := f.Read(p)
		if f.raised = bar.Add(int64(n)); f.raised != nil {
			return n, f.raised
		}
		return n, err
	})
}

type readerFunc func(p []byte) (int, error)

func (f readerFunc) Read(p []byte) (int, error) { return f(p) }

// limited puts the limit for a whole call on a context.
func (l limits) limited(ctx context.Context, clock host.Clock) (context.Context, context.CancelFunc) {
	if l.total <= 0 {
		return context.WithCancel(ctx)
	}
	return host.WithTimeout(ctx, clock, l.total, &expired{limit: l.total, whole: true})
}

// stopwatch measures the time since it was made.
func stopwatch(c host.Clock) func() float64 {
	start := c.Now()
	return func() float64 { return c.Now().Sub(start).Seconds() }
}
