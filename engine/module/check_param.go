package module

import (
	"fmt"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/gscript-lang/gscript/engine/internal/value"
)

// order checks how the parameters of one call stand to each other.
func (c *checker) order(where string, params []Param) {
	optional, rest := "", ""
	for _, p := range params {
		switch p.Place {
		case Positional:
			if optional != "" {
				c.fail(where, "the required parameter %s stands after the optional %s", p.Name, optional)
			}
		case Optional:
			optional = p.Name
		case Rest, List:
			if rest != "" {
				c.fail(where, "both %s and %s take any number of values", rest, p.Name)
			}
			rest = p.Name
			if p.Go != nil && p.Go.Kind() != reflect.Slice {
				c.fail(where, "the parameter %s takes any number of values, so it must be a slice", p.Name)
			}
		}
		if p.Place == Rest || p.Place == List {
			continue
		}
		if rest != "" && p.Place != Option {
			c.fail(where, "the parameter %s stands after %s, which takes all that follow", p.Name, rest)
		}
	}
}

// params checks the parameters of a function, or with nested the fields of a
// table inside them. above holds the tables around.
func (c *checker) params(where string, params []Param, nested bool, above []reflect.Type) {
	var names []string
	short := 0
	for _, p := range params {
		names = append(names, p.Name)
		if p.Name != "..." {
			c.snake(where, "the parameter's name", p.Name)
		}
		at := where + ": " + p.Name
		if strings.TrimSpace(p.Doc) == "" {
			c.fail(at, "has no doc")
		}
		if p.Default != "" {
			if p.Required() {
				c.fail(at, "is required, so its default is never used")
			}
			if err := defaultError(p); err != nil {
				c.fail(at, "the default %q: %v", p.Default, err)
			}
		}
		if p.Short {
			short++
		}
		if s := structOf(p.Go); s != nil && !declares(c.m, s) && !slices.Contains(above, s) {
			name := recordName(s, c.m)
			if name == "" {
				name = at
			}
			c.params(name, Params(s), true, append(slices.Clip(above), s))
		}
	}
	if short > 0 && !nested || short > 1 {
		c.fail(where, "short marks one field of a table inside the parameters; it marks %d here", short)
	}
	c.unique(where, names)
}

// defaultError says why a default is not a value of the parameter. It reads as
// the binder does.
func defaultError(p Param) error {
	t := p.Go
	if t == nil {
		return nil
	}
	for t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	if len(p.Enum) > 0 && !slices.Contains(p.Enum, p.Default) {
		return fmt.Errorf("is not one of %s", strings.Join(p.Enum, ", "))
	}
	var err error
	switch t {
	case reflect.TypeFor[value.Duration]():
		_, err = value.ParseDuration(p.Default)
		return err
	case reflect.TypeFor[value.Size]():
		_, err = value.ParseSize(p.Default)
		return err
	case reflect.TypeFor[time.Duration]():
		return fmt.Errorf("a time.Duration is read as a whole number; use engine.Duration")
	}
	switch k := t.Kind(); k {
	case reflect.String, reflect.Interface:
	case reflect.Bool:
		if p.Default != "true" && p.Default != "false" {
			return fmt.Errorf("is neither true nor false")
		}
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		_, err = strconv.ParseInt(p.Default, 10, t.Bits())
	case reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64:
		_, err = strconv.ParseUint(p.Default, 10, t.Bits())
	case reflect.Float32, reflect.Float64:
		_, err = strconv.ParseFloat(p.Default, t.Bits())
	case reflect.Struct:
		short, ok := shortField(t)
		if !ok {
			return fmt.Errorf("a table cannot have one")
		}
		short.Default = p.Default
		if len(p.Enum) > 0 {
			short.Enum = p.Enum
		}
		return defaultError(short)
	case reflect.Slice:
		if t.Elem().Kind() != reflect.String {
			return fmt.Errorf("a list cannot have one")
		}
	default:
		return fmt.Errorf("a %s cannot have one", k)
	}
	return err
}
