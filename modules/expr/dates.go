package expr

import (
	"reflect"
	"time"

	"github.com/gscript-lang/gscript/engine"
	"github.com/gscript-lang/gscript/modules/internal/zone"
)

func now(m *meter, args []any) (any, error) {
	if len(args) == 1 {
		if loc, ok := args[0].(*time.Location); ok {
			return m.now().In(loc), nil
		}
	}
	return m.now(), nil
}

func timezone(m *meter, args []any) (any, error) {
	name, err := textOf("timezone", args, 0)
	if err != nil {
		return nil, err
	}
	return m.zoned(name)
}

// zoned finds a time zone, which is read from a file.
func (m *meter) zoned(name string) (*time.Location, error) {
	if err := m.grow(64 << 10); err != nil {
		return nil, err
	}
	loc, err := zone.Load(name)
	if err != nil {
		return nil, engine.Errorf(errRun, "there is no time zone %q", clip(name))
	}
	return loc, nil
}

func date(m *meter, args []any) (any, error) {
	if len(args) == 3 { // text, layout, zone
		if name, ok := args[2].(string); ok {
			loc, err := m.zoned(name)
			if err != nil {
				return nil, err
			}
			args = []any{loc, args[0], args[1]}
		}
	}
	return linear(original("date"))(m, args)
}

// methods are those of dates and spans of time that formulas may call.
var methods = []string{"Year", "Month", "Day", "Hour", "Minute", "Second", "Nanosecond", "Weekday", "YearDay", "Unix", "UnixMilli",
	"Before", "After", "Equal", "Add", "Sub", "AddDate", "Truncate", "Round", "In", "UTC", "IsZero", "Format", "String",
	"Hours", "Minutes", "Seconds", "Milliseconds"}

// method calls a method of a date or a span: value, name, whether nil is no
// error, arguments.
func method(m *meter, args []any) (any, error) {
	v, name, optional := args[0], args[1].(string), args[2].(bool)
	if v == nil && optional {
		return nil, nil
	}
	switch v.(type) {
	case time.Time, time.Duration:
	default:
		return nil, engine.Errorf(errRun, "%s has no method %s: only dates have methods", describe(v), name)
	}
	f := reflect.ValueOf(v).MethodByName(name)
	if !f.IsValid() {
		return nil, engine.Errorf(errRun, "%s has no method %s", describe(v), name)
	}
	given := args[3:]
	if f.Type().NumIn() != len(given) {
		return nil, engine.Errorf(errRun, "%s wants %d arguments, got %d", name, f.Type().NumIn(), len(given))
	}
	in := make([]reflect.Value, len(given))
	for i, a := range given {
		if s, ok := a.(string); ok {
			if err := m.grow(8 * int64(len(s))); err != nil {
				return nil, err
			}
		}
		if a == nil || !reflect.TypeOf(a).AssignableTo(f.Type().In(i)) {
			return nil, engine.Errorf(errRun, "argument %d of %s must not be %s", i+1, name, describe(a))
		}
		in[i] = reflect.ValueOf(a)
	}
	out := f.Call(in)[0]
	if out.Kind() == reflect.Int { // a month, a day of the week
		return int(out.Int()), nil
	}
	return out.Interface(), nil
}
