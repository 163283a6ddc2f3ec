package async

import (
	"github.com/gscript-lang/gscript/engine"
)

// started makes tasks of the functions among items, and takes the rest as what
// it is. One list stands for its items.
func started(c *engine.Call, items []any) ([]engine.Awaitable, error) {
	if len(items) == 1 {
		if list, ok := items[0].(engine.List); ok {
			items = list
		}
	}
	for i, item := range items {
		switch item.(type) {
		case *engine.Func, engine.Awaitable:
		default:
			return nil, engine.Invalid("argument %d must be a function or a task", i+1).
				WithHint("pass the function itself, f, and not what it returns, f()")
		}
	}
	list := make([]engine.Awaitable, len(items))
	for i, item := range items {
		switch item := item.(type) {
		case *engine.Func:
			list[i] = c.Spawn(item)
		case engine.Awaitable:
			list[i] = item
		}
	}
	return list, nil
}

func ended(t engine.Awaitable) bool {
	select {
	case <-t.Done():
		return true
	default:
		return false
	}
}

// firstResult is the first result of what has ended well.
func firstResult(t engine.Awaitable) any {
	if values, _ := t.Outcome(); len(values) > 0 {
		return values[0]
	}
	return nil
}

// completion hands out what ends, in the order of the ends.
type completion struct {
	ends chan engine.Awaitable
	left int
}

func watch(list []engine.Awaitable) *completion {
	w := &completion{ends: make(chan engine.Awaitable, len(list)), left: len(list)}
	for _, t := range list {
		t.Claim()
		t.OnEnd(func() { w.ends <- t })
	}
	return w
}

func anys(values []engine.Value) []any {
	list := make([]any, len(values))
	for i, v := range values {
		list[i] = v
	}
	return list
}
