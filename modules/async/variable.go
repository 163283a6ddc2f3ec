package async

import "github.com/gscript-lang/gscript/engine"

// variable has a value of its own in each task. The tasks that a task starts
// begin with the values that it has then.
type variable struct {
	engine.Identity
	initial engine.Value
}

func newVar(_ *engine.Call, in varIn) (*variable, error) {
	return &variable{initial: in.Default}, nil
}

func (v *variable) get(c *engine.Call, _ engine.None) (engine.Value, error) {
	if value, ok := c.Bound(v); ok {
		return value, nil
	}
	return v.initial, nil
}

func (v *variable) set(c *engine.Call, in setIn) (engine.None, error) {
	if in.Value.IsNil() {
		c.Unbind(v)
	} else {
		c.Bind(v, in.Value)
	}
	return engine.None{}, nil
}

// with runs fn in the calling task, which alone has the value until fn returns.
func (v *variable) with(c *engine.Call, in withIn) ([]engine.Value, error) {
	undo := c.Bind(v, in.Value)
	defer undo()
	return in.Fn.CallRaw(c.Context(), anys(in.Args)...)
}
