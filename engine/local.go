package engine

import (
	"io"
	"sync"
)

// locals are the values that modules keep in a state.
type locals struct {
	mu     sync.Mutex
	values map[any]any
}

// clear forgets the values.
func (l *locals) clear() {
	l.mu.Lock()
	defer l.mu.Unlock()
	clear(l.values)
}

func (l *locals) set(key, v any) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.values == nil {
		l.values = map[any]any{}
	}
	l.values[key] = v
}

// Local returns the value that a module keeps in the state under key, made by
// make when there is none yet. Declarations are shared by all states, so this
// is the place for what belongs to one. The key is a value of an unexported
// type of the module, as for context.WithValue. A value with a Close method is
// closed when the script ends, after the handles that were opened later. make
// must not call Local.
func (c *Call) Local(key any, make func() any) any {
	l := &c.state.locals
	l.mu.Lock()
	defer l.mu.Unlock()
	v, ok := l.values[key]
	if ok {
		return v
	}
	if l.values == nil {
		l.values = map[any]any{}
	}
	v = make()
	l.values[key] = v
	if closer, ok := v.(io.Closer); ok {
		c.state.world.Track(closer)
	}
	return v
}

// keeps says that a handle is a value of Local: the state's, whoever was the
// first to need it.
func (l *locals) keeps(h io.Closer) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, v := range l.values {
		if closer, ok := v.(io.Closer); ok && closer == h {
			return true
		}
	}
	return false
}
