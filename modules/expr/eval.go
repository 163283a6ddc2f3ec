package expr

import (
	"fmt"
	"sync"

	"github.com/expr-lang/expr/vm"

	"github.com/gscript-lang/gscript/engine"
)

// known keeps the formulas that a state has evaluated, so that evaluating one
// again does not compile it again.
type known struct {
	mu       sync.Mutex
	formulas map[string]*formula
}

type knownKey struct{}

// mostKnown bounds what a state keeps.
const mostKnown = 256

func (k *known) formula(source string, w wanted) (*formula, error) {
	key := source + "\x00\x00" + w.env.signature() + fmt.Sprint(w.strict, w.limits)
	k.mu.Lock()
	f := k.formulas[key]
	k.mu.Unlock()
	if f != nil || len(w.functions) > 0 {
		if f == nil {
			return compile(source, w)
		}
		return f, nil
	}
	f, err := compile(source, w)
	if err != nil {
		return nil, err
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	if len(k.formulas) >= mostKnown {
		clear(k.formulas)
	}
	k.formulas[key] = f
	return f, nil
}

func evaluate(c *engine.Call, in evalIn) (any, error) {
	w, err := in.options.wanted()
	if err != nil {
		return nil, err
	}
	free := &formula{}
	env, err := free.variables("env", in.Env)
	if err != nil {
		return nil, err
	}
	w.env = inferred(env)
	k := c.Local(knownKey{}, func() any { return &known{formulas: map[string]*formula{}} }).(*known)
	f, err := k.formula(in.Text, w)
	if err != nil {
		return nil, err
	}
	ctx, done := c.WithTimeout(in.Timeout)
	defer done()
	return f.run(new(vm.VM), newMeter(ctx, c.Host().Clock.Now, f), env)
}
