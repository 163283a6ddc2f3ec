package pool

import (
	"context"
	"fmt"

	"github.com/gscript-lang/gscript/engine"
)

// items are what map calls its function with: a list, or what an iterator
// function returns until nil.
type items struct {
	list []engine.Value
	next engine.Value
	fn   bool
}

// ReadLua reads the argument.
func (x *items) ReadLua(v engine.Value) error {
	if v.Type() == "function" {
		x.next, x.fn = v, true
		return nil
	}
	var err error
	x.list, err = listOf(v)
	return err
}

// LuaType names the type in documentation.
func (items) LuaType() string { return "any[]|fun(): any" }

func listOf(v engine.Value) ([]engine.Value, error) {
	if !v.IsTable() {
		return nil, fmt.Errorf("must be a list or an iterator function, got %s", v.Describe())
	}
	if !v.OnlyList() {
		return nil, fmt.Errorf("must be a list with the keys 1..n")
	}
	list := make([]engine.Value, v.Len())
	for i := range list {
		if list[i] = v.Index(i + 1); list[i].IsNil() {
			return nil, fmt.Errorf("must be a list with the keys 1..n")
		}
	}
	return list, nil
}

// source gives the work for one call after another.
type source struct {
	c     *engine.Call
	pool  *Pool
	fn    work
	items items
	next  *engine.Func // nil for a list
	star  bool         // an item is a list of arguments
	taken int
	ended bool
}

func (p *Pool) source(c *engine.Call, fn engine.Value, x items, star bool) (*source, error) {
	w, err := p.target(c, fn)
	if err != nil {
		return nil, err
	}
	s := &source{c: c, pool: p, fn: w, items: x, star: star}
	if x.fn {
		s.next = c.Callable(x.next)
	}
	return s, nil
}

// total is how many items there are, -1 when nobody knows.
func (s *source) total() int64 {
	if s.next != nil {
		return -1
	}
	return int64(len(s.items.list))
}

// take makes the next call ready; false means that there is none. An iterator
// function is called under ctx.
func (s *source) take(ctx context.Context) (w work, ok bool, err error) {
	if s.ended {
		return work{}, false, nil
	}
	var args []engine.Value
	ok, err = s.item(ctx, &args)
	if err == nil && ok {
		s.taken++
		w, err = s.pool.pack(s.c, s.fn, args, func(i int) string {
			if s.star {
				return fmt.Sprintf("list[%d][%d]", s.taken, i+1)
			}
			return fmt.Sprintf("list[%d]", s.taken)
		})
	}
	if err != nil || !ok {
		s.ended = true
	}
	return w, ok, err
}

func (s *source) item(ctx context.Context, args *[]engine.Value) (ok bool, err error) {
	if s.next == nil {
		if s.taken == len(s.items.list) {
			return false, nil
		}
		v := s.items.list[s.taken]
		if !s.star {
			*args = []engine.Value{v}
			return true, nil
		}
		return true, s.c.Holding(func() error { return s.spread(v, args) })
	}
	err = s.next.Read(ctx, func(results []engine.Value) error {
		if len(results) == 0 || results[0].IsNil() {
			return nil
		}
		ok = true
		if s.star {
			return s.spread(results[0], args)
		}
		*args = results[:1]
		return nil
	})
	return ok, err
}

// spread takes a list of arguments apart. It needs the baton.
func (s *source) spread(v engine.Value, args *[]engine.Value) error {
	if !v.IsTable() {
		return engine.Invalid("item %d must be a list of arguments, got %s", s.taken+1, v.Describe())
	}
	*args = make([]engine.Value, v.Len())
	for i := range *args {
		(*args)[i] = v.Index(i + 1)
	}
	return nil
}
