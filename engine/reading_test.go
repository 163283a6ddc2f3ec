package engine_test

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/gscript-lang/gscript/engine"
)

// sums reads a table of lists itself.
type sums []string

func (s *sums) ReadLua(v engine.Value) error {
	if !v.IsTable() {
		return fmt.Errorf("must be a table, got %s", v.Describe())
	}
	for k, list := range v.Entries() {
		sum := 0.0
		for i := range list.Len() {
			n, ok := list.Index(i + 1).Number()
			if !ok {
				return engine.Invalid("has no number at %d", i+1)
			}
			sum += n
		}
		name, _ := k.Text()
		*s = append(*s, fmt.Sprint(name, "=", sum, list.OnlyList(), list.Field("x").Type()))
	}
	return nil
}

func (sums) LuaType() string { return "table" }

type sumsIn struct {
	Sums sums   `lua:"sums" doc:"lists"`
	More *sums  `lua:"more,opt" doc:"more"`
	Text string `lua:"text,opt" doc:"text"`
}

func readingModule() *engine.Module {
	type keysIn struct {
		T engine.Value `lua:"t" doc:"table"`
		F *engine.Func `lua:"f,arg" doc:"function"`
	}
	return &engine.Module{Name: "reading", Doc: "Reading.", Funcs: []*engine.Function{
		engine.Fn("sums", "Sum.", func(_ *engine.Call, in sumsIn) (string, error) {
			text := strings.Join(in.Sums, " ") + in.Text
			if in.More != nil {
				text += " + " + strings.Join(*in.More, " ")
			}
			return text, nil
		}),
		engine.Fn("both", "Return the keys of what a function returns, and a table of them.", func(c *engine.Call, in keysIn) (engine.Multi, error) {
			var keys engine.Values
			var dict engine.Dict
			err := in.F.Read(c.Context(), func(results []engine.Value) error {
				for k := range results[0].Entries() {
					keys = append(keys, k)
					dict = append(dict, engine.DictItem{Key: k, Value: len(keys)})
				}
				return nil
			}, in.T)
			return engine.Multi{keys, dict}, err
		}),
		engine.Fn("each", "Count with the context of the loop.", func(*engine.Call, engine.None) (*engine.Iterator, error) {
			n := 0
			return &engine.Iterator{Walk: func(ctx context.Context) (any, error) {
				if n++; ctx.Err() != nil {
					return nil, context.Cause(ctx)
				}
				return n, nil
			}}, nil
		}),
		engine.Fn("fail", "Raise an error that holds a value of the state.", func(_ *engine.Call, in keysIn) (engine.None, error) {
			e := engine.Invalid("no")
			e.Fields = map[string]any{"list": engine.Values{in.T}, "dict": engine.Dict{{Key: in.T, Value: in.T}}, "one": in.T, "n": 5}
			return engine.None{}, e
		}),
	}}
}

func TestReading(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ name, source, want string }{
		{"a table", `print(r.sums{a={1, 2}})`, "a=3 truenil"},
		{"a table that is no list at all", `print(r.sums{a={x=2}}, r.sums{a={}})`, "a=0 falsenumber\ta=0 truenil"},
		{"options behind it", `print(r.sums({a={1, x=2}}, {text="!", more={b={}}}))`, "a=1 falsenumber! + b=0 truenil"},
		{"a wrong type", `print(select(2, pcall(r.sums, 5)).message)`, "argument 'sums' must be a table, got 5"},
		{"a wrong item", `print(select(2, pcall(r.sums, {a={"x"}})).message)`, "argument 'sums' has no number at 1"},
		{"a wrong option", `print(select(2, pcall(r.sums, {}, {more=1})).message)`, "argument 'more' must be a table, got 1"},
		{"values and a dict", `local key = {} local keys, dict = r.both({x=1, [key]=2}, function(t) return t end) print(#keys, keys[1], keys[2] == key, dict[key], dict.x)`, "2\tx\ttrue\t2\t1"},
		{"an empty list stays one", `local keys = r.both({}, function(t) return t end) print(#keys, getmetatable(keys) ~= nil)`, "0\ttrue"},
		{"an iterator has a context", `for n in r.each() do if n == 3 then print(n) break end end`, "3"},
		{"an error in its state", `local t = {} local e = select(2, pcall(r.fail, t)) print(e.list[1] == t, e.dict[t] == t, e.one == t, e.n)`, "true\ttrue\ttrue\t5"},
		{"an error in another", `
			local _, e = pcall(over, function() require("reading").fail({}) end)
			print(e.list[1], type(e.dict), e.one, e.n)
			_, e = pcall(over, function() require("reading").fail("plain") end)
			print(e.list[1], e.dict.plain, e.one)`, "a table\ttable\ta table\t5\nplain\tplain\tplain"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			var out strings.Builder
			s := engine.New(engine.Options{Stdout: &out, Modules: []engine.Entry{engine.Provide(readingModule()), engine.Provide(crossModule())}}).NewState(t.Context())
			defer s.Close()
			_, err := s.Run(t.Context(), "test.lua", `over, r = require("cross").over, require "reading" `+tt.source)
			if got := strings.TrimRight(out.String(), "\n"); err != nil || got != tt.want {
				t.Errorf("printed %q, %v; want %q", got, err, tt.want)
			}
		})
	}
}
