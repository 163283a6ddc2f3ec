package bind

import (
	"fmt"

	lua "github.com/yuin/gopher-lua"

	"github.com/gscript-lang/gscript/engine/internal/fault"
	"github.com/gscript-lang/gscript/engine/internal/numeral"
	"github.com/gscript-lang/gscript/engine/internal/value"
)

// maxDepth bounds tables inside one another in both directions: deeper data is
// a mistake or an attack, and Go's stack must not follow it.
const maxDepth = 200

// Detach copies a Lua value into plain Go data: nil, bool, float64, string,
// value.List for tables with the keys 1..n, value.Object for tables with string
// keys in their order, value.Null, errors, functions and the Go values behind
// handles. A table that is in several places is copied for each, so the copy may
// be far larger than what is copied; the limit of tables bounds it.
func (b *Binder) Detach(v lua.LValue) (any, error) {
	d := detachment{b: b}
	return d.detach(v, nil)
}

// detachment is one copy at work.
type detachment struct {
	b     *Binder
	items int // copied so far
}

// count notes one more item and says why the copy must end, if it must.
func (d *detachment) count() error {
	d.items++
	w := d.b.World
	if limit := w.Limits.Table; limit > 0 && d.items > limit {
		return fault.New(fault.TableSize, "too many items to copy: the limit is %d", limit).
			WithHint("a table counts wherever it appears; the option --max-table, Limits.Table in Go, sets the limit")
	}
	if d.items%1024 == 0 {
		if stopped := w.Stopped(); stopped != nil {
			return stopped
		}
	}
	return nil
}

func (d *detachment) detach(v lua.LValue, above []*lua.LTable) (any, error) {
	if err := d.count(); err != nil {
		return nil, err
	}
	switch v := v.(type) {
	case *lua.LNilType:
		return nil, nil
	case lua.LBool:
		return bool(v), nil
	case lua.LNumber:
		return float64(v), nil
	case lua.LString:
		return string(v), nil
	case *lua.LFunction:
		return d.b.NewFunc(v), nil
	case *lua.LUserData:
		if e, ok := v.Value.(*fault.Error); ok {
			return e, nil
		}
		return v.Value, nil
	case *lua.LTable:
		for _, t := range above {
			if t == v {
				return nil, fmt.Errorf("the table contains itself")
			}
		}
		if len(above) >= maxDepth {
			return nil, fmt.Errorf("more than %d tables inside one another", maxDepth)
		}
		return d.table(v, append(above, v))
	}
	return nil, fmt.Errorf("a %s cannot be used as data", v.Type())
}

func (d *detachment) table(t *lua.LTable, above []*lua.LTable) (any, error) {
	n, list := listLength(t)
	if list && (n > 0 || marked(t)) {
		items := make(value.List, n)
		for i := range items {
			item, err := d.detach(t.RawGetInt(i+1), above)
			if err != nil {
				return nil, at(fmt.Sprintf("[%d]", i+1), err)
			}
			items[i] = item
		}
		return items, nil
	}
	object := value.Object{}
	for k, v := t.Next(lua.LNil); k != lua.LNil; k, v = t.Next(k) {
		key, ok := k.(lua.LString)
		if !ok {
			if n, isNumber := k.(lua.LNumber); isNumber {
				key = lua.LString(numeral.Format(float64(n)))
			} else {
				return nil, fmt.Errorf("a key is %s; keys are strings, or 1..n for a list", Describe(k))
			}
		}
		item, err := d.detach(v, above)
		if err != nil {
			return nil, at("."+string(key), err)
		}
		object = append(object, value.Pair{Key: string(key), Value: item})
	}
	return object, nil
}

// listLength says whether the keys of t are exactly 1..n, and n.
func listLength(t *lua.LTable) (n int, list bool) {
	count := 0
	for k, _ := t.Next(lua.LNil); k != lua.LNil; k, _ = t.Next(k) {
		num, ok := k.(lua.LNumber)
		if !ok || float64(num) != float64(int(num)) || num < 1 {
			return 0, false
		}
		count++
		n = max(n, int(num))
	}
	return n, n == count
}

// MarkList gives t the mark of a list, so that it stays one when empty.
func (b *Binder) MarkList(t *lua.LTable) { t.Metatable = b.listMeta }

// marked says that t has the mark of a list: ours, or that of the module list.
func marked(t *lua.LTable) bool {
	meta, ok := t.Metatable.(*lua.LTable)
	return ok && meta.RawGetString("__name") == listName
}

// pathError is an error inside a table, with the way to it.
type pathError struct {
	path string
	err  error
}

func (e *pathError) Error() string { return e.path + ": " + e.err.Error() }
func (e *pathError) Unwrap() error { return e.err }

// at puts a step in front of the path of err.
func at(step string, err error) error {
	if p, ok := err.(*pathError); ok {
		return &pathError{step + p.path, p.err}
	}
	return &pathError{step, err}
}
