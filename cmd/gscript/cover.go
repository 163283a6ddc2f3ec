package main

import (
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/spf13/pflag"

	"github.com/gscript-lang/gscript/engine"
	"github.com/gscript-lang/gscript/engine/cover"
	"github.com/gscript-lang/gscript/modules/test/report"
)

// coverFlags ask for coverage.
type coverFlags struct {
	options cover.Options
	reports []string
	least   float64
}

func (c *coverFlags) flags(f *pflag.FlagSet) {
	f.StringArrayVar(&c.options.Dirs, "cov", nil, "measure which lines of the Lua files in this `directory` run; may be given several times")
	f.BoolVar(&c.options.Branches, "cov-branch", false, "measure branches too")
	f.StringArrayVar(&c.options.Exclude, "cov-exclude", nil, "leave out files that match this `pattern`")
	f.StringArrayVar(&c.reports, "cov-report", nil, "the `report` of the coverage, term-missing by default: "+cover.Kinds)
	f.Float64Var(&c.least, "cov-fail-under", 0, "fail when less than this `percentage` was run")
}

// coverKinds are the kinds of cover.Kinds.
func coverKinds() (kinds []string) {
	for each := range strings.SplitSeq(cover.Kinds, ", ") {
		kind, _, _ := strings.Cut(each, ":")
		kinds = append(kinds, kind)
	}
	return kinds
}

// coverage is the measurement at work; without flags it is none.
type coverage struct {
	*coverFlags
	cover *cover.Cover
	stop  func() error
}

// start begins to measure, in processes that scripts start, too.
func (c *coverFlags) start() (*coverage, error) {
	if len(c.options.Dirs) == 0 {
		if len(c.reports) > 0 || c.options.Branches || c.least > 0 || len(c.options.Exclude) > 0 {
			return nil, errors.New("--cov-… flags need --cov with the directory that is to be measured")
		}
		return &coverage{coverFlags: c, cover: cover.Inherited()}, nil
	}
	if !(c.least >= 0 && c.least <= 100) {
		return nil, fmt.Errorf("--cov-fail-under takes a percentage from 0 to 100, not %g", c.least)
	}
	if len(c.reports) == 0 {
		c.reports = []string{"term-missing"}
	}
	c.reports = report.Split(c.reports, coverKinds())
	for _, spec := range c.reports {
		if err := cover.CheckSpec(spec); err != nil {
			return nil, err
		}
	}
	measured, err := cover.New(c.options)
	if err != nil {
		return nil, err
	}
	stop, err := measured.Share()
	if err != nil {
		return nil, err
	}
	return &coverage{c, measured, stop}, nil
}

// probes are for Options.Probes.
func (c *coverage) probes() []engine.Probe {
	if c.cover == nil {
		return nil
	}
	return []engine.Probe{c.cover}
}

// finish writes the reports once the states are closed. The error says that a
// report cannot be written, or that too little was run.
func (c *coverage) finish(w io.Writer) error {
	if c.stop == nil {
		return nil
	}
	err := c.stop()
	report, rerr := c.cover.Report()
	if rerr != nil {
		return errors.Join(err, rerr)
	}
	if report.Empty() {
		fmt.Fprintf(w, "gscript: nothing was measured: there is no Lua file in %s, but for tests and what --cov-exclude leaves out\n", strings.Join(c.options.Dirs, ", "))
	}
	for _, spec := range c.reports {
		err = errors.Join(err, report.Write(spec, w))
	}
	if percent := report.Percent(); percent < c.least {
		err = errors.Join(err, fmt.Errorf("coverage is %.1f %%, and --cov-fail-under asks for %g %%", percent, c.least))
	}
	return err
}
