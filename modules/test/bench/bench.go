package bench

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"text/tabwriter"

	"github.com/gscript-lang/gscript/engine"
	"github.com/gscript-lang/gscript/engine/host"
	"github.com/gscript-lang/gscript/modules/test"
	"github.com/gscript-lang/gscript/modules/test/report"
	"github.com/gscript-lang/gscript/modules/test/runner"
)

// Options say what is measured, and with what it is compared.
type Options struct {
	Runner  runner.Options // Args, Keyword, Host, Engine and Timeout count
	Config  Config
	Save    string // file to write what was measured to
	Compare string // file of an earlier run
	Out     io.Writer
}

// Run measures the functions bench_… of the files *_bench.lua and gives the exit
// code, as runner.Session.Run does. When ctx ends it writes what was measured so
// far.
func Run(ctx context.Context, o Options) (code int, err error) {
	before := map[string]Measured{}
	if o.Compare != "" {
		if before, err = load(o.Runner.Host.Files, o.Compare); err != nil {
			return 0, err
		}
	}
	if o.Runner.Pattern == "" {
		o.Runner.Pattern = "*_bench.lua"
	}
	chosen, err := runner.Words("-k", o.Runner.Keyword)
	if err != nil {
		return 0, err
	}
	o.Runner.Keyword, o.Runner.Workers = "", 1
	var all []Measured
	broken := false
	o.Runner.Instead = func(c *engine.Call, suite *test.Suite, file string) error {
		for _, f := range test.Functions(c, "bench_") {
			id := file + "::" + f.Name
			if !chosen(id) {
				continue
			}
			if err := suite.Reseed(c, 1); err != nil {
				return err
			}
			m, err := measure(c, id, f.Fn, o.Config)
			switch {
			case err != nil && c.Canceled() != nil:
				if m.Rounds > 0 {
					all = append(all, m)
				}
				return err
			case err != nil:
				broken = true
				if err := tellBroken(o.Out, id, test.Describe(c.Engine(), err)); err != nil {
					return err
				}
			default:
				all = append(all, m)
			}
		}
		return nil
	}
	o.Runner.Listeners = []report.Listener{failures{o.Out}}
	session, err := runner.New(o.Runner)
	if err != nil {
		return 0, err
	}
	run, err := session.Run(ctx)
	if err != nil {
		return 0, err
	}
	if err := write(o.Out, all, before); err != nil {
		return 0, err
	}
	if ctx.Err() != nil {
		text := fmt.Sprintf("interrupted: %d measured", len(all))
		if o.Save != "" {
			text += ", and " + o.Save + " is not written"
		}
		_, err := fmt.Fprintln(o.Out, text)
		return runner.ExitInterrupted, err
	}
	if o.Save != "" {
		if err := save(o.Runner.Host.Files, o.Save, all); err != nil {
			return 0, err
		}
	}
	switch {
	case broken:
		return runner.ExitFailed, nil
	case run.ExitCode != runner.ExitNothing:
		return run.ExitCode, nil
	case len(all) == 0:
		_, err = fmt.Fprintln(o.Out, "no benchmarks found: they are functions bench_… in files *_bench.lua")
		return runner.ExitNothing, err
	}
	return runner.ExitOK, nil
}

// failures tells only of what is broken.
type failures struct{ w io.Writer }

func (failures) Start(report.Session)  {}
func (failures) Result(*report.Result) {}
func (f failures) End(run *report.Run) error {
	for _, r := range run.Results {
		if _, err := fmt.Fprintf(f.w, "%s %s: %s\n", r.Outcome, r.ID, r.Message); err != nil {
			return err
		}
	}
	return nil
}

// tellBroken tells of a benchmark that raised an error.
func tellBroken(w io.Writer, id string, f report.Failure) error {
	at := ""
	if f.File != "" {
		at = fmt.Sprintf(" (%s:%d)", f.File, f.Line)
	}
	_, err := fmt.Fprintf(w, "%s %s: %s%s\n", report.Errored, id, f.Message, at)
	return err
}

// write writes what was measured as a table.
func write(w io.Writer, all []Measured, before map[string]Measured) error {
	if len(all) == 0 {
		return nil
	}
	table := tabwriter.NewWriter(w, 0, 0, 2, ' ', tabwriter.AlignRight)
	head := "benchmark\trounds\tn\tmin\tp50\tp90\tp99\tper second\t"
	if len(before) > 0 {
		head += "p50 before\tchange\t"
	}
	fmt.Fprintln(table, head)
	for _, m := range all {
		line := fmt.Sprintf("%s\t%d\t%d\t%s\t%s\t%s\t%s\t%.0f\t", m.ID, m.Rounds, m.N, nanos(m.Min), nanos(m.P50), nanos(m.P90), nanos(m.P99), 1e9/m.P50)
		if len(before) > 0 {
			line += change(m, before[m.ID])
		}
		fmt.Fprintln(table, line)
	}
	return table.Flush()
}

// change tells how a benchmark differs from before. Medians whose ranges from the
// least to the 90th percentile overlap are the same as far as one can tell.
func change(m, before Measured) string {
	if before.ID == "" {
		return "-\tnew\t"
	}
	text := fmt.Sprintf("%s\t%+.1f%%", nanos(before.P50), (m.P50/before.P50-1)*100)
	if m.Min <= before.P90 && before.Min <= m.P90 {
		text += " (noise)"
	}
	return text + "\t"
}

// nanos writes a time for people.
func nanos(t float64) string {
	for _, unit := range []struct {
		size float64
		name string
	}{{1e9, "s"}, {1e6, "ms"}, {1e3, "µs"}} {
		if t >= unit.size {
			return fmt.Sprintf("%.3g %s", t/unit.size, unit.name)
		}
	}
	return fmt.Sprintf("%.3g ns", t)
}

// saved is the file of --save.
type saved struct {
	Benchmarks []Measured `json:"benchmarks"`
}

func save(files host.Files, path string, all []Measured) error {
	data, err := json.MarshalIndent(saved{all}, "", "  ")
	if err != nil {
		return err
	}
	return host.WriteFileAtomic(files, path, append(data, '\n'), 0o644)
}

func load(files host.Files, path string) (map[string]Measured, error) {
	data, err := files.ReadFile(path)
	if err != nil {
		return nil, err
	}
	var s saved
	if err := json.Unmarshal(data, &s); err != nil || len(s.Benchmarks) == 0 {
		e := engine.Invalid("%s holds no benchmarks", path)
		e.Hint = "write one with gscript bench --save " + path
		return nil, e
	}
	before := map[string]Measured{}
	for _, m := range s.Benchmarks {
		before[m.ID] = m
	}
	return before, nil
}
