package toposort_test

import (
	"strings"
	"testing"

	"go.uber.org/goleak"

	"github.com/gscript-lang/gscript/engine"
	"github.com/gscript-lang/gscript/modules/async"
	"github.com/gscript-lang/gscript/modules/internal/moduletest"
	"github.com/gscript-lang/gscript/modules/toposort"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const head = `
toposort, async = require "toposort", require "async"
function show(list)
	local out = {}
	for i, v in ipairs(list) do out[i] = type(v) == "table" and (v.name or "[" .. show(v) .. "]") or tostring(v) end
	return table.concat(out, " ")
end
function raised(...) local ok, e = pcall(...) assert(not ok, "nothing was raised") return e end
`

func run(t *testing.T, source string) string {
	t.Helper()
	return strings.TrimRight(moduletest.New(t, toposort.Module(), async.Module(), workersModule()).Run(t, head+source), "\n")
}

func TestOrders(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ name, source, want string }{
		{"nothing", `print(#toposort.sort{}, #toposort.levels{})`, "0\t0"},
		{"one", `print(show(toposort.sort{a={}}))`, "a"},
		{"diamond", `print(show(toposort.levels{d={"b", "c"}, b={"a"}, c={"a"}}))`, "[a] [b c] [d]"},
		{"a set", `print(show(toposort.sort{d={z=true, y=true, x=false}}))`, "y z d"},
		{"one name", `print(show(toposort.sort{b="a"}))`, "a b"},
		{"one number", `print(show(toposort.sort{[2]=1}))`, "1 2"},
		{"a list wins", `print(show(toposort.sort{x={true, "b"}}))`, "b true x"},
		{"a need twice", `print(show(toposort.sort{b={"a", "a"}}))`, "a b"},
		{"types do not mix", `print(show(toposort.sort{z={10, 9, "1", "b", "a", 1, true, false, -1.5}}))`, "-1.5 1 9 10 1 a b false true z"},
		{"1 is not '1'", `print(#toposort.sort{[1]={"1"}})`, "2"},
		{"bytes, not letters", `print(show(toposort.sort{z={"b", "a", "B", "\195\164"}}))`, "B a b \xc3\xa4 z"},
		{"tables by identity", `local a, b, c = {name="A"}, {name="B"}, {name="A"}
			print(show(toposort.sort{[c]={b}, [b]={a}}))`, "A B A"},
		{"tables by appearance", `local a, b, c = {name="x"}, {name="m"}, {name="c"}
			print(show(toposort.sort{z={a, b, c}}))`, "x m c z"},
		{"records", `print(show(toposort.sort{build={needs={"fetch"}, cost=3}, fetch={needs={}}, ship={needs="build"}}))`, "fetch build ship"},
		{"records in a list", `print(show(toposort.sort{{name="b", needs={"a"}}, {name="a"}}))`, "a b"},
		{"a set with the names of fields", `print(show(toposort.sort{x={needs=true, name=true}}))`, "name needs x"},
		{"self ignored", `print(show(toposort.sort({a={"a", "b"}}, {self="ignore"})))`, "b a"},
		{"unsorted", `local o = toposort.sort({c={"b"}, b={"a"}}, {sort=false}) print(show(o))`, "a b c"},
		{"why", `print(show(toposort.why({a="b", b="c"}, "a", "c")), toposort.why({a="b"}, "b", "a"), show(toposort.why({a="b"}, "a", "a")))`, "a b c\tnil\ta"},
		{"mermaid", `print(toposort.mermaid{['say "hi"']={"a\nb"}})`, "graph TD\n  n1[\"a b\"]\n  n2[\"say #34;hi#34;\"]\n  n1 --> n2"},
		{"dot with equal labels", `print(toposort.dot{[1]={"1"}})`, "digraph {\n  n1 [label=\"1\"];\n  n2 [label=\"1\"];\n  n2 -> n1;\n}"},
		{"critical with records", `local p = toposort.critical{b={needs="a", cost=5}, a={needs={}, cost=2}, c="a"} print(p.total, show(p.path), p.start.c)`, "7\ta b\t2"},
		{"reduce", `local r = toposort.reduce{d={"a", "b", "c"}, c={"b"}, b={"a"}} print(show(r.d), show(r.c), show(r.b), #r.a)`, "c\tb\ta\t0"},
		{"cycles", `print(show(toposort.cycles{a={"a"}, b="c", c={"d", "b"}, d="b"}), #toposort.cycles{a="b"})`, "[a a] [b c b]\t0"},
		{"needs", `print(show(toposort.needs({d={"b", "c"}, b="a", c="a"}, "d")), show(toposort.needed_by({d="b", b="a"}, "a")))`, "a b c\tb d"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			if got := run(t, tt.source); got != tt.want {
				t.Errorf("printed %q, want %q", got, tt.want)
			}
		})
	}
}

