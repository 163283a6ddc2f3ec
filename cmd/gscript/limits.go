package main

import (
	"fmt"
	"strconv"
	"time"

	"github.com/spf13/pflag"

	"github.com/gscript-lang/gscript/engine"
)

// limits is what --timeout and the --max-… flags say.
type limits struct {
	timeout    duration
	steps      count
	coroutines count
	tasks      count
	table      count
	text       size
	output     size
	memory     size
}

func (l *limits) flags(f *pflag.FlagSet) {
	f.VarP(&l.timeout, "timeout", "t", "stop the script after this `duration`: 0.3, 300ms, 1m30s")
	f.Var(&l.memory, "max-memory", "stop the script when it takes more memory than this `size`: 64MiB; best effort, but for --isolate")
	f.Var(&l.steps, "max-steps", "stop the script after this `number` of instructions")
	f.Var(&l.text, "max-string", "refuse strings larger than this `size`: 64MiB by default in a sandbox, else 1GiB")
	f.Var(&l.table, "max-table", "refuse library calls that give more than this `number` of items")
	f.Var(&l.coroutines, "max-coroutines", "refuse more than this `number` of live coroutines: 10000 by default in a sandbox")
	f.Var(&l.tasks, "max-tasks", "stop the script when it has more than this `number` of tasks: 10000 by default in a sandbox")
	f.Var(&l.output, "max-output", "refuse more output than this `size`")
}

func (l *limits) engine() engine.Limits {
	return engine.Limits{
		Time:       time.Duration(l.timeout),
		Steps:      int64(l.steps),
		String:     int(l.text),
		Table:      int(l.table),
		Coroutines: int(l.coroutines),
		Tasks:      int(l.tasks),
		Output:     int64(l.output),
		Memory:     int64(l.memory),
	}
}

type duration time.Duration

func (d *duration) String() string {
	if *d == 0 {
		return ""
	}
	return time.Duration(*d).String()
}

func (d *duration) Type() string { return "duration" }

func (d *duration) Set(s string) error {
	v, err := engine.ParseDuration(s)
	*d = duration(v)
	return err
}

type size int64

func (s *size) String() string {
	if *s == 0 {
		return ""
	}
	return engine.FormatSize(int64(*s))
}

func (s *size) Type() string { return "size" }

func (s *size) Set(text string) error {
	v, err := engine.ParseSize(text)
	*s = size(v)
	if err == nil && v == 0 {
		err = fmt.Errorf("a limit of nothing: write a size such as 64MiB")
	}
	return err
}

type count int64

func (c *count) String() string {
	if *c == 0 {
		return ""
	}
	return strconv.FormatInt(int64(*c), 10)
}

func (c *count) Type() string { return "number" }

func (c *count) Set(text string) error {
	n, err := strconv.ParseFloat(text, 64) // 1e6 too
	if err != nil || n < 1 || n > 1<<53 || n != float64(int64(n)) {
		return fmt.Errorf("%q is not a number above 0", text)
	}
	*c = count(n)
	return nil
}
