package expr

import (
	"context"
	"fmt"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/expr-lang/expr/vm"

	"github.com/gscript-lang/gscript/engine"
)

// evaluated runs a formula outside of a state.
func (f *formula) evaluated(ctx context.Context, env map[string]any) (any, error) {
	return f.run(new(vm.VM), newMeter(ctx, func() time.Time { return time.Unix(0, 0).UTC() }, f), env)
}

// doubled nests lists so that each level is twice the one below it.
func doubled(levels int, rest string) string {
	var b strings.Builder
	b.WriteString("let a0 = [1, 1]; ")
	for i := range levels {
		fmt.Fprintf(&b, "let a%d = [a%d, a%d]; ", i+1, i, i)
	}
	fmt.Fprintf(&b, "let x = a%d; %s", levels, rest)
	return b.String()
}

// Formulas that want too much end with a limit, soon and without the memory.
func TestHostileFormulas(t *testing.T) {
	items := make([]any, 100_000)
	for i := range items {
		items[i] = i
	}
	text := strings.Repeat("a", 1<<20)
	const cost, memory = "limit.cost", "limit.memory"
	for _, h := range []struct{ name, source, want string }{
		{"a range", "1..1000000000", memory},
		{"the longest range", "-9223372036854775807..9223372036854775807", memory},
		{"ranges in ranges", "map(1..100000, 1..100000)", memory},
		{"the sum of a range", "sum(1..1000000000)", memory},
		{"loops in loops", "count(xs, count(xs, count(xs, # > 1) > 1) > 1)", cost},
		{"loops that end at once", "all(xs, any(xs, any(xs, # == -1) or # == -1) or true)", cost},
		{"sums in loops", "map(xs, sum(xs))", cost},
		{"searches in loops", "map(xs, -1 in xs)", cost},
		{"comparisons in loops", "count(xs, xs == map(xs, #))", cost},
		{"repeat", "repeat('a', 1000000000)", memory},
		{"repeat overflows", "repeat(text, 9223372036854775807)", memory},
		{"repeat of repeat", "repeat(repeat(repeat('abc', 1000), 1000), 1000)", memory},
		{"doubling text", "let a = text + text; let b = a + a; let c = b + b; let d = c + c; let e = d + d; let f = e + e; let g = f + f; g + g", memory},
		{"growing text", "reduce(xs, #acc + text, '')", memory},
		{"replace", "replace(text, '', text)", memory},
		{"replace each", "replace(text, 'a', text)", memory},
		{"split", "map(1..1000, split(text, ''))", memory},
		{"join", "join(map(xs, text), text)", memory},
		{"upper", "map(xs, upper(text))", memory},
		{"base64", "map(xs, toBase64(text))", memory},
		{"json", "map(xs, toJSON(text))", cost + " " + memory},
		{"a date's format", "map(xs, now().Format(text))", memory},
		{"shared lists as text", doubled(40, "string(x)"), cost + " " + memory},
		{"shared lists as json", doubled(40, "toJSON(x)"), cost + " " + memory},
		{"shared lists, flat", doubled(40, "flatten(x)"), cost + " " + memory},
		{"shared lists, greatest", doubled(40, "max(x)"), cost + " " + memory},
		{"shared lists, compared", doubled(40, "x == [x[0], x[1]]"), cost + " " + memory},
		{"shared lists as result", doubled(40, "x"), cost + " " + memory},
		{"shared lists in uniq", doubled(40, "uniq([x, [x[0], x[1]]])"), cost + " " + memory},
		{"deep lists", "reduce(xs, [#acc], 1)", "expr.run"},
		{"deep lists, compared", "reduce(xs, [#acc], 1) == reduce(xs, [#acc], 1)", "expr.run"},
		{"deep json", "fromJSON(repeat('[', 9000) + repeat(']', 9000))", "expr.run"},
		{"very deep json", "fromJSON(repeat('[', 90000) + repeat(']', 90000))", "expr.run"},
		{"sorting long texts", "sort(map(xs, # % 2 == 0 ? text + 'a' : text + 'b'))", memory},
		{"sorting two long texts", "let a = text + 'a'; let b = text + 'b'; sort(map(xs, # % 2 == 0 ? a : b))", cost},
		{"uniq of lists", "uniq(map(xs, [#]))", cost},
		{"groups in loops", "map(xs, groupBy(xs, #))", cost + " " + memory},
		{"groups by lists", "groupBy(xs, [#])", "expr.run"},
		{"a pattern", "text matches '(x+x+)+y'", ""},
		{"a large pattern", "text matches '((a{1,30}){1,30})z'", cost},
		{"a larger pattern", "text matches '(a{1000}){1000}'", "expr.type"},
		{"a pattern of the formula", "text matches repeat('a?', 500)", cost},
		{"a long pattern", "text matches text", "expr.run"},
		{"patterns in loops", "map(xs, text matches string(#))", cost},
		{"maps", "map(xs, ({a: {b: {c: map(xs, ({d: #}))}}}))", cost + " " + memory},
		{"division", "1 % (1 - 1)", "expr.run"},
		{"the smallest number", "(-9223372036854775807 - 1) % -1", ""},
		{"shifts", "bitshl(1, -1)", "expr.run"},
		{"far shifts", "bitshl(1, 1000)", ""},
		{"an index", "xs[9223372036854775807]", "expr.run"},
		{"a slice", "xs[-9223372036854775807:9223372036854775807] == xs", ""},
		{"take", "take(xs, -1)", "expr.run"},
		{"a key that is no key", "{a: 1}[xs]", "expr.run"},
		{"no key", "m[xs]", "expr.run"},
		{"a call of a value", "m.f()", "expr.type"},
		{"a call of a result", "get(now(), 'Year')()", "expr.type expr.syntax"},
		{"NaN keys", "groupBy(xs, 0.0 / 0.0)", "expr.run"},
	} {
		t.Run(h.name, func(t *testing.T) {
			w := wanted{strict: true, limits: limits{1e6, 32 << 20}, env: &shape{kind: "map", fields: map[string]*shape{
				"xs": {kind: "any"}, "text": {kind: "any"}, "m": {kind: "any"},
			}}}
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			f, err := compile(h.source, w)
			if err == nil {
				_, err = f.evaluated(context.Background(), map[string]any{"xs": items, "text": text, "m": map[string]any{"a": 1}})
			}
			runtime.ReadMemStats(&after)
			if kind := engine.KindOf(err); !strings.Contains(" "+h.want+" ", " "+kind+" ") {
				t.Errorf("ended with %q (%.300v), want %q", kind, err, h.want)
			}
			if made := after.TotalAlloc - before.TotalAlloc; made > 1<<30 {
				t.Errorf("made %d MiB", made>>20)
			}
			if err != nil && (strings.Contains(err.Error(), "goroutine ") || strings.Contains(err.Error(), "interface {}") || strings.Contains(err.Error(), "runtime error")) {
				t.Errorf("Go shows through: %.300s", err)
			}
		})
	}
}

