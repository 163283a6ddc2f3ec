package subprocess

import (
	"context"
	"errors"
	"fmt"
	"io"
	"runtime"
	"strings"
	"time"

	"github.com/gscript-lang/gscript/engine"
	"github.com/gscript-lang/gscript/engine/host"
)

// Why a program was ended.
var (
	errByTimeout  = errors.New("timeout")
	errByLimit    = errors.New("output limit")
	errByCallback = errors.New("on_line failed")
	errByClose    = errors.New("closed")
)

func run(c *engine.Call, in runIn) (*Result, error) {
	return in.run(c, in.Argv, in.OnLine)
}

func shell(c *engine.Call, in shellIn) (*Result, error) {
	argv := append([]string{"sh", "-c", in.Line, "sh"}, in.Args...)
	if runtime.GOOS == "windows" {
		argv = append([]string{"cmd", "/d", "/c", in.Line}, in.Args...)
	}
	return in.run(c, argv, in.OnLine)
}

// outcome is what is known when a program has ended.
type outcome struct {
	program  string
	exit     host.Exit
	out, err string
	cut      bool
	elapsed  time.Duration
	why      error // it was ended: one of the causes above, or the caller's end
}

// limited returns a context that ends at the timeout or by stop, both with a
// cause.
func (o *options) limited(ctx context.Context, clock host.Clock) (_ context.Context, stop context.CancelCauseFunc, cancel func()) {
	ctx, stop = context.WithCancelCause(ctx)
	if o.Timeout <= 0 {
		return ctx, stop, func() { stop(nil) }
	}
	ctx, timer := host.WithTimeout(ctx, clock, o.Timeout.Std(), errByTimeout)
	return ctx, stop, func() { timer(); stop(nil) }
}

// run runs a program to its end.
func (o *options) run(c *engine.Call, argv []string, onLine *engine.Func) (*Result, error) {
	ctx, stop, cancel := o.limited(c.Context(), c.Host().Clock)
	defer cancel()
	var (
		held  [2]*stream
		lined [2]*liner
		lines = make(chan event)
	)
	cmd, files, err := o.command(c, argv, func(isErr bool) io.Writer {
		i, name := 0, "out"
		if isErr {
			i, name = 1, "err"
		}
		if onLine != nil {
			lined[i] = &liner{stream: name, lines: lines, quit: ctx.Done()}
			return lined[i]
		}
		held[i] = newStream(int(o.MaxOutput), func() { stop(errByLimit) })
		return held[i]
	})
	if err != nil {
		return nil, err
	}
	defer files.Close()
	clock := c.Host().Clock
	began := clock.Now()
	p, err := o.start(ctx, c, cmd)
	if err != nil {
		return nil, err
	}
	// A hard stop leaves no time for politeness.
	defer context.AfterFunc(c.Context(), func() {
		if engine.KindOf(context.Cause(c.Context())) != engine.KindCanceled {
			p.Kill()
		}
	})()

	var (
		exit   host.Exit
		waited error
		ended  = make(chan struct{})
		failed error // of on_line
	)
	c.Go(func() {
		defer close(ended)
		exit, waited = p.Wait()
	})
	call := func(e event) {
		if failed == nil {
			if _, failed = c.Invoke(onLine, e.line, e.stream); failed != nil {
				stop(errByCallback)
			}
		}
	}
	for running := true; running; {
		select {
		case e := <-lines:
			call(e)
		case <-ended:
			running = false
		}
	}
	r := outcome{program: argv[0], exit: exit, elapsed: clock.Now().Sub(began)}
	if ctx.Err() != nil {
		r.why = context.Cause(ctx)
	}
	for i, text := range []*string{&r.out, &r.err} {
		if l := lined[i]; l != nil {
			if len(l.partial) > 0 && r.why == nil {
				call(event{trimLine(l.partial), l.stream})
			}
			*text = l.text()
			r.cut = r.cut || l.total > int64(len(*text))
		}
		if s := held[i]; s != nil {
			*text = s.text()
			r.cut = r.cut || s.truncated
		}
	}
	switch {
	case failed != nil:
		return nil, failed
	case c.Context().Err() != nil:
		return nil, context.Cause(c.Context())
	case waited != nil:
		return nil, waited
	}
	return o.judge(r, o.Check)
}

// judge makes a result of an outcome, or the error that it means.
func (o *options) judge(r outcome, check bool) (*Result, error) {
	res := &Result{
		Out: r.out, Err: r.err, Code: r.exit.Code,
		TimedOut: r.why == errByTimeout, Truncated: r.cut, Elapsed: engine.Duration(r.elapsed),
	}
	if r.exit.Signal != "" {
		res.Signal = &r.exit.Signal
	}
	res.OK = r.exit.Code == 0 && r.why == nil
	if res.OK || !check {
		return res, nil
	}
	e := &engine.Error{
		Kind: kindExit, Target: r.program, Code: r.exit.Code,
		Fields: map[string]any{"out": r.out, "err": r.err, "signal": res.Signal, "elapsed": res.Elapsed},
	}
	switch {
	case r.why == errByTimeout:
		e.Kind, e.Message = engine.KindTimeout, fmt.Sprintf("took longer than %v and was ended", o.Timeout.Std())
		e.Hint = "give it more time with timeout="
	case r.why == errByLimit:
		e.Kind, e.Message = kindLimit, fmt.Sprintf("wrote more than %s and was ended", engine.FormatSize(int64(o.MaxOutput)))
		e.Hint = `raise max_output=, take the lines with on_line=, or send the output to a file with stdout="path"`
	case r.exit.Signal != "":
		e.Message = "was ended by " + r.exit.Signal + lastWords(r.err)
	default:
		e.Message = fmt.Sprintf("ended with code %d%s", r.exit.Code, lastWords(r.err))
	}
	return nil, e
}

// lastWords is the last line of an error output, which mostly says what is
// wrong.
func lastWords(text string) string {
	const most = 200
	text = strings.TrimSpace(text[max(0, len(text)-tailSize):])
	line := strings.TrimSpace(text[strings.LastIndexByte(text, '\n')+1:])
	if line == "" {
		return ""
	}
	if len(line) > most {
		line = line[:most] + "…"
	}
	return ": " + strings.ToValidUTF8(line, "\uFFFD")
}

func which(c *engine.Call, in whichIn) (*string, error) {
	file, err := c.Host().Processes.LookPath(in.Name)
	if err == nil {
		return &file, nil
	}
	switch e := engine.Classify(err); e.Kind {
	case kindNotFound, "fs.not_found", "fs.permission":
		return nil, nil
	default:
		return nil, err
	}
}
