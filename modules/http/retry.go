package http

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	nethttp "net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/gscript-lang/gscript/engine"
)

// run sends r, repeats it as r.retry says, and gives the last answer to take,
// which reads its body.
func (r *request) run(ctx context.Context, take func(f *flight, history []step) error) error {
	for try := 0; ; try++ {
		f, history, err := r.follow(ctx)
		var asked time.Duration
		if err == nil {
			var again bool
			if asked, again = r.unwelcome(f.res, try); again {
				f.discard()
			} else {
				err = take(f, history)
				f.close(err)
				if err == nil {
					return nil
				}
			}
		}
		if err != nil && (!r.repeatable(try) || !passing(err)) {
			return err
		}
		if err := r.pool.host.Clock.Sleep(ctx, max(asked, r.retry.wait(try))); err != nil {
			var limit *expired
			if errors.As(err, &limit) {
				return at(r.url, &engine.Error{Kind: engine.KindNetTimeout, Message: fmt.Sprintf("took longer than %v; the last step was waiting to try again", limit.limit), Cause: limit})
			}
			return err
		}
	}
}

// repeatable says whether there may be another try after try.
func (r *request) repeatable(try int) bool {
	if r.retry == nil || try >= r.retry.Total || r.payload != nil && r.payload.once {
		return false
	}
	if len(r.retry.Methods) > 0 {
		return slices.ContainsFunc(r.retry.Methods, func(m string) bool { return strings.EqualFold(m, r.method) })
	}
	switch r.method {
	case "GET", "HEAD", "PUT", "DELETE", "OPTIONS", "TRACE":
		return true
	}
	return false
}

// passing says whether a failure may pass.
func passing(err error) bool {
	var e *engine.Error
	return errors.As(err, &e) && e.Retryable
}

// unwelcome says whether the answer asks to try again, and how long it asks to
// wait before. An answer that asks for more than max_wait is taken as it is.
func (r *request) unwelcome(res *nethttp.Response, try int) (time.Duration, bool) {
	if !r.repeatable(try) {
		return 0, false
	}
	status := r.retry.Status
	if len(status) == 0 {
		status = []int{429, 502, 503, 504}
	}
	if !slices.Contains(status, res.StatusCode) {
		return 0, false
	}
	asked := retryAfter(res.Header.Get("Retry-After"), r.pool.host.Clock.Now())
	return asked, asked <= r.retry.MaxWait.Std()
}

// retryAfter reads seconds or a date.
func retryAfter(text string, now time.Time) time.Duration {
	text = strings.TrimSpace(text)
	if text == "" {
		return 0
	}
	if n, err := strconv.ParseUint(text, 10, 31); err == nil {
		return time.Duration(n) * time.Second
	}
	if t, err := nethttp.ParseTime(text); err == nil {
		return max(0, t.Sub(now))
	}
	if strings.Trim(text, "0123456789") == "" {
		return 1<<63 - 1 // more seconds than fit
	}
	return 0
}

// wait is the pause after a try: twice as long each time, with jitter so that
// many clients do not come back at once.
func (o *retryOptions) wait(try int) time.Duration {
	d := o.Backoff.Std() << min(try, 20)
	if d < 0 || d > o.MaxWait.Std() {
		d = o.MaxWait.Std()
	}
	return d/2 + time.Duration(rand.Int64N(int64(d/2)+1))
}