// Whatever a formula is, it compiles or not, and ends within its limits.
func FuzzFormulas(f *testing.F) {
	for _, s := range []string{
		"1 < a < 10", "xs[0] + xs[-1]", "sum(xs, # * 2)", "sortBy(rows, .n, 'desc')[0].n", "m?.z ?? 'd'", "let q = a*2; q + 1",
		"groupBy(xs, # % 2)", "text matches '^a+$'", "reduce(1..5, #acc + #, 0)", "now().Year()", "a ?: (b ?: 1)", "if a > 1 {1} else {2}",
		"toJSON({a: [1, nil, 2.5e3]})", "date('2024-01-05') - duration('1h')", "f(a, text)", "xs | map(# + 1) | filter(# > 2) | len()", "'a' + string(1)", "b'x' == b\"y\"",
		"uniq(flatten([xs, [xs]]))", "repeat(text, 3)", "0x7fffffffffffffff * 2", "fromJSON('[1]')", "concat(xs, xs)[1:2]", "findLastIndex(xs, # == 2)", "$env", "a not in 1..3",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, source string) {
		w := wanted{strict: true, limits: limits{20_000, 1 << 20}, env: &shape{kind: "map", fields: map[string]*shape{
			"a": {kind: "number"}, "b": {kind: "any"}, "xs": {kind: "list", elem: &shape{kind: "number"}}, "rows": {kind: "list"}, "m": {kind: "map"}, "text": {kind: "string"},
		}}}
		p, err := compile(source, w)
		if err == nil {
			_, err = p.evaluated(context.Background(), map[string]any{
				"a": 5, "b": nil, "xs": []any{1, 2.5, 3}, "rows": []any{map[string]any{"n": 1}, map[string]any{"n": 2}}, "m": map[string]any{"k": "v"}, "text": "aaa",
			})
		}
		if err == nil {
			return
		}
		switch kind := engine.KindOf(err); kind {
		case "expr.syntax", "expr.type", "expr.run", "limit.cost", "limit.memory":
		default:
			t.Errorf("%q: %s %v", source, kind, err)
		}
		for _, word := range []string{"goroutine ", "interface {}", "runtime error", "cannot be compiled", "invalid opcode", "stack underflow"} {
			if text := err.Error(); strings.Contains(text, word) && !strings.Contains(source, strings.TrimSpace(word)) {
				t.Errorf("%q shows Go: %s", source, text)
			}
		}
	})
}
