package engine_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/gscript-lang/gscript/engine"
)

// money is a value with operators.
type money int

func (m money) String() string { return fmt.Sprintf("$%d", int(m)) }

func cents(v any) (money, error) {
	switch v := v.(type) {
	case money:
		return v, nil
	case float64:
		return money(v), nil
	}
	return 0, engine.Invalid("%v is no money", v)
}

func moneyType() *engine.Type {
	t := engine.TypeOf[money]("bank.Money", "Money.",
		engine.PureMethod("plus", "Add.", func(m money, in plusIn) (money, error) { return m + money(in.N), nil }),
		engine.Operator[any, any, money]("__add", "Add.", func(a, b any) (money, error) {
			x, err := cents(a)
			if err != nil {
				return 0, err
			}
			y, err := cents(b)
			return x + y, err
		}),
		engine.Operator[money, engine.None, money]("__unm", "Negate.", func(m money, _ engine.None) (money, error) { return -m, nil }),
		engine.Operator[money, engine.None, int]("__len", "The digits.", func(m money, _ engine.None) (int, error) { return len(fmt.Sprint(int(m))), nil }),
		engine.Operator[money, money, bool]("__eq", "Whether equal.", func(a, b money) (bool, error) { return a == b, nil }),
		engine.Operator[money, money, bool]("__lt", "Whether less.", func(a, b money) (bool, error) { return a < b, nil }),
		engine.Operator[money, any, string]("__concat", "Join.", func(m money, b any) (string, error) { return fmt.Sprint(m, b), nil }),
		engine.Operator[any, any, money]("__mul", "Fail.", func(any, any) (money, error) { panic("boom") }),
	)
	t.Shared = true
	return t
}

type plusIn struct {
	N    int   `lua:"n,arg" default:"1" doc:"how much"`
	More []int `lua:"more,rest" doc:"not used"`
}

// bankModules are the module that declares the type and one that hands out its
// values.
func bankModules() []engine.Entry {
	return []engine.Entry{
		engine.Provide(&engine.Module{
			Name: "bank", Types: []*engine.Type{moneyType()}, Call: "new",
			Funcs: []*engine.Function{
				engine.Pure("new", "Make money.", func(in plusIn) (money, error) { return money(in.N), nil }),
				engine.Pure("many", "Return many results.", func(in plusIn) (engine.Multi, error) {
					list := make(engine.Multi, in.N)
					for i := range list {
						list[i] = i
					}
					return list, nil
				}),
				engine.Pure("count", "Count.", func(in plusIn) (*engine.Iterator, error) {
					i := 0
					return &engine.Iterator{Inline: true, Next: func() (any, error) {
						if i++; i > in.N {
							return nil, nil
						}
						return engine.Multi{i, "x"}, nil
					}}, nil
				}),
				engine.Pure("panic", "Panic.", func(engine.None) (engine.None, error) { panic("boom") }),
			},
		}),
		engine.Provide(&engine.Module{
			Name: "shop", Uses: []*engine.Type{moneyType()},
			Funcs: []*engine.Function{
				engine.Pure("price", "Say a price.", func(engine.None) (money, error) { return 7, nil }),
			},
		}),
		engine.Provide(crossModule()),
	}
}

func TestPure(t *testing.T) {
	t.Parallel()
	const bank = `local bank = require "bank" `
	for _, tt := range []struct{ name, source, want string }{
		{"function", bank + `print(bank.new(5))`, "$5"},
		{"a call of the module", bank + `print(bank(5), bank())`, "$5\t$1"},
		{"arguments of the call before are gone", bank + `bank.new(5, 1, 2) print(bank.new())`, "$1"},
		{"an error does not leave its arguments", bank + `pcall(bank.new, 9, "x") print(bank.new())`, "$1"},
		{"method", bank + `print(bank(5):plus(2), bank(5):plus())`, "$7\t$6"},
		{"either operand", bank + `print(bank(5) + 1, 1 + bank(5), bank(5) + bank(1))`, "$6\t$6\t$6"},
		{"one operand", bank + `print(-bank(5), #bank(50))`, "$-5\t2"},
		{"comparison", bank + `print(bank(5) == bank(5), bank(5) < bank(6), bank(5) ~= bank(6))`, "true\ttrue\ttrue"},
		{"operator with the type on the left", bank + `print(bank(5) .. "!")`, "$5!"},
		{"a wrong operand", bank + `local ok, e = pcall(function() return bank(5) + true end) print(e.kind, e)`, "args.invalid\tbank.Money __add: true is no money"},
		{"an operand that must be of the type", bank + `local ok, e = pcall(function() return "!" .. bank(5) end) print(e.kind, e)`, `args.invalid	bank.Money __concat: the other operand is "!"`},
		{"a panic", bank + `local ok, e = pcall(bank.panic) print(e.kind, e.op) ok, e = pcall(function() return bank(1) * 2 end) print(e.kind, e.op)`, "internal\tbank.panic\ninternal\tbank.Money __mul"},
		{"wrong self", bank + `local ok, e = pcall(bank(1).plus, 5) print(e.kind)`, "args.invalid"},
		{"an iterator", bank + `for i, x in bank.count(2) do io.write(i, x, " ") end print()`, "1x 2x "},
		{"many results", bank + `print(select("#", bank.many(1000)), pcall(bank.many, 2^22))`, "1000\tfalse\ttoo many results of bank.many"},
		{"a type used by a module", `print(require("shop").price() + 1)`, "$8"},
		{"is the same in both", `local a = require("shop").price() print(a == require("bank").new(7))`, "true"},
		{"a value crosses as a copy", bank + `print(require("cross").over(function(m) return m + 1 end, bank(5)))`, "$6"},
		{"to a state without the module", `print(require("cross").over(function(m) return tostring(m + 1) end, require("shop").price()))`, "$8"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			var out strings.Builder
			s := engine.New(engine.Options{Stdout: &out, Modules: bankModules()}).NewState(t.Context())
			defer s.Close()
			_, err := s.Run(t.Context(), "test.lua", tt.source)
			if err != nil || out.String() != tt.want+"\n" {
				t.Errorf("printed %q, %v; want %q", out.String(), err, tt.want)
			}
		})
	}
}

// The order of loading does not matter to what a type is.
func TestUsedTypeIsDeclaredOnce(t *testing.T) {
	t.Parallel()
	s := engine.New(engine.Options{Modules: bankModules()}).NewState(t.Context())
	defer s.Close()
	for _, source := range []string{`x = require("shop").price()`, `y = require("bank").new(7)`, `assert(x == y and x + y == require("bank")(14))`} {
		if _, err := s.Run(t.Context(), "test.lua", source); err != nil {
			var e *engine.Error
			errors.As(err, &e)
			t.Fatalf("%s: %v %v", source, err, e)
		}
	}
}
