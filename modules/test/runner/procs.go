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

// Wrote tells what the test writes that runs: all that is known of its output should
// the process die.
func (s Stream) Wrote(p []byte) { _ = s.send(message{Output: p}) }

// Result is report.Listener's.
func (s Stream) Result(r *report.Result) { _ = s.send(message{Result: r}) }

// End is report.Listener's.
func (s Stream) End(run *report.Run) error {
	return s.send(message{Deselected: run.Deselected, Unused: run.UnusedSnapshots, End: true})
}

type message struct {
	Begin      string         `json:",omitempty"` // id of the test that begins
	Result     *report.Result `json:",omitempty"`
	Output     []byte         `json:",omitempty"`
	Deselected int            `json:",omitempty"`
	Unused     int            `json:",omitempty"` // snapshots
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

// wrote is what tells the listeners that want to know what a test writes while it
// runs, such as Stream; nil for none.
func (s *Session) wrote() func(p []byte) {
	for _, l := range s.opts.Listeners {
		if w, ok := l.(interface{ Wrote(p []byte) }); ok {
			return func(p []byte) {
				s.mu.Lock()
				defer s.mu.Unlock()
				w.Wrote(p)
			}
		}
	}
	return nil
}

// runProcess runs the tests of a file in a process of its own. What follows a test
// that has ended the process is run in another.
func (s *Session) runProcess(ctx context.Context, f *source, worker int) []*report.Result {
	p := &process{job: &job{s: s, file: f, worker: worker}}
	for again := true; again && ctx.Err() == nil; {
		before := p.over
		again = p.run(ctx) && p.over > before && !s.stop.Load()
	}
	if s.run.Workers > 1 {
		s.tell(p.results...)
	}
	return p.results
}

// process is a file of tests being run in worker processes.
type process struct {
	*job
	over int // tests that are behind

	ended   bool   // the process has told that it is through
	last    string // test that has ended last
	running string // test that runs, "" for none
	output  []byte // of that
}

// heardOf takes in what a worker process tells.
func (p *process) heardOf(m message) {
	s := p.s
	switch {
	case m.Begin != "":
		p.running, p.output = m.Begin, nil
	case m.Result != nil:
		p.last, p.running = m.Result.ID, ""
		if m.Result.ID != p.file.path && m.Result.Outcome != report.Rerun {
			p.over++
		}
		s.mu.Lock()
		s.selected++
		for _, mark := range m.Result.Marks {
			s.seen[mark] = true
		}
		s.mu.Unlock()
		p.add(m.Result)
	case m.End:
		p.ended = true
		s.mu.Lock()
		s.run.Deselected += m.Deselected
		s.run.UnusedSnapshots += m.Unused
		s.mu.Unlock()
	case len(p.output) < mostOutside:
		p.output = append(p.output, m.Output...)
	}
}

// run runs what is left in a process, and says whether it died.
func (p *process) run(ctx context.Context) (died bool) {
	s, f := p.s, p.file
	args := append(append([]string(nil), s.opts.Program...), "--stream", "-n", "1", "--seed", fmt.Sprint(s.opts.Seed))
	if p.over > 0 {
		args = append(args, "--begin", fmt.Sprint(p.over))
	}
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
	p.ended, p.last, p.running, p.output = false, "", "", nil
	said.Go(func() {
		lines := bufio.NewReader(out)
		for {
			line, err := lines.ReadBytes('\n')
			var m message
			if len(line) > 0 && json.Unmarshal(line, &m) == nil {
				p.heardOf(m)
			}
			if err != nil {
				return
			}
		}
	})
	environ := s.opts.Host.Environment.Environ()
	started, err := s.opts.Host.Processes.Start(ctx, host.Command{Argv: args, Env: environ, Stdout: in, Stderr: &errout})
	var exit host.Exit
	if err == nil {
		watched, done := context.WithCancel(ctx)
		said.Go(func() { s.passSignals(watched, started) })
		exit, err = started.Wait()
		done()
	}
	in.Close()
	said.Wait()
	died = err == nil && !p.ended && ctx.Err() == nil && exit.Code != ExitNothing
	if died {
		err = errors.New(endedEarly(exit, p.last, p.running))
	}
	if err != nil && ctx.Err() == nil {
		p.add(p.blamed(err, string(p.output)+errout.String()))
	}
	return died
}

// blamed is the result of the test that ran when its process died, or else of the
// file.
func (p *process) blamed(err error, output string) *report.Result {
	r := p.unrunnable("worker process", err, output)
	if p.running != "" {
		r.ID, r.Name, r.Outcome = p.running, lastPart(p.running), report.Failed
		p.over++
	}
	return r
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