func TestRefusals(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ name, source, want string }{
		{"two", `toposort.sort, {a={"b"}, b={"a"}}`, "toposort.cycle a b a"},
		{"self", `toposort.sort, {a={"a"}}`, "toposort.cycle a a"},
		{"behind a tail", `toposort.levels, {a={"x"}, x={"y"}, y={"z"}, z={"x"}}`, "toposort.cycle x y z x"},
		{"numbers", `toposort.sort, {[1]={2}, [2]={1}}`, "toposort.cycle 1 2 1"},
		{"nan", `toposort.sort, {a={0/0}}`, "args.invalid the needs of a: [1]: a node cannot be nan, which does not equal itself"},
		{"a hole", `toposort.sort, {a={"b", nil, "c"}}`, "args.invalid the needs of a: [2]: a node cannot be nil"},
		{"not a table", `toposort.sort, "a"`, "args.invalid must be a table of nodes, got \"a\""},
		{"needs of no form", `toposort.sort, {a=true}`, "args.invalid the needs of a must be a list, a set or one node, got true"},
		{"a list and a set", `toposort.sort, {a={"b", c=true}}`, "args.invalid the needs of a are a list and have other keys as well"},
		{"weights", `toposort.sort, {a={b=3}}`, "args.invalid the needs of a: b is 3; a list is written {\"b\"}, a set {b=true}"},
		{"an unknown node", `toposort.why, {alpha="beta"}, "alpa", "beta"`, "toposort.missing the graph has no node \"alpa\""},
		{"a number for a text", `toposort.needs, {["1"]="2"}, 1`, "toposort.missing the graph has no node 1"},
		{"a cost of no node", `toposort.critical, {a="b"}, {cost={c=1}}`, "toposort.missing the graph has no node \"c\""},
		{"a negative cost", `toposort.critical, {a="b"}, {cost={a=-1}}`, "args.invalid argument 'cost' gives a -1; it must be a number from 0 on"},
		{"no pool", `toposort.run, {a="b"}, print, {pool={}}`, "args.invalid argument 'pool' must be a pool, as pool.new makes them"},
		{"no function", `toposort.run, {a="b"}, 5`, "args.invalid argument 'fn' must be a function, got 5"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			got := run(t, `local e = raised(`+tt.source+`) print(e.kind, e.cycle and show(e.cycle) or e.message)`)
			kind, text, _ := strings.Cut(got, "\t")
			if got := kind + " " + text; got != tt.want && !strings.HasSuffix(got, strings.TrimPrefix(tt.want, kind+" ")) {
				t.Errorf("raised %q, want %q", got, tt.want)
			}
			if !strings.HasPrefix(tt.want, kind+" ") {
				t.Errorf("kind %s, want %s", kind, tt.want)
			}
		})
	}
}

func TestSorter(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ name, source, want string }{
		{"as in the documentation of graphlib", `
			local s = toposort.sorter()
			s:add(3, 2, 1) s:add(1, 0) s:prepare()
			print(show(s:ready())) s:done(0, 2) print(show(s:ready())) print(show(s:ready())) s:done(1) print(show(s:ready()), s:active()) s:done(3) print(s:active())`,
			"0 2\n1\n\n3\ttrue\nfalse"},
		{"order", `print(show(toposort.sorter({d={"b", "c"}, b={"a"}, c={"a"}}):order()))`, "a b c d"},
		{"add merges", `local s = toposort.sorter{a={"b"}} s:add("a", "c") s:add("a") print(show(s:order()))`, "b c a"},
		{"add after prepare", `local s = toposort.sorter() s:prepare() local e = raised(s.add, s, "a") print(e.kind, e.message)`, "toposort.state\ta node cannot be added after prepare"},
		{"before prepare", `local s = toposort.sorter{a="b"} for _, m in ipairs{"ready", "done", "active"} do print(raised(s[m], s).kind) end`, "toposort.state\ntoposort.state\ntoposort.state"},
		{"prepare again", `local s = toposort.sorter{a="b"} s:prepare() s:prepare() s:ready() print(raised(s.prepare, s).kind)`, "toposort.state"},
		{"done of what was not handed out", `local s = toposort.sorter{a="b"} s:prepare() local e = raised(s.done, s, "b") print(e.kind, e.message)`, "toposort.state\tb was not handed out: only nodes that ready returned can be done"},
		{"done twice", `local s = toposort.sorter{a="b"} s:prepare() s:ready() s:done("b") print(raised(s.done, s, "b").message)`, "b is done already"},
		{"done of an unknown node", `local s = toposort.sorter{a="b"} s:prepare() print(raised(s.done, s, "c").kind)`, "toposort.missing"},
		{"progress beside a cycle", `local s = toposort.sorter{a="b", b="a", d="c", e="a"}
			local e = raised(s.prepare, s) print(show(e.cycle))
			while s:active() do local r = s:ready() print(show(r)) s:done(unpack(r)) end`, "a b a\nc\nd"},
		{"a node that needs itself", `local s = toposort.sorter{a={"a"}, b={}} print(show(raised(s.prepare, s).cycle), show(s:ready()))`, "a a\tb"},
		{"self ignored", `print(show(toposort.sorter({a={"a", "b"}}, {self="ignore"}):order()))`, "b a"},
		{"nan is refused and changes nothing", `local s = toposort.sorter() print(raised(s.add, s, "a", 0/0).kind, #s:order())`, "args.invalid\t0"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			if got := run(t, tt.source); got != tt.want {
				t.Errorf("printed %q, want %q", got, tt.want)
			}
		})
	}
}

// workersModule makes a pool of one worker, as far as run needs one.
func workersModule() *engine.Module {
	return &engine.Module{
		Name:  "workers",
		Doc:   "Workers.",
		Types: []*engine.Type{engine.TypeOf[*workers]("workers.Pool", "A pool.")},
		Funcs: []*engine.Function{engine.Fn("new", "Make a pool.", func(_ *engine.Call, in workersIn) (*workers, error) {
			return &workers{tasks: in.Tasks}, nil
		})},
	}
}

type workersIn struct {
	Tasks int `lua:"tasks,arg" doc:"tasks"`
}

type workers struct {
	engine.Identity
	tasks int
}

func (w *workers) Tasks() int { return w.tasks }

func (*workers) Start(c *engine.Call, fn *engine.Snapshot, args []*engine.Snapshot, ended func(*engine.Snapshot, error)) (func(string), error) {
	w, err := c.NewWorker()
	if err != nil {
		return nil, err
	}
	ctx := c.Background()
	c.Go(func() {
		defer w.Close()
		ended(w.Run(ctx, fn, args...))
	})
	return func(string) {}, nil
}
