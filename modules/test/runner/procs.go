package runner

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"sync"

	"github.com/gscript-lang/gscript/engine/host"
	"github.com/gscript-lang/gscript/modules/test/report"
)

// Stream is a listener that writes each result as a line of JSON: what a worker
// process tells the session that has started it.
type Stream struct{ W io.Writer }

// Start is report.Listener's.
func (Stream) Start(report.Session) {}

// Begin tells that a test begins: should the process die, this one is to blame.
func (s Stream) Begin(id string) { _ = s.send(message{Begin: id}) }

// Result is report.Listener's.
func (s Stream) Result(r *report.Result) { _ = s.send(message{Result: r}) }

// End is report.Listener's.
func (s Stream) End(run *report.Run) error {
	return s.send(message{Deselected: run.Deselected, End: true})
}

type message struct {
	Begin      string         `json:",omitempty"` // id of the test that begins
	Result     *report.Result `json:",omitempty"`
	Deselected int            `json:",omitempty"`
	Marks      []string       `json:",omitempty"`
	End        bool           `json:",omitempty"`
}

func (s Stream) send(m message) error {
	line, err := json.Marshal(m)
	if err != nil {
		return err
	}
	_, err = s.W.Write(append(line, '\n'))
	return err
}

// runProcess runs the tests of a file in a process of its own.
func (s *Session) runProcess(ctx context.Context, f *source, worker int) []*report.Result {
	j := &job{s: s, file: f, worker: worker}
	args := append(append([]string(nil), s.opts.Program...), "--stream", "-n", "1", "--seed", fmt.Sprint(s.opts.Seed))
	args = append(args, s.passOn()...)
	args = append(args, "--")
	if len(f.ids) == 0 || f.ids[0] == "" {
		args = append(args, f.path)
	} else {
		args = append(args, f.ids...)
	}
	var errout bytes.Buffer
	out, in := io.Pipe()
	var said sync.WaitGroup
	ended, last, running := false, "", ""
	said.Go(func() {
		lines := bufio.NewReader(out)
		for {
			line, err := lines.ReadBytes('\n')
			var m message
			if len(line) > 0 && json.Unmarshal(line, &m) == nil {
				if m.Begin != "" {
					running = m.Begin
				}
				if r := m.Result; r != nil {
					last, running = r.ID, ""
					s.mu.Lock()
					s.selected++
					for _, mark := range r.Marks {
						s.seen[mark] = true
					}
					s.mu.Unlock()
					j.add(r)
				}
				if m.End {
					ended = true
					s.mu.Lock()
					s.run.Deselected += m.Deselected
					s.mu.Unlock()
				}
			}
			if err != nil {
				return
			}
		}
	})
	environ := s.opts.Host.Environment.Environ()
	p, err := s.opts.Host.Processes.Start(ctx, host.Command{Argv: args, Env: environ, Stdout: in, Stderr: &errout})
	var exit host.Exit
	if err == nil {
		watched, done := context.WithCancel(ctx)
		said.Go(func() { s.passSignals(watched, p) })
		exit, err = p.Wait()
		done()
	}
	in.Close()
	said.Wait()
	if err == nil && !ended && ctx.Err() == nil && exit.Code != ExitNothing {
		err = errors.New(endedEarly(exit, last, running))
	}
	if err != nil && ctx.Err() == nil {
		r := j.unrunnable("worker process", err, errout.String())
		if running != "" {
			r.ID, r.Name = running, lastPart(running)
			r.Failures[0].Hint = "what follows it in " + f.path + " has not been run"
		}
		j.add(r)
	}
	if s.run.Workers > 1 {
		s.tell(j.results...)
	}
	return j.results
}

// passSignals has a worker process, whose process group is its own, interrupted
// as this session is.
func (s *Session) passSignals(ctx context.Context, p host.Process) {
	for _, each := range []struct {
		signal
		name string // two of one name could become one
	}{{s.interrupt, "INT"}, {s.abort, "TERM"}} {
		select {
		case <-each.given:
			_ = p.Signal(each.name) // it may have ended
		case <-ctx.Done():
			return
		}
	}
}

// passOn are the options that a worker process needs, too.
func (s *Session) passOn() []string {
	o := s.opts
	var args []string
	flag := func(set bool, words ...string) {
		if set {
			args = append(args, words...)
		}
	}
	flag(o.Keyword != "", "-k", o.Keyword)
	flag(o.Marks != "", "-m", o.Marks)
	flag(o.Shuffle, "--shuffle")
	flag(o.Locals, "--locals")
	flag(o.Update, "--update")
	flag(o.LastFailed, "--lf")
	flag(o.FailedFirst, "--ff")
	flag(o.MaxFail > 0, "--maxfail", fmt.Sprint(o.MaxFail))
	flag(o.Count > 1, "--count", fmt.Sprint(o.Count))
	flag(o.Reruns > 0, "--reruns", fmt.Sprint(o.Reruns))
	flag(o.Timeout > 0, "--timeout", o.Timeout.String())
	return args
}

// endedEarly says how a worker process has ended that did not tell its end, and
// behind which test.
func endedEarly(exit host.Exit, last, running string) string {
	how := fmt.Sprintf("with code %d", exit.Code)
	if exit.Signal != "" {
		how = "by the signal " + exit.Signal
	}
	when := "before any test had ended"
	if last != "" {
		when = "after " + last
	}
	if running != "" {
		when = "while it ran " + running
	}
	return fmt.Sprintf("the process of the file ended %s, %s", how, when)
}
