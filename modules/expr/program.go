package expr

import (
	"errors"
	"fmt"
	"maps"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"

	"github.com/expr-lang/expr/file"
	"github.com/expr-lang/expr/vm"

	"github.com/gscript-lang/gscript/engine"
)

// Program is a compiled formula as scripts hold it.
type Program struct {
	engine.Identity
	*formula
	timeout engine.Duration
}

// variables makes the environment of a run.
func (f *formula) variables(at string, env any) (map[string]any, error) {
	if env == nil {
		env = engine.Object{}
	}
	o, ok := env.(engine.Object)
	if !ok {
		return nil, engine.Invalid("%s must be a table with the names of the formula, got %s", at, describe(env))
	}
	v, err := f.env.into(at, o)
	if err != nil {
		return nil, err
	}
	return v.(map[string]any), nil
}

// run runs the formula on a machine, which may be used again.
func (f *formula) run(machine *vm.VM, m *meter, env map[string]any) (any, error) {
	m.reset()
	env[meterName] = m
	maps.Copy(env, m.quick)
	machine.MemoryBudget = uint(f.limits.bytes/itemSize) + 1
	v, err := machine.Run(f.program, env)
	switch {
	case m.failed != nil:
		return nil, f.stopped(m.failed, err)
	case err != nil && strings.Contains(err.Error(), "memory budget exceeded"):
		return nil, m.tooLarge()
	case err != nil:
		return nil, problem(errRun, f.source, err, nil)
	}
	if err := f.returns.returned(v); err != nil {
		return nil, err
	}
	before := m.made
	out, err := m.lua(v, 0)
	m.kept += m.made - before
	return out, err
}

// stopped adds the place to what ended a run, where it is the formula's own.
func (f *formula) stopped(why, err error) error {
	var own *engine.Error
	var at *file.Error
	if errors.As(why, &own) && own == why && errors.As(err, &at) && (own.Kind == errCost.Name || own.Kind == errMemory.Name || own.Kind == errRun.Name) {
		return located(own, f.source, at.From)
	}
	return why
}

func (p *Program) runOnce(c *engine.Call, in runIn) (any, error) {
	env, err := p.variables("env", in.Env)
	if err != nil {
		return nil, err
	}
	ctx, done := c.WithTimeout(p.timeout)
	defer done()
	return p.run(new(vm.VM), newMeter(ctx, c.Host().Clock.Now, p.formula), env)
}

// rowsAtOnce is how many rows a goroutine takes at a time: enough work to pay for
// it.
const rowsAtOnce = 256

// mapped is the work of one map.
type mapped struct {
	*formula
	rows    engine.List
	results engine.List
	next    atomic.Int64
	left    atomic.Int64 // bytes for all results
	last    atomic.Int64 // row behind which there is nothing to do: one that failed

	mu     sync.Mutex
	failed error
	row    int // that failed
}

func (p *Program) mapRows(c *engine.Call, in mapIn) (engine.List, error) {
	rows, ok := in.Rows.(engine.List)
	if o, empty := in.Rows.(engine.Object); !ok && !(empty && len(o) == 0) {
		return nil, engine.Invalid("rows must be a list of tables, got %s", describe(in.Rows))
	}
	ctx, done := c.WithTimeout(p.timeout)
	defer done()
	w := &mapped{formula: p.formula, rows: rows, results: make(engine.List, len(rows))}
	w.left.Store(p.limits.bytes + 64*int64(len(rows)))
	w.last.Store(int64(len(rows)))
	workers := min(runtime.GOMAXPROCS(0), (len(rows)+rowsAtOnce-1)/rowsAtOnce)
	if len(p.functions) > 0 {
		workers = 1 // the script's functions run in the calling task, one at a time
	}
	now := c.Host().Clock.Now
	var wg sync.WaitGroup
	for range workers - 1 {
		wg.Add(1)
		c.Go(func() {
			w.work(newMeter(ctx, now, p.formula))
			wg.Done()
		}, func(err error) {
			w.fail(0, err)
			wg.Done()
		})
	}
	w.work(newMeter(ctx, now, p.formula))
	wg.Wait()
	return w.results, w.failed
}

// work takes rows until there are none or one has failed.
func (w *mapped) work(m *meter) {
	machine := new(vm.VM)
	for {
		from := int(w.next.Add(rowsAtOnce)) - rowsAtOnce
		if from >= len(w.rows) {
			return
		}
		for i := from; i < min(from+rowsAtOnce, len(w.rows)) && int64(i) <= w.last.Load(); i++ {
			if err := w.one(machine, m, i); err != nil {
				w.fail(i, err)
				w.next.Store(int64(len(w.rows)))
				return
			}
		}
	}
}

func (w *mapped) one(machine *vm.VM, m *meter, i int) error {
	env, err := w.variables(fmt.Sprintf("rows[%d]", i+1), w.rows[i])
	if err != nil {
		return err
	}
	v, err := w.run(machine, m, env)
	if err != nil {
		return err
	}
	if v == nil {
		v = engine.Null // a nil would be a hole
	}
	w.results[i] = v
	if w.left.Add(-m.kept) < 0 {
		return engine.Errorf(errMemory, "the results take more than %s together", engine.FormatSize(w.limits.bytes)).
			WithHint("the option max_memory sets the limit")
	}
	return nil
}

// fail keeps the error of the first row that fails. The rows before it have all
// been taken, so it is the same one each time.
func (w *mapped) fail(row int, err error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.failed != nil && w.row <= row {
		return
	}
	w.failed, w.row = err, row
	w.last.Store(int64(row))
	var own *engine.Error
	if errors.As(err, &own) && own == err && own.Kind != engine.KindInvalid {
		e := *own
		e.Fields = maps.Clone(own.Fields)
		if e.Fields == nil {
			e.Fields = map[string]any{}
		}
		e.Fields["row"] = row + 1
		e.Target = fmt.Sprintf("row %d", row+1)
		w.failed = &e
	}
}

func newProgram(_ *engine.Call, in compileIn) (*Program, error) {
	w, err := in.wanted()
	if err != nil {
		return nil, err
	}
	f, err := compile(in.Text, w)
	if err != nil {
		return nil, err
	}
	return &Program{formula: f, timeout: in.Timeout}, nil
}

func check(_ *engine.Call, in checkIn) (*engine.Error, error) {
	w, err := in.wanted()
	if err != nil {
		return nil, err
	}
	_, err = compile(in.Text, w)
	var e *engine.Error
	if errors.As(err, &e) {
		e.Op = "expr.check"
		return e, nil
	}
	return nil, err
}
